"""What all tests share."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

# The machines that run these are shared: a slow moment is no defect.
settings.register_profile("unhurried", deadline=None)
settings.register_profile("long", deadline=None, max_examples=2_000)  # `make property`
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


@pytest.fixture(scope="session")
def compiled() -> Callable[[str], bytes]:
    """Return the smallest compiled document, in which the only scheme has the given name."""
    jwt = {
        "issuer": "https://login.example.com/",
        "audience": ["a"],
        "profile": "auth0",
        "algorithms": ["RS256"],
        "keys": {"discovery": True},
        "leeway_seconds": 30,
    }

    def render(name: str) -> bytes:
        document = {
            "format": 2,
            "schemes": {name: {"jwt": jwt}},
            "token_from": ["authorization"],
            "routes": [{"key": "*", "requirement": ["authenticated"]}],
            "table": {},
            "context": {},
        }
        return json.dumps(document).encode()

    return render


@pytest.fixture
def bindings_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account in which the table Bindings is, as moto plays it, and boto3's client."""
    from tests.tables import account_with

    with account_with(monkeypatch, "Bindings", "subject") as client:
        yield client

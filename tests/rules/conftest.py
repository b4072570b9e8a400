"""A principal in few words."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.model.principal import Principal


@pytest.fixture(scope="session")
def caller() -> Callable[..., Principal]:
    def make(
        *scopes: str, scheme: str = "staff", certificate_scheme: str | None = None, **claims: Any
    ) -> Principal:
        name, issuer = f"{scheme}|alice", "https://i.example"
        shown = certificate_scheme
        return Principal(name, scheme, issuer, frozenset(scopes), claims, certificate_scheme=shown)

    return make

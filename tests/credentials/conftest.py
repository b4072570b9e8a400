"""The token that an event is found to carry, or the code by which it is refused."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.credentials.bearer import BearerExtractor
from authorizers.errors import CredentialError
from authorizers.events.event import parse_event
from authorizers.testing.events import Event


@pytest.fixture(scope="session")
def everywhere() -> list[Any]:
    """Every place that a token can be taken from."""
    return [
        "authorization",
        {"header": "X-Token"},
        {"cookie": "token"},
        {"query": "token"},
        {"websocket_protocol": "token"},
    ]


@pytest.fixture(scope="session")
def extracted() -> Callable[..., str]:
    """Return the token of an event, from the named places or else the Authorization header."""

    def extract(event: Event, *token_from: Any) -> str:
        extractor = BearerExtractor(token_from or ["authorization"])
        return extractor.extract(parse_event(event)).reveal()

    return extract


@pytest.fixture(scope="session")
def code(extracted: Callable[..., str]) -> Callable[..., str]:
    """Return the code by which an event is refused, having looked at what its error says."""

    def refused(event: Event, *token_from: Any) -> str:
        with pytest.raises(CredentialError) as raised:
            extracted(event, *token_from)
        assert raised.value.__cause__ is None
        assert not re.search(r"aaa|ddd", str(raised.value))
        return raised.value.code

    return refused

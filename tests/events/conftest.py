"""The members of an event that hold several values, and the code by which an event is refused."""

from collections.abc import Callable

import pytest

from authorizers.errors import EventError
from authorizers.events.event import parse_event


@pytest.fixture(scope="session")
def collections() -> tuple[str, ...]:
    return (
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "cookies",
    )


@pytest.fixture(scope="session")
def code() -> Callable[[object], str]:
    """Return the code by which an event is refused."""

    def refused(event: object) -> str:
        with pytest.raises(EventError) as raised:
            parse_event(event)
        assert raised.value.__cause__ is None
        return raised.value.code

    return refused

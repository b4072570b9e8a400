"""Builders on the sample API, and what their documents say about single requests."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers import ConfigurationError, PolicyBuilder, evaluate

API = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234"
STAGE = f"{API}/prod"


class Apis:
    """A builder of each kind, and questions about what one makes."""

    stage = STAGE
    rest = PolicyBuilder.for_arn(f"{STAGE}/GET/orders", "rest")
    http = PolicyBuilder.for_arn(f"{STAGE}/GET/orders", "http")
    websocket = PolicyBuilder.for_arn(f"{STAGE}/$connect")

    @staticmethod
    def decision(builder: PolicyBuilder, request: str, **keys: str) -> str:
        """Return the decision about `GET /path`, or about a route key."""
        told = {f"aws:{key}": value for key, value in keys.items()}
        arn = f"{STAGE}/{request.replace(' /', '/', 1)}"
        return evaluate(builder.document(), arn, told).decision

    @staticmethod
    def tails(builder: PolicyBuilder, effect: str = "Allow") -> list[str]:
        """Return the resources of all statements of one effect, after the stage."""
        statements = [s for s in builder.document()["Statement"] if s["Effect"] == effect]
        return [r.removeprefix(f"{STAGE}/") for s in statements for r in s.get("Resource", ())]

    @staticmethod
    def refusal(act: Callable[[], Any]) -> ConfigurationError:
        """Return the error that `act` ends with."""
        with pytest.raises(ConfigurationError) as raised:
            act()
        return raised.value


@pytest.fixture
def apis() -> Apis:
    """The sample API, as each kind."""
    return Apis()

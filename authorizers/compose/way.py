"""One way to authenticate, put together: how a credential is found, and how it is proven."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

from authorizers.authorizer import Authenticator, Extractor
from authorizers.model.decision import DecisionLog
from authorizers.model.meter import Meter
from authorizers.responses.challenge import Challenge

Kind = Literal["jwt", "api_key", "client_certificate"]


def schemes_of(document: Mapping[str, Any], kind: Kind) -> dict[str, Mapping[str, Any]]:
    """Return the schemes of one kind of a compiled document, by their names."""
    schemes = document["schemes"].items()
    return {name: scheme[kind] for name, scheme in schemes if kind in scheme}


class Way(NamedTuple):
    """What an authorizer needs for the credentials of one kind."""

    extractor: Extractor
    authenticator: Authenticator
    challenge: Challenge
    meter: Meter | None = None


class Log(DecisionLog, Protocol):
    """The decision log, which is also told what an operator should know."""

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        """Record an operational event. Never raises."""
        ...

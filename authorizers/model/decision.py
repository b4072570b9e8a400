"""The record of one decision. Nothing in it is of the caller's choosing before it is proven."""

from enum import StrEnum
from time import perf_counter
from typing import Protocol

from authorizers.model.principal import Principal
from authorizers.model.request import Request


class Outcome(StrEnum):
    """What the gateway is told."""

    ALLOW = "allow"  # an answer that allows this request
    DENY = "deny"  # an answer that denies it: authenticated, but not permitted
    UNAUTHORIZED = "unauthorized"  # no acceptable credential
    ERROR = "error"  # no answer at all: the gateway says 500


class Decision:
    """
    Filled while a request goes through the stages; until the last, it is an error.

    `reason` is a stable code. `route` is the route's key in the document, never the path that was
    asked for; `dropped` names routes not granted because a claim's value cannot stand in a path.
    """

    __slots__ = (
        "cache", "dropped", "lambda_request_id", "outcome", "principal", "reason", "request",
        "route", "scheme", "started",
    )  # fmt: skip

    def __init__(self, lambda_request_id: str | None) -> None:
        self.started = perf_counter()
        self.lambda_request_id = lambda_request_id
        self.outcome = Outcome.ERROR
        self.reason = "internal_error"
        self.request: Request | None = None
        self.principal: Principal | None = None
        self.scheme: str | None = None
        self.cache: str | None = None
        self.route: str | None = None
        self.dropped: tuple[str, ...] = ()

    def made(self, outcome: Outcome, reason: str) -> None:
        """Note what was decided, and why."""
        self.outcome, self.reason = outcome, reason

    def milliseconds(self) -> float:
        """Return the time since the call began, in milliseconds."""
        return (perf_counter() - self.started) * 1000


class DecisionLog(Protocol):
    """Where decisions are recorded, and what an operator needs to know besides."""

    def decision(self, decision: Decision) -> None:
        """Record one decision. Never raises."""
        ...

    def failure(self, error: BaseException) -> None:
        """Record why a decision could not be made. Never raises."""
        ...

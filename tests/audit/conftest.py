"""Decisions as they come out of the stages, and the line that is written of them."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.audit.log import AuditLog
from authorizers.model.arn import parse_arn
from authorizers.model.decision import Decision, Outcome
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.testing.clock import FrozenClock

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/users/secret-path"
WALL = 1_800_000_000.25  # 2027-01-15 08:00:00.250 UTC


@pytest.fixture
def decision() -> Callable[..., Decision]:
    def make(
        outcome: Outcome = Outcome.ALLOW,
        reason: str = "granted",
        *,
        arn: str = ARN,
        request_id: str | None = "api-1",
        function_request_id: str | None = "function-1",
        principal: Principal | None = None,
        **members: Any,
    ) -> Decision:
        made = Decision(function_request_id)
        made.made(outcome, reason)
        made.request = Request(EventKind.REST_REQUEST, parse_arn(arn), request_id=request_id)
        made.principal = principal
        for name, value in members.items():
            setattr(made, name, value)
        return made

    return make


@pytest.fixture
def written() -> Callable[[Decision], dict[str, Any]]:
    """Return the one line that a decision is written as, parsed."""

    def write(decision: Decision) -> dict[str, Any]:
        stream = io.StringIO()
        log = AuditLog(
            namespace="Tests", service="orders-authorizer", clock=FrozenClock(WALL), stream=stream
        )
        log.decision(decision)
        text = stream.getvalue()
        assert text.endswith("}\n")
        assert text.isascii()
        assert len(text.splitlines()) == 1
        line: dict[str, Any] = json.loads(text, object_pairs_hook=_without_duplicates)
        return line

    return write


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)

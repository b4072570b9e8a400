"""
What one principal may do on one stage of an API, worked out once and remembered.

Joins the stages `rules`, `policy` and `responses`: principal → grants → policy → checked answer.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache

from authorizers.model.grant import Grant
from authorizers.model.policy import PolicyDocument
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.policy.builder import PolicyBuilder
from authorizers.responses.challenge import CONTEXT_NAME, INSUFFICIENT_SCOPE
from authorizers.responses.policy_response import (
    CheckedPolicy,
    check_policy,
    render_policy_response,
)
from authorizers.rules.claim_path import claim_at, parse_claim_path
from authorizers.rules.rule_set import RuleSet

REMEMBERED = 1024

_REST = (EventKind.REST_TOKEN, EventKind.REST_REQUEST)


class Entitlement(NamedTuple):
    """
    The grants of a principal, and the answer that says so.

    `answer` is None where simple responses are expected: they are about one request. `dropped`
    names routes that were not granted because a claim's value cannot stand in a path.
    """

    grants: tuple[Grant, ...]
    context: Mapping[str, Any]
    dropped: tuple[str, ...]
    document: PolicyDocument | None = None
    answer: dict[str, Any] | None = None


class Entitlements:
    """
    Key: the credential's digest, the stage, the kind of event. Life: as long as there is room, the
    least recently used goes first; whoever asks has verified the credential just before, and one
    credential has one principal. A failure is not remembered.
    """

    def __init__(
        self, rules: RuleSet, builder: PolicyBuilder, context: Mapping[str, str]
    ) -> None:
        self.rules = rules
        self.builder = builder
        self._context = {name: parse_claim_path(path) for name, path in context.items()}
        self._lock = Lock()  # cachetools leaves locking to its users
        self._remembered: LRUCache[tuple[bytes, str, EventKind], Entitlement] = LRUCache(REMEMBERED)
        self._policies: LRUCache[tuple[Any, ...], CheckedPolicy] = LRUCache(REMEMBERED)

    def of(
        self, principal: Principal, digest: bytes, request: Request, *, simple: bool
    ) -> Entitlement:
        """
        Return what `principal`, proven by the credential with `digest`, may do on the stage.

        Of `request` only the stage and the kind of event are looked at. With `simple` there is no
        answer: a simple one is about a single request.

        Raises:
            ConfigurationError: the answer would not be accepted by the gateway.
        """
        key = (digest, request.arn.stage_arn, request.kind)
        with self._lock:
            known = self._remembered.get(key)
        if known is None:
            known = self._work_out(principal, request.arn.stage_arn, request.kind, simple=simple)
            with self._lock:
                self._remembered[key] = known
        return known

    def _work_out(
        self, principal: Principal, stage_arn: str, kind: EventKind, *, simple: bool
    ) -> Entitlement:
        grants = self.rules.grants(principal)
        context = {
            name: value
            for name, path in self._context.items()
            if (value := claim_at(principal.claims, path)) is not None
        }
        dropped = self.rules.dropped(principal)
        if simple:
            return Entitlement(grants, context, dropped)
        policy = self._policy(grants, stage_arn, kind)
        # The gateway may use this answer for a route that it denies: it always has the challenge.
        context[CONTEXT_NAME] = INSUFFICIENT_SCOPE
        answer = render_policy_response(principal.principal_id, policy, context)
        return Entitlement(grants, context, dropped, policy.document, answer)

    def _policy(
        self, grants: tuple[Grant, ...], stage_arn: str, kind: EventKind
    ) -> CheckedPolicy:
        """Return the document of these grants: callers with the same rights share it."""
        key = (grants, stage_arn, kind)
        with self._lock:
            known = self._policies.get(key)
        if known is None:
            known = check_policy(
                self.builder.build(
                    grants,
                    stage_arn,
                    websocket=kind is EventKind.WEBSOCKET,
                    deny_the_rest=kind in _REST,
                )
            )
            with self._lock:
                self._policies[key] = known
        return known

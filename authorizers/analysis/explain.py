"""
One request, explained along its route: event → credential → principal → grants → policy → answer.

The same parts decide as in a function; here each of them is asked what it found.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from authorizers.analysis.cached import cached_answers
from authorizers.analysis.caller import AskedRequest, Caller, event_of
from authorizers.analysis.choice import Choice, choose
from authorizers.analysis.explanation import Explanation, Fact, Stage
from authorizers.analysis.judge import Judge, Rights, conditions_of
from authorizers.analysis.limits_stage import limits_stage
from authorizers.analysis.proving import Prover
from authorizers.analysis.stages import (
    policy_stage,
    principal_stage,
    request_stage,
    route_stage,
    rule_stage,
)
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import ConfigurationError
from authorizers.events.event import parse_event
from authorizers.model.clock import Clock, SystemClock
from authorizers.model.decision import Outcome
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof
from authorizers.model.request import API_KINDS, EventKind, Request
from authorizers.policy.evaluate import evaluate

_INTEGRATION = "the request goes to the integration"
_401 = "401 Unauthorized, or 403 with AUTHORIZERS_UNAUTHORIZED=deny"
_403 = "403 Forbidden"
_403_BY_ADDRESS = "403 Forbidden, or not: the policy asks for the caller's address"
_REFUSED = {"rest": _401, "websocket": _401, "http": _403}


def explain(  # noqa: PLR0913 each is a circumstance of the request
    document: CompiledDocument,
    asked: AskedRequest,
    caller: Caller,
    *,
    roles: Iterable[str] = (),
    clock: Clock | None = None,
    pepper: str | None = None,
) -> Explanation:
    """
    Explain what comes of a request of `caller` under a compiled `document`.

    A credential is verified with the keys, or in the stores, that the document names, which may be
    fetched and read. `roles` are those that a table binds to the principal, beside its own.
    `pepper` is the peppers' JSON, for schemes whose pepper is `environment`.

    Raises:
        ConfigurationError: keys that are written down, or the peppers, cannot be used.
        EventError: what is asked for cannot be a request.
    """
    event = event_of(asked, caller, document)
    # What the event has beyond what was asked is a sample's, and explains nothing.
    request = parse_event(event)._replace(
        source_ip=asked.source_ip, route_key=None, identity_values=frozenset()
    )
    return _Explainer(document, request, roles).of(caller, clock or SystemClock(), pepper)


def explain_event(  # noqa: PLR0913 each is a circumstance of the request
    document: CompiledDocument,
    event: Mapping[str, Any],
    *,
    source_ip: str | None = None,
    roles: Iterable[str] = (),
    clock: Clock | None = None,
    pepper: str | None = None,
) -> Explanation:
    """
    Explain what comes of a whole Lambda event. A TOKEN event has no address: `source_ip` is it.
    `roles` are those that a table binds to the principal; `pepper` is as for `explain`.

    Raises:
        ConfigurationError: keys that are written down, or the peppers, cannot be used.
        EventError: it is no event of an authorizer.
    """
    request = parse_event(event)
    if request.source_ip is None:
        request = request._replace(source_ip=source_ip)
    return _Explainer(document, request, roles).of(None, clock or SystemClock(), pepper)


class _Explainer:
    """Goes the route of one request, and collects what each stage found."""

    def __init__(self, document: CompiledDocument, request: Request, roles: Iterable[str]) -> None:
        self._document = document
        self._request = request
        self._roles = frozenset(roles)
        self._api = API_KINDS[request.kind]
        self._stages = [request_stage(request)]

    def of(self, caller: Caller | None, clock: Clock, pepper: str | None) -> Explanation:
        """Explain the request of `caller`, or with the credential that it carries itself."""
        proven = Prover(self._document, clock, pepper).prove(self._request, caller)
        self._stages += proven.stages
        if proven.principal is None:
            return self._ended(proven.outcome, proven.code)
        return self._judged(proven.principal, proven.proof)

    def _ended(self, outcome: Outcome, code: str, **members: Any) -> Explanation:
        status = "500 Internal Server Error" if outcome is Outcome.ERROR else _REFUSED[self._api]
        return self._explanation(outcome, code, status, **members)

    def _explanation(self, outcome: Outcome, code: str, status: str, **members: Any) -> Explanation:
        arn = self._request.arn
        text = arn.route_key or f"{arn.method} /{arn.path}"
        stages = (*self._stages, Stage("answer", outcome is Outcome.ALLOW, status))
        source_ip = self._request.source_ip
        return Explanation(text, self._api, source_ip, outcome, code, status, stages, **members)

    def _judged(self, principal: Principal, proof: Proof | None) -> Explanation:
        request = self._request
        principal = principal._replace(roles=principal.roles | self._roles)
        judge = Judge(self._document)
        rights = judge.rights(principal)
        choice = choose(judge, request.arn, request.route_key)
        self._stages += [
            principal_stage(principal, table="bindings" in self._document),
            route_stage(choice),
            rule_stage(judge, choice, principal, rights, request),
        ]
        may_be_simple = request.kind is EventKind.HTTP_2
        refusal = judge.refusal(principal, request, simple=may_be_simple)
        if refusal is not None:
            self._stages.append(Stage("policy", False, f"{refusal.code}: {refusal.detail}"))
            return self._ended(Outcome.ERROR, refusal.code, principal=principal, route=choice.route)
        notes = self._of_settings(judge, rights, choice, principal) if may_be_simple else ()
        made = self._by_policy(judge, rights, choice, principal, tuple(notes))
        routes = judge.route_keys(choice.routed)
        counted = made.allowed or self._api == "rest"  # where every answer is for all routes
        return self._metered(made, principal, proof, routes) if counted else made

    def _metered(
        self, made: Explanation, principal: Principal, proof: Proof | None, routes: tuple[str, ...]
    ) -> Explanation:
        """Say what an allowed request is counted against, or that this cannot be."""
        try:
            stage = limits_stage(self._document, principal, proof, self._api, routes)
        except ConfigurationError as error:
            self._stages.append(Stage("limits", False, f"{error.code}: {error.detail}"))
            return self._ended(Outcome.ERROR, error.code, principal=principal, route=made.route)
        if stage is None:
            return made
        *stages, answer = made.stages
        return made._replace(stages=(*stages, stage, answer))

    def _of_settings(
        self, judge: Judge, rights: Rights, choice: Choice, principal: Principal
    ) -> Iterator[Fact]:
        """Yield with which settings, of which an event knows nothing, there is no answer."""
        refused = {"iam": judge.refusal(principal, self._request)}
        if self._request.identity_values:
            refused["simple"] = judge.replay_refusal(rights, self._request, choice.routed)
        for setting, error in refused.items():
            if error is not None:
                text = f"with AUTHORIZERS_HTTP_RESPONSES={setting} there is no answer"
                yield Fact("no", f"{text}: {error.detail}")

    def _by_policy(
        self,
        judge: Judge,
        rights: Rights,
        choice: Choice,
        principal: Principal,
        notes: tuple[Fact, ...],
    ) -> Explanation:
        request, arn = self._request, self._request.arn
        granted = rights.granted.allow(choice.routed, request.source_ip)
        policy = judge.policy(rights, self._api, arn.stage_arn)
        context = conditions_of(request.source_ip)
        stage = policy_stage(policy, arn.text, context, granted=granted)
        self._stages.append(stage._replace(facts=(*stage.facts, *notes)))
        evaluation = evaluate(policy, arn.text, context)
        allowed = evaluation.decision == "allow"
        somewhere = request.source_ip is None and rights.granted.somewhere(choice.routed)
        denied = _403_BY_ADDRESS if somewhere and not granted else _403
        return self._explanation(
            Outcome.ALLOW if allowed else Outcome.DENY,
            "granted" if allowed else "not_granted" if choice.routed else "route_not_declared",
            _INTEGRATION if allowed else denied,
            principal=principal,
            route=choice.route,
            policy=policy,
            statement=evaluation.statement,
            cached=tuple(cached_answers(judge, rights, policy, request)),
        )

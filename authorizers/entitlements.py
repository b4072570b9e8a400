"""
What one principal may do on one stage of an API, worked out once and remembered.

Joins the stages `rules`, `policy` and `responses`: principal → grants → policy → checked answer.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.claim_path import claim_at, parse_claim_path
from authorizers.model.grant import Networks
from authorizers.model.principal import Principal
from authorizers.model.recent import Recent
from authorizers.model.request import REST_KINDS, EventKind, Request
from authorizers.model.role_source import RoleSource
from authorizers.policy.assembly import PolicyAssembler
from authorizers.policy.narrowing import narrowed
from authorizers.responses.challenge import CONTEXT_NAME, Challenge
from authorizers.responses.limits import check_names
from authorizers.responses.policy_response import (
    CheckedPolicy,
    check_policy,
    render_policy_response,
)
from authorizers.responses.usage_identifier_key import with_usage_identifier_key
from authorizers.rules.rule_set import Facts, Granted, RuleSet

REMEMBERED = 1024
REMEMBERED_CHANGES = 8  # of one credential's roles, before what is remembered of it is forgotten

_HAVE_USAGE_PLANS = (*REST_KINDS, EventKind.WEBSOCKET)


class Rights(NamedTuple):
    """What all principals with the same facts may do on one stage; no policy for simple answers."""

    granted: Granted
    dropped: tuple[str, ...]
    policy: CheckedPolicy | None


class Entitlement(NamedTuple):
    """
    The rights of one principal, and the answer that says so.

    `answer` is None where simple responses are expected: such an answer is about one request.
    """

    rights: Rights
    context: Mapping[str, Any]
    answer: dict[str, Any] | None

    def __repr__(self) -> str:
        return f"Entitlement({self.rights.granted.grants!r})"  # an answer may hold a usage key


class Entitlements:
    """
    Remembers the policy of all principals with the same facts on one stage.

    Key: the facts that the rules look at, the stage, the kind of event. Life: as long as there is
    room, the least recently used goes first; a document's rules do not change. A failure is not
    remembered. What belongs to one credential is kept in that credential's own memo.
    """

    def __init__(
        self,
        rules: RuleSet,
        assembler: PolicyAssembler,
        context: Mapping[str, str],
        challenge: Challenge,
    ) -> None:
        check_names(context)
        if assembler.keys != rules.routing.keys:
            problem = Problem("table", "is that of other routes; compile the document again")
            raise ConfigurationError(problem)
        self.rules = rules
        self.assembler = assembler
        self._context = [(name, parse_claim_path(path)) for name, path in context.items()]
        self._challenge = challenge
        # Two threads that miss the same key both work it out.
        self._rights: Recent[tuple[Facts, Networks | None, str, str], Rights] = Recent(REMEMBERED)

    def of(
        self,
        principal: Principal,
        memo: dict[Any, Any],
        request: Request,
        *,
        simple: bool,
        usage_key: str | None = None,
    ) -> Entitlement:
        """
        Return what `principal` may do on the stage, from the `memo` of its credential if possible.

        Of `request` only the stage and the kind of event are looked at. With `simple` there is no
        answer: a simple one is about a single request. `usage_key` is told to the kinds of API
        that have usage plans.

        Raises:
            ConfigurationError: the answer would not be accepted by the gateway.
        """
        key = (request.arn.stage_arn, request.kind._value_)
        known: Entitlement | None = memo.get(key)
        if known is None:
            known = self._work_out(principal, request, simple=simple)
            if usage_key and known.answer and request.kind in _HAVE_USAGE_PLANS:
                told = with_usage_identifier_key(known.answer, usage_key)
                known = known._replace(answer=told)
            memo[key] = known
        return known

    def _work_out(self, principal: Principal, request: Request, *, simple: bool) -> Entitlement:
        rights = self._rights_of(principal, request, simple=simple)
        context = {}
        for name, path in self._context:
            value = claim_at(principal.claims, path)
            if value is not None:
                context[name] = value
        if rights.policy is None:
            return Entitlement(rights, context, None)
        if not self.rules.everything(rights.granted):
            # The gateway may use this answer for a route that it denies: it has the challenge.
            context[CONTEXT_NAME] = self._challenge.insufficient
        answer = render_policy_response(principal.principal_id, rights.policy, context)
        return Entitlement(rights, context, answer)

    def _rights_of(self, principal: Principal, request: Request, *, simple: bool) -> Rights:
        networks = principal.networks
        key = (self.rules.facts(principal), networks, request.arn.stage_arn, request.kind._value_)
        known = self._rights.get(key)
        if known is None:
            granted = Granted(self.rules.grants(principal), networks)
            policy = None if simple else self._policy(granted, request)
            known = Rights(granted, self.rules.dropped(principal), policy)
            self._rights.keep(key, known)
        return known

    def _policy(self, granted: Granted, request: Request) -> CheckedPolicy:
        document = self.assembler.assemble(
            granted.grants,
            request.arn.stage_arn,
            websocket=request.kind is EventKind.WEBSOCKET,
            deny_the_rest=request.kind in REST_KINDS,
        )
        if granted.networks:
            document = narrowed(document, granted.networks, request.arn.stage_arn)
        return check_policy(document)


class BoundEntitlements(Entitlements):
    """
    Entitlements of principals to whom `roles` binds roles, apart from the document.

    The roles are asked for first, always: what is remembered is remembered under them, a
    credential's own memo included, so that a role counts exactly as long as `roles` says so.
    """

    def __init__(
        self,
        rules: RuleSet,
        assembler: PolicyAssembler,
        context: Mapping[str, str],
        challenge: Challenge,
        *,
        roles: RoleSource,
    ) -> None:
        super().__init__(rules, assembler, context, challenge)
        self._roles = roles

    def of(
        self,
        principal: Principal,
        memo: dict[Any, Any],
        request: Request,
        *,
        simple: bool,
        usage_key: str | None = None,
    ) -> Entitlement:
        """
        Return what `principal` may do on the stage with the roles that it has now: those of its
        own, and those that are bound to it.

        Raises:
            ConfigurationError: the answer would not be accepted by the gateway.
            DependencyError: nobody can say which roles are bound to it.
        """
        bound = principal._replace(roles=principal.roles | self._roles.roles_of(principal))
        if len(memo) > REMEMBERED_CHANGES:
            memo.clear()
        with_roles: dict[Any, Any] = memo.setdefault(bound.roles, {})
        return super().of(bound, with_roles, request, simple=simple, usage_key=usage_key)

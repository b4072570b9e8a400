"""The rules of a document and the policies that are made from them, asked about requests."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.compose.combined import kinds_of
from authorizers.config.compiled import CompiledDocument
from authorizers.entitlements import Entitlements
from authorizers.errors import ConfigurationError
from authorizers.model.arn import ExecuteApiArn
from authorizers.model.policy import PolicyDocument
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind, Request
from authorizers.policy.assembly import PolicyAssembler, RestDeny
from authorizers.policy.narrowing import narrowed
from authorizers.responses.challenge import API_KEY, BEARER, CLIENT_CERTIFICATE
from authorizers.responses.simple_response import render_simple_response
from authorizers.rules.replay import check_replay
from authorizers.rules.routing import RoutedTo
from authorizers.rules.rule_set import Granted, RuleSet
from authorizers.rules.satisfiable import NEVER

_ANYBODY = ["authenticated"]
# Of several kinds, a caller is told of the first.
_CHALLENGES = {"jwt": BEARER, "api_key": API_KEY, "client_certificate": CLIENT_CERTIFICATE}


class Rights(NamedTuple):
    """What one principal may do, whatever is asked for; `dropped` cannot stand in a policy."""

    granted: Granted
    dropped: tuple[str, ...]


class Judge:
    """
    Asks the rules of a compiled document, and builds the policies that it makes of them.

    The one place where the tools meet the stages `rules` and `policy`.
    """

    def __init__(self, document: CompiledDocument, rest_deny: RestDeny = "everything_else") -> None:
        self.keys = tuple(route["key"] for route in document["routes"])
        self.requirements = tuple(route["requirement"] for route in document["routes"])
        self._rules = RuleSet(document["routes"])
        self._assembler = PolicyAssembler(document["table"], rest_deny)
        self._context = document["context"]
        self._document = document

    @property
    def exact(self) -> bool:
        """Whether every policy allows exactly what the rules allow."""
        return self._assembler.exact

    def rights(self, principal: Principal) -> Rights:
        """Return what the rules grant to `principal`."""
        granted = Granted(self._rules.grants(principal), principal.networks)
        return Rights(granted, self._rules.dropped(principal))

    def requirement_for(self, route: int, principal: Principal) -> Sequence[Any]:
        """Return what a route asks of `principal`, who may be tied to networks besides."""
        requirement: Sequence[Any] = self.requirements[route]
        if principal.networks is None:
            return requirement
        tied = ["source_ip", list(principal.networks)] if principal.networks else NEVER
        return ["all_of", [requirement, tied]]

    def find(self, arn: ExecuteApiArn, route_key: str | None = None) -> RoutedTo | None:
        """Return the declared route of a request."""
        return self._rules.find(arn, route_key)

    def route_keys(self, routed: RoutedTo | None) -> tuple[str, ...]:
        """Return the keys of all routes that a request may be for."""
        return self._rules.route_keys(routed)

    def matching(self, arn: ExecuteApiArn) -> tuple[str, ...]:
        """Return every route that the request fits, as if each were the only one."""
        alone = ((key, RuleSet([{"key": key, "requirement": _ANYBODY}])) for key in self.keys)
        return tuple(key for key, rules in alone if rules.find(arn) is not None)

    def policy(self, rights: Rights, api: ApiKind, stage_arn: str) -> PolicyDocument:
        """Return the policy that an API of this kind is given, and may cache."""
        granted = rights.granted
        policy = self._assembler.assemble(
            granted.grants,
            stage_arn,
            websocket=api == "websocket",
            deny_the_rest=api == "rest",
        )
        return narrowed(policy, granted.networks, stage_arn) if granted.networks else policy

    def refusal(
        self, principal: Principal, request: Request, *, simple: bool = False
    ) -> ConfigurationError | None:
        """
        Return why a function gives no answer here, or None: the policy is too large for API
        Gateway, or the context is none. With `simple` the answer has a context only.
        """
        try:
            kinds = kinds_of(self._document)
            challenge = next(c for kind, c in _CHALLENGES.items() if kind in kinds)
            entitlements = Entitlements(self._rules, self._assembler, self._context, challenge)
            entitlement = entitlements.of(principal, {}, request, simple=simple)
            if simple:
                render_simple_response(True, entitlement.context)
        except ConfigurationError as error:
            return error
        return None

    def replay_refusal(
        self, rights: Rights, request: Request, routed: RoutedTo | None
    ) -> ConfigurationError | None:
        """Return why a simple answer may not be cached under the event's identity sources."""
        try:
            check_replay(request, routed, rights.granted, self._rules.routing)
        except ConfigurationError as error:
            return error
        return None


def conditions_of(source_ip: str | None) -> Mapping[str, Any]:
    """Return the request context that a policy's conditions see."""
    return {"aws:SourceIp": source_ip} if source_ip else {}

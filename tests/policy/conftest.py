"""Documents of routes in few words, and what a policy built for a caller says about a request."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authorizers.config.table import compile_route_table
from authorizers.model.arn import parse_arn
from authorizers.model.policy import PolicyDocument
from authorizers.model.principal import Principal
from authorizers.policy.assembly import PolicyAssembler, RestDeny
from authorizers.policy.evaluate import evaluate
from authorizers.rules.rule_set import Granted, RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


class Api:
    """One document's rules and policies, asked about single requests."""

    def __init__(
        self,
        routes: Mapping[str, Any],
        *,
        inexact: bool = False,
        rest_deny: RestDeny = "everything_else",
    ) -> None:
        compiled = [{"key": key, "requirement": r} for key, r in routes.items()]
        self.table = compile_route_table(compiled, inexact=inexact, oversized=True)
        self.rules = RuleSet(compiled)
        self.assembler = PolicyAssembler(self.table, rest_deny)
        self._built: dict[tuple[int, bool], tuple[Principal, Granted, PolicyDocument]] = {}

    def policy(
        self,
        principal: Principal,
        *,
        stage: str = STAGE,
        websocket: bool = False,
        rest: bool = True,
    ) -> PolicyDocument:
        grants = self.rules.grants(principal)
        return self.assembler.assemble(grants, stage, websocket=websocket, deny_the_rest=rest)

    def decisions(
        self, principal: Principal, request: str, source_ip: str | None = None, *, rest: bool = True
    ) -> tuple[bool | None, str]:
        """
        Return what the rules say of `GET /path`, and what the policy says.

        Where the document has no such route the rules say nothing: None.
        """
        method, _, path = request.partition(" /")
        arn = f"{STAGE}/{method}/{path}"
        routed = self.rules.find(parse_arn(arn))
        _, granted, policy = self._build(principal, rest=rest)
        context = {"aws:SourceIp": source_ip} if source_ip else {}
        allowed = None if routed is None else granted.allow(routed, source_ip)
        return allowed, evaluate(policy, arn, context).decision

    def _build(
        self, principal: Principal, *, rest: bool
    ) -> tuple[Principal, Granted, PolicyDocument]:
        built = self._built.get((id(principal), rest))
        if built is None:
            granted = Granted(self.rules.grants(principal))
            built = principal, granted, self.policy(principal, rest=rest)
            self._built[id(principal), rest] = built
        return built


@pytest.fixture(scope="session")
def api() -> type[Api]:
    return Api


@pytest.fixture(scope="session")
def caller() -> Callable[..., Principal]:
    def make(*scopes: str, **claims: Any) -> Principal:
        return Principal("staff|alice", "staff", "https://i.example", frozenset(scopes), claims)

    return make

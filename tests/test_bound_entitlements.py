"""Entitlements of principals to whom a store binds roles: asked first, and never shared."""

from typing import Any

import pytest

from authorizers.config.table import compile_route_table
from authorizers.entitlements import REMEMBERED_CHANGES, BoundEntitlements, Entitlement
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.model.arn import parse_arn
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.policy.assembly import PolicyAssembler
from authorizers.policy.evaluate import evaluate
from authorizers.responses.challenge import BEARER
from authorizers.rules.rule_set import RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ALICE = Principal("staff|alice", "staff", "https://i", frozenset(), {"sub": "alice"})
ROUTES: dict[str, Any] = {
    "GET /orders": ["role", ["reader", "admin"]],
    "DELETE /orders": ["role", ["admin"]],
    "POST /orders": ["not", ["role", ["suspended"]]],
}


class Roles:
    """Roles in a set, for everybody; `down` is a store that cannot be read."""

    def __init__(self) -> None:
        self.held: frozenset[str] = frozenset()
        self.down = False
        self.asked = 0

    def roles_of(self, principal: Principal) -> frozenset[str]:
        self.asked += 1
        if self.down:
            raise DependencyError("store_unavailable", "it is down")
        return self.held


@pytest.fixture
def roles() -> Roles:
    return Roles()


@pytest.fixture
def entitlements(roles: Roles) -> BoundEntitlements:
    compiled = [{"key": key, "requirement": r} for key, r in ROUTES.items()]
    assembler = PolicyAssembler(compile_route_table(compiled, inexact=False))
    return BoundEntitlements(RuleSet(compiled), assembler, {}, BEARER, roles=roles)


def ask(
    entitlements: BoundEntitlements, memo: dict[Any, Any], principal: Principal = ALICE
) -> Entitlement:
    request = Request(EventKind.REST_REQUEST, parse_arn(f"{STAGE}/GET/orders"))
    return entitlements.of(principal, memo, request, simple=False)


def allowed(entitlement: Entitlement) -> set[str]:
    """Return the methods that the answer's policy allows on /orders."""
    assert entitlement.answer is not None
    document = entitlement.answer["policyDocument"]
    methods = ("GET", "POST", "DELETE")
    arns = {method: f"{STAGE}/{method}/orders" for method in methods}
    return {m for m, arn in arns.items() if evaluate(document, arn, {}).decision == "allow"}


@pytest.mark.parametrize(
    ("held", "methods"),
    [
        ((), {"POST"}),
        (("reader",), {"GET", "POST"}),
        (("admin",), {"GET", "DELETE", "POST"}),
        (("reader", "suspended"), {"GET"}),
        (("unknown",), {"POST"}),
    ],
)
def test_the_policy_is_that_of_the_roles(
    entitlements: BoundEntitlements, roles: Roles, held: tuple[str, ...], methods: set[str]
) -> None:
    roles.held = frozenset(held)
    assert allowed(ask(entitlements, {})) == methods


def test_the_same_credential_with_other_roles_has_another_answer_at_once(
    entitlements: BoundEntitlements, roles: Roles
) -> None:
    memo: dict[Any, Any] = {}
    roles.held = frozenset({"admin"})
    first = ask(entitlements, memo)
    assert ask(entitlements, memo) is first
    roles.held = frozenset()
    assert allowed(ask(entitlements, memo)) == {"POST"}
    roles.held = frozenset({"admin"})
    assert ask(entitlements, memo) is first
    assert roles.asked == 4


def test_principals_with_the_same_facts_and_roles_share_a_policy(
    entitlements: BoundEntitlements, roles: Roles
) -> None:
    roles.held = frozenset({"reader"})
    bob = ALICE._replace(principal_id="staff|bob", claims={"sub": "bob"})
    assert ask(entitlements, {}).rights is ask(entitlements, {}, bob).rights


def test_roles_that_came_with_the_credential_count_beside_those_that_are_bound(
    entitlements: BoundEntitlements, roles: Roles
) -> None:
    roles.held = frozenset()
    without = allowed(ask(entitlements, {}))
    assert allowed(ask(entitlements, {}, ALICE._replace(roles=frozenset({"admin"})))) > without


def test_what_was_remembered_is_no_answer_while_nobody_can_say_who_has_which_role(
    entitlements: BoundEntitlements, roles: Roles
) -> None:
    memo: dict[Any, Any] = {}
    roles.held = frozenset({"admin"})
    ask(entitlements, memo)
    roles.down = True
    with pytest.raises(DependencyError):
        ask(entitlements, memo)


def test_the_memo_of_a_credential_whose_roles_change_again_and_again_has_a_bound(
    entitlements: BoundEntitlements, roles: Roles
) -> None:
    memo: dict[Any, Any] = {}
    for i in range(100):
        roles.held = frozenset({"admin"} if i % 2 else {"reader", f"r{i}"})
        assert allowed(ask(entitlements, memo)) == (
            {"GET", "DELETE", "POST"} if i % 2 else {"GET", "POST"}
        )
        assert len(memo) <= REMEMBERED_CHANGES + 1


def test_a_context_name_that_the_gateway_has_taken_fails_at_the_start(roles: Roles) -> None:
    compiled = [{"key": "GET /", "requirement": ["role", ["reader"]]}]
    assembler = PolicyAssembler(compile_route_table(compiled, inexact=False))
    with pytest.raises(ConfigurationError, match="context_invalid"):
        BoundEntitlements(RuleSet(compiled), assembler, {"principalId": "sub"}, BEARER, roles=roles)

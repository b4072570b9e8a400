"""What is remembered, under which key, and what is never shared."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.table import compile_route_table
from authorizers.entitlements import REMEMBERED, Entitlements
from authorizers.errors import ConfigurationError
from authorizers.model.arn import parse_arn
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.policy.assembly import PolicyAssembler
from authorizers.responses.challenge import BEARER
from authorizers.rules.rule_set import RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ROUTES: dict[str, Any] = {
    "GET /orders": ["scopes_any", ["r"]],
    "GET /users/{id}": ["path", {"id": "sub"}],
    "GET /levels": ["claim", "level", "equals", 1],
    "$connect": ["scopes_any", ["r"]],
}


def caller(*scopes: str, subject: str = "alice", **claims: Any) -> Principal:
    claims = {"sub": subject, **claims}
    return Principal(f"staff|{subject}", "staff", "https://i.example", frozenset(scopes), claims)


def request(kind: EventKind = EventKind.REST_REQUEST, arn: str = f"{STAGE}/GET/orders") -> Request:
    return Request(kind, parse_arn(arn))


class CountedRules(RuleSet):
    """Rules that count how often they were asked."""

    asked = 0

    def grants(self, principal: Principal) -> Any:
        self.asked += 1
        return super().grants(principal)


@pytest.fixture
def make() -> Callable[..., Entitlements]:
    def assemble(
        context: dict[str, str] | None = None, routes: dict[str, Any] = ROUTES
    ) -> Entitlements:
        compiled = [{"key": key, "requirement": r} for key, r in routes.items()]
        table = compile_route_table(compiled, inexact=False, oversized=True)
        return Entitlements(CountedRules(compiled), PolicyAssembler(table), context or {}, BEARER)

    return assemble


def asked(entitlements: Entitlements) -> int:
    assert isinstance(entitlements.rules, CountedRules)
    return entitlements.rules.asked


def test_one_credential_is_worked_out_once(make: Callable[..., Entitlements]) -> None:
    entitlements, memo = make(), {}  # type: ignore[var-annotated]
    first = entitlements.of(caller("r"), memo, request(), simple=False)
    assert entitlements.of(caller("r"), memo, request(), simple=False) is first
    assert asked(entitlements) == 1


def test_principals_with_the_same_facts_share_a_policy_and_nothing_else(
    make: Callable[..., Entitlements],
) -> None:
    entitlements = make({"user": "name"})
    alice = entitlements.of(caller("r", name="A", jti="1"), {}, request(), simple=False)
    again = entitlements.of(caller("r", name="B", jti="2"), {}, request(), simple=False)
    assert asked(entitlements) == 1
    assert again.rights is alice.rights
    assert alice.answer is not None
    assert again.answer is not None
    assert (alice.answer["context"]["user"], again.answer["context"]["user"]) == ("A", "B")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (caller("r"), caller()),
        (caller("r"), caller("r", subject="bob")),
        (caller(level=1), caller(level=True)),
        (caller(level=1), caller(level="1")),
        (caller(level=[1]), caller(level="[1]")),
        (caller(level=1), caller(level=1.0)),
        (caller("r")._replace(scheme="a"), caller("r")._replace(scheme="b")),
    ],
)
def test_principals_with_other_facts_share_nothing(
    make: Callable[..., Entitlements], one: Principal, other: Principal
) -> None:
    entitlements = make()
    first = entitlements.of(one, {}, request(), simple=False)
    second = entitlements.of(other, {}, request(), simple=False)
    assert second.rights is not first.rights
    assert asked(entitlements) == 2


@pytest.mark.parametrize(
    "other",
    [
        request(arn=f"{STAGE}2/GET/orders"),
        request(arn=STAGE.replace("abcdef1234", "zbcdef1234") + "/GET/orders"),
        request(arn=STAGE.replace("123456789012", "210987654321") + "/GET/orders"),
        request(EventKind.HTTP_1),
        request(EventKind.REST_TOKEN),
        request(EventKind.WEBSOCKET, f"{STAGE}/$connect"),
    ],
)
def test_another_stage_or_kind_of_event_is_another_answer(
    make: Callable[..., Entitlements], other: Request
) -> None:
    """The same memo: one credential may be presented to several stages."""
    entitlements, memo = make(), {}  # type: ignore[var-annotated]
    first = entitlements.of(caller("r"), memo, request(), simple=False)
    second = entitlements.of(caller("r"), memo, other, simple=False)
    assert second is not first
    assert entitlements.of(caller("r"), memo, request(), simple=False) is first


@pytest.mark.parametrize("path", ["orders", "users/bob", "nothing/at/all", ""])
def test_the_path_and_method_are_not_looked_at(
    make: Callable[..., Entitlements], path: str
) -> None:
    entitlements = make()
    first = entitlements.of(caller("r"), {}, request(), simple=False)
    other = request(arn=f"{STAGE}/DELETE/{path}")
    assert entitlements.of(caller("r"), {}, other, simple=False) == first


def test_a_failure_is_not_remembered(make: Callable[..., Entitlements]) -> None:
    entitlements = make({"tenant": "tenant"})
    for claims in ({"tenant": ["x"]}, {"tenant": "x" * 9000}):
        memo: dict[Any, Any] = {}
        for _ in range(2):
            with pytest.raises(ConfigurationError):
                entitlements.of(caller("r", **claims), memo, request(), simple=False)
        assert not memo


def test_a_policy_that_does_not_fit_is_a_failure_and_not_remembered(
    make: Callable[..., Entitlements],
) -> None:
    routes = {f"GET /{'x' * 200}/{i}": ["scopes_any", [str(i)]] for i in range(40)}
    entitlements = make(routes=routes)
    everything = caller(*map(str, range(40)))
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="response_too_large"):
            entitlements.of(everything, {}, request(), simple=False)
    assert asked(entitlements) == 2


def test_a_simple_answer_needs_no_policy_and_has_no_limit_of_one(
    make: Callable[..., Entitlements],
) -> None:
    routes = {f"GET /{'x' * 200}/{i}": ["scopes_any", [str(i)]] for i in range(40)}
    entitlement = make(routes=routes).of(
        caller(*map(str, range(40))), {}, request(EventKind.HTTP_2), simple=True
    )
    assert entitlement.rights.policy is None
    assert entitlement.answer is None


def test_the_memory_has_a_bound(make: Callable[..., Entitlements]) -> None:
    entitlements = make()
    for i in range(REMEMBERED + 50):
        entitlements.of(caller(subject=f"user-{i}"), {}, request(), simple=True)
    assert len(entitlements._rights) == REMEMBERED


@pytest.mark.parametrize("name", ["principalId", "claims", "a b", ""])
def test_a_context_name_that_the_gateway_has_taken_fails_at_the_start(
    make: Callable[..., Entitlements], name: str
) -> None:
    with pytest.raises(ConfigurationError, match="context_invalid"):
        make({name: "sub"})


def test_a_claim_that_is_missing_is_left_out_of_the_context(
    make: Callable[..., Entitlements],
) -> None:
    """null is no scalar, and an empty text would look like a value."""
    entitlements = make({"user": "sub", "tenant": "org.id", "plan": "plan"})
    entitlement = entitlements.of(caller("r", plan=None), {}, request(), simple=True)
    assert entitlement.context == {"user": "alice"}


def test_the_challenge_is_in_every_answer_but_one_that_denies_nothing(
    make: Callable[..., Entitlements],
) -> None:
    some = make().of(caller("r"), {}, request(), simple=False)
    whole = make(routes={"*": ["authenticated"]}).of(caller("r"), {}, request(), simple=False)
    assert some.answer is not None
    assert whole.answer is not None
    assert some.answer["context"]["wwwAuthenticate"] == 'Bearer error="insufficient_scope"'
    assert "wwwAuthenticate" not in whole.answer["context"]

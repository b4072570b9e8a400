"""All rules at once: facts, grants, and whether they cover a request."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.arn import parse_arn
from authorizers.model.grant import Grant
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import Granted, RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
Caller = Callable[..., Principal]

ROUTES: dict[str, Any] = {
    "GET /orders": ["scopes_any", ["r"]],
    "GET /levels": ["claim", "level", "equals", 1],
    "GET /lists": ["claim", "level", "contains", 1],
    "GET /texts": ["claim", "level", "any_of", ["1", "[1]", "True"]],
    "GET /flags": ["claim", "level", "equals", True],
    "GET /users/{id}": ["path", {"id": "sub"}],
    "GET /office": ["source_ip", ["10.0.0.0/8"]],
    "GET /staff": ["scheme", "staff"],
}


def rule_set(routes: dict[str, Any]) -> RuleSet:
    return RuleSet([{"key": key, "requirement": r} for key, r in routes.items()])


RULES = rule_set(ROUTES)
LOOKALIKES = [
    1, 1.0, True, "1", "True", [1], [True], [1.0], ["1"], "[1]", (), [], "[]", {}, "{}",
    {"a": 1}, {"a": True}, None, "None", 0, False, 0.0, "", [[1]], "('int', 1)", ("int", 1),
]  # fmt: skip

principals = st.builds(
    lambda scheme, scopes, claims: Principal(f"{scheme}|x", scheme, "i", frozenset(scopes), claims),
    st.sampled_from(["staff", "partners"]),
    st.sets(st.sampled_from(["r", "w"])),
    st.fixed_dictionaries(
        {},
        optional={
            "level": st.sampled_from(LOOKALIKES),
            "sub": st.sampled_from(["a", "b", "*", 1, "1", True, None, 1.0]),
            "other": st.integers(0, 1),
        },
    ),
)


@given(principals, principals)
def test_equal_facts_are_equal_grants(one: Principal, other: Principal) -> None:
    """What is remembered for one principal is given to every other with the same facts."""
    if RULES.facts(one) == RULES.facts(other):
        assert RULES.grants(one) == RULES.grants(other)
        assert RULES.dropped(one) == RULES.dropped(other)


def test_values_that_python_takes_for_equal_are_different_facts(caller: Caller) -> None:
    facts = [RULES.facts(caller(level=value)) for value in LOOKALIKES]
    for i, one in enumerate(facts):
        for j, other in enumerate(facts[:i]):
            assert one != other, (LOOKALIKES[i], LOOKALIKES[j])


def test_facts_can_be_a_key_whatever_the_claims(caller: Caller) -> None:
    for value in LOOKALIKES:
        hash(RULES.facts(caller(level=value, sub=value)))


def test_what_no_rule_looks_at_is_no_fact(caller: Caller) -> None:
    plain = RULES.facts(caller("r", sub="a"))
    assert plain == RULES.facts(caller("r", "w", "x", sub="a", email="e", exp=1))
    assert plain != RULES.facts(caller("r", sub="b"))
    assert plain != RULES.facts(caller("r", sub="a", scheme="partners"))


def test_grants_are_all_that_the_principal_may_do(caller: Caller) -> None:
    assert RULES.grants(caller("r", sub="alice", level=1)) == (
        Grant(0),
        Grant(1),
        Grant(5, (("id", "alice"),)),
        Grant(6, networks=("10.0.0.0/8",)),
        Grant(7),
    )


def test_a_document_without_routes_grants_nothing(caller: Caller) -> None:
    empty = rule_set({})
    assert empty.grants(caller("r", sub="a")) == ()
    assert empty.find(parse_arn(f"{STAGE}/GET/orders")) is None


@pytest.mark.parametrize(
    "value",
    ["*", "a/b", "${aws:userid}", "", ".", "..", "é", "a\n", True, 1.5, [], ["a"], {"x": 1}],
)
def test_a_claim_that_is_no_segment_drops_the_grant_and_says_so(caller: Caller, value: Any) -> None:
    assert not any(grant.route == 5 for grant in RULES.grants(caller(sub=value)))
    assert RULES.dropped(caller(sub=value)) == ("GET /users/{id}",)


@pytest.mark.parametrize("claims", [{}, {"sub": None}, {"sub": "alice"}, {"sub": 7}])
def test_what_is_missing_or_plain_is_not_called_dropped(
    caller: Caller, claims: dict[str, Any]
) -> None:
    assert RULES.dropped(caller(**claims)) == ()


def allowed(principal: Principal, request: str, source_ip: str | None = None) -> bool:
    method, _, path = request.partition(" /")
    routed = RULES.find(parse_arn(f"{STAGE}/{method}/{path}"))
    return Granted(RULES.grants(principal)).allow(routed, source_ip)


@pytest.mark.parametrize(
    ("request_", "source_ip"),
    [
        ("POST /orders", None),
        ("GET /nothing", None),
        ("GET /users/bob", None),
        ("GET /users/alice/orders", None),
        ("GET /users/ALICE", None),
        ("GET /users/%61lice", None),
        ("GET /office", None),
        ("GET /office", "192.0.2.1"),
        ("GET /office", "test-invoke-source-ip"),
        ("GET /levels", None),
    ],
)
def test_what_is_not_granted_is_not_allowed(
    caller: Caller, request_: str, source_ip: str | None
) -> None:
    assert not allowed(caller("r", sub="alice", level="1"), request_, source_ip)


@pytest.mark.parametrize(
    ("request_", "source_ip"),
    [("GET /orders", None), ("GET /users/alice", None), ("GET /office", "10.9.9.9")],
)
def test_what_is_granted_is_allowed(caller: Caller, request_: str, source_ip: str | None) -> None:
    assert allowed(caller("r", sub="alice"), request_, source_ip)


def test_a_path_that_may_be_two_routes_needs_both_grants(caller: Caller) -> None:
    rules = rule_set({"ANY /{proxy+}": ["scopes_any", ["r"]], "GET /admin": ["scopes_any", ["w"]]})
    routed = rules.find(parse_arn(f"{STAGE}/GET/admin/"))
    for scopes, both in ((["r"], False), (["w"], False), (["r", "w"], True)):
        assert Granted(rules.grants(caller(*scopes))).allow(routed, None) is both


def test_only_the_office_is_somewhere(caller: Caller) -> None:
    granted = Granted(RULES.grants(caller("r", sub="alice")))

    def somewhere(path: str) -> bool:
        return granted.somewhere(RULES.find(parse_arn(f"{STAGE}/GET/{path}")))

    assert somewhere("office")
    assert somewhere("orders")
    assert not somewhere("levels")
    assert not somewhere("users/bob")
    assert not somewhere("nothing")


@pytest.mark.parametrize(
    ("routes", "scopes", "everything"),
    [
        ({"*": ["authenticated"]}, (), True),
        ({"*": ["scopes_any", ["r"]]}, (), False),
        ({"*": ["source_ip", ["10.0.0.0/8"]]}, (), False),
        ({"ANY /{proxy+}": ["authenticated"]}, (), False),
    ],
)
def test_everything_is_the_route_of_all_routes_without_terms(
    caller: Caller, routes: dict[str, Any], scopes: tuple[str, ...], everything: bool
) -> None:
    rules = rule_set(routes)
    assert rules.everything(Granted(rules.grants(caller(*scopes)))) is everything


def test_nothing_is_everything_that_is_for_some_networks_only() -> None:
    rules = RuleSet([{"key": "*", "requirement": ["authenticated"]}])
    caller = Principal("m|a", "m", "x", frozenset(), {})
    assert rules.everything(Granted(rules.grants(caller)))
    assert not rules.everything(Granted(rules.grants(caller), ("10.0.0.0/8",)))

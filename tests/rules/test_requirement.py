"""What each requirement demands, and what it never takes for an answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules.networks import contains
from authorizers.rules.requirement import NO, YES, Alternative, load_requirement

Caller = Callable[..., Principal]

EVERYBODY = ["authenticated"]
NOBODY = ["not", EVERYBODY]


def test_authenticated_is_every_verified_caller(caller: Caller) -> None:
    assert load_requirement(EVERYBODY)(caller()) is YES
    assert load_requirement(NOBODY)(caller()) == NO


def test_a_scheme_is_compared_whole_and_with_case(caller: Caller) -> None:
    staff = load_requirement(["scheme", "staff"])
    assert staff(caller()) is YES
    for other in ("Staff", "staff2", "sta", "", "staff|"):
        assert staff(caller(scheme=other)) == NO


def test_a_scheme_of_certificates_is_that_of_the_certificate_alone(caller: Caller) -> None:
    partners = load_requirement(["certificate_scheme", "partners"])
    assert partners(caller(certificate_scheme="partners")) is YES
    assert partners(caller(scheme="staff", certificate_scheme="partners")) is YES
    assert partners(caller(scheme="partners")) == NO
    assert partners(caller(certificate_scheme="devices")) == NO


@pytest.mark.parametrize(
    ("held", "any_", "all_"),
    [
        ((), False, False),
        (("a",), True, False),
        (("b", "x"), True, False),
        (("a", "b"), True, True),
        (("a", "b", "x"), True, True),
        (("A", "B"), False, False),
        (("a b",), False, False),
        (("ab",), False, False),
        (("",), False, False),
    ],
)
def test_scopes_are_whole_words(
    caller: Caller, held: tuple[str, ...], any_: bool, all_: bool
) -> None:
    assert bool(load_requirement(["scopes_any", ["a", "b"]])(caller(*held))) is any_
    assert bool(load_requirement(["scopes_all", ["a", "b"]])(caller(*held))) is all_


ABSENT = object()
VALUES = [
    ABSENT, None, True, False, 0, 1, 1.0, 2, "", "1", "true", "admin", "administrator", "admin,x",
    "user admin", [], ["admin"], [["admin"]], ["ADMIN"], [1], [True], ["1"], {}, {"admin": 1},
    {"admin": "admin"}, [None],
]  # fmt: skip


def holding(operator: str, wanted: object) -> list[object]:
    """Return which of `VALUES` meet the requirement on the claim `c`."""
    requirement = load_requirement(["claim", "c", operator, wanted])
    return [
        value
        for value in VALUES
        if requirement(
            Principal("s|x", "s", "i", frozenset(), {} if value is ABSENT else {"c": value})
        )
    ]


def typed(values: list[object]) -> list[tuple[type, object]]:
    return [(type(value), value) for value in values]


@pytest.mark.parametrize(
    ("operator", "wanted", "met_by"),
    [
        ("equals", "admin", ["admin"]),
        ("equals", "1", ["1"]),
        ("equals", 1, [1, 1.0]),
        ("equals", 1.0, [1, 1.0]),
        ("equals", True, [True]),
        ("equals", False, [False]),
        ("equals", 0, [0]),
        ("equals", "", [""]),
        ("contains", "admin", [["admin"]]),
        ("contains", 1, [[1]]),
        ("contains", True, [[True]]),
        ("contains", "1", [["1"]]),
        ("contains", "", []),
        ("any_of", ["admin", 2], [2, "admin"]),
        ("any_of", [True], [True]),
        ("any_of", [1], [1, 1.0]),
        ("any_of", ["x"], []),
    ],
)
def test_a_claim_is_met_by_values_of_its_own_type_alone(
    operator: str, wanted: object, met_by: list[object]
) -> None:
    """`contains` is about lists: no substring, no member name. `true` is not 1, "1" is not 1."""
    assert typed(holding(operator, wanted)) == typed(met_by)


def test_a_claim_may_lie_inside_others_and_have_dots_in_its_name(caller: Caller) -> None:
    claims = {"realm": {"roles": ["a"]}, "https://x.example/roles": ["b"], "realm.roles": ["c"]}
    for path, item in (
        ("realm.roles", "a"),
        ('"https://x.example/roles"', "b"),
        ('"realm.roles"', "c"),
    ):
        assert load_requirement(["claim", path, "contains", item])(caller(**claims)) is YES
    for path in ("realm", "realm.roles.0", "roles", "realm.x", '"realm".x'):
        assert load_requirement(["claim", path, "contains", "a"])(caller(**claims)) == NO


def test_a_path_is_bound_to_the_claims_value(caller: Caller) -> None:
    bound = load_requirement(["path", {"tenant": "org.id", "user": "sub"}])
    assert bound(caller(sub="alice", org={"id": 7})) == (
        Alternative(bindings=(("tenant", "7"), ("user", "alice"))),
    )


@pytest.mark.parametrize("claims", [{}, {"sub": "alice"}, {"org": {"id": "x"}}, {"sub": None}])
def test_a_path_needs_all_its_claims(caller: Caller, claims: dict[str, Any]) -> None:
    bound = load_requirement(["path", {"tenant": "org.id", "user": "sub"}])
    assert bound(caller(**claims)) == NO


def test_a_path_and_a_contradicting_path_are_nothing(caller: Caller) -> None:
    both = load_requirement(["all_of", [["path", {"id": "a"}], ["path", {"id": "b"}]]])
    assert both(caller(a="x", b="y")) == NO
    assert both(caller(a="x", b="x")) == (Alternative(bindings=(("id", "x"),)),)


def test_one_of_several_paths_is_each_of_them_once(caller: Caller) -> None:
    either = load_requirement(["any_of", [["path", {"id": "a"}], ["path", {"id": "b"}]]])
    assert len(either(caller(a="x", b="y"))) == 2
    assert len(either(caller(a="x", b="x"))) == 1
    assert len(either(caller(b="y"))) == 1


def test_what_is_granted_whole_makes_other_ways_void(caller: Caller) -> None:
    either = load_requirement(
        ["any_of", [["path", {"id": "sub"}], ["source_ip", ["10.0.0.0/8"]], ["scopes_any", ["a"]]]]
    )
    assert either(caller("a", sub="alice")) is YES
    assert len(either(caller(sub="alice"))) == 2


def test_a_path_cannot_be_negated_into_a_grant(caller: Caller) -> None:
    assert load_requirement(["not", ["path", {"id": "sub"}]])(caller(sub="alice")) == NO


def test_networks_are_sorted_and_disjoint(caller: Caller) -> None:
    nested = ["192.0.2.0/25", "2001:db8::/32", "10.1.0.0/16", "192.0.2.128/25", "10.0.0.0/8"]
    assert load_requirement(["source_ip", nested])(caller()) == (
        Alternative(networks=("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32")),
    )


ADDRESSES = [
    "0.0.0.1", "9.255.255.255", "10.0.0.0", "10.0.255.255", "10.1.0.0", "10.1.2.3", "10.1.255.255",
    "10.2.0.0", "10.255.255.255", "11.0.0.0", "192.0.2.1", "255.255.255.255", "::",
    "2001:db7:ffff::1", "2001:db8::", "2001:db8::1", "2001:db8:1::1", "2001:db9::", "ffff::1",
]  # fmt: skip
NETWORKS = [
    "0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "192.0.2.0/24",
    "255.255.255.255/32", "::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8::1/128",
]  # fmt: skip
by_network = st.recursive(
    st.one_of(
        st.lists(st.sampled_from(NETWORKS), min_size=1, max_size=3).map(lambda n: ["source_ip", n]),
        st.sampled_from([EVERYBODY, NOBODY, ["scopes_any", ["a"]]]),
    ),
    lambda inner: (
        st.builds(
            lambda kind, parts: [kind, parts],
            st.sampled_from(["all_of", "any_of"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | inner.map(lambda r: ["not", r])
    ),
    max_leaves=6,
)


def holds(requirement: Any, scopes: set[str], address: str) -> bool:
    """The requirement's meaning for one request, read off its words."""
    kind, *arguments = requirement
    if kind == "source_ip":
        return contains(arguments[0], address)
    if kind == "scopes_any":
        return bool(scopes & set(arguments[0]))
    if kind == "not":
        return not holds(arguments[0], scopes, address)
    if kind in ("all_of", "any_of"):
        parts = [holds(part, scopes, address) for part in arguments[0]]
        return all(parts) if kind == "all_of" else any(parts)
    return True


@given(by_network, st.sets(st.sampled_from(["a"])))
def test_the_answer_is_the_meaning_for_every_address(requirement: Any, scopes: set[str]) -> None:
    principal = Principal("s|x", "s", "i", frozenset(scopes), {})
    answer = load_requirement(requirement)(principal)
    for address in ADDRESSES:
        answered = any(a.networks is None or contains(a.networks, address) for a in answer)
        assert answered == holds(requirement, scopes, address), address


@given(by_network)
def test_a_requirement_by_network_is_answered_by_one_alternative_at_most(requirement: Any) -> None:
    """So that no two statements of a policy speak of the same resource."""
    assert len(load_requirement(requirement)(Principal("s|x", "s", "i", frozenset(), {}))) <= 1


CORRUPT: list[Any] = [
    [], "authenticated", None, {}, 7, [[]], [None], ["unknown"], [["authenticated"]],
    ["certificate_scheme"], ["certificate_scheme", ""], ["certificate_scheme", ["partners"]],
    ["authenticated", "x"], ["scheme"], ["scheme", ""], ["scheme", 7], ["scheme", ["staff"]],
    ["scopes_any"], ["scopes_any", []], ["scopes_any", "abc"], ["scopes_any", [1]],
    ["scopes_any", {"a": 1}], ["scopes_all", []], ["scopes_all", "abc"], ["scopes_all", None],
    ["claim"], ["claim", "c"], ["claim", "c", "equals"], ["claim", "c", "starts", "x"],
    ["claim", "", "equals", "x"], ["claim", "a..b", "equals", "x"], ["claim", 7, "equals", "x"],
    ["claim", "c", "equals", None], ["claim", "c", "equals", ["x"]], ["claim", "c", "contains", {}],
    ["claim", "c", "any_of", []], ["claim", "c", "any_of", "abc"], ["claim", "c", "any_of", [None]],
    ["claim", "c", "any_of", [["x"]]],
    ["path"], ["path", {}], ["path", []], ["path", {"id": ""}], ["path", {"id": None}],
    ["path", "id"], ["source_ip"], ["source_ip", []], ["source_ip", "10.0.0.0/8"],
    ["source_ip", ["office"]], ["source_ip", ["10.0.0.1/8"]], ["source_ip", [7]],
    ["all_of"], ["all_of", []], ["all_of", [[]]], ["all_of", "authenticated"],
    ["all_of", EVERYBODY],
    ["any_of", []], ["any_of", [EVERYBODY, []]], ["any_of", [["all_of", []]]],
    ["not"], ["not", []], ["not", ["any_of", []]], ["not", ["claim", "c", "any_of", []]],
    ["not", ["scopes_any", []]], ["not", "authenticated"],
]  # fmt: skip


@pytest.mark.parametrize("corrupt", CORRUPT, ids=repr)
def test_nothing_means_no_and_what_is_not_known_is_refused(corrupt: Any) -> None:
    """An empty `all_of` is met by everybody in logic, and by nobody here: it cannot be loaded."""
    with pytest.raises(ConfigurationError) as caught:
        load_requirement(corrupt)
    assert caught.value.code == "configuration_invalid"
    assert re.fullmatch(r"[ -~]+", caught.value.detail)

"""Which requirement implies which: True is always right, whoever asks and from wherever."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorizers.model.principal import Principal
from authorizers.rules.implication import without_paths
from authorizers.rules.networks import contains
from authorizers.rules.requirement import Answer, load_requirement
from authorizers.rules.satisfiable import satisfiable

EVERYBODY = ["authenticated"]
OWNER = ["path", {"id": "sub"}]
OFFICE = ["source_ip", ["10.0.0.0/8"]]


def implies(one: Any, other: Any) -> bool:
    """Every request that satisfies the one is seen to satisfy the other."""
    return not satisfiable([one], [other])


leaves = st.one_of(
    st.just(EVERYBODY),
    st.sampled_from(["staff", "partners"]).map(lambda name: ["scheme", name]),
    st.builds(
        lambda kind, scopes: [kind, sorted(scopes)],
        st.sampled_from(["scopes_any", "scopes_all"]),
        st.sets(st.sampled_from("abc"), min_size=1),
    ),
    st.sampled_from([1, True, 1.0, "1", False, 0]).map(lambda v: ["claim", "c", "equals", v]),
    st.sampled_from([1, True, "1"]).map(lambda v: ["claim", "c", "contains", v]),
    st.sampled_from([[1, 2], [True], ["1"]]).map(lambda v: ["claim", "c", "any_of", v]),
    st.sampled_from([["10.0.0.0/8"], ["10.1.0.0/16"]]).map(lambda n: ["source_ip", n]),
    st.sampled_from(["sub", "tenant"]).map(lambda claim: ["path", {"id": claim}]),
)
requirements = st.recursive(
    leaves,
    lambda inner: (
        st.builds(
            lambda kind, parts: [kind, parts],
            st.sampled_from(["all_of", "any_of"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | st.one_of(leaves.filter(lambda leaf: leaf[0] != "path")).map(lambda leaf: ["not", leaf])
    ),
    max_leaves=5,
)
principals = st.builds(
    lambda scheme, scopes, claims: Principal("p", scheme, "i", frozenset(scopes), claims),
    st.sampled_from(["staff", "partners"]),
    st.sets(st.sampled_from("abc")),
    st.fixed_dictionaries(
        {"sub": st.sampled_from(["x", "y", "*"])},
        optional={
            "c": st.sampled_from([1, True, 1.0, "1", False, [1], [True], 2]),
            "tenant": st.sampled_from(["x", "y"]),
        },
    ),
)
ADDRESSES = ["10.1.0.1", "10.2.0.1", "192.0.2.1"]


def granted(answer: Answer, address: str) -> list[tuple[tuple[str, str], ...]]:
    """The bindings of what an answer grants to a caller from `address`."""
    return [a.bindings for a in answer if a.networks is None or contains(a.networks, address)]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(requirements, st.one_of(requirements, st.none()), principals)
def test_who_satisfies_the_one_satisfies_the_other(
    one: Any, other: Any, principal: Principal
) -> None:
    """Granted anything of the one, the caller is granted the whole of the other, from there too."""
    whole = without_paths(one if other is None else other)
    if not implies(one, whole):
        return
    answer = load_requirement(one)(principal)
    wanted = load_requirement(one if other is None else other)(principal)
    for address in ADDRESSES:
        if granted(answer, address):
            assert () in granted(wanted, address)


@settings(max_examples=500, deadline=None)
@given(requirements, st.one_of(requirements, st.none()), principals)
def test_who_is_granted_the_whole_of_the_one_is_granted_the_whole_of_the_other(
    one: Any, other: Any, principal: Principal
) -> None:
    other = one if other is None else other
    if not implies(without_paths(one), without_paths(other)):
        return
    answer, wanted = load_requirement(one)(principal), load_requirement(other)(principal)
    for address in ADDRESSES:
        if () in granted(answer, address):
            assert () in granted(wanted, address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OFFICE, EVERYBODY),
        (["scopes_all", ["a", "b"]], ["scopes_any", ["b", "c"]]),
        (["scopes_all", ["a", "b"]], ["scopes_all", ["a"]]),
        (["scopes_any", ["a"]], ["scopes_any", ["a", "b"]]),
        (["scopes_any", ["a"]], ["scopes_all", ["a"]]),
        (["all_of", [OFFICE, ["scheme", "x"]]], OFFICE),
        (OFFICE, ["any_of", [["scheme", "x"], OFFICE]]),
        (["any_of", [OFFICE, ["scheme", "x"]]], ["any_of", [["scheme", "x"], OFFICE]]),
        (["any_of", [["scopes_any", ["a"]], ["scopes_any", ["b"]]]], ["scopes_any", ["a", "b"]]),
        (["not", OFFICE], ["not", OFFICE]),
    ],
)
def test_what_is_plain_is_seen(one: Any, other: Any) -> None:
    assert implies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EVERYBODY, OFFICE),
        (["scopes_any", ["a", "b"]], ["scopes_any", ["a"]]),
        (["scopes_any", ["a", "b"]], ["scopes_all", ["a", "b"]]),
        (["scopes_all", ["a"]], ["scopes_all", ["a", "b"]]),
        (["claim", "c", "equals", 1], ["claim", "c", "equals", True]),
        (["claim", "c", "equals", True], ["claim", "c", "equals", 1]),
        (["not", ["claim", "c", "equals", 1]], ["not", ["claim", "c", "equals", True]]),
        (["claim", "c", "equals", "1"], ["claim", "c", "equals", 1]),
        (["claim", "c", "equals", "x"], ["claim", "d", "equals", "x"]),
        (["any_of", [OFFICE, EVERYBODY]], OFFICE),
        (["not", ["scheme", "x"]], OFFICE),
        (OFFICE, ["not", OFFICE]),
        (OWNER, OWNER),
        (["any_of", [OWNER, OFFICE]], ["any_of", [OWNER, OFFICE]]),
    ],
)
def test_what_does_not_follow_is_not_claimed(one: Any, other: Any) -> None:
    """The same words about a path mean another path elsewhere; `true` equals 1 in Python."""
    assert not implies(one, other)

"""Whether some caller can meet certain requirements and miss others: a no is certain."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.principal import Principal
from authorizers.rules.requirement import load_requirement
from authorizers.rules.satisfiable import MAX_STEPS, satisfiable

READ, WRITE = ["scopes_any", ["r"]], ["scopes_any", ["w"]]
STAFF, PARTNERS = ["scheme", "staff"], ["scheme", "partners"]
RED, BLUE = ["claim", "team", "equals", "red"], ["claim", "team", "equals", "blue"]

CONTRADICTIONS: dict[str, tuple[list[Any], list[Any]]] = {
    "two schemes": ([STAFF, PARTNERS], []),
    "two values of one claim": ([RED, BLUE], []),
    "a value outside a list": ([RED, ["claim", "team", "any_of", ["blue", "green"]]], []),
    "true is not one": ([["claim", "c", "equals", True], ["claim", "c", "equals", 1]], []),
    "two principals": ([["principal", ["staff|a"]], ["principal", ["staff|b"]]], []),
    "having and lacking": ([READ], [["scopes_any", ["r", "w"]]]),
    "all scopes and not one of them": ([["scopes_all", ["r", "w"]]], [WRITE]),
    "an alternative of contradictions": ([["any_of", [["all_of", [RED, BLUE]], READ]]], [READ]),
    "nobody": ([["never"]], []),
    "not authenticated": ([], [["authenticated"]]),
    "not not": ([["not", ["not", READ]]], [READ]),
    "the same networks": ([["source_ip", ["10.0.0.0/8"]]], [["source_ip", ["10.0.0.0/8"]]]),
    "one of a role's names": ([["role", ["a"]]], [["role", ["a", "b"]]]),
}
POSSIBLE: dict[str, tuple[list[Any], list[Any]]] = {
    "nothing asked": ([], []),
    "everybody": ([["authenticated"]], []),
    "two scopes": ([READ, WRITE], []),
    "one scope of two": ([["scopes_any", ["r", "w"]]], [READ]),
    "two items of one list": (
        [["claim", "groups", "contains", "a"], ["claim", "groups", "contains", "b"]],
        [],
    ),
    "no team": ([["authenticated"]], [RED, BLUE]),
    "1 and 1.0": ([["claim", "c", "equals", 1], ["claim", "c", "equals", 1.0]], []),
    "own paths of two routes": ([["path", {"id": "sub"}]], [["path", {"id": "sub"}]]),
    "other networks": ([["source_ip", ["10.0.0.0/8"]]], [["source_ip", ["10.0.0.0/9"]]]),
    "two roles": ([["role", ["a"]], ["role", ["b"]]], []),
}


@pytest.mark.parametrize(
    ("required", "lacking"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys()
)
def test_a_contradiction_is_seen(required: list[Any], lacking: list[Any]) -> None:
    assert not satisfiable(required, lacking)


@pytest.mark.parametrize(("required", "lacking"), POSSIBLE.values(), ids=POSSIBLE.keys())
def test_what_is_possible_is_not_denied(required: list[Any], lacking: list[Any]) -> None:
    assert satisfiable(required, lacking)


leaves = st.sampled_from(
    [READ, WRITE, STAFF, PARTNERS, RED, BLUE, ["claim", "team", "contains", "red"],
     ["claim", "team", "any_of", ["red", 1]], ["principal", ["staff|a", "p|b"]], ["role", ["x"]]]
)  # fmt: skip
requirements = st.recursive(
    leaves,
    lambda inner: (
        st.builds(
            lambda kind, parts: [kind, parts],
            st.sampled_from(["all_of", "any_of"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | inner.map(lambda part: ["not", part])
    ),
    max_leaves=6,
)
CALLERS = [
    Principal(name, scheme, "i", frozenset(scopes), {"team": team}, roles=frozenset(roles))
    for name, scheme, scopes, team, roles in product(
        ["staff|a", "p|b", "c"],
        ["staff", "partners", "others"],
        ["", "r", "w", "rw"],
        ["red", "blue", 1, None, ["red"]],
        ["", "x"],
    )
]


@given(st.lists(requirements, max_size=3), st.lists(requirements, max_size=2))
def test_who_is_said_not_to_exist_does_not_exist(required: list[Any], lacking: list[Any]) -> None:
    """Every caller of a small world is asked."""
    if satisfiable(required, lacking):
        return
    wanted, missed = ([load_requirement(r) for r in rs] for rs in (required, lacking))
    for caller in CALLERS:
        assert not (all(r(caller) for r in wanted) and not any(r(caller) for r in missed))


def test_what_takes_too_long_is_possible() -> None:
    """Six pigeons in five holes: true is the safe answer, and it comes at once."""
    pigeons = [["any_of", [["scopes_any", [f"{p}in{h}"]] for h in range(9)]] for p in range(10)]
    alone = [
        ["not", ["scopes_all", [f"{p}in{h}", f"{q}in{h}"]]]
        for h in range(9)
        for p in range(10)
        for q in range(p)
    ]
    assert MAX_STEPS < 10_000
    assert satisfiable([*pigeons, *alone])

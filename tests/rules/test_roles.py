"""Requirements that name principals, or roles that a table binds."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules.forms import WHOLE, forms_of
from authorizers.rules.requirement import NO, YES, load_requirement
from authorizers.rules.rule_set import RuleSet

Caller = Callable[..., Principal]
ALICE = ["principal", ["staff|alice", "staff|carol"]]
READER = ["role", ["reader", "admin"]]


@pytest.mark.parametrize(
    "other",
    ["staff|Alice", "staff|alice2", "staff|", "alice", "partners|alice", "staff|alice|x", ""],
)
def test_a_principal_is_compared_whole_and_with_its_scheme(caller: Caller, other: str) -> None:
    assert load_requirement(ALICE)(caller()) is YES
    assert load_requirement(ALICE)(caller()._replace(principal_id=other)) == NO


@pytest.mark.parametrize(
    ("held", "holds"),
    [
        ((), False),
        (("reader",), True),
        (("x", "admin"), True),
        (("Reader",), False),
        (("read",), False),
        (("reader admin",), False),
        (("",), False),
    ],
)
def test_a_role_is_one_of_those_that_are_bound(
    caller: Caller, held: tuple[str, ...], holds: bool
) -> None:
    assert bool(load_requirement(READER)(caller()._replace(roles=frozenset(held)))) is holds


def test_a_role_is_never_a_scope_nor_a_claim(caller: Caller) -> None:
    assert load_requirement(READER)(caller("reader", roles=["reader"], role="reader")) == NO


NO_NAMES: list[list[Any]] = [
    [], [[]], ["a"], [None], [[None]], [[7]], [["a", None]], [{"a": 1}], [[["a"]]]
]  # fmt: skip


@pytest.mark.parametrize(
    "corrupt", [[kind, *rest] for kind in ("principal", "role") for rest in NO_NAMES], ids=repr
)
@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: ["not", r], lambda r: ["any_of", [r]]])
def test_nothing_means_no_and_what_is_not_known_is_refused(corrupt: Any, wrap: Any) -> None:
    with pytest.raises(ConfigurationError):
        load_requirement(wrap(corrupt))


@pytest.mark.parametrize("requirement", [ALICE, READER, ["not", READER]])
def test_who_it_is_and_its_roles_are_no_condition_of_a_policy(requirement: Any) -> None:
    assert forms_of(requirement) == {WHOLE}


@pytest.mark.parametrize(
    "requirement",
    [
        READER,
        ["not", READER],
        ["all_of", [["scheme", "staff"], READER]],
        ["any_of", [ALICE, READER]],
    ],
)
def test_facts_tell_callers_with_other_roles_apart(caller: Caller, requirement: Any) -> None:
    rules = RuleSet([{"key": "GET /", "requirement": requirement}])
    stranger = caller()._replace(principal_id="staff|x")
    reader = stranger._replace(roles=frozenset({"reader"}))
    assert bool(rules.grants(stranger)) is not bool(rules.grants(reader))
    assert rules.facts(stranger) != rules.facts(reader)


def test_facts_tell_named_principals_apart(caller: Caller) -> None:
    rules = RuleSet([{"key": "GET /", "requirement": ["not", ALICE]}])
    alice, bob = caller(), caller()._replace(principal_id="staff|bob")
    assert (rules.grants(alice), len(rules.grants(bob))) == ((), 1)
    assert rules.facts(alice) != rules.facts(bob)

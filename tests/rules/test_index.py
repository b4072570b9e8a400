"""The index leaves out only requirements that the principal cannot meet."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.principal import Principal
from authorizers.rules.requirement import load_requirement
from authorizers.rules.rule_set import RuleSet

scalars = st.sampled_from(["a", "b", 1, True, 1.0, 0, False, "1"])
leaves = st.one_of(
    st.sampled_from([["authenticated"], ["never"], ["source_ip", ["10.0.0.0/8"]]]),
    st.sampled_from(["staff", "partners"]).map(lambda name: ["scheme", name]),
    st.sampled_from(["staff", "devices"]).map(lambda name: ["certificate_scheme", name]),
    st.builds(
        lambda kind, names: [kind, sorted(names)],
        st.sampled_from(["scopes_any", "scopes_all", "principal", "role"]),
        st.sets(st.sampled_from("abc"), min_size=1),
    ),
    scalars.map(lambda v: ["claim", "c", "equals", v]),
    scalars.map(lambda v: ["claim", "d", "contains", v]),
    st.lists(scalars, min_size=1).map(lambda v: ["claim", "c", "any_of", v]),
    st.just(["path", {"id": "sub"}]),
)
requirements = st.recursive(
    leaves,
    lambda inner: (
        st.builds(
            lambda kind, parts: [kind, parts],
            st.sampled_from(["all_of", "any_of"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | leaves.filter(lambda leaf: leaf[0] != "path").map(lambda leaf: ["not", leaf])
    ),
    max_leaves=5,
)
values = scalars | st.lists(scalars, max_size=3) | st.none() | st.just({"a": 1})
principals = st.builds(
    lambda name, scheme, scopes, roles, c, d, sub, shown: Principal(
        name,
        scheme,
        "i",
        frozenset(scopes),
        {"c": c, "d": d, "sub": sub},
        None,
        frozenset(roles),
        certificate_scheme=shown,
    ),
    st.sampled_from("abc"),
    st.sampled_from(["staff", "partners"]),
    st.sets(st.sampled_from("abc")),
    st.sets(st.sampled_from("abc")),
    values,
    values,
    st.sampled_from(["x", "*", None]),
    st.sampled_from([None, "staff", "devices"]),
)


@given(st.lists(requirements, min_size=1, max_size=6), st.lists(principals, min_size=1))
def test_the_grants_are_those_of_asking_every_rule(
    rules: list[Any], callers: list[Principal]
) -> None:
    routes = [{"key": f"GET /r{i}/{{id}}", "requirement": r} for i, r in enumerate(rules)]
    rule_set = RuleSet(routes)
    for caller in callers:
        asked = [
            (i, *alternative)
            for i, rule in enumerate(rules)
            for alternative in load_requirement(rule)(caller)
        ]
        assert [tuple(grant) for grant in rule_set.grants(caller)] == asked


@given(st.lists(requirements, min_size=1, max_size=6), principals, principals)
def test_equal_facts_are_equal_grants(rules: list[Any], one: Principal, other: Principal) -> None:
    routes = [{"key": f"GET /r{i}/{{id}}", "requirement": r} for i, r in enumerate(rules)]
    rule_set = RuleSet(routes)
    if rule_set.facts(one) == rule_set.facts(other):
        assert rule_set.grants(one) == rule_set.grants(other)

"""
A policy allows exactly what the rules allow, over the declared routes, or the table is refused.

Random route tables, rules, callers, paths and addresses: the policy, read as IAM reads it, is
compared with the rules' own decision about each request.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.model.route import Route, parse_route

PARTS = ["a", "b", "{p}", "{q}"]
HOSTILE = ["a", "b", "c", "", "", "a%2Fb", ";x", "..", "*", "?", "é", "a b", "${x}", "$default"]
ADDRESSES = [None, "10.1.2.3", "10.2.2.3", "192.0.2.1", "2001:db8::1", "2001:db9::1", "nonsense"]
NETWORKS = [["10.0.0.0/8"], ["10.1.0.0/16", "2001:db8::/32"], ["10.0.0.0/8", "10.1.0.0/16"]]


def unique_parameters(key: str) -> bool:
    names = [s for s in key.split("/") if s.startswith("{")]
    return len(names) == len(set(names))


keys = st.one_of(
    st.just("$default"),
    st.builds(
        lambda method, parts, tail: f"{method} /" + "/".join([*parts, *tail]),
        st.sampled_from(["GET", "GET", "POST", "ANY"]),
        st.lists(st.sampled_from(PARTS), max_size=3),
        st.sampled_from([[], [], [], ["{z+}"]]),
    ).filter(unique_parameters),
)


def same_route(one: str, other: str) -> bool:
    """To the gateway parameters' names are nothing; the document's checks refuse such a pair."""

    def shape(key: str) -> tuple[Any, ...]:
        route: Route = parse_route(key)
        kinds = ("+" if s.endswith("+}") else "{}" if s[0] == "{" else s for s in route.segments)
        return (route.methods, *kinds) if route.methods else (key,)

    return shape(one) == shape(other)


SIMPLE = [
    ["authenticated"],
    ["scopes_any", ["a"]],
    ["scopes_any", ["b"]],
    ["scopes_all", ["a", "b"]],
]
simple = st.sampled_from(SIMPLE)


def requirements(key: str, *, networks: bool) -> st.SearchStrategy[Any]:
    bindable = [s[1:-1] for s in parse_route(key).segments if s[0] == "{" and s[-2] != "+"]
    negatable = [simple]
    if networks:
        negatable.append(st.sampled_from(NETWORKS).map(lambda n: ["source_ip", n]))
    negated = st.one_of(negatable).map(lambda r: ["not", r])
    leaves = [*negatable, negated]
    if bindable:
        claims = st.sampled_from(["sub", "tenant"])
        bound = st.dictionaries(st.sampled_from(bindable), claims, min_size=1)
        leaves.append(bound.map(lambda b: ["path", b]))
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.builds(
            lambda kind, parts: [kind, parts],
            st.sampled_from(["all_of", "any_of"]),
            st.lists(inner, min_size=1, max_size=2),
        ),
        max_leaves=3,
    )


@st.composite
def documents(draw: st.DrawFn, *, networks: bool) -> dict[str, Any]:
    chosen: list[str] = draw(st.lists(keys, min_size=1, max_size=4, unique=True))
    for i, key in enumerate(chosen):
        assume(not any(same_route(key, other) for other in chosen[:i]))
    return {key: draw(requirements(key, networks=networks)) for key in chosen}


callers = st.builds(
    lambda scopes, sub, tenant: Principal(
        "s|x", "s", "i", frozenset(scopes), {"sub": sub, "tenant": tenant}
    ),
    st.sets(st.sampled_from(["a", "b"])),
    st.sampled_from(["a", "b", "c", "*"]),
    st.sampled_from(["a", "b", "d", None]),
)
requests = st.builds(
    lambda method, parts: f"{method} /" + "/".join(parts),
    st.sampled_from(["GET", "POST", "PUT"]),
    st.lists(st.one_of(st.sampled_from("ab"), st.sampled_from(HOSTILE)), max_size=5),
)
asked = st.lists(st.tuples(requests, st.sampled_from(ADDRESSES)), min_size=4, max_size=12)
thorough = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def usable(address: str | None) -> str | None:
    """IAM never sees an address that is none."""
    try:
        return address and str(ipaddress.ip_address(address))
    except ValueError:
        return None


@pytest.mark.parametrize("rest_deny", ["everything_else", "listed_routes"])
@pytest.mark.parametrize("networks", [False, True], ids=["whole-or-bound", "by-network"])
def test_an_exact_policy_is_the_rules_decision_on_every_declared_route(
    api: Callable[..., Any], networks: bool, rest_deny: str
) -> None:
    exact: list[bool] = []

    @thorough
    @given(documents(networks=networks), callers, asked)
    def check(document: dict[str, Any], caller: Principal, asked: list[Any]) -> None:
        compiled = api(document, inexact=True, rest_deny=rest_deny)
        if not compiled.table["exact"]:
            with pytest.raises(ConfigurationError, match="configuration_inexact"):
                api(document)
            return
        exact.append(True)
        for request, address in asked:
            by_rules, by_policy = compiled.decisions(caller, request, usable(address))
            if by_rules is not None:
                assert by_policy == ("allow" if by_rules else "explicit_deny"), request

    check()
    assert len(exact) > 50, "the property was hardly tried"


@pytest.mark.parametrize("networks", [False, True], ids=["whole-or-bound", "by-network"])
def test_an_inexact_policy_is_never_wider_than_the_rules(
    api: Callable[..., Any], networks: bool
) -> None:
    inexact: list[bool] = []

    @thorough
    @given(documents(networks=networks), callers, asked)
    def check(document: dict[str, Any], caller: Principal, asked: list[Any]) -> None:
        compiled = api(document, inexact=True)
        inexact.append(not compiled.table["exact"])
        for request, address in asked:
            by_rules, by_policy = compiled.decisions(caller, request, usable(address))
            assert not (by_policy == "allow" and by_rules is False), request

    check()
    assert sum(inexact) > 10, "the property was hardly tried"


@thorough
@given(document=documents(networks=True), caller=callers)
def test_no_resource_is_written_twice(
    api: Callable[..., Any], document: dict[str, Any], caller: Principal
) -> None:
    for statement in api(document, inexact=True).policy(caller)["Statement"]:
        resources = statement.get("Resource") or statement["NotResource"]
        assert resources
        assert len(resources) == len(set(resources))


@thorough
@given(document=documents(networks=True), caller=callers, asked=asked)
def test_a_rest_policy_that_denies_the_rest_allows_just_what_it_allows_without(
    api: Callable[..., Any], document: dict[str, Any], caller: Principal, asked: list[Any]
) -> None:
    """The last Deny turns silence into refusal, and takes nothing away."""
    compiled = api(document, inexact=True)
    for request, address in asked:
        _, loud = compiled.decisions(caller, request, usable(address), rest=True)
        _, quiet = compiled.decisions(caller, request, usable(address), rest=False)
        assert (loud == "allow") == (quiet == "allow")

"""A policy for some networks only: exactly what it was for them, nothing for anybody else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.config.table import compile_route_table
from authorizers.model.arn import parse_arn
from authorizers.model.principal import Principal
from authorizers.policy.assembly import PolicyAssembler
from authorizers.policy.evaluate import evaluate
from authorizers.policy.narrowing import narrowed
from authorizers.rules.rule_set import Granted, RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
NETWORKS = ("10.0.0.0/8", "2001:db8::/32")
ROUTES: list[dict[str, Any]] = [
    {"key": "GET /orders", "requirement": ["scopes_any", ["a"]]},
    {"key": "GET /orders/{id}", "requirement": ["scopes_any", ["b"]]},
    {"key": "ANY /admin/{proxy+}", "requirement": ["source_ip", ["10.1.0.0/16", "192.0.2.0/24"]]},
    {"key": "GET /users/{id}", "requirement": ["path", {"id": "sub"}]},
    {"key": "GET /else", "requirement": ["scopes_any", ["c"]]},
]
RULES = RuleSet(ROUTES)
PATHS = ("orders", "orders/1", "orders/1/x", "admin/a/b", "users/alice", "users/bob", "else", "")
ADDRESSES = ("10.1.2.3", "10.2.3.4", "192.0.2.1", "2001:db8::1", "203.0.113.9", None)


@pytest.mark.parametrize("rest_deny", ["everything_else", "listed_routes"])
@given(
    scopes=st.frozensets(st.sampled_from("abc")),
    networks=st.lists(st.sampled_from(("10.0.0.0/8", "10.1.0.0/17", "2001:db8::/32")), unique=True),
    rest=st.booleans(),
)
def test_the_policy_says_what_the_rules_do_in_those_networks(
    rest_deny: Any, scopes: frozenset[str], networks: list[str], rest: bool
) -> None:
    principal = Principal("m|alice", "m", "x", scopes, {"sub": "alice"})
    granted = Granted(RULES.grants(principal), tuple(networks))
    assembler = PolicyAssembler(compile_route_table(ROUTES, inexact=False), rest_deny)
    document = assembler.assemble(granted.grants, STAGE, websocket=False, deny_the_rest=rest)
    if networks:
        document = narrowed(document, tuple(networks), STAGE)
    for path in PATHS:
        for address in ADDRESSES:
            arn = f"{STAGE}/GET/{path}"
            context = {} if address is None else {"aws:SourceIp": address}
            allowed = evaluate(document, arn, context).decision == "allow"
            assert allowed == granted.allow(RULES.find(parse_arn(arn)), address)


def test_who_is_elsewhere_is_denied_explicitly_and_so_is_who_is_nowhere() -> None:
    principal = Principal("m|alice", "m", "x", frozenset("abc"), {})
    granted = Granted(RULES.grants(principal), NETWORKS)
    assembler = PolicyAssembler(compile_route_table(ROUTES, inexact=False))
    plain = assembler.assemble(granted.grants, STAGE, websocket=False, deny_the_rest=True)
    document = narrowed(plain, NETWORKS, STAGE)
    for context in ({"aws:SourceIp": "203.0.113.9"}, {}):
        decision = evaluate(document, f"{STAGE}/GET/orders", context).decision
        assert decision == "explicit_deny"


def test_a_reader_that_knows_no_deny_keeps_to_the_networks() -> None:
    principal = Principal("m|alice", "m", "x", frozenset("abc"), {})
    granted = Granted(RULES.grants(principal), NETWORKS)
    assembler = PolicyAssembler(compile_route_table(ROUTES, inexact=False))
    plain = assembler.assemble(granted.grants, STAGE, websocket=False, deny_the_rest=False)
    document = narrowed(plain, NETWORKS, STAGE)
    allows = [s for s in document["Statement"] if s["Effect"] == "Allow"]
    assert allows
    assert all("IpAddress" in s["Condition"] for s in allows)


def test_no_network_is_nowhere() -> None:
    principal = Principal("m|alice", "m", "x", frozenset("abc"), {})
    granted = Granted(RULES.grants(principal), ())
    assert granted.grants == ()
    assert not granted.allow(RULES.find(parse_arn(f"{STAGE}/GET/orders")), "10.1.2.3")
    assert not granted.somewhere(RULES.find(parse_arn(f"{STAGE}/GET/orders")))


def test_a_policy_that_is_narrowed_is_another_object() -> None:
    principal = Principal("m|alice", "m", "x", frozenset("abc"), {})
    assembler = PolicyAssembler(compile_route_table(ROUTES, inexact=False))
    plain = assembler.assemble(RULES.grants(principal), STAGE, websocket=False, deny_the_rest=True)
    before = repr(plain)
    narrowed(plain, NETWORKS, STAGE)
    assert repr(plain) == before

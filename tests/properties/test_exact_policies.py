"""
A policy allows exactly what the rules allow, or its table is refused; it is never wider.

Tables, rules, principals and requests are random; policies are read by the reference evaluator,
requests are routed by the reference router and judged by the reference rules, so that no code of
the product judges the product.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.policy.evaluate import evaluate
from tests.policy.conftest import Api
from tests.policy.reference.evaluator import decide
from tests.policy.reference.router import is_ordinary, readings
from tests.policy.reference.rules import satisfies
from tests.properties.judge import complaint
from tests.properties.scale import part, tried
from tests.properties.tables import ADDRESSES, STAGE, Question, principals, questions, tables

KINDS = [
    pytest.param(0, True, "everything_else", id="rest"),
    pytest.param(1, True, "listed_routes", id="rest-listed"),
    pytest.param(2, False, "everything_else", id="http"),
]


def compiled(table: dict[str, Any], rest_deny: Any) -> tuple[Api, bool]:
    """Return the document, and whether its policies are exact."""
    try:
        return Api(table, rest_deny=rest_deny), True
    except ConfigurationError as error:
        if error.code != "configuration_inexact":
            raise
        return Api(table, inexact=True, rest_deny=rest_deny), False


def is_declared(table: dict[str, Any], question: Question) -> bool:
    found = readings(list(table), question.method, question.path)
    return bool(found) and is_ordinary(question.path)


@pytest.mark.parametrize(("kind", "rest", "rest_deny"), KINDS)
@pytest.mark.parametrize("partial", [False, True], ids=["whole", "in-part"])
def test_a_policy_is_what_the_rules_say_of_every_request(
    partial: bool, kind: int, rest: bool, rest_deny: str
) -> None:
    seen: Counter[str] = Counter()

    @tried(1)
    @part(kind)
    @given(st.data(), tables(partial=partial))
    def property_of(data: st.DataObject, table: dict[str, Any]) -> None:
        api, exact = compiled(table, rest_deny)
        event("exact" if exact else "refused")
        seen["exact" if exact else "refused"] += 1
        for principal in data.draw(st.lists(principals(), min_size=2, max_size=2)):
            policy = api.policy(principal, rest=rest)
            for question in data.draw(questions(table)):
                wrong = complaint(table, principal, question, policy, exact=exact)
                shown = (table, principal.scopes, principal.claims, question, policy)
                assert wrong is None, (wrong, shown)
                decision = decide(policy, question.arn, question.context)
                assert evaluate(policy, question.arn, question.context).decision == decision
                seen[decision] += 1
                if rest and (rest_deny == "everything_else" or is_declared(table, question)):
                    assert decision != "implicit_deny", ("a resource policy allows it", shown)

    property_of()
    assert seen["exact"] > seen["refused"] > 0, "hardly any table was compiled, or all were"
    assert seen["allow"] > 500, "the property was hardly tried"
    assert seen["explicit_deny"] > (500 if rest else 50), "the property was hardly tried"


@tried(2)
@given(tables(), principals())
def test_who_is_granted_nothing_has_a_policy_that_denies(
    table: dict[str, Any], principal: Principal
) -> None:
    """Whatever the address, and whatever a resource policy says beside it."""
    nothing = {key: ["all_of", [rule, ["not", ["authenticated"]]]] for key, rule in table.items()}
    for rest in (True, False):
        policy = compiled(nothing, "everything_else")[0].policy(principal, rest=rest)
        for path in ("GET/", "GET/a", "POST/a/b", "$connect", "$default"):
            assert (
                decide(policy, f"{STAGE}/{path}", {"aws:SourceIp": "10.1.2.3"}) == "explicit_deny"
            )


@tried(2)
@given(tables(), principals())
def test_another_stage_and_another_api_are_never_opened(
    table: dict[str, Any], principal: Principal
) -> None:
    policy = compiled(table, "everything_else")[0].policy(principal, rest=False)
    for other in ("/prod2", "/test", "/PROD"):
        for path in ("GET/", "GET/a", "GET/a/b", "GET/prod/GET/a", "$default"):
            asked = f"{STAGE.removesuffix('/prod')}{other}/{path}"
            assert decide(policy, asked, {"aws:SourceIp": "10.1.2.3"}) != "allow"
            asked = asked.replace("abcdef1234", "abcdef12345").replace(other, "/prod")
            assert decide(policy, asked, {"aws:SourceIp": "10.1.2.3"}) != "allow"


@tried(2)
@given(tables(), principals(), st.sampled_from(ADDRESSES))
def test_a_route_key_without_a_method_is_its_own_route_alone(
    table: dict[str, Any], principal: Principal, source_ip: str
) -> None:
    """A WebSocket API asks about `$connect`, an HTTP API may ask about `$default`."""
    api, _ = compiled(table, "everything_else")
    for key, websocket in (("$connect", True), ("$default", False)):
        policy = api.policy(principal, rest=False, websocket=websocket)
        rule = table.get(key)
        granted = rule is not None and satisfies(principal, rule, {}, source_ip)
        decision = decide(policy, f"{STAGE}/{key}", {"aws:SourceIp": source_ip})
        assert (decision == "allow") == granted
    on_connect = api.policy(principal, rest=False, websocket=True)
    for path in ("GET/", "GET/a", "$default", "$disconnect", "POST/@connections/x"):
        assert decide(on_connect, f"{STAGE}/{path}", {"aws:SourceIp": source_ip}) != "allow"


@pytest.mark.parametrize("granted", [True, False])
def test_the_route_of_all_routes_is_all_or_nothing(granted: bool) -> None:
    table = {"*": ["authenticated"] if granted else ["not", ["authenticated"]]}
    principal = Principal("staff|alice", "staff", "https://issuer.example", frozenset(), {})
    policy = Api(table).policy(principal)
    for path in ("GET/", "PUT/a/b//", "$connect", "$default", "GET/*"):
        assert (decide(policy, f"{STAGE}/{path}") == "allow") == granted

"""
Keys with routes of their own: for every set of routes that a record may name, the policy allows
exactly these, whatever the routes have in common.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from authorizers.model.arn import parse_arn
from authorizers.model.principal import Principal
from authorizers.policy.assembly import PolicyAssembler, RestDeny
from authorizers.policy.evaluate import evaluate
from authorizers.rules.rule_set import Granted, RuleSet

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
HEAD = """\
version: 1
authenticate:
  machines:
    api_key: {prefix: a_live, pepper: environment, keys: {file: keys.json}, routes_per_key: true}
  probes:
    api_key: {prefix: b_live, pepper: environment, keys: {file: probes.json}}
"""
ORDERS = {
    "GET /orders": "{authenticated: true}",
    "POST /orders": "{authenticated: true}",
    "GET /orders/{id}": "{authenticated: true}",
    "GET /orders/me": "{authenticated: true}",
    "GET /orders/{id}/items": "{authenticated: true}",
    "ANY /admin/{proxy+}": "{authenticated: true}",
}
SWALLOWING = {
    "ANY /{proxy+}": "{authenticated: true}",
    "GET /users/{user}": "{authenticated: true}",
    "DELETE /users/{user}": "{authenticated: true}",
    "GET /users/{user}/x": "{authenticated: true}",
    "GET /users/special": "{nobody: true}",
}
OWNED = {
    "GET /by/{who}": "{path: {who: claims.owner}}",
    "GET /by/{who}/x": "{path: {who: claims.owner}}",
    "GET /by/special": "{scopes: {any_of: [s]}}",
    "GET /open": "{any_of: [{scheme: probes}, {scopes: {any_of: [s]}}]}",
}
PATHS = {
    "orders": "/orders /orders/42 /orders/me /orders/42/items /orders/me/items /admin/a /admin/a/b",
    "swallowing": "/a /a/b/c /users /users/a /users/special /users/a/x /users/special/x /users/a/y",
    "owned": "/by/acme /by/globex /by/special /by/acme/x /by/globex/x /by/special/x /open",
}
TABLES = {"orders": ORDERS, "owned": OWNED, "swallowing": SWALLOWING}
MODES: tuple[RestDeny, ...] = ("everything_else", "listed_routes")


def document_of(routes: Mapping[str, str], inexact: str = "refuse") -> dict[str, Any]:
    lines = "".join(f"  {key}: {requirement}\n" for key, requirement in routes.items())
    return compile_document(f"{HEAD}inexact: {inexact}\nroutes:\n{lines}")


def requests_of(name: str) -> list[str]:
    return [
        f"{method}{path}" for path in PATHS[name].split() for method in ("GET", "POST", "DELETE")
    ]


def key_for(routes: Sequence[str], *, scheme: str = "machines") -> Principal:
    claims = {"sub": "acme", "owner": "acme", "routes": list(routes)}
    return Principal(f"{scheme}|acme", scheme, "here", frozenset(["s"]), claims)


def subsets(keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(keys) + 1):
        yield from combinations(keys, size)


class Answers:
    """What the rules of a document and its policies say to one principal."""

    def __init__(self, document: Mapping[str, Any], mode: RestDeny) -> None:
        self.keys = [route["key"] for route in document["routes"]]
        self._rules = RuleSet(document["routes"])
        self._assembler = PolicyAssembler(document["table"], mode)

    def to(self, principal: Principal, requests: Sequence[str]) -> list[tuple[str, bool, bool]]:
        """
        Return for each request that has a route which it is, and whether rules and policy allow it.
        """
        grants = self._rules.grants(principal)
        granted = Granted(grants)
        policy = self._assembler.assemble(grants, STAGE, websocket=False, deny_the_rest=True)
        answers = []
        for request in requests:
            arn = f"{STAGE}/{request}"
            routed = self._rules.find(parse_arn(arn))
            if routed is not None:
                by_rules, by_policy = granted.allow(routed, None), evaluate(policy, arn).decision
                answers.append((self.keys[routed.route], by_rules is True, by_policy == "allow"))
        return answers


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["orders", "owned"])
def test_a_key_is_allowed_exactly_the_routes_that_its_record_names(
    name: str, mode: RestDeny
) -> None:
    answers, requests = Answers(document_of(TABLES[name]), mode), requests_of(name)
    everything = answers.to(key_for(["*"]), requests)
    assert sum(allowed for _, allowed, _ in everything) >= 4
    for named in subsets(answers.keys):
        for one, whole in zip(answers.to(key_for(named), requests), everything, strict=True):
            route, by_rules, by_policy = one
            assert by_rules == by_policy == (whole[1] and route in named)


def test_routes_that_no_policy_can_tell_apart_are_refused() -> None:
    """One key may be for a route that swallows another, which is not refused without such keys."""
    document_of_everybody = HEAD.replace(", routes_per_key: true", "")
    lines = "".join(
        f"  {key}: {text}\n" for key, text in SWALLOWING.items() if "nobody" not in text
    )
    assert compile_document(f"{document_of_everybody}routes:\n{lines}")["table"]["exact"]
    with pytest.raises(ConfigurationError) as caught:
        compile_document(f"{HEAD}routes:\n{lines}")
    assert caught.value.code == "configuration_inexact"
    assert all("routes_per_key" in problem.message for problem in caught.value.problems)


@pytest.mark.parametrize("mode", MODES)
def test_routes_that_no_policy_can_tell_apart_are_never_allowed_too_much(mode: RestDeny) -> None:
    answers, requests = Answers(document_of(SWALLOWING, "deny"), mode), requests_of("swallowing")
    allowed = 0
    for named in subsets(answers.keys):
        for route, by_rules, by_policy in answers.to(key_for(named), requests):
            assert by_rules <= (route in named)
            assert by_policy <= by_rules
            allowed += by_policy
    assert allowed > 100


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", sorted(TABLES))
def test_keys_of_a_scheme_without_such_routes_are_not_narrowed(name: str, mode: RestDeny) -> None:
    answers, requests = Answers(document_of(TABLES[name], "deny"), mode), requests_of(name)
    for named in ([], ["*"], answers.keys):
        of_probe = answers.to(key_for(named, scheme="probes"), requests)
        assert of_probe == answers.to(key_for(["*"], scheme="probes"), requests)
        assert any(by_policy for _, _, by_policy in of_probe)


@pytest.mark.parametrize(
    "claims",
    [
        *({}, {"routes": []}, {"routes": "*"}, {"routes": "GET /orders"}, {"routes": {"*": True}}),
        *({"routes": ["GET /"]}, {"routes": ["get /orders"]}, {"routes": [["*"]]}),
    ],
    ids=repr,
)
def test_what_names_no_route_is_for_none(claims: dict[str, Any]) -> None:
    answers = Answers(document_of(ORDERS), "everything_else")
    principal = key_for([])._replace(claims=claims)
    assert not any(a or b for _, a, b in answers.to(principal, requests_of("orders")))

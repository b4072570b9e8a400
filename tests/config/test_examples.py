"""The principals and the expectations of a document: for tools, and never for functions."""

import json

import pytest

from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.examples import ExpectedAnswer, read_examples
from authorizers.errors import ConfigurationError

RULES = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: entra
      algorithms: [RS256]
      keys: {discovery: true}
      principal_claim: oid
  robots:
    jwt:
      issuer: https://robots.example.com/
      audience: [https://api.example.com]
      profile: custom
      algorithms: [RS256]
      keys: {discovery: true}
      custom_profile: {types: [absent], required_claims: [sub], scope_claims: [scope, rights]}
roles:
  clerk: {routes: [GET /ledger]}
bindings:
  - {role: clerk, principals: ["staff|zoe"]}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  GET /orders/{order_id}: {scopes: {any_of: [orders:read]}}
  $connect: {authenticated: true}
"""
EXAMPLES = """\
principals:
  alice: {scheme: staff, claims: {oid: a-1, scp: "orders:read x"}}
  robot@example.com: {scheme: robots, claims: {sub: r2, scope: a, rights: [b]}, roles: [clerk]}
expectations:
  - principal: alice
    allow: [GET /orders, "GET /orders/{order_id}", $connect]
    deny:
      - GET /ledger
    from: 10.0.0.1
"""
GOOD = RULES + EXAMPLES


def test_functions_never_see_them() -> None:
    assert render_compiled(compile_document(GOOD)) == render_compiled(compile_document(RULES))
    assert "alice" not in json.dumps(compile_document(GOOD))


def test_principals_are_read_as_their_tokens_would_be() -> None:
    principals = read_examples(GOOD, compile_document(GOOD)).principals
    alice, robot = principals["alice"], principals["robot@example.com"]
    assert alice.principal_id == "staff|a-1"
    assert alice.scopes == {"orders:read", "x"}
    assert (robot.scheme, robot.issuer) == ("robots", "https://robots.example.com/")
    assert robot.scopes == {"a", "b"}
    assert robot.roles == {"clerk"}
    assert robot.claims["sub"] == "r2"


def test_expectations_are_single_and_know_their_place() -> None:
    expectations = read_examples(GOOD, compile_document(GOOD)).expectations
    requests = [(e.request, e.allow) for e in expectations]
    assert requests == [
        ("GET /orders", True),
        ("GET /orders/{order_id}", True),
        ("$connect", True),
        ("GET /ledger", False),
    ]
    line = GOOD.split("\n").index("      - GET /ledger") + 1
    assert expectations[-1] == ExpectedAnswer(
        "alice", "GET /ledger", False, "10.0.0.1", f"{line}:9"
    )


def test_a_document_needs_none() -> None:
    examples = read_examples(RULES, compile_document(RULES))
    assert (dict(examples.principals), examples.expectations) == ({}, ())


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        read_examples(GOOD.replace("version: 1", "version: 2"), compile_document(GOOD))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scheme: staff, claims", "scheme: stuff, claims", "did you mean `staff`?"),
        ("scheme: staff, claims", "claims", "`scheme` is required"),
        ("{scheme: staff, claims: {oid: a-1,", "{scheme: staff, claims: {sub: a-1,", "oid is miss"),
        ("oid: a-1", "oid: 1", "the claim oid must be printable text"),
        ('scp: "orders:read x"', 'scp: "a  b"', "joined by single spaces"),
        ("roles: [clerk]", "roles: [clark]", "no such role under roles; did you mean `clerk`?"),
        ("  alice: {", '  "a b": {', "a principal's name is letters"),
        ("  alice: {", f"  {'a' * 65}: {{", "a principal's name is letters"),
        ("principal: alice", "principal: alicia", "did you mean `alice`?"),
        ("principal: alice", "principal: robot", "no such principal under principals"),
        ("  - principal: alice\n", "  - from: 10.0.0.2\n", "`principal` is required"),
        ("from: 10.0.0.1", "from: 10.0.0.0/8", "write one address"),
        ("from: 10.0.0.1", "from: home", "write one address"),
        ("allow: [GET /orders,", "allow: [GET /order,", "is denied to everybody"),
        ("allow: [GET /orders,", "allow: [DELETE /orders,", "is denied to everybody"),
        ("allow: [GET /orders,", "allow: [get /orders,", "the method must be one of"),
        ("allow: [GET /orders,", "allow: [/orders,", "write a request, such as"),
        ("allow: [GET /orders,", "allow: ['GET /orders?a=1',", "write the path alone"),
        ("allow: [GET /orders,", "allow: ['GET /or ders',", "write a request, such as"),
        ("allow: [GET /orders,", "allow: ['GET /örders',", "write a request, such as"),
        ("allow: [GET /orders,", "allow: [ANY /orders,", "write one method"),
        ('{order_id}", $connect', '{id}", $connect', "did you mean `GET /orders/{order_id}`?"),
        ("$connect]", "$default]", "no such route in the document"),
        ("- GET /ledger", "- GET /orders", "stands under allow too"),
        ("- GET /ledger", f"- GET /{'a' * 1600}", "is too long for a request"),
        ("      - GET /ledger\n", "      []\n", "must not be empty: nothing means no"),
        ("    from: 10.0.0.1", "    form: 10.0.0.1", "did you mean `from`?"),
    ],
)
def test_what_does_not_fit_is_a_problem_of_the_document(old: str, new: str, message: str) -> None:
    assert old in EXAMPLES
    with pytest.raises(ConfigurationError) as raised:
        compile_document(RULES + EXAMPLES.replace(old, new, 1))
    problems = raised.value.problems
    assert any(message in problem.message for problem in problems), problems
    first = len(RULES.split("\n"))
    assert all(int(problem.place.partition(":")[0]) >= first for problem in problems)


def test_an_expectation_of_nothing_is_refused() -> None:
    text = RULES + "principals: {a: {scheme: staff, claims: {oid: a}}}\n"
    with pytest.raises(ConfigurationError, match="write what is expected"):
        compile_document(text + "expectations: [{principal: a}]\n")


def test_other_mistakes_are_not_hidden_by_wrong_examples() -> None:
    with pytest.raises(ConfigurationError) as raised:
        compile_document("version: 2\nprincipals: [a]\nexpectations: {a: 1}\nroutes: {x: 1}\n")
    assert {problem.place.partition(":")[0] for problem in raised.value.problems} >= {"1", "2", "3"}

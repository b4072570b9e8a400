"""`authorizers canary`, as CI calls it."""

import json
from pathlib import Path

import pytest

from tests.cli.program import command

DOCUMENT = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  POST /orders: {scopes: {any_of: [orders:write]}}
principals:
  alice: {scheme: staff, claims: {sub: alice, scope: "orders:read"}}
expectations:
  - {principal: alice, allow: [GET /orders], deny: [POST /orders]}
"""


run = command("canary")


def test_what_is_as_expected_exits_with_0(document: Path) -> None:
    assert run(document) == (0, "", "ok 2 expectations met\n")
    assert run("-", stdin=DOCUMENT).code == 0


def test_a_difference_exits_with_1_and_says_what_came_and_why(document: Path) -> None:
    document.write_text(DOCUMENT.replace("any_of: [orders:write]", "any_of: [orders:read]"))
    result = run(document)
    assert result.code == 1
    assert result.out.splitlines() == [
        f"{document}:16:53: alice: POST /orders: expected deny",
        "  the rules: got allow: has the scope orders:read",
        "  the REST policy: got allow: decided by Statement[0]",
        "  the HTTP policy: got allow: decided by Statement[0]",
    ]
    assert result.err == "1 of 2 expectations not met\n"


def test_json_has_every_answer(document: Path) -> None:
    made = json.loads(run(document, "--json").out)
    assert made["ok"] is True
    first = made["checks"][0]
    assert (first["line"], first["principal"], first["expected"]) == (16, "alice", "allow")
    assert [answer["got"] for answer in first["answers"]] == ["allow"] * 3
    document.write_text(DOCUMENT.replace("[orders:read]", "[orders:other]"))
    result = run(document, "--json")
    assert result.code == 1
    assert json.loads(result.out)["checks"][0]["holds"] is False


def test_a_document_that_expects_nothing_is_no_canary(document: Path) -> None:
    """Nothing means no: a check that checks nothing must not look like one that passed."""
    document.write_text(DOCUMENT.partition("expectations:")[0])
    result = run(document)
    assert result.code == 2
    assert "expects nothing" in result.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("principal: alice", "principal: alicia", "did you mean `alice`?"),
        ("scheme: staff", "scheme: stuff", "did you mean `staff`?"),
        ("allow: [GET /orders]", "allow: [GET /oders]", "did you mean `GET /orders`?"),
        ("allow: [GET /orders]", "allow: [get /orders]", "in capitals"),
        ("{sub: alice", "{sup: alice", "the claim sub is missing"),
        ('scope: "orders:read"', "scope: 1", "the claim scope must be scopes"),
    ],
)
def test_an_expectation_that_cannot_be_checked_is_a_problem_of_the_document(
    document: Path, old: str, new: str, message: str
) -> None:
    assert old in DOCUMENT
    document.write_text(DOCUMENT.replace(old, new))
    result = run(document)
    assert result.code == 1
    assert message in result.err
    assert result.err.startswith(f"{document}:1")


def test_a_route_that_no_request_reaches_fails(document: Path) -> None:
    methods = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "ANY")
    routes = "".join(f"  {method} /all: {{authenticated: true}}\n" for method in methods)
    text = DOCUMENT.replace("principals:\n", f"{routes}principals:\n")
    document.write_text(text.replace("allow: [GET /orders]", "allow: [ANY /all]"))
    result = run(document)
    assert result.code == 1
    assert "no request is sent to this route" in result.out

"""The REST policy for readers that do not know NotResource: the ungranted routes, one by one."""

from collections.abc import Sequence

import pytest

from authorizers.config.table import compile_route_table
from authorizers.model.grant import Grant
from authorizers.model.policy import PolicyDocument
from authorizers.policy.assembly import PolicyAssembler
from authorizers.policy.evaluate import evaluate

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


def policy(keys: Sequence[str], grants: Sequence[Grant], *, path: str = "") -> PolicyDocument:
    requirement = ["path", {"id": "sub"}] if path else ["authenticated"]
    routes = [
        {"key": key, "requirement": requirement if key == path else ["scopes_any", [key]]}
        for key in keys
    ]
    assembler = PolicyAssembler(compile_route_table(routes, inexact=False), "listed_routes")
    return assembler.assemble(grants, STAGE, websocket=False, deny_the_rest=True)


def elements(document: PolicyDocument) -> set[str]:
    return {element for statement in document["Statement"] for element in statement}


def decision(document: PolicyDocument, request: str) -> str:
    return evaluate(document, f"{STAGE}/{request}").decision


def test_an_ungranted_route_is_denied_by_name() -> None:
    document = policy(["GET /a", "GET /b", "POST /a"], [Grant(0)])
    assert "NotResource" not in elements(document)
    assert decision(document, "GET/a") == "allow"
    assert decision(document, "GET/b") == decision(document, "POST/a") == "explicit_deny"
    assert decision(document, "GET/b/") != "allow"


def test_a_route_that_is_not_declared_is_not_listed() -> None:
    assert decision(policy(["GET /a"], [Grant(0)]), "GET/c") == "implicit_deny"


@pytest.mark.parametrize(
    ("keys", "granted"),
    [(["GET /users/{id}", "GET /users/me"], 1), (["GET /a/{x}", "GET /a/{x}/b"], 1)],
)
def test_a_pattern_that_would_take_a_granted_route_away_is_not_listed(
    keys: list[str], granted: int
) -> None:
    """Then everything else is denied, as without the setting: it never opens anything."""
    document = policy(keys, [Grant(granted)])
    assert "NotResource" in elements(document)
    assert decision(document, "GET/users/1") == "explicit_deny"
    assert decision(document, "GET/a/1") == "explicit_deny"


def test_a_bound_grant_is_not_taken_away_by_its_own_route() -> None:
    document = policy(["GET /u/{id}"], [Grant(0, (("id", "alice"),))], path="GET /u/{id}")
    assert decision(document, "GET/u/alice") == "allow"
    assert decision(document, "GET/u/bob") == "explicit_deny"


def test_without_a_grant_the_whole_stage_is_denied() -> None:
    assert policy(["GET /a"], [])["Statement"][0]["Resource"] == [f"{STAGE}/*"]

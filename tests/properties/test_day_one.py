"""Defects that authorizers and local gateways have shipped, one case each: what holds instead."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError, EventError
from authorizers.model.arn import parse_arn
from authorizers.model.principal import Principal
from authorizers.policy.evaluate import evaluate
from authorizers.rules.rule_set import RuleSet
from tests.policy.conftest import Api
from tests.policy.reference.evaluator import decide

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/pets"
ALICE = Principal("staff|alice", "staff", "https://issuer.example", frozenset(["pets"]), {})
PETS = ["scopes_any", ["pets"]]
OTHERS = ["scopes_any", ["others"]]


def decision(*statements: dict[str, Any], arn: str = ARN) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    decided = evaluate(document, arn).decision
    assert decided == decide(document, arn)
    return decided


def statement(
    effect: str = "Allow", action: Any = "execute-api:Invoke", resource: Any = ARN
) -> Any:
    return {"Effect": effect, "Action": action, "Resource": resource}


@pytest.mark.parametrize("deny", [ARN, f"{STAGE}/*", f"{STAGE}/GET/pet?", "*"])
def test_an_explicit_deny_is_read_and_wins(deny: str) -> None:
    """Two local gateways that people use skip every Deny."""
    allow = statement(resource="*")
    assert decision(allow, statement("Deny", resource=deny)) == "explicit_deny"
    assert decision(statement("Deny", resource=deny), allow) == "explicit_deny"


def test_a_resource_as_text_is_never_read_letter_by_letter() -> None:
    """Iterated, any text that ends in `*` would allow everything: its last letter does."""
    elsewhere = "arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/prod/*"
    for resource in (elsewhere, [elsewhere]):
        assert decision(statement(resource=resource)) == "implicit_deny"
    for resource in (ARN, [ARN], f"{STAGE}/*", [f"{STAGE}/*"]):
        assert decision(statement(resource=resource)) == "allow"


@pytest.mark.parametrize(
    "action",
    ["execute-api:Invoke", "execute-api:*", "*", "EXECUTE-API:Invoke", "execute-api:invoke"],
)
def test_an_action_is_named_by_a_wildcard_and_in_any_case(action: str) -> None:
    assert decision(statement(action=action)) == "allow"
    assert decision(statement(action=[action])) == "allow"
    assert decision(statement(), statement("Deny", action)) == "explicit_deny"


@pytest.mark.parametrize("action", ["execute-api:ManageConnections", "lambda:*", "xexecute-api:*"])
def test_another_action_is_none(action: str) -> None:
    assert decision(statement(action=action)) == "implicit_deny"


@pytest.mark.parametrize(
    ("written", "asked"),
    [("a.c", "abc"), ("a+", "aa"), ("(a)", "a"), ("[abc]", "a"), ("a|b", "a"), ("^a$", "a")],
)
def test_only_the_star_and_the_question_mark_are_wild(written: str, asked: str) -> None:
    resource = f"{STAGE}/GET/{written}"
    assert decision(statement(resource=resource), arn=f"{STAGE}/GET/{asked}") == "implicit_deny"
    assert decision(statement(resource=resource), arn=resource) == "allow"


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn", "aws-iso-b"])
def test_the_partition_of_the_event_is_the_policys(partition: str) -> None:
    stage = STAGE.replace("arn:aws:", f"arn:{partition}:")
    policy = Api({"GET /pets": PETS}).policy(ALICE, stage=parse_arn(f"{stage}/GET/pets").stage_arn)
    assert decide(policy, f"{stage}/GET/pets") == "allow"
    others = {"aws", "aws-us-gov", "aws-cn", "aws-iso-b"} - {partition}
    for other in others:
        elsewhere = STAGE.replace("arn:aws:", f"arn:{other}:")
        assert decide(policy, f"{elsewhere}/GET/pets") != "allow"


@pytest.mark.parametrize("path", ["a:b", "~me", "a@b", "a%20b", "", "a+b", "a=b;c", "a,b"])
def test_a_legal_path_survives_from_the_arn_to_the_policy(path: str) -> None:
    arn = parse_arn(f"{STAGE}/GET/{path}")
    assert arn.path == path
    policy = Api({f"GET /{path}": PETS}).policy(ALICE)
    assert decide(policy, arn.text) == "allow"
    for other in (f"{path}x", f"x{path}", f"{path}/x"):
        assert decide(policy, f"{STAGE}/GET/{other}") == "explicit_deny"


def test_a_connection_is_asked_for_by_its_route_key() -> None:
    policy = Api({"$connect": PETS}).policy(ALICE, websocket=True, rest=False)
    assert decide(policy, f"{STAGE}/$connect") == "allow"
    assert decide(policy, f"{STAGE}/$connect/") != "allow"
    assert decide(policy, f"{STAGE}/GET/$connect") != "allow"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x00"])
def test_a_line_break_is_no_end_of_an_arn(end: str) -> None:
    with pytest.raises(EventError, match="arn_malformed"):
        parse_arn(ARN + end)
    assert decision(statement(), arn=ARN + end) == "implicit_deny"


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "",
        "arn",
        "arn:aws:execute-api",
        "arn:aws:execute-api:eu-west-1:123456789012",
        "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234",
        STAGE,
        f"{STAGE}/",
        f"{STAGE}/GET",
        f"{STAGE}/FETCH/pets",
        f"{STAGE}/*/pets",
        ARN.replace("abcdef1234", "*"),
        ARN.replace("/prod/", "/*/"),
        ARN.replace("execute-api", "lambda"),
        f"{STAGE}/GET/{'x' * 1600}",
    ],
)
def test_what_is_no_arn_of_a_request_is_an_event_error(arn: object) -> None:
    with pytest.raises(EventError, match="arn_malformed"):
        parse_arn(arn)


@pytest.mark.parametrize(
    "nothing",
    [["all_of", []], ["any_of", []], ["scopes_any", []], ["scopes_all", []], ["source_ip", []],
     ["path", {}], ["claim", "groups", "any_of", []], [], ["any_of"]],
    ids=str,
)  # fmt: skip
def test_a_requirement_of_nothing_is_refused(nothing: Any) -> None:
    with pytest.raises(ConfigurationError):
        RuleSet([{"key": "GET /pets", "requirement": nothing}])


@pytest.mark.parametrize("rest", [True, False])
def test_who_is_granted_nothing_is_denied_everything(rest: bool) -> None:
    policy = Api({"GET /pets": OTHERS}).policy(ALICE, rest=rest)
    for path in ("GET/pets", "GET/", "POST/pets", "$connect", "GET/nothing/declared"):
        assert decide(policy, f"{STAGE}/{path}") == "explicit_deny"


def test_the_first_of_two_calls_does_not_decide_the_second() -> None:
    """One policy is kept for every route of the caller, whichever came first."""
    policy = Api({"GET /pets": PETS, "POST /pets": PETS, "GET /shops": OTHERS}).policy(ALICE)
    asked = ("GET/pets", "POST/pets", "GET/shops", "DELETE/pets", "GET/shops", "GET/pets")
    assert [decide(policy, f"{STAGE}/{path}") == "allow" for path in asked] == [
        True, True, False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("rest", [True, False])
def test_one_segment_does_not_open_what_lies_beneath(rest: bool, declared: bool) -> None:
    table = {"GET /pets/{id}": PETS} | ({"GET /pets/{id}/owner": OTHERS} if declared else {})
    policy = Api(table).policy(ALICE, rest=rest)
    assert decide(policy, f"{STAGE}/GET/pets/1") == "allow"
    for path in ("pets/1/owner", "pets/1/owner/", "pets//1/owner", "pets/1/", "pets/", "pets"):
        assert decide(policy, f"{STAGE}/GET/{path}") != "allow"

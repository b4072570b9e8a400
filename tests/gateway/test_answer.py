"""What the client is told, from what an authorizer function came to."""

import json
from typing import Any

import pytest

from authorizers.gateway.answer import Outcome, answer
from authorizers.model.request import EventKind

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
ARN = f"{STAGE}/GET/orders"
REST = [EventKind.REST_TOKEN, EventKind.REST_REQUEST]
HTTP = [EventKind.HTTP_1, EventKind.HTTP_2]
POLICY_KINDS = [*REST, *HTTP, EventKind.WEBSOCKET]


def policy(effect: str = "Allow", resource: Any = f"{STAGE}/*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "staff|42", "policyDocument": document} | more


def status(kind: EventKind, payload: Any, **settings: Any) -> int:
    return answer(kind, Outcome(payload), ARN, **settings).status


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_an_allow_reaches_the_backend(kind: EventKind) -> None:
    given = answer(kind, Outcome(policy()), ARN)

    assert (given.status, given.body, given.why) == (200, None, "allow")


@pytest.mark.parametrize("kind", [*REST, EventKind.WEBSOCKET])
def test_exactly_unauthorized_is_401(kind: EventKind) -> None:
    given = answer(kind, Outcome(error_message="Unauthorized"), ARN)

    assert (given.status, given.body) == (401, '{"message":"Unauthorized"}')


@pytest.mark.parametrize("kind", HTTP)
def test_an_http_api_has_no_401_of_the_functions_making(kind: EventKind) -> None:
    given = answer(kind, Outcome(error_message="Unauthorized"), ARN)

    assert (given.status, given.body) == (500, '{"message":"Internal Server Error"}')


@pytest.mark.parametrize("kind", POLICY_KINDS)
@pytest.mark.parametrize(
    "message", ["unauthorized", "Unauthorized ", "Unauthorized: expired", "401", "", "boom"]
)
def test_any_other_error_is_500(kind: EventKind, message: str) -> None:
    assert answer(kind, Outcome(error_message=message), ARN).status == 500


@pytest.mark.parametrize("kind", REST)
def test_rest_tells_an_explicit_deny_from_an_implicit_one(kind: EventKind) -> None:
    """The bodies differ, and both have a capital `Message`."""
    explicit = answer(kind, Outcome(policy("Deny")), ARN)
    implicit = answer(kind, Outcome(policy(resource=f"{STAGE}/GET/other")), ARN)

    text = "User is not authorized to access this resource"
    assert json.loads(explicit.body or "") == {"Message": f"{text} with an explicit deny"}
    assert json.loads(implicit.body or "") == {"Message": text}
    assert len(implicit.body or "") == 60  # the Content-Length that was recorded
    assert (explicit.status, implicit.status) == (403, 403)
    assert (explicit.why, implicit.why) == ("explicit deny", "implicit deny")


@pytest.mark.parametrize("kind", [*HTTP, EventKind.WEBSOCKET])
def test_http_and_websocket_say_forbidden_to_either_deny(kind: EventKind) -> None:
    for payload in policy("Deny"), policy(resource=f"{STAGE}/GET/other"):
        given = answer(kind, Outcome(payload), ARN)
        assert (given.status, given.body) == (403, '{"message":"Forbidden"}')


def test_a_500_of_rest_has_a_null_message() -> None:
    given = answer(EventKind.REST_TOKEN, Outcome(error_message="boom"), ARN)

    assert json.loads(given.body or "") == {"message": None}


@pytest.mark.parametrize("kind", POLICY_KINDS)
@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "Allow",
        True,
        {},
        {"statusCode": 200, "headers": {}, "body": "{}"},
        {"isAuthorized": True},
        {"policyDocument": policy()["policyDocument"]},
        policy(principalId=""),
        policy(principalId=42),
        policy(policyDocument=None),
        policy(policyDocument="{}"),
        policy(policyDocument={"Version": "2012-10-17"}),
        policy(policyDocument={"Version": "2012-10-17", "Statement": ["Allow"]}),
        policy("allow"),
        policy("Maybe"),
        policy(resource=None),
        policy(resource=[1]),
        policy(resource=["*", f"{STAGE}/GET/" + "a" * 513]),
        policy(context=[]),
        policy(context="text"),
        policy(context={"padding": "x" * 8192}),
    ],
)
def test_an_answer_of_the_wrong_shape_is_500(kind: EventKind, payload: Any) -> None:
    assert status(kind, payload) == 500


@pytest.mark.parametrize("kind", [*REST, EventKind.WEBSOCKET])
@pytest.mark.parametrize("value", [None, [], {}, ["a"], {"a": 1}])
def test_rest_and_websocket_take_scalars_in_the_context_only(kind: EventKind, value: Any) -> None:
    given = answer(kind, Outcome(policy(context={"roles": value})), ARN)

    assert given.status == 500
    assert given.why == "a context value is no string, number or boolean"


@pytest.mark.parametrize("kind", HTTP)
def test_an_http_api_takes_lists_and_maps_in_the_context(kind: EventKind) -> None:
    given = answer(kind, Outcome(policy(context={"roles": ["a"], "org": {"id": 1}})), ARN)

    assert given.context == {"roles": ["a"], "org": {"id": 1}}


def test_claims_is_reserved_in_the_context_of_format_1() -> None:
    payload = policy(context={"claims": "x"})

    assert status(EventKind.HTTP_1, payload) == 500
    assert status(EventKind.HTTP_2, payload) == 200


@pytest.mark.parametrize("kind", [*REST, EventKind.WEBSOCKET])
def test_rest_and_websocket_make_texts_of_the_context(kind: EventKind) -> None:
    given = answer(kind, Outcome(policy(context={"a": 1, "b": True, "c": "text"})), ARN)

    assert given.context == {"a": "1", "b": "true", "c": "text"}


def test_the_largest_answer_is_allowed_and_one_byte_more_is_not() -> None:
    payload = policy(context={"padding": ""})
    room = 8192 - len(json.dumps(payload, separators=(",", ":")))

    assert status(EventKind.REST_TOKEN, policy(context={"padding": "x" * room})) == 200
    assert status(EventKind.REST_TOKEN, policy(context={"padding": "x" * (room + 1)})) == 500


def test_a_resource_of_512_characters_is_allowed_and_one_more_is_not() -> None:
    fits = f"{STAGE}/GET/".ljust(512, "a")

    assert status(EventKind.REST_TOKEN, policy(resource=[f"{STAGE}/*", fits])) == 200
    assert status(EventKind.REST_TOKEN, policy(resource=[f"{STAGE}/*", fits + "a"])) == 500


def test_a_long_not_resource_counts_as_well() -> None:
    statement = {"Effect": "Deny", "Action": "*", "NotResource": [f"{STAGE}/" + "a" * 512]}
    document = {"Version": "2012-10-17", "Statement": statement}

    assert status(EventKind.REST_TOKEN, {"principalId": "x", "policyDocument": document}) == 500


def test_a_deny_beside_an_allow_wins() -> None:
    payload = policy()
    payload["policyDocument"]["Statement"] += policy("Deny", ARN)["policyDocument"]["Statement"]

    assert status(EventKind.REST_TOKEN, payload) == 403


def test_a_condition_sees_the_callers_address() -> None:
    payload = policy()
    payload["policyDocument"]["Statement"][0]["Condition"] = {
        "IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}
    }

    inside = status(EventKind.REST_TOKEN, payload, condition_context={"aws:SourceIp": "10.1.2.3"})
    outside = status(EventKind.REST_TOKEN, payload, condition_context={"aws:SourceIp": "1.2.3.4"})

    assert (inside, outside, status(EventKind.REST_TOKEN, payload)) == (200, 403, 403)


def test_a_policy_that_is_not_understood_is_500_and_says_what() -> None:
    payload = policy()
    payload["policyDocument"]["Statement"][0]["Condition"] = {"Boolean": {"aws:Secure": "true"}}

    given = answer(EventKind.REST_TOKEN, Outcome(payload), ARN)

    assert given.status == 500
    assert "Condition" in given.why


def test_a_simple_response_is_its_boolean() -> None:
    yes = answer(EventKind.HTTP_2, Outcome({"isAuthorized": True}), ARN, simple_responses=True)
    no = answer(EventKind.HTTP_2, Outcome({"isAuthorized": False}), ARN, simple_responses=True)

    assert (yes.status, no.status, no.body) == (200, 403, '{"message":"Forbidden"}')


@pytest.mark.parametrize("value", ["true", "false", 1, 0, None, [], {}])
def test_a_simple_response_needs_a_real_boolean(value: Any) -> None:
    assert status(EventKind.HTTP_2, {"isAuthorized": value}, simple_responses=True) == 500


def test_a_policy_where_a_simple_response_is_expected_is_500() -> None:
    assert status(EventKind.HTTP_2, policy(), simple_responses=True) == 500


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.HTTP_2])
def test_only_format_2_has_simple_responses(kind: EventKind) -> None:
    assert status(kind, {"isAuthorized": True}, simple_responses=True) == 500
    assert status(kind, policy(), simple_responses=True) == 200

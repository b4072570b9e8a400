"""The builder as people use it: steps, documents, what it refuses, and that it never changes."""

import copy
import json
import sys
from typing import Any

import pytest

from authorizers import EventError, PolicyBuilder, evaluate
from authorizers.testing.events import (
    http_1_event,
    http_2_event,
    rest_request_event,
    rest_token_event,
    websocket_event,
)

INVOKE = "execute-api:Invoke"


def test_a_rest_policy_denies_what_it_does_not_allow(apis: Any) -> None:
    """A resource policy's Allow overrules silence, so the rest is denied in so many words."""
    resource = f"{apis.stage}/GET/orders"
    assert apis.rest.allow("GET /orders").document() == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": INVOKE, "Resource": [resource]},
            {"Effect": "Deny", "Action": INVOKE, "NotResource": [resource]},
        ],
    }


def test_other_apis_have_no_resource_policy_and_a_shorter_document(apis: Any) -> None:
    for builder, step in ((apis.http, "GET /orders"), (apis.websocket, "$connect")):
        (statement,) = builder.allow(step).document()["Statement"]
        assert statement["Effect"] == "Allow"
    assert apis.tails(apis.websocket.allow("$connect").allow("$default")) == [
        "$connect",
        "$default",
    ]


def test_a_rest_policy_may_be_silent_if_somebody_says_so(apis: Any) -> None:
    silent = apis.rest.leave_the_rest_undenied().allow("GET /orders")
    assert apis.decision(silent, "GET /other") == "implicit_deny"
    assert apis.decision(apis.rest.allow("GET /orders"), "GET /other") == "explicit_deny"
    assert silent.document() == apis.http.allow("GET /orders").document()


def test_nothing_is_not_built(apis: Any) -> None:
    for builder in (apis.rest, apis.http, apis.websocket, apis.rest.leave_the_rest_undenied()):
        error = apis.refusal(builder.document)
        assert error.code == "policy_empty"
        assert error.detail == ("policy: it says nothing yet; write .allow or .deny_everything")
    assert apis.refusal(lambda: apis.rest.response(principal_id="me")).code == "policy_empty"
    assert apis.refusal(lambda: apis.http.simple_response(f"{apis.stage}/GET/")).code == (
        "policy_empty"
    )


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_deny_everything_leaves_nothing(apis: Any, kind: str) -> None:
    builder = getattr(apis, kind)
    only = {"Effect": "Deny", "Action": INVOKE, "Resource": [f"{apis.stage}/*"]}
    for denied in (
        builder.deny_everything(),
        builder.allow("GET /orders").deny_everything(),
        builder.deny_everything().allow_pattern("ANY", "/*").deny_everything(),
    ):
        assert denied.document()["Statement"] == [only]
        assert apis.decision(denied, "$connect") == "explicit_deny"


def test_who_denies_only_allows_nothing(apis: Any) -> None:
    only = {"Effect": "Deny", "Action": INVOKE, "Resource": [f"{apis.stage}/*"]}
    assert apis.rest.deny("GET /orders").document()["Statement"] == [only]
    denied = apis.http.deny("GET /orders")
    assert apis.decision(denied, "GET /orders") == "explicit_deny"
    assert apis.decision(denied, "GET /other") == "implicit_deny"


def test_a_step_returns_another_builder_and_changes_none(apis: Any) -> None:
    """Half-built policies may be shared: between requests, and between threads."""
    base = apis.rest.allow("GET /orders")
    before, text = base.document(), repr(base)
    children = [
        base.allow("PUT /orders"),
        base.deny("GET /orders"),
        base.allow_pattern("ANY", "/*"),
        base.deny_pattern("ANY", "/*"),
        base.deny_everything(),
        base.leave_the_rest_undenied(),
    ]
    assert len({*children, base}) == 7
    assert base.document() == before
    assert repr(base) == text
    assert apis.refusal(apis.rest.document).code == "policy_empty"


def test_a_document_is_the_callers_to_change(apis: Any) -> None:
    builder = apis.rest.allow("GET /a", when={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}})
    expected = copy.deepcopy(builder.document())
    document = builder.document()
    document["Statement"][0]["Resource"].append("*")
    document["Statement"][0]["Condition"]["IpAddress"]["aws:SourceIp"].append("0.0.0.0/0")
    document["Statement"].clear()
    assert builder.document() == expected


def test_the_condition_that_was_handed_over_may_change_later(apis: Any) -> None:
    networks = ["10.0.0.0/8"]
    builder = apis.rest.allow("GET /a", when={"IpAddress": {"aws:SourceIp": networks}})
    expected = builder.document()
    networks.append("0.0.0.0/0")
    assert builder.document() == expected


def test_builders_that_say_the_same_are_equal(apis: Any) -> None:
    again = PolicyBuilder(
        partition="aws", region="eu-west-1", account="123456789012", api_id="abcdef1234",
        stage="prod", kind="rest",
    )  # fmt: skip
    assert again == apis.rest
    assert again.allow("GET /a") == apis.rest.allow("GET /a")
    assert hash(again.allow("GET /a")) == hash(apis.rest.allow("GET /a"))
    assert again.allow("GET /a") != apis.rest.allow("GET /b")
    assert again.allow("GET /a") != again.deny("GET /a")
    assert apis.rest != apis.http
    assert apis.rest != apis.rest.leave_the_rest_undenied()
    assert apis.rest != "a builder"


def test_its_text_holds_no_data(apis: Any) -> None:
    builder = apis.rest.allow("GET /users/{user_id}", user_id="alice")
    assert repr(builder) == f"PolicyBuilder({apis.stage}, rest, 1 steps)"
    assert "alice" not in f"{builder}{builder!r}"


def test_thousands_of_steps_are_no_matter(apis: Any) -> None:
    """What came before is shared, not copied, and nothing recurses through it."""
    builder = apis.http
    for _ in range(20 * sys.getrecursionlimit()):
        builder = builder.allow("GET /orders")
    assert apis.tails(builder) == ["GET/orders"]
    assert builder == copy.copy(builder)
    del builder


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (rest_token_event(path="/orders"), "rest"),
        (rest_request_event(path="/orders"), "rest"),
        (http_1_event(path="/orders"), "http"),
        (http_2_event(path="/orders"), "http"),
        (websocket_event(), "websocket"),
    ],
    ids=["rest-token", "rest-request", "http-1", "http-2", "websocket"],
)
def test_every_event_tells_its_api_and_its_kind(event: dict[str, Any], kind: str) -> None:
    arn = event.get("methodArn") or event["routeArn"]
    route = "$connect" if kind == "websocket" else "GET /orders"
    builder = PolicyBuilder.for_event(event).allow(route)
    document = builder.document()
    assert len(document["Statement"]) == (2 if kind == "rest" else 1)
    assert document["Statement"][0]["Resource"] == [arn]
    assert evaluate(document, arn).decision == "allow"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
@pytest.mark.parametrize("stage", ["prod", "$default", "test-invoke-stage"])
def test_the_partition_and_the_stage_are_those_of_the_arn(partition: str, stage: str) -> None:
    region = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(partition, "eu-west-1")
    prefix = f"arn:{partition}:execute-api:{region}:123456789012:abcdef1234/{stage}"
    document = PolicyBuilder.for_arn(f"{prefix}/GET/users:batch/x").allow("PUT /a").document()
    assert document["Statement"][0]["Resource"] == [f"{prefix}/PUT/a"]


@pytest.mark.parametrize(
    "event", [None, {}, [], "", {"type": "TOKEN"}, {"methodArn": "*"}], ids=str
)
def test_what_is_no_event_is_no_api(event: Any) -> None:
    with pytest.raises(EventError):
        PolicyBuilder.for_event(event)


@pytest.mark.parametrize(
    "arn",
    ["", "*", "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/*/GET/", None, 7,
     "arn:aws:execute-api:*:123456789012:abcdef1234/prod/GET/",
     "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"],
    ids=str,
)  # fmt: skip
def test_an_arn_with_a_wildcard_or_too_little_is_none(arn: Any) -> None:
    with pytest.raises(EventError):
        PolicyBuilder.for_arn(arn)


def test_a_kind_that_does_not_exist_is_refused(apis: Any) -> None:
    error = apis.refusal(lambda: PolicyBuilder.for_arn(f"{apis.stage}/GET/", "HTTP"))  # type: ignore[arg-type]
    assert error.code == "api_invalid"
    assert error.detail == "kind: write rest, http or websocket"


def test_a_document_is_json(apis: Any) -> None:
    document = apis.rest.allow("GET /a", when={"Bool": {"aws:SecureTransport": True}}).document()
    assert json.loads(json.dumps(document)) == document

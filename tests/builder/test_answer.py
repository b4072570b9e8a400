"""The answers to the gateway: checked, without secrets in messages, and of the kind it expects."""

import json
import traceback
from typing import Any

import pytest

from authorizers import EventError, PolicyBuilder
from authorizers.testing.events import http_1_event, http_2_event, rest_request_event

KEY = "k3y-of-a-usage-plan-0123456789"
INSIDE = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}


def test_an_answer_has_the_policy_the_principal_and_the_context(apis: Any) -> None:
    policy = apis.rest.allow("GET /orders")
    assert policy.response(principal_id="alice", context={"tenant": "acme", "age": 7}) == {
        "principalId": "alice",
        "policyDocument": policy.document(),
        "context": {"tenant": "acme", "age": 7},
    }
    assert apis.http.allow("GET /a").response(principal_id="a")["context"] == {}
    assert json.dumps(apis.websocket.allow("$connect").response(principal_id="a"))


@pytest.mark.parametrize("name", ["", None, 7, "a" * 257, "a\nb", "a\x00", "\u202eecila", b"a"])
def test_a_principal_id_is_printable_text(apis: Any, name: Any) -> None:
    error = apis.refusal(lambda: apis.rest.allow("GET /a").response(principal_id=name))
    assert error.code == "principal_id_invalid"
    assert error.detail == (
        "principal_id: write 1 to 256 printable characters that name the caller"
    )


@pytest.mark.parametrize(
    "context",
    [{"a": [1]}, {"a": {}}, {"a": None}, {"a": float("nan")}, {"a": 2**63}, {"a": "b\n"},
     {"claims": "x"}, {"principalId": "x"}, {"a b": "x"}, {"": "x"}, {7: "x"}, ["a"], "ab"],
    ids=str,
)  # fmt: skip
def test_a_context_is_of_scalars_under_plain_names(apis: Any, context: Any) -> None:
    policy = apis.http.allow("GET /a")
    for act in (
        lambda: policy.response(principal_id="me", context=context),
        lambda: policy.simple_response(f"{apis.stage}/GET/a", context=context),
    ):
        assert apis.refusal(act).code == "context_invalid"


def test_an_answer_that_is_too_large_is_refused_and_never_cut(apis: Any) -> None:
    policy = apis.rest
    for i in range(60):
        policy = policy.allow("GET /orders/{id}/items", id=i)
    assert len(policy.document()["Statement"][0]["Resource"]) == 60
    error = apis.refusal(lambda: policy.response(principal_id="me"))
    assert error.code == "response_too_large"
    assert "8192 are accepted" in error.detail
    small = apis.rest.allow("GET /a")
    error = apis.refusal(lambda: small.response(principal_id="me", context={"a": "x" * 8192}))
    assert error.code == "response_too_large"


def test_a_resource_that_is_too_long_is_refused(apis: Any) -> None:
    policy = apis.http.allow("GET /{a}/{b}/{c}/{d}", **dict.fromkeys("abcd", "x" * 120))
    error = apis.refusal(lambda: policy.response(principal_id="me"))
    assert error.code == "resource_too_long"


def test_a_usage_plans_key_is_a_member_of_the_answer(apis: Any) -> None:
    answer = apis.rest.allow("GET /a").response(principal_id="me", usage_identifier_key=KEY)
    assert answer["usageIdentifierKey"] == KEY
    assert "usageIdentifierKey" not in apis.rest.allow("GET /a").response(principal_id="me")


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 19, "x" * 129, f"{KEY} ", f"{KEY}\n", f"{KEY}ü", 7, KEY.encode()]
)
def test_a_key_that_is_none_is_refused_and_never_shown(apis: Any, key: Any) -> None:
    policy = apis.rest.allow("GET /a")
    error = apis.refusal(lambda: policy.response(principal_id="me", usage_identifier_key=key))
    assert error.code == "usage_identifier_key_invalid"
    assert error.detail in (
        "usageIdentifierKey: it must be text of printable ASCII characters without spaces",
        "usageIdentifierKey: it must have 20 to 128 characters, as an API key has",
    )
    assert KEY not in "".join(traceback.format_exception(error)[-1:]) + repr(error) + repr(policy)


def test_only_rest_apis_have_usage_plans(apis: Any) -> None:
    for policy in (apis.http.allow("GET /a"), apis.websocket.allow("$connect")):
        error = apis.refusal(
            lambda policy=policy: policy.response(principal_id="me", usage_identifier_key=KEY)
        )
        assert error.code == "usage_identifier_key_invalid"
        assert error.detail == "response: only REST APIs have usage plans; leave it out"
        assert KEY not in repr(error)


def test_the_key_counts_for_the_size(apis: Any) -> None:
    policy = apis.rest.allow("GET /a")
    room = 8192 - len(json.dumps(policy.response(principal_id="me", context={"a": ""})))
    context = {"a": "x" * room}
    assert policy.response(principal_id="me", context=context)
    error = apis.refusal(
        lambda: policy.response(principal_id="me", context=context, usage_identifier_key=KEY)
    )
    assert error.code == "response_too_large"
    assert KEY not in repr(error)


def test_a_simple_answer_is_what_the_policy_decides() -> None:
    event = http_2_event(path="/users/alice")
    policy = PolicyBuilder.for_event(event).allow("GET /users/{id}", id="alice")
    assert policy.simple_response(event, context={"tenant": "acme"}) == {
        "isAuthorized": True,
        "context": {"tenant": "acme"},
    }
    for other in (
        http_2_event(path="/users/bob"),
        http_2_event(path="/users/alice", method="PUT"),
        http_2_event(path="/users/alice/"),
        http_2_event(path="/users/alice", stage="dev"),
        event["routeArn"].replace("alice", "bob"),
    ):
        assert policy.simple_response(other)["isAuthorized"] is False
    assert policy.simple_response(event["routeArn"])["isAuthorized"] is True


def test_a_simple_answer_is_for_http_apis_with_format_2_only(apis: Any) -> None:
    for policy, request in (
        (apis.rest.allow("GET /orders"), f"{apis.stage}/GET/orders"),
        (apis.websocket.allow("$connect"), f"{apis.stage}/$connect"),
        (apis.http.allow("GET /orders"), http_1_event(path="/orders")),
        (apis.http.allow("GET /orders"), rest_request_event(path="/orders")),
    ):
        error = apis.refusal(lambda p=policy, r=request: p.simple_response(r))
        assert error.code == "simple_response_not_known"
        assert error.detail == (
            "response: only HTTP APIs with payload format 2.0 know it; write"
            " .response(principal_id=...)"
        )


@pytest.mark.parametrize("request_", [None, {}, "", "*", "arn:aws:execute-api:*", 7], ids=str)
def test_a_simple_answer_needs_a_request(apis: Any, request_: Any) -> None:
    with pytest.raises(EventError):
        apis.http.allow("GET /orders").simple_response(request_)


def test_the_event_tells_the_source_address() -> None:
    for address, allowed in (("10.1.2.3", True), ("192.0.2.1", False)):
        event = http_2_event(path="/orders", source_ip=address)
        policy = PolicyBuilder.for_event(event).allow("GET /orders", when=INSIDE)
        assert policy.simple_response(event)["isAuthorized"] is allowed


def test_a_header_that_was_not_sent_is_known_to_be_missing() -> None:
    curl: dict[str, Any] = {
        "StringLike": {"aws:UserAgent": "curl/*"},
        "Null": {"aws:Referer": True},
    }
    for headers, allowed in (
        ({"User-Agent": "curl/8"}, True),
        ({"User-Agent": "curl/8", "Referer": "x"}, False),
        ({"User-Agent": "Mozilla"}, False),
    ):
        event = http_2_event(path="/orders", headers=headers)
        policy = PolicyBuilder.for_event(event).allow("GET /orders", when=curl)
        assert policy.simple_response(event)["isAuthorized"] is allowed


def test_a_condition_is_not_decided_without_its_key(apis: Any) -> None:
    """A Deny whose key is missing might not hold: that must not become a yes."""
    policy = apis.http.allow("GET /a").deny("GET /a", when=INSIDE)
    arn = f"{apis.stage}/GET/a"
    error = apis.refusal(lambda: policy.simple_response(arn))
    assert error.code == "condition_key_missing"
    assert error.detail == ("response: conditions ask for aws:SourceIp; give condition_keys={...}")
    for address, allowed in (("192.0.2.1", True), ("10.1.2.3", False)):
        keys = {"AWS:SourceIp": address}
        assert policy.simple_response(arn, condition_keys=keys)["isAuthorized"] is allowed


def test_time_is_an_argument() -> None:
    event = http_2_event(path="/orders")
    until = {"DateLessThan": {"aws:CurrentTime": "2030-01-31T00:00:00Z"}}
    policy = PolicyBuilder.for_event(event).allow("GET /orders", when=until)
    with pytest.raises(Exception, match="conditions ask for aws:CurrentTime"):
        policy.simple_response(event)
    for now, allowed in (("2030-01-30T00:00:00Z", True), ("2030-02-01T00:00:00Z", False)):
        keys = {"aws:CurrentTime": now}
        assert policy.simple_response(event, condition_keys=keys)["isAuthorized"] is allowed

"""The event builders against the field matrix of API Gateway's authorizer events."""

import json
from typing import Any

import pytest

from authorizers.events.event import kind_of, parse_event
from authorizers.model.request import EventKind
from authorizers.testing.events import (
    EVENT_BUILDERS,
    http_1_event,
    http_2_event,
    rest_request_event,
    rest_token_event,
    websocket_event,
)

KINDS = list(EventKind)
ABSENT: dict[EventKind, set[str]] = {
    EventKind.REST_TOKEN: {"version", "headers", "requestContext", "identitySource", "path"},
    EventKind.REST_REQUEST: {"version", "identitySource", "authorizationToken", "rawPath"},
    EventKind.HTTP_1: {"routeArn", "rawPath", "rawQueryString", "cookies", "routeKey"},
    EventKind.HTTP_2: {"methodArn", "multiValueHeaders", "path", "httpMethod", "resource"},
    EventKind.WEBSOCKET: {"version", "path", "httpMethod", "resource", "pathParameters"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_recognised_as_its_kind(kind: EventKind) -> None:
    assert kind_of(EVENT_BUILDERS[kind](token="t")) is kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_json_and_parses(kind: EventKind) -> None:
    event = json.loads(json.dumps(EVENT_BUILDERS[kind](token="t", query={"a": "1"})))

    assert parse_event(event).arn.api.api_id == "abcdef1234"


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_has_no_member_of_another_kind_and_no_body(kind: EventKind) -> None:
    event = EVENT_BUILDERS[kind](token="t", cookies=["a=1"], query={"a": "1"})

    assert not event.keys() & (ABSENT[kind] | {"body", "isBase64Encoded"})


@pytest.mark.parametrize("kind", KINDS)
def test_stage_api_region_and_partition_agree_with_the_arn(kind: EventKind) -> None:
    event = EVENT_BUILDERS[kind](
        stage="blue", api_id="zzz", region="cn-north-1", partition="aws-cn", account="210987654321"
    )
    arn = event["routeArn" if kind is EventKind.HTTP_2 else "methodArn"]

    assert arn.startswith("arn:aws-cn:execute-api:cn-north-1:210987654321:zzz/blue/")
    if kind is not EventKind.REST_TOKEN:
        assert event["requestContext"]["stage"] == "blue"
        assert event["requestContext"]["apiId"] == "zzz"


def test_a_token_event_has_three_members() -> None:
    assert rest_token_event(token="t") == {
        "type": "TOKEN",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/orders",
        "authorizationToken": "Bearer t",
    }


@pytest.mark.parametrize("build", [rest_request_event, websocket_event])
def test_rest_and_websocket_keep_spellings_and_the_last_of_several_values(build: Any) -> None:
    event = build(headers={"tEsT": ["1", "2"]}, query={"q": ["a", "b"]})

    assert event["headers"]["tEsT"] == "2"
    assert event["multiValueHeaders"]["tEsT"] == ["1", "2"]
    assert event["queryStringParameters"] == {"q": "b"}
    assert event["multiValueQueryStringParameters"] == {"q": ["a", "b"]}


@pytest.mark.parametrize("build", [http_1_event, http_2_event])
def test_header_names_of_http_apis_are_in_lower_case(build: Any) -> None:
    headers = build(token="t", headers={"X-Tenant": "a"})["headers"]

    assert all(name == name.lower() for name in headers)
    assert headers["authorization"] == "Bearer t"


def test_rest_shows_the_stage_in_the_contexts_path_only() -> None:
    event = rest_request_event(path="/users/42", resource="/users/{id}")

    assert (event["path"], event["resource"]) == ("/users/42", "/users/{id}")
    assert event["requestContext"]["path"] == "/prod/users/42"
    assert event["requestContext"]["resourcePath"] == "/users/{id}"
    assert event["pathParameters"] == {"id": "42"}


def test_a_base_path_is_in_the_path_and_not_in_the_arn() -> None:
    event = rest_request_event(path="/orders", domain="api.example.com", base_path="/shop")

    assert event["path"] == event["requestContext"]["path"] == "/shop/orders"
    assert event["methodArn"].endswith("/prod/GET/orders")
    assert event["resource"] == "/orders"
    assert event["requestContext"]["domainName"] == event["headers"]["Host"] == "api.example.com"


def test_rest_writes_empty_maps_where_there_is_nothing() -> None:
    event = rest_request_event()

    for name in ("pathParameters", "stageVariables", "queryStringParameters"):
        assert event[name] == {}


def test_format_1_joins_its_identity_sources_by_a_comma() -> None:
    event = http_1_event(identity_source=["user1", "123"])

    assert event["identitySource"] == event["authorizationToken"] == "user1,123"
    assert event["requestContext"]["resourceId"] == "GET /orders"
    assert event["requestContext"]["extendedRequestId"] == event["requestContext"]["requestId"]


def test_a_bare_format_2_event_leaves_empty_collections_out() -> None:
    event = http_2_event(stage="$default")

    assert event.keys() == {
        "version", "type", "routeArn", "identitySource", "routeKey", "rawPath",
        "rawQueryString", "headers", "requestContext",
    }  # fmt: skip
    assert event["identitySource"] is None
    assert event["rawQueryString"] == ""
    assert event["requestContext"].keys() == {
        "accountId", "apiId", "domainName", "domainPrefix", "http", "requestId", "routeKey",
        "stage", "time", "timeEpoch",
    }  # fmt: skip


def test_format_2_joins_repeated_values_and_lists_cookies() -> None:
    event = http_2_event(
        headers={"Accept": ["a", "b"]}, query={"q": ["1", "2"]}, cookies=["a=1", "b=2"]
    )

    assert event["headers"]["accept"] == "a,b"
    assert event["queryStringParameters"] == {"q": "1,2"}
    assert event["rawQueryString"] == "q=1&q=2"
    assert event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]


@pytest.mark.parametrize(
    ("call", "raw_path"),
    [
        ({"stage": "$default"}, "/orders"),
        ({"stage": "prod"}, "/prod/orders"),
        ({"stage": "prod", "domain": "api.example.com", "base_path": "/shop"}, "/shop/orders"),
    ],
)
def test_the_raw_path_of_format_2_begins_with_a_named_stage(
    call: dict[str, str], raw_path: str
) -> None:
    event = http_2_event(**call)  # type: ignore[arg-type]

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == raw_path
    assert event["routeArn"].endswith("/GET/orders")


def test_the_default_route_has_its_own_key_and_a_normal_arn() -> None:
    event = http_2_event(path="/any/path", resource="$default", stage="$default")

    assert event["routeKey"] == event["requestContext"]["routeKey"] == "$default"
    assert event["routeArn"].endswith("/$default/GET/any/path")


def test_a_connect_event_has_no_account_and_ends_in_its_route_key() -> None:
    event = websocket_event(method="POST", path="/ignored")

    assert event["methodArn"].endswith("/prod/$connect")
    assert "accountId" not in event["requestContext"]
    assert event["requestContext"]["eventType"] == "CONNECT"
    assert event["headers"]["Upgrade"] == "websocket"


def test_a_token_authorizer_is_told_the_key_alone() -> None:
    assert rest_token_event(api_key="k")["authorizationToken"] == "k"


def test_format_2_has_a_key_as_its_one_identity_source_as_the_templates_have_it() -> None:
    assert http_2_event(api_key="k")["identitySource"] == ["k"]
    assert http_2_event(token="t")["identitySource"] == ["Bearer t", "GET /orders"]


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.REST_TOKEN])
def test_a_key_is_a_header_of_every_other_kind(kind: EventKind) -> None:
    assert EVENT_BUILDERS[kind](api_key="k")["headers"]["x-api-key"] == "k"

"""What is none of the five events, or has wrong parts, is an error with a code, never a guess."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import EventError
from authorizers.events.event import parse_event
from authorizers.model.request import EventKind
from authorizers.testing.events import (
    EVENT_BUILDERS,
    Event,
    http_1_event,
    http_2_event,
    rest_request_event,
    rest_token_event,
    websocket_event,
)

REQUEST_KINDS = [kind for kind in EventKind if kind is not EventKind.REST_TOKEN]
Code = Callable[[object], str]


@pytest.mark.parametrize(
    "event",
    [
        None, True, 0, 1.5, "", "TOKEN", b"{}", [], [{"type": "TOKEN"}], {},
        {"type": None}, {"type": "token"}, {"type": "Token"}, {"type": ["TOKEN"]}, {"type": {}},
        {"type": "TOKEN", "version": "1.0"}, {"type": "TOKEN", "version": "2.0"},
        {"type": "TOKEN", "version": ""}, {"type": "REQUEST", "version": "3.0"},
        {"type": "REQUEST", "version": "2"}, {"type": "REQUEST", "version": 2.0},
        {"type": "REQUEST", "version": 1}, {"type": "REQUEST", "version": ""},
        {"type": "REQUEST", "version": ["2.0"]}, {"version": "2.0"},
        {"version": "2.0", "routeKey": "GET /x", "body": "", "isBase64Encoded": False},
        {"Records": [{"body": "x"}]}, {"source": "aws.events", "detail-type": "Scheduled Event"},
        {"requestContext": {"elb": {}}, "headers": {}}, {"warmup": True},
    ],
)  # fmt: skip
def test_what_is_no_authorizer_event_is_not_recognized(event: object, code: Code) -> None:
    assert code(event) == "event_not_recognized"


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("arn", [None, "", 7, "arn:aws:execute-api:eu-west-1:123456789012:abc/*"])
def test_an_event_without_its_arn_is_refused(kind: EventKind, arn: Any, code: Code) -> None:
    event = EVENT_BUILDERS[kind]()
    name = "routeArn" if "routeArn" in event else "methodArn"

    assert code({**event, name: arn}) == "arn_malformed"
    assert code({key: value for key, value in event.items() if key != name}) == "arn_malformed"


def test_the_arn_of_another_format_is_not_looked_at(code: Code) -> None:
    version_2 = http_2_event()
    version_1 = http_1_event()

    assert code({**version_2, "routeArn": None, "methodArn": version_2["routeArn"]}) == (
        "arn_malformed"
    )
    assert code({**version_1, "methodArn": None, "routeArn": version_1["methodArn"]}) == (
        "arn_malformed"
    )


@pytest.mark.parametrize(
    "route", ["$default", "$disconnect", "sendmessage", "GET/x", "POST/@connections/x", ""]
)
def test_a_websocket_is_authorized_at_connect_and_never_elsewhere(route: str, code: Code) -> None:
    event = websocket_event()
    arn = event["methodArn"].replace("$connect", route)

    assert code({**event, "methodArn": arn}) == "arn_malformed"


@pytest.mark.parametrize("event_type", ["MESSAGE", "DISCONNECT", None, 1])
def test_another_websocket_event_is_not_taken_for_connect(event_type: Any, code: Code) -> None:
    event = websocket_event()
    context = {**event["requestContext"], "eventType": event_type, "routeKey": "$disconnect"}

    request = {**event, "methodArn": event["methodArn"].replace("$connect", "$disconnect")}

    assert code({**request, "requestContext": context}) == "arn_malformed"


WRONG_TYPES: tuple[Any, ...] = ("text", 1, 1.5, True, ["a"], [{}])


@pytest.mark.parametrize("kind", REQUEST_KINDS)
@pytest.mark.parametrize("value", WRONG_TYPES)
@pytest.mark.parametrize("name", ["headers", "requestContext"])
def test_a_map_of_another_type_is_malformed(
    kind: EventKind, name: str, value: Any, code: Code
) -> None:
    assert code({**EVENT_BUILDERS[kind](), name: value}) == "event_malformed"


@pytest.mark.parametrize(
    ("build", "change"),
    [
        (rest_request_event, {"headers": {"a": ["x"]}}),
        (rest_request_event, {"headers": {"a": 1}}),
        (rest_request_event, {"headers": {"a": {}}}),
        (rest_request_event, {"multiValueHeaders": []}),
        (rest_request_event, {"multiValueHeaders": {"a": "x"}}),
        (rest_request_event, {"multiValueHeaders": {"a": [1]}}),
        (rest_request_event, {"multiValueHeaders": {"a": [None]}}),
        (rest_request_event, {"queryStringParameters": "a=1"}),
        (rest_request_event, {"queryStringParameters": {"a": 1}}),
        (rest_request_event, {"multiValueQueryStringParameters": {"a": "x"}}),
        (rest_request_event, {"requestContext": {"identity": "203.0.113.10"}}),
        (rest_request_event, {"requestContext": {"identity": {"sourceIp": 1}}}),
        (rest_request_event, {"requestContext": {"requestId": {}}}),
        (rest_token_event, {"authorizationToken": ["Bearer a"]}),
        (rest_token_event, {"authorizationToken": 7}),
        (http_2_event, {"cookies": "a=1"}),
        (http_2_event, {"cookies": {}}),
        (http_2_event, {"cookies": [1]}),
        (http_2_event, {"cookies": ["a=1", None]}),
        (http_2_event, {"rawQueryString": {"a": "1"}}),
        (http_2_event, {"identitySource": "Bearer a"}),
        (http_2_event, {"identitySource": ["Bearer a", None]}),
        (http_2_event, {"routeKey": ["GET /orders"]}),
        (http_2_event, {"rawPath": 7}),
        (http_2_event, {"headers": {"a": None, "b": []}}),
        (http_2_event, {"requestContext": {"http": "GET"}}),
        (http_2_event, {"requestContext": {"http": {"sourceIp": ["203.0.113.10"]}}}),
    ],
)
def test_a_value_of_another_type_is_malformed(
    build: Callable[..., Event], change: Mapping[str, Any], code: Code
) -> None:
    assert code({**build(), **change}) == "event_malformed"


def test_an_error_does_not_repeat_the_callers_text() -> None:
    event = rest_request_event(headers={"X": "sentinel"}, query={"sentinel": "sentinel"})

    with pytest.raises(EventError) as raised:
        parse_event({**event, "headers": {"sentinel": ["sentinel"]}})

    assert "sentinel" not in str(raised.value)


def test_a_request_is_printed_without_what_the_caller_sent() -> None:
    request = parse_event(rest_request_event(token="sentinel", path="/sentinel"))

    for text in (repr(request), str(request), f"{request}", "%s" % (request,)):  # noqa: UP031
        assert "sentinel" not in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = [
    "type", "version", "methodArn", "routeArn", "requestContext", "rawQueryString",
    "rawPath", "routeKey", "identitySource", "authorizationToken",
]  # fmt: skip


@given(JSON)
def test_no_json_raises_anything_but_an_event_error(event: Any) -> None:
    with suppress(EventError):
        parse_event(event)


@given(kind=st.sampled_from(EventKind), data=st.data())
def test_no_event_with_wrong_parts_raises_anything_but_an_event_error(
    collections: tuple[str, ...], kind: EventKind, data: st.DataObject
) -> None:
    places = st.sampled_from([*collections, *PLACES])
    wrong = data.draw(st.dictionaries(places, JSON, max_size=3))
    event = EVENT_BUILDERS[kind](token="a.b.c", cookies=["a=1"], query={"b": "2"})
    with suppress(EventError):
        parse_event({**event, **wrong})


def test_a_query_of_many_parameters_is_the_callers_and_no_event_error() -> None:
    """An `EventError` is a 500 and an alarm; nobody outside can be let to raise one at will."""
    request = parse_event({**http_2_event(), "rawQueryString": "a=1&" * 2000})

    assert request.query == {"a": ["1"] * 2000}


@given(st.text(max_size=60))
def test_no_query_string_raises_anything(text: str) -> None:
    request = parse_event({**http_2_event(), "rawQueryString": text})

    assert all(isinstance(v, str) for values in request.query.values() for v in values)

"""Each of the five events becomes one request, whatever it has and lacks."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from authorizers.events.event import kind_of, parse_event
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
SAMPLES = sorted((Path(__file__).parents[2] / "events").glob("*.json"))
Code = Callable[[object], str]


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_is_known_by_its_shape(kind: EventKind) -> None:
    event = EVENT_BUILDERS[kind](token="a.b.c", path="/orders/7", query={"page": "2"})

    request = parse_event(event)

    assert request.kind is kind
    assert request.arn.api.api_id == "abcdef1234"


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_the_parts_of_a_request_are_found_in_every_kind(kind: EventKind) -> None:
    request = parse_event(
        EVENT_BUILDERS[kind](
            token="a.b.c",
            query={"page": "2", "tag": ["x", "y"]},
            cookies=["theme=dark", "id=1"],
            headers={"X-Tenant": "blue"},
            source_ip="198.51.100.7",
            request_id="the-request",
        )
    )

    assert list(request.headers["authorization"]) == ["Bearer a.b.c"]
    assert list(request.headers["x-tenant"]) == ["blue"]
    assert {name: sorted(values) for name, values in request.query.items()} == {
        "page": ["2"],
        "tag": ["x", "y"],
    }
    assert sorted(request.cookies) == ["id=1", "theme=dark"]
    assert (request.source_ip, request.request_id) == ("198.51.100.7", "the-request")


def test_a_token_event_has_the_header_as_sent_and_nothing_else() -> None:
    request = parse_event(rest_token_event(authorization="bEARER  x\t"))

    assert request.authorization_token == "bEARER  x\t"
    assert (request.headers, request.query, list(request.cookies)) == ({}, {}, [])
    assert (request.source_ip, request.request_id) == (None, None)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_event_is_parsed_but_the_backends_own(sample: Path, code: Code) -> None:
    event = json.loads(sample.read_text())

    if sample.stem == "rest-request-integration-event":
        assert code(event) == "event_not_recognized"
    else:
        name = re.sub(r"^(api-key|certificate|combined)-", "", sample.stem)
        assert name.startswith(parse_event(event).kind.value.removesuffix(".0"))


@pytest.mark.parametrize("kind", REQUEST_KINDS)
@pytest.mark.parametrize("absent", ["null", "{}", "gone"])
def test_null_an_empty_object_and_absence_are_the_same(
    kind: EventKind, absent: str, collections: tuple[str, ...]
) -> None:
    event = EVENT_BUILDERS[kind](path="/", resource="/")
    changed: Event = {**event, "rawQueryString": None}
    for name in collections:
        empty: Any = [] if name == "cookies" else {}
        changed[name] = None if absent == "null" else empty
        if absent == "gone":
            del changed[name]

    request = parse_event(changed)

    assert (request.headers, request.query, list(request.cookies)) == ({}, {}, [])


@pytest.mark.parametrize("kind", REQUEST_KINDS)
@pytest.mark.parametrize("context", [None, {}, {"identity": None, "http": None}, {"http": {}}])
def test_a_request_context_may_lack_what_is_not_needed(kind: EventKind, context: Any) -> None:
    event = EVENT_BUILDERS[kind]()
    if kind is EventKind.WEBSOCKET:
        context = {**(context or {}), "eventType": "CONNECT"}

    request = parse_event({**event, "requestContext": context})

    assert (request.source_ip, request.request_id) == (None, None)


@pytest.mark.parametrize("kind", EventKind)
def test_members_that_aws_may_add_are_no_error(kind: EventKind) -> None:
    event = EVENT_BUILDERS[kind](token="a.b.c")

    assert parse_event({**event, "new": {"deep": [None]}}) == parse_event(event)


@pytest.mark.parametrize(
    ("build", "call"),
    [
        (rest_token_event, {"path": "/", "stage": "ESTestInvoke-stage"}),
        (rest_request_event, {"path": "/", "stage": "test-invoke-stage"}),
        (rest_request_event, {"partition": "aws-cn", "region": "cn-north-1"}),
        (rest_request_event, {"partition": "aws-us-gov", "region": "us-gov-west-1"}),
        (rest_request_event, {"path": "/users/a%2Fb:c~@", "resource": "/users/{id}"}),
        (http_1_event, {"stage": "$default"}),
        (http_2_event, {"stage": "$default", "path": "/any", "resource": "$default"}),
        (websocket_event, {"stage": "production"}),
    ],
)
def test_what_consoles_partitions_and_stages_send_is_an_event(
    build: Callable[..., Event], call: Mapping[str, Any]
) -> None:
    request = parse_event(build(**call))

    assert request.arn.api.stage == call.get("stage", "prod")
    assert request.arn.api.partition == call.get("partition", "aws")


def test_the_kind_is_not_a_value_that_the_caller_sends() -> None:
    """Headers, query and path may say what they like."""
    lies = {"type": "TOKEN", "version": "2.0", "eventType": "CONNECT", "authorizationToken": "x"}
    event = rest_request_event(headers=lies, query=lies, path="/TOKEN/$connect")

    assert kind_of(event) is EventKind.REST_REQUEST
    assert parse_event(event).authorization_token is None


def test_the_joined_identity_sources_of_format_1_are_not_the_credential() -> None:
    request = parse_event(http_1_event(token="a.b.c", identity_source=["Bearer x.y.z", "2"]))

    assert request.authorization_token is None
    assert list(request.headers["authorization"]) == ["Bearer a.b.c"]

"""Which kind of event it is, decided by its shape and never by a value that the caller sends."""

from collections.abc import Callable, Mapping
from typing import Any

from authorizers.errors import EventError
from authorizers.events import http_api, rest, websocket
from authorizers.model.request import EventKind, Request

Parser = Callable[[Mapping[str, Any]], Request]

_PARSERS: Mapping[EventKind, Parser] = {
    EventKind.REST_TOKEN: rest.parse_token_event,
    EventKind.REST_REQUEST: rest.parse_request_event,
    EventKind.HTTP_1: http_api.parse_format_1,
    EventKind.HTTP_2: http_api.parse_format_2,
    EventKind.WEBSOCKET: websocket.parse_connect_event,
}


def parse_event(event: object) -> Request:
    """
    Parse the event of a Lambda authorizer.

    Raises:
        EventError: `event_not_recognized`, `event_malformed` or `arn_malformed`.
    """
    if not isinstance(event, dict):
        raise EventError("event_not_recognized", "an authorizer event is a JSON object")
    return _PARSERS[kind_of(event)](event)


def kind_of(event: Mapping[str, Any]) -> EventKind:
    """Return the kind of `event`: its `type` and `version`, and for WebSocket its route key."""
    type_, version = event.get("type"), event.get("version")
    if type_ == "TOKEN" and version is None:
        return EventKind.REST_TOKEN
    if type_ == "REQUEST" and version == "2.0":
        return EventKind.HTTP_2
    if type_ == "REQUEST" and version == "1.0":
        return EventKind.HTTP_1
    if type_ == "REQUEST" and version is None:
        context = event.get("requestContext")
        connects = isinstance(context, dict) and context.get("eventType") == "CONNECT"
        return EventKind.WEBSOCKET if connects else EventKind.REST_REQUEST
    raise EventError(
        "event_not_recognized", "its type and version are not those of an authorizer event"
    )

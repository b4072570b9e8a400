"""The event of a WebSocket API: an authorizer is asked for `$connect`, and never again."""

from collections.abc import Mapping
from typing import Any

from authorizers.errors import EventError
from authorizers.events.rest import parse_request_event
from authorizers.model.request import EventKind, Request


def parse_connect_event(event: Mapping[str, Any]) -> Request:
    """Parse a `$connect` event: no path, no method, and header names as the client wrote them."""
    request = parse_request_event(event, EventKind.WEBSOCKET)
    if request.arn.route_key != "$connect":
        raise EventError("arn_malformed", "a WebSocket authorizer is asked for $connect only")
    return request

"""The two payload formats of an HTTP API."""

from collections.abc import Mapping
from typing import Any

from authorizers.errors import EventError
from authorizers.events.parts import cookies_of, mapping, merged, parse_query, text
from authorizers.events.rest import parse_request_event
from authorizers.model.arn import parse_arn
from authorizers.model.request import EventKind, Request


def parse_format_1(event: Mapping[str, Any]) -> Request:
    """
    Parse payload format 1.0.

    Its `authorizationToken` is all identity sources joined by commas; the credential is read
    from where it was sent instead.
    """
    return parse_request_event(event, EventKind.HTTP_1)


def parse_format_2(event: Mapping[str, Any]) -> Request:
    """Parse payload format 2.0: header names in lower case, repeated headers joined by commas."""
    context = mapping(event, "requestContext")
    http = mapping(context, "http")
    authentication = mapping(context, "authentication")
    headers = merged(mapping(event, "headers"), {}, fold_case=True)
    return Request(
        EventKind.HTTP_2,
        parse_arn(event.get("routeArn")),
        headers=headers,
        query=parse_query(text(event, "rawQueryString") or ""),
        cookies=_strings(event, "cookies") or cookies_of(headers),
        source_ip=text(http, "sourceIp"),
        request_id=text(context, "requestId"),
        route_key=text(event, "routeKey"),
        paths=[path for path in (text(event, "rawPath"), text(http, "path")) if path],
        identity_values=frozenset(_strings(event, "identitySource")),
        client_certificate=text(mapping(authentication, "clientCert"), "clientCertPem"),
    )


def _strings(event: Mapping[str, Any], name: str) -> list[str]:
    values = event.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise EventError("event_malformed", f"the event's {name} must be a list of strings")
    return values

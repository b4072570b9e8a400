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
    headers = merged(mapping(event, "headers"), {}, fold_case=True)
    return Request(
        EventKind.HTTP_2,
        parse_arn(event.get("routeArn")),
        headers=headers,
        query=parse_query(text(event, "rawQueryString") or ""),
        cookies=_cookies(event) or cookies_of(headers),
        source_ip=text(mapping(context, "http"), "sourceIp"),
        request_id=text(context, "requestId"),
    )


def _cookies(event: Mapping[str, Any]) -> list[str]:
    cookies = event.get("cookies")
    if cookies is None:
        return []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise EventError("event_malformed", "the event's cookies must be a list of strings")
    return cookies

"""The two events of a REST API: TOKEN, which carries one header's value, and REQUEST."""

from collections.abc import Mapping
from typing import Any

from authorizers.events.parts import cookies_of, mapping, merged, text
from authorizers.model.arn import parse_arn
from authorizers.model.request import EventKind, Request


def parse_token_event(event: Mapping[str, Any]) -> Request:
    """Parse a TOKEN event: the header's value as sent, the ARN, and nothing else."""
    return Request(
        EventKind.REST_TOKEN,
        parse_arn(event.get("methodArn")),
        authorization_token=text(event, "authorizationToken") or "",
    )


def parse_request_event(
    event: Mapping[str, Any], kind: EventKind = EventKind.REST_REQUEST
) -> Request:
    """Parse a REQUEST event in the shape that REST APIs and HTTP APIs with format 1.0 share."""
    context = mapping(event, "requestContext")
    headers = merged(mapping(event, "headers"), mapping(event, "multiValueHeaders"), fold_case=True)
    return Request(
        kind,
        parse_arn(event.get("methodArn")),
        headers=headers,
        query=merged(
            mapping(event, "queryStringParameters"),
            mapping(event, "multiValueQueryStringParameters"),
            fold_case=False,
        ),
        cookies=cookies_of(headers),
        source_ip=text(mapping(context, "identity"), "sourceIp"),
        request_id=text(context, "requestId"),
    )

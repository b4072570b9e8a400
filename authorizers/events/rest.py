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
    identity = mapping(context, "identity")
    method, resource = text(event, "httpMethod"), text(event, "resource")
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
        source_ip=text(identity, "sourceIp"),
        request_id=text(context, "requestId"),
        route_key=f"{method} {resource}" if method and resource else None,
        identity_values=_joined_identity(event) if kind is EventKind.HTTP_1 else frozenset(),
        client_certificate=text(mapping(identity, "clientCert"), "clientCertPem"),
    )


def _joined_identity(event: Mapping[str, Any]) -> frozenset[str]:
    """Return the identity sources' values of format 1.0, which are one string."""
    joined = text(event, "identitySource")
    return frozenset([joined] if joined else ())

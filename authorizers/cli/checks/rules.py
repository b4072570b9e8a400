"""
What goes wrong when authorizers are attached: one function a rule.

Sources: API Gateway Developer Guide, "Use API Gateway Lambda authorizers", "Control access to
HTTP APIs with AWS Lambda authorizers", "Control access to WebSocket APIs with AWS Lambda
REQUEST authorizers"; the SAM translator for SAM's own defaults.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from authorizers.cli.checks.attachment import (
    HTTP_RESPONSES,
    Attachment,
    environment_of,
    function_of,
    may_be_called,
)
from authorizers.cli.checks.template import Template
from authorizers.cli.checks.values import Unknown

MAX_TTL_SECONDS = 3600  # quotas: Lambda authorizer result TTL
Message = str


class Rule(NamedTuple):
    """One rule; `find` yields a message for each violation."""

    name: str
    find: Callable[[Template, Attachment, str | None], Iterator[Message]]


def _seconds(attachment: Attachment) -> int | None:
    """Return the TTL if it can be seen as a number."""
    ttl = attachment.ttl_seconds
    if isinstance(ttl, bool | Unknown) or not str(ttl).isdigit():
        return None
    return int(ttl)


def _response_mismatch(
    template: Template, attachment: Attachment, told: str | None
) -> Iterator[Message]:
    simple = attachment.simple_responses
    if attachment.api not in ("http", "v2") or str(attachment.payload_format) == "1.0":
        return
    function = function_of(template, attachment)
    variables = environment_of(function) if function else {}
    answers = template.scalar(variables.get(HTTP_RESPONSES)) if function else told
    if function and not answers and any(name.startswith("AUTHORIZERS_") for name in variables):
        yield f"{function.name} must be told what this API expects: set {HTTP_RESPONSES}"
    if not isinstance(simple, bool) or not isinstance(answers, str) or not answers:
        return
    expected = "simple" if simple else "iam"
    if answers.removesuffix("_uncached") != expected:
        who = f"the function {function.name}" if function else "the function"
        yield (
            f"EnableSimpleResponses is {str(simple).lower()}, but {who} answers with"
            f" {HTTP_RESPONSES}={answers}: every request would fail with 500; write {expected}"
        )


def _simple_and_cached(_: Template, attachment: Attachment, __: str | None) -> Iterator[Message]:
    by_route = any(s.lstrip("$") == "context.routeKey" for s in attachment.identity_sources)
    if attachment.api not in ("http", "v2") or attachment.simple_responses is not True or by_route:
        return
    seconds = _seconds(attachment)
    if seconds:
        yield (
            "a simple response is cached for all routes at once: add $context.routeKey to the"
            " identity sources, or set the TTL to 0"
        )
    elif attachment.ttl_seconds is None and attachment.identity_sources:
        yield (
            "the TTL is not stated, and a simple response that is cached answers for all routes at"
            " once: set the TTL to 0, or add $context.routeKey to the identity sources"
        )


def _format_and_simple(_: Template, attachment: Attachment, __: str | None) -> Iterator[Message]:
    if attachment.api not in ("http", "v2"):
        return
    if attachment.payload_format is None and attachment.api == "http":
        yield "AuthorizerPayloadFormatVersion is required for an HTTP API: write 2.0"
    if str(attachment.payload_format) == "1.0" and attachment.simple_responses is True:
        yield "simple responses exist with payload format 2.0 only"


def _no_permission(template: Template, attachment: Attachment, _: str | None) -> Iterator[Message]:
    function = function_of(template, attachment)
    if attachment.makes_permission or function is None or may_be_called(template, function):
        return
    yield (
        f"nothing lets API Gateway call {function.name}, so every request fails with 500: set"
        " EnableFunctionDefaultPermissions (SAM), give an invoke role, or add an"
        " AWS::Lambda::Permission"
    )


def _no_identity_source(_: Template, attachment: Attachment, __: str | None) -> Iterator[Message]:
    if attachment.is_token or any(map(_is_of_the_caller, attachment.identity_sources)):
        return
    # An absent TTL is 300 seconds on REST APIs.
    cached = attachment.ttl_seconds is None if attachment.api == "rest" else False
    if attachment.api != "websocket" and (cached or _seconds(attachment)):
        yield (
            "results are cached, but no identity source says for whom: name the header or query"
            " parameter of the credential, or set the TTL to 0"
        )


def _is_of_the_caller(identity_source: str) -> bool:
    return "header." in identity_source or "querystring." in identity_source


def _websocket_cache(_: Template, attachment: Attachment, __: str | None) -> Iterator[Message]:
    if attachment.api != "websocket":
        return
    if attachment.ttl_seconds is not None:
        yield "a WebSocket API caches nothing: leave the TTL out"
    if attachment.simple_responses is True or attachment.payload_format is not None:
        yield "a WebSocket API takes IAM policies only: leave format and simple responses out"


def _long_ttl(_: Template, attachment: Attachment, __: str | None) -> Iterator[Message]:
    if (_seconds(attachment) or 0) > MAX_TTL_SECONDS:
        yield f"a TTL is at most {MAX_TTL_SECONDS} seconds"


RULES = (
    Rule("http-responses-mismatch", _response_mismatch),
    Rule("simple-response-cached-for-all-routes", _simple_and_cached),
    Rule("payload-format", _format_and_simple),
    Rule("no-invoke-permission", _no_permission),
    Rule("no-identity-source", _no_identity_source),
    Rule("websocket-cache", _websocket_cache),
    Rule("ttl-too-long", _long_ttl),
)

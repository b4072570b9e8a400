"""
What goes wrong when authorizers are attached, whatever the document says: one function a rule.

Sources: API Gateway Developer Guide, "Use API Gateway Lambda authorizers", "Control access to
HTTP APIs with AWS Lambda authorizers", "Control access to WebSocket APIs with AWS Lambda
REQUEST authorizers"; the SAM translator for SAM's own defaults.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.api import Api
from authorizers.analysis.template.attachment import (
    Attachment,
    environment_of,
    function_of,
    may_be_called,
)
from authorizers.analysis.template.template import Template
from authorizers.analysis.template.values import mapping

HTTP_RESPONSES = "AUTHORIZERS_HTTP_RESPONSES"
MAX_TTL_SECONDS = 3600  # quotas: Lambda authorizer result TTL
Message = str


class _Rule(NamedTuple):
    """One rule; `find` yields a message for each violation."""

    name: str
    find: Callable[[Attachment, str | None], Iterator[Message]]


def attachment_findings(
    template: Template, apis: Iterable[Api], http_responses: str | None = None
) -> Iterator[Finding]:
    """
    Yield what is wrong with the way authorizers are attached to `apis`, those of `template`.

    `http_responses` is what a function in another stack answers to an HTTP API; one in this
    template says it itself.
    """
    for attachment in (attachment for api in apis for attachment in api.attachments):
        for rule in _RULES:
            for message in rule.find(attachment, http_responses):
                yield Finding(attachment.place, rule.name, f"{attachment.name}: {message}")
    yield from _preflights(template)


def _response_mismatch(attachment: Attachment, told: str | None) -> Iterator[Message]:
    simple = attachment.simple_responses
    if not attachment.may_be_http or str(attachment.payload_format) == "1.0":
        return
    function = function_of(attachment)
    variables = environment_of(function) if function else {}
    answers = http_responses_of(attachment, told)
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


def http_responses_of(attachment: Attachment, told: str | None) -> Any:
    """Return what the function answers to HTTP APIs; `told` if it is in another stack."""
    function = function_of(attachment)
    if function is None:
        return told
    return attachment.template.scalar(environment_of(function).get(HTTP_RESPONSES))


def _simple_and_cached(attachment: Attachment, _: str | None) -> Iterator[Message]:
    by_route = any(s.lstrip("$") == "context.routeKey" for s in attachment.identity_sources)
    if not attachment.may_be_http or attachment.simple_responses is not True or by_route:
        return
    seconds = attachment.seconds
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


def _format_and_simple(attachment: Attachment, _: str | None) -> Iterator[Message]:
    if not attachment.may_be_http:
        return
    if attachment.payload_format is None and attachment.api == "http":
        yield "AuthorizerPayloadFormatVersion is required for an HTTP API: write 2.0"
    if str(attachment.payload_format) == "1.0" and attachment.simple_responses is True:
        yield "simple responses exist with payload format 2.0 only"


def _no_permission(attachment: Attachment, _: str | None) -> Iterator[Message]:
    function = function_of(attachment)
    if (
        attachment.makes_permission
        or function is None
        or may_be_called(attachment.template, function)
    ):
        return
    yield (
        f"nothing lets API Gateway call {function.name}, so every request fails with 500: set"
        " EnableFunctionDefaultPermissions (SAM), give an invoke role, or add an"
        " AWS::Lambda::Permission"
    )


def _no_identity_source(attachment: Attachment, _: str | None) -> Iterator[Message]:
    if attachment.is_token or any(map(_is_of_the_caller, attachment.identity_sources)):
        return
    if attachment.cached_seconds:
        yield (
            "results are cached, but no identity source says for whom: name the header or query"
            " parameter of the credential, or set the TTL to 0"
        )


def _is_of_the_caller(identity_source: str) -> bool:
    return "header." in identity_source or "querystring." in identity_source


def _websocket_cache(attachment: Attachment, _: str | None) -> Iterator[Message]:
    if attachment.api != "websocket":
        return
    if attachment.ttl_seconds is not None:
        yield "a WebSocket API caches nothing: leave the TTL out"
    if attachment.simple_responses is True or attachment.payload_format is not None:
        yield "a WebSocket API takes IAM policies only: leave format and simple responses out"


def _long_ttl(attachment: Attachment, _: str | None) -> Iterator[Message]:
    if (attachment.seconds or 0) > MAX_TTL_SECONDS:
        yield f"a TTL is at most {MAX_TTL_SECONDS} seconds"


_RULES = (
    _Rule("http-responses-mismatch", _response_mismatch),
    _Rule("simple-response-cached-for-all-routes", _simple_and_cached),
    _Rule("payload-format", _format_and_simple),
    _Rule("no-invoke-permission", _no_permission),
    _Rule("no-identity-source", _no_identity_source),
    _Rule("websocket-cache", _websocket_cache),
    _Rule("ttl-too-long", _long_ttl),
)


def _preflights(template: Template) -> Iterator[Finding]:
    """A browser sends no credential with a preflight; SAM puts the authorizer there by default."""
    for api in template.of_type("AWS::Serverless::Api"):
        auth = mapping(api.properties.get("Auth"))
        default = template.scalar(auth.get("DefaultAuthorizer"))
        on_preflight = template.flag(auth.get("AddDefaultAuthorizerToCorsPreflight"))
        if (
            default not in (None, "NONE")
            and api.properties.get("Cors")
            and on_preflight in (None, True)
        ):
            yield Finding(
                template.place(("Resources", api.name, "Properties", "Auth")),
                "authorizer-on-preflight",
                f"{api.name}: browsers' preflight requests would be refused: set"
                " AddDefaultAuthorizerToCorsPreflight: false",
            )

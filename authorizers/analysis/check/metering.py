"""
Whether what a document limits is limited: by the function on HTTP and WebSocket APIs, by usage
plans on REST APIs.

Sources: "Choose an API key source"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html);
"Caching authorizer responses" (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html):
while an answer is kept, no function is asked, and so nothing is counted.
"""

from collections.abc import Iterator

from authorizers.analysis.check.attachments import HTTP_RESPONSES, http_responses_of
from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.api import BY_HEADER
from authorizers.analysis.template.attachment import Attachment

_BY_AUTHORIZER = {
    "rest": "ApiKeySourceType: AUTHORIZER (OpenAPI: x-amazon-apigateway-api-key-source)",
    "websocket": "ApiKeySelectionExpression: $context.authorizer.usageIdentifierKey",
}


def metering_findings(
    document: CheckedDocument, api: Ours, http_responses: str | None
) -> Iterator[Finding]:
    """
    Yield where requests of `api` are not limited as `document` says. `http_responses` is what a
    function in another stack answers to an HTTP API.
    """
    if not document.key_schemes:
        return
    yield from _usage_keys(document, api)
    if document.has_limits:
        for attachment in api.attachments:
            yield from _attached(attachment, http_responses)


def _usage_keys(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    kind, place = api.api.kind, api.api.place
    if kind not in _BY_AUTHORIZER or not api.asking:
        return
    needing = [route for route in api.asking if route.needs_usage_key]
    if needing and api.api.usage_keys_from == BY_HEADER:
        yield Finding(
            place,
            "usage-key-ignored",
            f"{api.name}: {needing[0].key} needs a key of a usage plan, which API Gateway takes"
            " from the header x-api-key and not from the answer, so a request without one gets"
            f" 403: set {_BY_AUTHORIZER[kind]}",
        )
    if kind == "rest" and document.has_limits and not needing and not api.api.unseen:
        yield Finding(
            place,
            "limits-without-usage-plan",
            f"{api.name}: the function limits nothing on a REST API, and no method that asks it"
            f" needs a key of a usage plan: set ApiKeyRequired, {_BY_AUTHORIZER[kind]}, and"
            " make the plans' keys with authorizers keys sync",
        )


def _attached(attachment: Attachment, http_responses: str | None) -> Iterator[Finding]:
    if attachment.may_be_http and attachment.may_be_cached:
        unsaid = " is not stated" if attachment.ttl_seconds is None else f" is {attachment.seconds}"
        yield Finding(
            attachment.place,
            "limits-cached",
            f"{attachment.name}: the TTL{unsaid}, and nothing is limited while an answer is kept:"
            " set the TTL to 0",
        )
    if attachment.may_be_http and http_responses_of(attachment, http_responses) == "simple":
        yield Finding(
            attachment.place,
            "limits-simple-response",
            f"{attachment.name}: with limits the function does not take {HTTP_RESPONSES}=simple,"
            " which is for answers that are kept: write simple_uncached",
        )
    if attachment.api == "websocket":
        yield Finding(
            attachment.place,
            "limits-count-connections",
            f"{attachment.name}: a WebSocket API asks once a connection, so limits count"
            " connections, and no messages",
        )

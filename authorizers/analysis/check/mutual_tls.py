"""
Whether a request can carry the certificate that a document asks for, and whose answer is kept.

Sources: "How to turn on mutual TLS authentication for your REST APIs"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html): on a
Regional custom domain only, and the default endpoint stays open unless it is disabled; the same for
HTTP APIs; "Caching authorizer responses"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html).
"""

from collections.abc import Iterator

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.attachment import Attachment

_PEM = "context.identity.clientcert.clientcertpem"


def mutual_tls_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield where requests of `api` carry no certificate, or share the answer to another's."""
    if not document.certificate_schemes or not api.attachments:
        return
    for attachment in api.attachments:
        yield from _never_there(attachment)
        yield from _cached(attachment)
    if api.api.kind != "websocket":
        yield from _reached(api)


def _never_there(attachment: Attachment) -> Iterator[Finding]:
    if attachment.is_token or attachment.api == "websocket":
        what = "a TOKEN authorizer" if attachment.is_token else "a WebSocket API"
        instead = "make it a REQUEST authorizer" if attachment.is_token else "use another API"
        yield Finding(
            attachment.place,
            "certificate-never-sent",
            f"{attachment.name}: the document has client_certificate schemes, and {what} is never"
            f" sent a certificate: every request fails with 500: {instead}",
        )


def _cached(attachment: Attachment) -> Iterator[Finding]:
    if attachment.is_token or not attachment.may_be_cached:
        return
    if any(source.lstrip("$").lower() == _PEM for source in attachment.identity_sources):
        yield Finding(
            attachment.place,
            "certificate-as-identity-source",
            f"{attachment.name}: AWS does not say that the certificate can be an identity source:"
            " try that two clients get two answers, or set the TTL to 0",
        )
        return
    unsaid = attachment.ttl_seconds is None
    ttl = "the TTL is not stated" if unsaid else f"the TTL is {attachment.seconds}"
    yield Finding(
        attachment.place,
        "certificate-not-identity-source",
        f"{attachment.name}: {ttl}, and an answer that is kept is given to whoever sends the same"
        " identity sources, with another certificate or none: set the TTL to 0",
    )


def _reached(api: Ours) -> Iterator[Finding]:
    endpoints = api.api.endpoints
    if endpoints is None:
        return
    for domain in endpoints.domains:
        if domain.mutual_tls is False:
            yield Finding(
                domain.place,
                "domain-without-mutual-tls",
                f"{api.name}: requests through this domain carry no certificate: set"
                " MutualTlsAuthentication, with the TruststoreUri",
            )
    if not endpoints.domains:
        yield Finding(
            api.api.place,
            "no-mutual-tls",
            f"{api.name}: no custom domain in these files leads to it, and only through one with"
            " MutualTlsAuthentication does a request carry a certificate: add the domain, or allow"
            " this if it is in another stack",
        )
    if endpoints.disabled is False:
        yield Finding(
            api.api.place,
            "default-endpoint-open",
            f"{api.name}: its execute-api endpoint goes round mutual TLS, and requests there carry"
            " no certificate: set DisableExecuteApiEndpoint: true",
        )

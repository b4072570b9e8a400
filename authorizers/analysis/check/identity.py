"""
Whether an authorizer's identity sources name the credential that the document looks for.

Source: "Use API Gateway Lambda authorizers": an identity source is the key of the cache, and a
request without it is refused before anybody is asked
(https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.analysis.caller import CredentialKind, credential_places
from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.attachment import Attachment
from authorizers.config.compiled import CompiledDocument

_SOURCE = re.compile(
    r"\$?(?:(?:method|route)\.)?(?:request\.)?(?:multivalue)?"
    r"(header|querystring|context|stagevariables|path)\.([\w.~!#%&*+^`|-]+)",
    re.IGNORECASE,
)
_WORDS = {"header": "header", "querystring": "query parameter"}
_HEADERS = {"cookie": "cookie", "websocket_protocol": "sec-websocket-protocol"}
_CALLERS = {
    "bearer token": "callers with a token",
    "API key": "callers with an API key",
    "client certificate": "callers with a certificate",
}
Place = tuple[str, str]  # header or querystring, and its name
Ways = Mapping[CredentialKind, Sequence[Place]]


def identity_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield the authorizers whose identity sources are not where the credential is."""
    ways = {} if document.compiled is None else dict(_ways(document, document.compiled))
    for attachment in api.attachments:
        sources = [_parsed(source) for source in attachment.identity_sources]
        if not ways or None in sources:  # something that only CloudFormation can say
            continue
        said = [source for source in sources if source and source[0] in _WORDS]
        yield from _misnamed(document, attachment, said, ways)


def _misnamed(
    document: CheckedDocument, attachment: Attachment, said: Sequence[Place], ways: Ways
) -> Iterator[Finding]:
    right = {place for places in ways.values() for place in places}
    if attachment.is_token:
        right.update(said if _has_header(document.compiled) else ())
    if not said:
        return
    if right and right.isdisjoint(said):
        yield _finding(attachment, said, list(dict.fromkeys(p for ps in ways.values() for p in ps)))
        return
    refused = [kind for kind, places in ways.items() if set(places).isdisjoint(said)]
    if refused and not attachment.is_token:
        yield Finding(
            attachment.place,
            "identity-source-not-credential",
            f"{attachment.name}: a request without the {_in_words(said)} is refused before the"
            f" function is asked, and {_CALLERS[refused[0]]} need not have it: leave the identity"
            " source out, and set the TTL to 0",
        )


def _ways(
    document: CheckedDocument, compiled: CompiledDocument
) -> Iterator[tuple[CredentialKind, Sequence[Place]]]:
    """Yield the credentials that may come alone, and where, as identity sources say it."""
    kinds: tuple[CredentialKind, ...] = ("bearer token", "API key")
    for kind in kinds:
        if places := tuple(_places(credential_places(compiled, kind))):
            yield kind, places
    if document.takes_certificates_alone:
        yield "client certificate", ()


def _places(listed: Sequence[Any]) -> Iterator[Place]:
    for place in listed:
        if place == "authorization":
            yield "header", place
            continue
        ((kind, name),) = place.items()
        if kind == "query":
            yield "querystring", name
        else:
            yield "header", _HEADERS.get(kind, name.lower())


def _has_header(compiled: CompiledDocument | None) -> bool:
    """Return whether a token may be in a header, whose name a TOKEN event does not say."""
    token_from = [] if compiled is None else compiled.get("token_from", ())
    return any(place == "authorization" or "header" in place for place in token_from)


def _parsed(source: str) -> Place | None:
    found = _SOURCE.fullmatch(source)
    if found is None:
        return None
    kind = found[1].lower()
    return kind, found[2].lower() if kind == "header" else found[2]


def _finding(attachment: Attachment, said: Sequence[Place], places: Sequence[Place]) -> Finding:
    theirs, ours = _in_words(said), _in_words(places)
    if attachment.is_token:
        rule, why = "credential-not-identity-source", f"the function is sent the {theirs} alone"
    elif attachment.may_be_cached:
        rule, why = (
            "credential-not-identity-source",
            f"answers are kept for the {theirs}, and one caller would be given another's",
        )
    else:
        rule, why = (
            "identity-source-not-credential",
            f"a request without the {theirs} is refused before the function is asked",
        )
    return Finding(
        attachment.place,
        rule,
        f"{attachment.name}: {why}, and the document looks for the credential in the {ours}:"
        " make that the identity source",
    )


def _in_words(places: Sequence[Place]) -> str:
    return " or the ".join(f"{_WORDS[kind]} {name}" for kind, name in places)

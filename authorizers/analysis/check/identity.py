"""
Whether an authorizer's identity sources name the credential that the document looks for.

Source: "Use API Gateway Lambda authorizers": an identity source is the key of the cache, and a
request without it is refused before anybody is asked
(https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html).
"""

import re
from collections.abc import Iterator, Sequence

from authorizers.analysis.caller import credential_places
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
Place = tuple[str, str]  # header or querystring, and its name


def identity_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield the authorizers whose identity sources are not where the credential is."""
    places = () if document.compiled is None else tuple(_places(document.compiled))
    for attachment in api.attachments:
        sources = [_parsed(source) for source in attachment.identity_sources]
        if not places or None in sources:  # something that only CloudFormation can say
            continue
        said = [source for source in sources if source and source[0] in _WORDS]
        right: set[Place] = set(places)
        if attachment.is_token and document.kind == "jwt":
            right.update(said if _has_header(document.compiled) else ())
        if said and right.isdisjoint(said):
            yield _finding(attachment, said, places)


def _places(compiled: CompiledDocument) -> Iterator[Place]:
    """Yield where the document looks for credentials, as identity sources say it."""
    for place in credential_places(compiled):
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
    token_from = [] if compiled is None else compiled["token_from"]
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

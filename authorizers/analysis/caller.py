"""
Who asks: a credential, or what is taken for proven, and the event that the gateway would send.

Kinds of credential that a document does not take are told apart here, so that it can be said.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.compose.way import Kind
from authorizers.config.compiled import CompiledDocument
from authorizers.model.credential import (
    BearerToken,
    ClientCertificate,
    Credential,
    PresentedApiKey,
)
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind, EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event

EVENT_KINDS: Mapping[ApiKind, EventKind] = {
    "rest": EventKind.REST_REQUEST,
    "http": EventKind.HTTP_2,
    "websocket": EventKind.WEBSOCKET,
}
CredentialKind = Literal["bearer token", "API key", "client certificate"]
TAKEN_BY: Mapping[CredentialKind, Kind] = {
    "bearer token": "jwt",
    "API key": "api_key",
    "client certificate": "client_certificate",
}


class Presented(NamedTuple):
    """
    A bearer token or an API key, a client's certificate, or both, to be verified as the function
    does.
    """

    credential: BearerToken | PresentedApiKey | None = None
    certificate: ClientCertificate | None = None


class NamedKey(NamedTuple):
    """
    An API key of which only the id is known: that the caller holds it is taken for proven. It is
    of `scheme`, or of the first one that has its record. A `certificate` may come with it.
    """

    key_id: str
    scheme: str | None = None
    certificate: ClientCertificate | None = None


class AssumedPrincipal(NamedTuple):
    """A principal of which nothing is proven: from claims, or from the document's own names."""

    principal: Principal
    said_by: str


Caller = Presented | NamedKey | AssumedPrincipal


def kind_of_credential(credential: Credential) -> CredentialKind:
    """Return what people call it."""
    if isinstance(credential, ClientCertificate):
        return "client certificate"
    return "API key" if isinstance(credential, PresentedApiKey) else "bearer token"


def fingerprint(credential: Credential) -> str:
    """Return by what a credential can be recognised, and not be used."""
    digest = credential.digest
    if isinstance(credential, ClientCertificate):
        digest = credential.thumbprint() or digest
    return f"sha256:{digest.hex()[:8]}…"


def credential_places(document: CompiledDocument, kind: CredentialKind) -> Sequence[Any]:
    """
    Return where a document looks for credentials of `kind`, as in its compiled form; nowhere if it
    takes none. A certificate is in no place that a client can write to.
    """
    if kind == "bearer token":
        return document.get("token_from") or ()
    return [document["key_from"]] if kind == "API key" and "key_from" in document else ()


class AskedRequest(NamedTuple):
    """What is asked for, in a client's terms: `path` is without its query."""

    method: str
    path: str
    api: ApiKind
    stage: Mapping[str, str]
    source_ip: str | None = None


def event_of(asked: AskedRequest, caller: Caller, document: CompiledDocument) -> Event:
    """
    Return the event that the gateway would send, with what `caller` presents: a token or a key in
    the first place where `document` looks for one.
    """
    call: dict[str, Any] = {"method": asked.method, "path": asked.path, **asked.stage}
    if asked.source_ip is not None:
        call["source_ip"] = asked.source_ip
    if isinstance(caller, Presented) and caller.credential is not None:
        places = credential_places(document, kind_of_credential(caller.credential))
        call |= _presented(caller.credential.reveal(), places[0]) if places else {}
    if not isinstance(caller, AssumedPrincipal) and caller.certificate is not None:
        call["client_certificate"] = caller.certificate.reveal()
    return EVENT_BUILDERS[EVENT_KINDS[asked.api]](**call)


def _presented(text: str, place: Any) -> dict[str, Any]:
    if place == "authorization":
        return {"token": text}
    ((kind, name),) = place.items()
    if kind == "cookie":
        return {"cookies": [f"{name}={text}"]}
    if kind == "websocket_protocol":
        return {"headers": {"Sec-WebSocket-Protocol": f"{name}, {text}"}}
    return {"query": {name: text}} if kind == "query" else {"headers": {name: text}}

"""
Who asks: a credential, or what is taken for proven, and the event that the gateway would send.

Kinds of credential that a document does not take are told apart here, so that it can be said.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.config.compiled import CompiledDocument
from authorizers.model.credential import BearerToken, Credential, PresentedApiKey
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind, EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event

EVENT_KINDS: Mapping[ApiKind, EventKind] = {
    "rest": EventKind.REST_REQUEST,
    "http": EventKind.HTTP_2,
    "websocket": EventKind.WEBSOCKET,
}
CredentialKind = Literal["bearer token", "API key", "client certificate"]
TAKEN_BY: Mapping[CredentialKind, str] = {"bearer token": "jwt", "API key": "api_key"}


class Presented(NamedTuple):
    """A bearer token or an API key, to be verified as the function does."""

    credential: BearerToken | PresentedApiKey


class NamedKey(NamedTuple):
    """
    An API key of which only the id is known: that the caller holds it is taken for proven. It is
    of `scheme`, or of the first one that has its record.
    """

    key_id: str
    scheme: str | None = None


class AssumedPrincipal(NamedTuple):
    """A principal of which nothing is proven: from claims, or from the document's own names."""

    principal: Principal
    said_by: str


class UnknownCredential(NamedTuple):
    """A credential that no scheme of a document can take, by its kind and a fingerprint."""

    kind: CredentialKind
    fingerprint: str


Caller = Presented | NamedKey | AssumedPrincipal | UnknownCredential


def kind_of_credential(credential: Credential) -> CredentialKind:
    """Return what people call it."""
    return "API key" if isinstance(credential, PresentedApiKey) else "bearer token"


def fingerprint(credential: Credential) -> str:
    """Return by what a credential can be recognised, and not be used."""
    return f"sha256:{credential.digest.hex()[:8]}…"


def credential_places(document: CompiledDocument) -> Sequence[Any]:
    """Return where a document looks for credentials, as in its compiled form."""
    places: Sequence[Any] = document.get("token_from") or [document["key_from"]]
    return places


class AskedRequest(NamedTuple):
    """What is asked for, in a client's terms: `path` is without its query."""

    method: str
    path: str
    api: ApiKind
    stage: Mapping[str, str]
    source_ip: str | None = None


def event_of(asked: AskedRequest, caller: Caller, places: Sequence[Any]) -> Event:
    """Return the event that the gateway would send, with a credential in the first of `places`."""
    call: dict[str, Any] = {"method": asked.method, "path": asked.path, **asked.stage}
    if asked.source_ip is not None:
        call["source_ip"] = asked.source_ip
    if isinstance(caller, Presented):
        call |= _presented(caller.credential.reveal(), places[0])
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

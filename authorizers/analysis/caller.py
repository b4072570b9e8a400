"""
Who asks: a token, or claims that are taken for proven, and the event that the gateway would send.

Kinds of credential that no scheme takes yet are told apart here, so that it can be said of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.model.credential import BearerToken
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind, EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event

EVENT_KINDS: Mapping[ApiKind, EventKind] = {
    "rest": EventKind.REST_REQUEST,
    "http": EventKind.HTTP_2,
    "websocket": EventKind.WEBSOCKET,
}


class PresentedToken(NamedTuple):
    """A bearer token, to be verified as the function does."""

    token: BearerToken


class AssumedPrincipal(NamedTuple):
    """A principal of which nothing is proven: from claims, or from the document's own names."""

    principal: Principal
    said_by: str


class UnknownCredential(NamedTuple):
    """A credential that no scheme of a document can take, by its kind and a fingerprint."""

    kind: Literal["API key", "client certificate"]
    fingerprint: str


Caller = PresentedToken | AssumedPrincipal | UnknownCredential


class AskedRequest(NamedTuple):
    """What is asked for, in a client's terms: `path` is without its query."""

    method: str
    path: str
    api: ApiKind
    stage: Mapping[str, str]
    source_ip: str | None = None


def event_of(asked: AskedRequest, caller: Caller, token_from: Sequence[Any]) -> Event:
    """Return the event that the gateway would send, with a token where it is looked for first."""
    call: dict[str, Any] = {"method": asked.method, "path": asked.path, **asked.stage}
    if asked.source_ip is not None:
        call["source_ip"] = asked.source_ip
    if isinstance(caller, PresentedToken):
        call |= _presented(caller.token.reveal(), token_from[0])
    return EVENT_BUILDERS[EVENT_KINDS[asked.api]](**call)


def _presented(token: str, place: Any) -> dict[str, Any]:
    if place == "authorization":
        return {"token": token}
    ((kind, name),) = place.items()
    if kind == "cookie":
        return {"cookies": [f"{name}={token}"]}
    if kind == "websocket_protocol":
        return {"headers": {"Sec-WebSocket-Protocol": f"{name}, {token}"}}
    return {"query": {name: token}} if kind == "query" else {"headers": {name: token}}

"""
The bearer token of a request (RFC 6750 §2).

From the Authorization header, and from elsewhere only where the document says so. One request has
one token in one place: a second value, a list, or a second place with a token is refused, because
two readers of such a request might not read the same one (RFC 6750 §2).
"""

from collections.abc import Callable, Sequence
from typing import Any

from authorizers.errors import ConfigurationError, MalformedCredential, MissingCredential, Problem
from authorizers.model.credential import BearerToken, ClientCertificate
from authorizers.model.request import EventKind, Request

MAX_TOKEN_CHARS = 10_240  # API Gateway quotas: total size of all headers

Place = Callable[[Request], Sequence[str]]


class BearerExtractor:
    """Finds the one bearer token of a request, in the places that `token_from` names."""

    def __init__(self, token_from: Sequence[Any]) -> None:
        self._places = [_load_place(place) for place in token_from]
        self._token_event = _load_token_event(token_from)
        if not self._places:
            raise ConfigurationError(Problem("token_from", "name at least one place"))

    def extract(self, request: Request) -> BearerToken:
        """
        Return the token of `request`, of which nothing is proven.

        Raises:
            MissingCredential: `credential_missing`.
            MalformedCredential: `credential_malformed`, `credential_ambiguous` or `token_too_long`.
        """
        if request.kind is EventKind.REST_TOKEN:
            texts = self._token_event(request)
        else:
            texts = [text for place in self._places for text in place(request)]
        if not texts:
            raise MissingCredential("credential_missing", "the request carries no bearer token")
        if len(texts) > 1:
            raise MalformedCredential(
                "credential_ambiguous", "the request carries more than one value for its token"
            )
        pem = request.client_certificate
        return BearerToken(texts[0], ClientCertificate(pem) if pem else None)


def _bare(value: str) -> str:
    """Return `value` if it can be one token. Which characters a token has, its own parser says."""
    if len(value) > MAX_TOKEN_CHARS:
        raise MalformedCredential(
            "token_too_long", f"a token has at most {MAX_TOKEN_CHARS} characters"
        )
    if not value or " " in value or "," in value:
        raise MalformedCredential(
            "credential_malformed", "the credential is not a single bearer token"
        )
    return value


def _after_scheme(value: str) -> str:
    """Return what follows `Bearer` and exactly one space; the scheme's case does not matter."""
    if value[:7].lower() != "bearer ":
        raise MalformedCredential(
            "credential_malformed", "the credential is not of the scheme Bearer"
        )
    return _bare(value[7:])


def _load_token_event(token_from: Sequence[Any]) -> Place:
    """A TOKEN event has the value of one header, whose name only its authorizer knows."""
    if "authorization" in token_from:
        read = _after_scheme
    elif any("header" in place for place in token_from):
        read = _bare
    else:
        return lambda _request: []
    return lambda request: [read(value)] if (value := request.authorization_token) else []


def _load_place(place: Any) -> Place:
    if place == "authorization":
        return _authorization
    ((kind, name),) = place.items()
    return _PLACES[kind](name)


def _authorization(request: Request) -> Sequence[str]:
    return [_after_scheme(value) for value in request.headers.get("authorization", ())]


def _header(name: str) -> Place:
    key = name.lower()
    return lambda request: [_bare(v) for v in request.headers.get(key, ())]


def _query(name: str) -> Place:
    return lambda request: [_bare(v) for v in request.query.get(name, ())]


def _cookie(name: str) -> Place:
    prefix = f"{name}="
    return lambda request: [
        _bare(cookie.removeprefix(prefix))
        for cookie in request.cookies
        if cookie.startswith(prefix)
    ]


def _websocket_protocol(name: str) -> Place:
    """
    Browsers cannot set headers on a WebSocket; they can offer subprotocols (RFC 6455 §1.9).

    The client offers `name` and the token, in this order; the integration selects `name`.
    """

    def offered(request: Request) -> Sequence[str]:
        values = request.headers.get("sec-websocket-protocol", ())
        protocols = [protocol.strip() for value in values for protocol in value.split(",")]
        if name not in protocols:
            return []
        if len(protocols) != 2 or protocols[0] != name:
            raise MalformedCredential(
                "credential_malformed",
                "offer exactly two subprotocols: the agreed name and the token",
            )
        return [_bare(protocols[1])]

    return offered


_PLACES: dict[str, Callable[[str], Place]] = {
    "header": _header,
    "query": _query,
    "cookie": _cookie,
    "websocket_protocol": _websocket_protocol,
}

"""One request as an authorizer sees it, whichever kind of API sent it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from authorizers.model.arn import ExecuteApiArn


class EventKind(StrEnum):
    """The five events that API Gateway sends to Lambda authorizers."""

    REST_TOKEN = "rest-token"
    REST_REQUEST = "rest-request"
    HTTP_1 = "http-1.0"
    HTTP_2 = "http-2.0"
    WEBSOCKET = "websocket"


ApiKind = Literal["rest", "http", "websocket"]

API_KINDS: Mapping[EventKind, ApiKind] = {
    EventKind.REST_TOKEN: "rest",
    EventKind.REST_REQUEST: "rest",
    EventKind.HTTP_1: "http",
    EventKind.HTTP_2: "http",
    EventKind.WEBSOCKET: "websocket",
}


REST_KINDS = (EventKind.REST_TOKEN, EventKind.REST_REQUEST)


class Request(NamedTuple):
    """
    The parsed event. Everything here but `kind` and the ARN's API and stage is the caller's text.

    `headers` and `query` map a name, headers' in lower case, to all values that were sent
    under it, in whichever spelling and whichever of the event's maps.

    `route_key` is that of the API's own route. `identity_values` are what is in an HTTP API's
    identity sources, `paths` the ways in which the path may stand there. `client_certificate` is
    the PEM of what the client presented to a domain with mutual TLS.
    """

    kind: EventKind
    arn: ExecuteApiArn
    authorization_token: str | None = None
    headers: Mapping[str, Sequence[str]] = {}
    query: Mapping[str, Sequence[str]] = {}
    cookies: Sequence[str] = ()
    source_ip: str | None = None
    request_id: str | None = None
    route_key: str | None = None
    paths: Sequence[str] = ()
    identity_values: frozenset[str] = frozenset()
    client_certificate: str | None = None

    def __repr__(self) -> str:
        return f"Request(kind={self.kind.value!r}, api={self.arn.api.api_id!r})"

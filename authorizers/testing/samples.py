"""
The catalogue of sample events: what each one is, and what an authorizer must answer to it.

A sample is a client's call in which `<good>`, `<expired>` … stand for tokens, which are signed
afresh each time the files are written (`authorizers.testing.sample_events`).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from authorizers.model.request import EventKind
from authorizers.testing.events import EVENT_BUILDERS, Event

_HTTP_KINDS = (EventKind.HTTP_1, EventKind.HTTP_2)
_KINDS: Final = {
    "rest-token": EventKind.REST_TOKEN,
    "rest-request": EventKind.REST_REQUEST,
    "http-1": EventKind.HTTP_1,
    "http-2": EventKind.HTTP_2,
    "websocket": EventKind.WEBSOCKET,
}


class Verdict(StrEnum):
    """What is right for a sample, whichever kind of API asks."""

    ALLOW = "allow"
    INSUFFICIENT = "insufficient"  # authentic, but not entitled: 403
    BAD_CREDENTIAL = "bad credential"  # 401 where the kind of API can say it
    FAILURE = "failure"  # no decision could be made: 500


STATUS: Final = {"allow": 200, "deny": 403, "unauthorized": 401, "error": 500}


def expected_outcome(verdict: Verdict, kind: EventKind) -> str:
    """
    Return what a function does about an event of this kind.

    `allow` and `deny` are answers in the kind's own format, `unauthorized` is an error whose
    message is exactly that, `error` is any other one.
    """
    if verdict is Verdict.FAILURE:
        return "error"
    if verdict is Verdict.BAD_CREDENTIAL and kind not in _HTTP_KINDS:
        return "unauthorized"
    return "allow" if verdict is Verdict.ALLOW else "deny"


class Sample(NamedTuple):
    """
    One sample event. `reason` is the code of the decision in the function's log.

    `call` are the parts of the client's call (`authorizers.testing.call.Call`); `change` is
    applied to the event that was built from them.
    """

    name: str
    about: str
    verdict: Verdict
    reason: str
    call: Mapping[str, Any]
    change: Callable[[Event], Event] = lambda event: event

    @property
    def file(self) -> str:
        """The file's name in `events/`."""
        return f"{self.name}.json"

    @property
    def kind(self) -> EventKind:
        """The kind of event, which the file's name begins with."""
        return next(kind for prefix, kind in _KINDS.items() if self.name.startswith(prefix))

    @property
    def outcome(self) -> str:
        """What the function does: see `expected_outcome`."""
        return expected_outcome(self.verdict, self.kind)

    @property
    def status(self) -> int:
        """The status that API Gateway answers the client with."""
        return STATUS[self.outcome]

    def event(self, tokens: Mapping[str, str]) -> Event:
        """Return the event, with `tokens` in their places."""
        return self.change(EVENT_BUILDERS[self.kind](**_filled(dict(self.call), tokens)))


def _filled(part: Any, tokens: Mapping[str, str]) -> Any:
    match part:
        case str():
            for name, token in tokens.items():
                part = part.replace(f"<{name}>", token)
            return part
        case dict():
            return {name: _filled(value, tokens) for name, value in part.items()}
        case list():
            return [_filled(value, tokens) for value in part]
    return part


def _allow(name: str, about: str, **call: Any) -> Sample:
    return Sample(name, about, Verdict.ALLOW, "granted", {"token": "<good>"} | call)


def _bad(name: str, about: str, reason: str, **call: Any) -> Sample:
    return Sample(name, about, Verdict.BAD_CREDENTIAL, reason, call)


def _insufficient(name: str, about: str, **call: Any) -> Sample:
    return Sample(name, about, Verdict.INSUFFICIENT, "not_granted", call)


def _null_collections(event: Event) -> Event:
    """Write `null` where a collection is empty, as the integration's events do."""
    return {name: None if value == {} else value for name, value in event.items()}


def _integration_event(event: Event) -> Event:
    """Make of an authorizer's event what the backend gets: no type, no ARN, but a body."""
    kept = {name: value for name, value in event.items() if name not in {"type", "methodArn"}}
    return kept | {"body": None, "isBase64Encoded": False}


_USER: Final = {"path": "/users/42", "resource": "/users/{user_id}"}
_TWO_TOKENS: Final = {"headers": {"Authorization": ["Bearer <good>", "Bearer <expired>"]}}
_BROWSER: Final = {"headers": {"Sec-WebSocket-Protocol": "access_token, <good>"}}
_HTTP_2_CLIENT: Final = {"authorization": "Bearer <good>", "accept": "*/*"}
_MANY_VALUES: Final = {
    "headers": {"Accept": ["application/json", "text/plain"], "X-Tenant": "blue"},
    "query": {"status": ["open", "late"], "page": "2"},
}
_SHOP: Final = {"domain": "api.shop.example.com", "base_path": "/shop"}
_DEFAULT: Final = {"stage": "$default"}

_KINDS_OF_EVENT: Final = (
    _allow("rest-token", "REST API, TOKEN authorizer", **_USER),
    _allow("rest-request", "REST API, REQUEST authorizer", query={"page": "2"}, **_USER),
    _allow("http-1", "HTTP API, payload format 1.0", query={"page": "2"}, **_USER),
    _allow("http-2", "HTTP API, payload format 2.0", query={"page": "2"}, **_DEFAULT, **_USER),
    _allow("websocket", "WebSocket API, `$connect`"),
)
_SHAPES: Final = (
    _allow("rest-token-console-test", "the console's test", path="/", stage="ESTestInvoke-stage"),
    _allow("rest-token-china", "partition `aws-cn`", partition="aws-cn", region="cn-north-1"),
    _allow("rest-request-root-path", "the path `/`", path="/"),
    _allow("rest-request-base-path", "a custom domain with a base path", **_SHOP),
    _allow("rest-request-percent-encoded-path", "`%2F` and `:` in the path",
           path="/users/a%2Fb:c", resource="/users/{user_id}"),
    _allow("rest-request-multi-value", "a header and a query parameter twice", **_MANY_VALUES),
    Sample("rest-request-lower-case", "header names as HTTP/2 clients send them",
           Verdict.ALLOW, "granted", {"headers": _HTTP_2_CLIENT}),
    _allow("rest-request-null-collections", "`null` for what is empty")._replace(
        change=_null_collections),
    _allow("rest-request-govcloud", "partition `aws-us-gov`",
           partition="aws-us-gov", region="us-gov-west-1"),
    _allow("http-1-default-stage", "format 1.0, the stage `$default`", **_DEFAULT),
    _allow("http-2-named-stage", "format 2.0, a stage with a name", stage="prod", **_USER),
    _allow("http-2-default-route", "format 2.0, the route `$default`",
           path="/any/path", resource="$default", **_DEFAULT),
    _allow("http-2-multi-value", "format 2.0, a header twice", **_MANY_VALUES, **_DEFAULT),
    _allow("http-2-base-path", "format 2.0, a custom domain with a base path", **_SHOP),
)  # fmt: skip
_BAD_CREDENTIALS: Final = (
    _bad("rest-request-missing-credential", "no credential", "credential_missing"),
    _bad("http-1-missing-credential", "no credential", "credential_missing"),
    _bad("http-2-missing-credential", "no credential", "credential_missing", **_DEFAULT),
    _bad("websocket-missing-credential", "no credential", "credential_missing"),
    _bad("rest-token-basic", "another scheme than Bearer", "credential_malformed",
         authorization="Basic dXNlcjpwYXNzd29yZA=="),
    _bad("rest-token-malformed", "no JWT", "jwt_malformed", token="not.a.jwt"),
    _bad("rest-token-expired", "an expired token", "token_expired", token="<expired>"),
    _bad("http-1-expired", "an expired token", "token_expired", token="<expired>"),
    _bad("websocket-expired", "an expired token", "token_expired", token="<expired>"),
    _bad("rest-request-wrong-audience", "a token for another API", "audience_mismatch",
         token="<wrong audience>"),
    _bad("http-2-wrong-audience", "a token for another API", "audience_mismatch",
         token="<wrong audience>", **_DEFAULT),
    _bad("rest-request-unknown-issuer", "a token of another issuer", "issuer_not_trusted",
         token="<unknown issuer>"),
    _bad("rest-token-forged-signature", "signed by another key under the same `kid`",
         "signature_invalid", token="<forged>"),
    _bad("http-2-forged-signature", "signed by another key under the same `kid`",
         "signature_invalid", token="<forged>", **_DEFAULT),
    _bad("rest-request-alg-none", "an unsigned token, `alg` none", "jwt_malformed",
         token="<unsigned>"),
    _bad("rest-request-duplicate-authorization", "two Authorization headers",
         "credential_ambiguous", **_TWO_TOKENS),
    _bad("http-2-duplicate-authorization", "two Authorization headers, joined by a comma",
         "credential_malformed", **_TWO_TOKENS, **_DEFAULT),
    _bad("http-2-cookie", "a good token in a cookie, which is not looked at unless configured",
         "credential_missing", cookies=["theme=dark", "access_token=<good>"], **_DEFAULT),
    _bad("rest-request-query-token", "a good token in the query, likewise",
         "credential_missing", query={"access_token": "<good>"}),
    _bad("websocket-query-token", "a good token in the query, likewise",
         "credential_missing", query={"access_token": "<good>"}),
    _bad("websocket-protocol-token", "a good token in Sec-WebSocket-Protocol, likewise",
         "credential_missing", **_BROWSER),
)  # fmt: skip
_INSUFFICIENT: Final = tuple(
    _insufficient(
        f"{kind}-missing-scope", "a token without a scope that grants", token="<no scope>"
    )
    for kind in _KINDS
)
_FAILURES: Final = (
    Sample("rest-request-integration-event", "the backend's event, not the authorizer's",
           Verdict.FAILURE, "event_not_recognized", {"token": "<good>"}, _integration_event),
)  # fmt: skip
SAMPLES: Final = (*_KINDS_OF_EVENT, *_SHAPES, *_INSUFFICIENT, *_BAD_CREDENTIALS, *_FAILURES)

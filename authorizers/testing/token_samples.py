"""The catalogue of sample events with tokens."""

from typing import Any, Final

from authorizers.testing.events import Event
from authorizers.testing.sample import (
    KINDS,
    Sample,
    Verdict,
    bad_credential,
    insufficient,
)


def _allow(name: str, about: str, **call: Any) -> Sample:
    return Sample(name, about, Verdict.ALLOW, "granted", {"token": "<good>"} | call)


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
_BAD: Final = bad_credential

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
    _allow("rest-request-bound", "a token, and the certificate that it is bound to",
           token="<bound>", client_certificate="<good certificate>"),
    _allow("http-2-base-path", "format 2.0, a custom domain with a base path", **_SHOP),
)  # fmt: skip
_BAD_CREDENTIALS: Final = (
    _BAD("rest-request-missing-credential", "no credential", "credential_missing"),
    _BAD("http-1-missing-credential", "no credential", "credential_missing"),
    _BAD("http-2-missing-credential", "no credential", "credential_missing", **_DEFAULT),
    _BAD("websocket-missing-credential", "no credential", "credential_missing"),
    _BAD("rest-token-basic", "another scheme than Bearer", "credential_malformed",
         authorization="Basic dXNlcjpwYXNzd29yZA=="),
    _BAD("rest-token-malformed", "no JWT", "jwt_malformed", token="not.a.jwt"),
    _BAD("rest-token-expired", "an expired token", "token_expired", token="<expired>"),
    _BAD("http-1-expired", "an expired token", "token_expired", token="<expired>"),
    _BAD("websocket-expired", "an expired token", "token_expired", token="<expired>"),
    _BAD("rest-request-wrong-audience", "a token for another API", "audience_mismatch",
         token="<wrong audience>"),
    _BAD("http-2-wrong-audience", "a token for another API", "audience_mismatch",
         token="<wrong audience>", **_DEFAULT),
    _BAD("rest-request-unknown-issuer", "a token of another issuer", "issuer_not_trusted",
         token="<unknown issuer>"),
    _BAD("rest-token-forged-signature", "signed by another key under the same `kid`",
         "signature_invalid", token="<forged>"),
    _BAD("http-2-forged-signature", "signed by another key under the same `kid`",
         "signature_invalid", token="<forged>", **_DEFAULT),
    _BAD("rest-token-bound", "a token that is bound to a certificate, which cannot be seen here",
         "certificate_required", token="<bound>"),
    _BAD("http-2-bound-alone", "a token that is bound to a certificate, without it",
         "certificate_required", token="<bound>", **_DEFAULT),
    _BAD("rest-request-bound-to-another", "a token, and the certificate of somebody else",
         "certificate_mismatch", token="<bound>", client_certificate="<admin certificate>"),
    _BAD("rest-request-alg-none", "an unsigned token, `alg` none", "jwt_malformed",
         token="<unsigned>"),
    _BAD("rest-request-duplicate-authorization", "two Authorization headers",
         "credential_ambiguous", **_TWO_TOKENS),
    _BAD("http-2-duplicate-authorization", "two Authorization headers, joined by a comma",
         "credential_malformed", **_TWO_TOKENS, **_DEFAULT),
    _BAD("http-2-cookie", "a good token in a cookie, which is not looked at unless configured",
         "credential_missing", cookies=["theme=dark", "access_token=<good>"], **_DEFAULT),
    _BAD("rest-request-query-token", "a good token in the query, likewise",
         "credential_missing", query={"access_token": "<good>"}),
    _BAD("websocket-query-token", "a good token in the query, likewise",
         "credential_missing", query={"access_token": "<good>"}),
    _BAD("websocket-protocol-token", "a good token in Sec-WebSocket-Protocol, likewise",
         "credential_missing", **_BROWSER),
)  # fmt: skip
_INSUFFICIENT: Final = tuple(
    insufficient(f"{kind}-missing-scope", "a token without a scope that grants", token="<no scope>")
    for kind in KINDS
)
_FAILURES: Final = (
    Sample("rest-request-integration-event", "the backend's event, not the authorizer's",
           Verdict.FAILURE, "event_not_recognized", {"token": "<good>"}, _integration_event),
)  # fmt: skip
TOKEN_SAMPLES: Final = (*_KINDS_OF_EVENT, *_SHAPES, *_INSUFFICIENT, *_BAD_CREDENTIALS, *_FAILURES)

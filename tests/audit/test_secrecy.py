"""
No token, key or secret in any log, answer, error or `repr`, whatever the caller sends.

Half a hundred ways of being refused, with everything turned on that writes; what was sent is
marked, and looked for in all that came out.
"""

import base64
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.table import compile_route_table
from authorizers.errors import AuthorizersError
from authorizers.model.credential import BearerToken
from authorizers.testing import events
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import ABSENT, FakeIssuer
from authorizers.testing.signing_key import SigningKey

MARK = "sentinel"
NOW = 1_800_000_000
CALLERS_TEXT = f"{MARK}\r\n{{}}"  # what a caller may put wherever he may put text

KINDS: dict[str, Callable[..., dict[str, Any]]] = {
    "rest-token": events.rest_token_event,
    "rest-request": events.rest_request_event,
    "http-1.0": events.http_1_event,
    "http-2.0": events.http_2_event,
    "websocket": events.websocket_event,
}


@pytest.fixture(scope="module")
def issuer() -> FakeIssuer:
    issuer = FakeIssuer("https://issuer.example", clock=FrozenClock(NOW))
    issuer.rotate("ES256")
    return issuer


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture, monkeypatch: Any) -> Iterator[None]:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    with caplog.at_level(logging.DEBUG):
        yield


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def authorizer(
    issuer: FakeIssuer, stream: io.StringIO, request: pytest.FixtureRequest
) -> Authorizer:
    routes: list[dict[str, Any]] = [
        {"key": "GET /orders", "requirement": ["scopes_any", ["orders:write"]]},
        {"key": "$connect", "requirement": ["scopes_any", ["orders:write"]]},
        {"key": "GET /users/{id}", "requirement": ["path", {"id": "tenant"}]},
    ]
    jwt = {
        "issuer": issuer.issuer,
        "audience": [issuer.audience],
        "profile": "rfc9068-access-token",
        "algorithms": ["ES256"],
        "keys": {"jwks": issuer.jwks()},
        "leeway_seconds": 0,
    }
    clock = FrozenClock(NOW)
    return build_authorizer(
        {
            "format": 2,
            "schemes": {"staff": {"jwt": jwt}},
            "token_from": ["authorization", {"query": "access_token"}, {"cookie": "session"}],
            "routes": routes,
            "table": compile_route_table(routes, inexact=False),
            "context": {"nested": "nested"},
        },
        answers=Answers("simple_uncached", "exception"),
        clock=clock,
        log=AuditLog(namespace="N", service=request.node.name, clock=clock, stream=stream),
    )


def encoded(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def raw(header: object, claims: object, signature: bytes = MARK.encode()) -> str:
    return f"{encoded(header)}.{encoded(claims)}.{encoded(signature)}"


STRANGER = SigningKey.generate("ES256", MARK)
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": MARK}
CLAIMS_REFUSED: list[dict[str, Any]] = [
    {"exp": NOW}, {"exp": MARK}, {"exp": ABSENT}, {"exp": [MARK]}, {"exp": None}, {"exp": 1e300},
    {"nbf": NOW + 1}, {"nbf": MARK}, {"iat": NOW + 1}, {"iat": MARK}, {"aud": MARK},
    {"aud": [MARK]}, {"aud": {MARK: 1}}, {"aud": ABSENT}, {"iss": MARK}, {"iss": [MARK]},
    {"iss": ABSENT},
    {"sub": ABSENT}, {"sub": ""}, {"sub": [MARK]}, {"sub": f"{MARK}\n"}, {"sub": MARK * 99},
    {"client_id": ABSENT}, {"jti": ABSENT}, {"scope": [1, MARK]}, {"scope": f"{MARK}  {MARK}"},
    {"scope": {MARK: 1}}, {"nested": [MARK]}, {"nested": {MARK: MARK}}, {"tenant": f"{MARK}/*"},
    {"scope": MARK, "email": MARK},
]  # fmt: skip
HEADERS_REFUSED: list[dict[str, Any]] = [
    {"alg": "none"}, {"alg": "HS256"}, {"alg": MARK}, {"alg": [MARK]}, {"alg": ABSENT},
    {"typ": MARK}, {"typ": "JWT"}, {"kid": MARK}, {"kid": [MARK]}, {"kid": f"../{MARK}\0"},
    {"crit": [MARK], MARK: 1}, {"jwk": {"kty": "oct", "k": MARK}}, {"jku": f"https://{MARK}"},
    {"x5c": [MARK]}, {"zip": "DEF"}, {"b64": False, "crit": ["b64"]},
]  # fmt: skip
TOKENS = [
    MARK, f"{MARK}.{MARK}", f"{MARK}.{MARK}.{MARK}", f"{MARK}.{MARK}.{MARK}.{MARK}.{MARK}", "." * 9,
    raw(HEADER, {}), raw([], {}), raw(HEADER, []), raw(b"{", b"}"), raw(b'{"a":1,"a":2}', b"{}"),
    raw(HEADER, {"iss": MARK}), f"{raw(HEADER, {})}=", MARK * 2000, f" {MARK}", f"{MARK},{MARK}",
]  # fmt: skip


def calls(issuer: FakeIssuer) -> Iterator[dict[str, Any]]:
    """Yield what a caller sends to be refused, in one way after the other."""
    for claims in CLAIMS_REFUSED:
        yield {"token": issuer.token(claims)}
    for header in HEADERS_REFUSED:
        yield {"token": issuer.token(header=header)}
    for token in TOKENS:
        yield {"token": token}
    yield {"token": issuer.token(key=STRANGER)}
    yield {"token": issuer.token(key=STRANGER, header={"kid": issuer.key().key_id})}
    for authorization in ("", "Bearer", "Bearer ", f"Basic {MARK}", MARK, f"Bearer  {MARK}"):
        yield {"authorization": authorization}
    yield {"query": {"access_token": MARK}}
    yield {"query": {"access_token": [MARK, MARK]}}
    yield {"cookies": [f"session={MARK}"]}
    yield {"token": issuer.token(), "query": {"access_token": MARK}}


def around(kind: str) -> dict[str, Any]:
    """Everything else that a caller chooses: path, headers, query, cookies."""
    quiet = {"user_agent": MARK, "headers": {f"X-{MARK}": MARK}}
    return quiet if kind == "websocket" else {**quiet, "path": f"/{MARK}%0a"}


def outcome(authorizer: Authorizer, event: dict[str, Any]) -> str:
    """Return all that the gateway, or whoever sees the error, is given."""
    try:
        return json.dumps(authorizer(event))
    except (AuthorizersError, Unauthorized) as error:
        return f"{error!r} {error} {''.join(traceback.format_exception(error))}"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_refused_caller_sent_comes_out(
    authorizer: Authorizer,
    issuer: FakeIssuer,
    stream: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    refused = list(calls(issuer))
    assert len(refused) > 70
    for call in refused:
        out = outcome(authorizer, KINDS[kind](**around(kind), **call))
        assert '"isAuthorized": true' not in out
        token = call.get("token", MARK)
        for text in (out, stream.getvalue(), caplog.text):
            assert token not in text
            assert not [part for part in token.split(".") if len(part) > 20 and part in text]
    written = [line for line in stream.getvalue().split("\n") if '"decision"' in line]
    assert len(written) == len(refused)


@pytest.mark.parametrize("kind", KINDS)
def test_no_marked_text_comes_out_before_it_is_proven(
    authorizer: Authorizer,
    issuer: FakeIssuer,
    stream: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    """Only a verified token's subject is written, as the audit's principal."""
    for call in calls(issuer):
        out = outcome(authorizer, KINDS[kind](**around(kind), **call))
        assert MARK not in out, call
    assert MARK not in stream.getvalue()
    assert MARK not in caplog.text


def test_every_line_is_one_json_object(
    authorizer: Authorizer, issuer: FakeIssuer, stream: io.StringIO
) -> None:
    for kind, builder in KINDS.items():
        for call in calls(issuer):
            outcome(authorizer, builder(**around(kind), request_id=CALLERS_TEXT, **call))
    for line in stream.getvalue().split("\n")[:-1]:
        assert isinstance(json.loads(line), dict)


def test_a_credential_does_not_show_itself(issuer: FakeIssuer) -> None:
    token = issuer.token()
    shown = f"{BearerToken(token)!r} {BearerToken(token)} {[BearerToken(token)]}"
    for part in (token, *token.split(".")):
        assert part not in shown

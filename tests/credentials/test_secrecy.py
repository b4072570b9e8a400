"""From event to answer and log, through the whole authorizer: no credential is written down."""

import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.authorizer import Answers, Authorizer, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.compiled import FORMAT
from authorizers.config.table import compile_route_table
from authorizers.model.request import EventKind
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

SENTINEL = "sentinel"
HOSTILE = 'sentinel\r\n{"outcome":"allow"}\x1b[2J\u2028'


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey.generate("ES256", "key-1")


@pytest.fixture
def issuer(key: SigningKey) -> FakeIssuer:
    return FakeIssuer("https://issuer.example", keys=(key,), clock=FrozenClock())


@pytest.fixture
def authorizer(issuer: FakeIssuer) -> Callable[..., Authorizer]:
    routes = [
        {"key": f"GET /{name}", "requirement": ["scopes_any", [f"{name}:read"]]}
        for name in ("orders", "invoices")
    ]
    routes.append({"key": "$connect", "requirement": ["authenticated"]})
    jwt = {
        "issuer": issuer.issuer, "audience": [issuer.audience], "profile": "rfc9068-access-token",
        "algorithms": ["ES256"], "keys": {"jwks": issuer.jwks()}, "leeway_seconds": 0,
        "max_age_seconds": None, "principal_claim": "sub", "custom_profile": None,
    }  # fmt: skip

    def build(unauthorized: str = "exception", http: str = "simple") -> Authorizer:
        document: Any = {
            "format": FORMAT,
            "schemes": {"staff": {"jwt": jwt}},
            "token_from": ["authorization"],
            "routes": routes,
            "table": compile_route_table(routes, inexact=False),
            "context": {},
        }
        answers: Any = Answers(http, unauthorized)  # type: ignore[arg-type]
        return build_authorizer(document, answers=answers, clock=FrozenClock())

    return build


def bad_headers(issuer: FakeIssuer) -> dict[str, str]:
    stranger = SigningKey.generate("ES256", "key-1")
    tokens = {
        "malformed": SENTINEL,
        "malformed parts": "sentinel.sentinel.sentinel",
        "not ascii": f"{SENTINEL}\u00e9\ud800",
        "too long": SENTINEL * 2_000,
        "expired": issuer.token({"exp": 1, "sub": SENTINEL}),
        "forged": issuer.token({"sub": SENTINEL}, key=stranger),
        "other issuer": issuer.token({"iss": HOSTILE}),
        "other audience": issuer.token({"aud": HOSTILE}),
        "hostile subject": issuer.token({"sub": HOSTILE}),
        "hostile scope": issuer.token({"scope": HOSTILE}),
        "hostile kid": issuer.token(header={"kid": HOSTILE}),
        "hostile alg": issuer.token(header={"alg": HOSTILE}),
        "hostile typ": issuer.token(header={"typ": HOSTILE}),
        "hostile crit": issuer.token(header={"crit": [HOSTILE]}),
    }
    return {
        **{name: f"Bearer {token}" for name, token in tokens.items()},
        "other scheme": f"Basic {SENTINEL}",
        "two tokens": f"Bearer {SENTINEL} {SENTINEL}",
        "no scheme": SENTINEL,
        "hostile": HOSTILE,
    }


def answered(authorize: Authorizer, event: dict[str, Any]) -> str:
    """Return the answer to `event`, or all that can be printed of the error."""
    try:
        return json.dumps(authorize(event))
    except Unauthorized as error:
        return "".join(traceback.format_exception(error)) + repr(error)


def secrets_of(header: str) -> list[str]:
    return [SENTINEL, *(part for part in header.split(".") if len(part) > 12)]


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("unauthorized", ["exception", "deny"])
def test_a_refused_credential_is_not_in_the_answer_the_error_or_the_log(
    kind: EventKind,
    unauthorized: str,
    issuer: FakeIssuer,
    authorizer: Callable[..., Authorizer],
    capfd: pytest.CaptureFixture[str],
) -> None:
    authorize = authorizer(unauthorized)
    headers = bad_headers(issuer)
    for name, header in headers.items():
        event = EVENT_BUILDERS[kind](authorization=header)
        answer = answered(authorize, event)
        assert answer.startswith("Traceback") or "Deny" in answer or "false" in answer, name
        assert "Allow" not in answer
        written = capfd.readouterr()
        assert not any(
            secret in answer + written.out + written.err for secret in secrets_of(header)
        )
        (line,) = [line for line in written.out.splitlines() if line.strip()]
        assert json.loads(line)
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.parametrize("kind", EventKind)
def test_an_accepted_token_is_not_in_the_answer_or_the_log(
    kind: EventKind,
    issuer: FakeIssuer,
    authorizer: Callable[..., Authorizer],
    capfd: pytest.CaptureFixture[str],
) -> None:
    authorize = authorizer()
    token = issuer.token({"scope": "orders:read"})
    for _ in range(2):
        event = EVENT_BUILDERS[kind](token=token, path="/orders", identity_source=None)
        answer = json.dumps(authorize(event))
        written = capfd.readouterr()
        assert '"isAuthorized": true' in answer or '"Effect": "Allow"' in answer
        assert not any(secret in answer + written.out + written.err for secret in token.split("."))


@pytest.mark.parametrize("kind", EventKind)
def test_an_unreadable_event_shows_nothing_of_itself(
    kind: EventKind, authorizer: Callable[..., Authorizer], capfd: pytest.CaptureFixture[str]
) -> None:
    event = EVENT_BUILDERS[kind](token=SENTINEL)
    name = "routeArn" if "routeArn" in event else "methodArn"

    with pytest.raises(Exception, match="arn_malformed") as raised:
        authorizer()({**event, name: SENTINEL, "headers": {SENTINEL: SENTINEL}})

    written = capfd.readouterr()
    assert SENTINEL not in written.out + written.err + str(raised.value)

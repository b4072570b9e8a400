"""A REST TOKEN event from the event to the answer, the audit line included."""

import gc
import os
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import RSAAlgorithm

from authorizers import Answers, Authorizer, build_authorizer
from authorizers.audit.log import AuditLog
from authorizers.config.table import compile_route_table
from authorizers.jwt.compact import UnverifiedJwt, parse_compact
from authorizers.model.clock import SystemClock
from authorizers.testing.events import rest_token_event
from authorizers.testing.issuer import FakeIssuer
from benchmarks.figure import TIMES, Figure, Spread, seconds_each

TOKENS = 1500
REPEATS = 10


def twenty_routes() -> list[dict[str, Any]]:
    """Return ten collections and their items, readable and writable under scopes of their own."""
    return [
        route
        for i in range(10)
        for route in (
            {"key": f"GET /r{i}", "requirement": ["scopes_any", [f"r{i}:read", f"r{i}:write"]]},
            {
                "key": f"GET /r{i}/{{id}}",
                "requirement": ["all_of", [["scheme", "staff"], ["scopes_all", [f"r{i}:read"]]]],
            },
        )
    ]


def build(issuer: FakeIssuer, log: AuditLog) -> Authorizer:
    """Return an authorizer of twenty routes that trusts `issuer`, with its keys at hand."""
    routes = twenty_routes()
    staff = {
        "issuer": issuer.issuer,
        "audience": [issuer.audience],
        "profile": "rfc9068-access-token",
        "algorithms": ["RS256"],
        "keys": {"jwks": issuer.jwks()},
        "leeway_seconds": 30,
    }
    document = {
        "format": 2,
        "schemes": {"staff": {"jwt": staff}},
        "token_from": ["authorization"],
        "routes": routes,
        "table": compile_route_table(routes, inexact=False),
        "context": {"user_id": "sub"},
    }
    return build_authorizer(document, answers=Answers("simple", "exception"), log=log)


def bare_check(issuer: FakeIssuer) -> Callable[[UnverifiedJwt], None]:
    """Return `cryptography`'s own signature check under the issuer's key, and nothing else."""
    key = RSAAlgorithm.from_jwk(issuer.jwks()["keys"][0])
    assert isinstance(key, RSAPublicKey)
    scheme, digest = padding.PKCS1v15(), SHA256()
    return lambda jwt: key.verify(jwt.signature, jwt.signing_input, scheme, digest)


def _microseconds(action: Callable[[Any], object], item: Any) -> float:
    started = perf_counter()
    action(item)
    return (perf_counter() - started) * 1e6


def measure() -> Sequence[Figure]:
    """Measure call by call, the bare check and the authorizer in turn on the same tokens."""
    issuer = FakeIssuer("https://login.example.com/")
    scope = " ".join(f"r{i}:read" for i in range(5))
    bare, first, again = [], [], []
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        log = AuditLog(namespace="n", service="benchmark", clock=SystemClock(), stream=nowhere)
        authorizer, check = build(issuer, log), bare_check(issuer)
        tokens = [issuer.token({"scope": scope, "sub": f"user-{i}"}) for i in range(TOKENS + 50)]
        events = [rest_token_event(path="/r1/abc", token=token) for token in tokens]
        for event in events[TOKENS:]:
            authorizer(event)
        gc.collect()
        gc.freeze()  # as the handler does
        for event, jwt in zip(events[:TOKENS], map(parse_compact, tokens), strict=False):
            bare.append(_microseconds(check, jwt))
            first.append(_microseconds(authorizer, event))
        for event in events[:TOKENS]:
            authorizer(event)
            again.append(seconds_each(authorizer, [event] * REPEATS) * 1e6)
    return _figures(bare, first, again)


def _figures(bare: list[float], first: list[float], again: list[float]) -> Sequence[Figure]:
    once, twice, alone = Spread.of(first), Spread.of(again), Spread.of(bare)
    detail = f"{once.text('µs')}; the bare check {alone.text('µs')}"
    ratio, repeated = once.middle / alone.middle, twice.middle / once.middle
    return [
        Figure("never-seen RS256 token ÷ bare signature check", ratio, 2.5, TIMES, detail),
        Figure("the same token again", twice.middle, 15, "µs", twice.text("µs")),
        Figure("the same token again ÷ first time", repeated, 0.35, TIMES, ""),
    ]

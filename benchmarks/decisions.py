"""A REST TOKEN event from the event to the answer, the audit line included."""

import gc
import os
from collections.abc import Callable, Sequence
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

BATCHES = 60
TOKENS_IN_A_BATCH = 40
REPEATS_IN_A_BATCH = 200


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
        "format": 1,
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


def measure() -> Sequence[Figure]:
    """Measure in alternating batches, so that the machine's moods fall on both sides."""
    issuer = FakeIssuer("https://login.example.com/")
    scope = " ".join(f"r{i}:read" for i in range(5))
    bare, first, again = [], [], []
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        log = AuditLog(namespace="n", service="s", clock=SystemClock(), stream=nowhere)
        authorizer, check = build(issuer, log), bare_check(issuer)
        authorizer(rest_token_event(path="/r1/abc", token=issuer.token({"scope": scope})))
        gc.freeze()  # as the handler does
        for batch in range(BATCHES):
            tokens = [
                issuer.token({"scope": scope, "sub": f"user-{batch}-{i}"})
                for i in range(TOKENS_IN_A_BATCH)
            ]
            events = [rest_token_event(path="/r1/abc", token=token) for token in tokens]
            bare.append(seconds_each(check, [parse_compact(token) for token in tokens]) * 1e6)
            first.append(seconds_each(authorizer, events) * 1e6)
            again.append(seconds_each(authorizer, events[-1:] * REPEATS_IN_A_BATCH) * 1e6)
    return _figures(bare, first, again)


def _figures(bare: list[float], first: list[float], again: list[float]) -> Sequence[Figure]:
    to_bare = Spread.of([f / b for f, b in zip(first, bare, strict=True)])
    to_first = Spread.of([a / f for a, f in zip(again, first, strict=True)])
    repeated = Spread.of(again)
    detail = f"{Spread.of(first).text('µs')}; the bare check {Spread.of(bare).text('µs')}"
    return [
        Figure("never-seen RS256 token ÷ bare signature check", to_bare.middle, 2.5, TIMES, detail),
        Figure("the same token again", repeated.middle, 15, "µs", repeated.text("µs")),
        Figure("the same token again ÷ first time", to_first.middle, 0.35, TIMES, ""),
    ]

"""A document with keys of its own, and people to try it with."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples, read_examples
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer

ISSUER = "https://issuer.example"
TEXT = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /orders: {scopes: {any_of: [orders:read, orders:write]}}
  POST /orders: {all_of: [{scheme: staff}, {scopes: {all_of: [orders:write]}}]}
  GET /users/me: {authenticated: true}
  GET /users/{user_id}: {path: {user_id: claims.sub}}
  ANY /admin/{proxy+}:
    all_of:
      - claim: {groups: {contains: admin}}
      - source_ip: [10.0.0.0/8]
  $connect: {scopes: {any_of: [orders:read]}}
principals:
  alice: {scheme: staff, claims: {sub: alice, scope: "orders:read"}}
  root: {scheme: staff, claims: {sub: root, groups: [admin], scope: "orders:write"}}
"""


@pytest.fixture
def text() -> str:
    """The document's text."""
    return TEXT


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def issuer(clock: FrozenClock) -> FakeIssuer:
    """An issuer that nobody asks: its keys are written into the document."""
    return FakeIssuer(ISSUER, clock=clock)


@pytest.fixture
def document(issuer: FakeIssuer) -> CompiledDocument:
    compiled = compile_document(TEXT)
    compiled["schemes"]["staff"]["jwt"]["keys"] = {"jwks": issuer.jwks()}
    return compiled


@pytest.fixture
def examples(document: CompiledDocument) -> Examples:
    return read_examples(TEXT, document)


@pytest.fixture
def expecting() -> Callable[[str], tuple[CompiledDocument, Examples]]:
    """Return the document with these expectations, and all its examples."""

    def read(expectations: str, *, routes: str = "", end: str = "") -> tuple[Any, Examples]:
        text = TEXT.replace("principals:\n", f"{routes}{end}principals:\n")
        text += f"expectations:\n{expectations}"
        compiled = compile_document(text)
        return compiled, read_examples(text, compiled)

    return read

"""A document with keys of its own, and people to try it with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import dump_record
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples, read_examples
from authorizers.issuing.issue import IssuedKey
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from tests.analysis.key_requests import MakeDocument
from tests.api_key.keys import PEPPERS_TEXT

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


@pytest.fixture
def keys_document(tmp_path: Path) -> MakeDocument:
    """Return what makes a document of these keys, in a file, with these settings."""

    def make(*keys: IssuedKey, top: str = "", **settings: str) -> CompiledDocument:
        records = [{**dump_record(key.record), "version": 1} for key in keys]
        (tmp_path / "keys.json").write_text(json.dumps({"version": 1, "keys": records}))
        (tmp_path / "pepper.json").write_text(PEPPERS_TEXT)
        given = {
            "prefix": "orders_live",
            "pepper": f"file:{tmp_path}/pepper.json",
            "keys": f"{{file: {tmp_path}/keys.json}}",
        }
        lines = "".join(f"      {name}: {value}\n" for name, value in (given | settings).items())
        return compile_document(
            f"version: 1\n{top}authenticate:\n  machines:\n    api_key:\n{lines}routes:\n"
            "  GET /orders: {scopes: {any_of: [orders:read]}}\n"
            "  POST /orders: {scopes: {any_of: [orders:write]}}\n"
            "  $connect: {authenticated: true}\n"
        )

    return make

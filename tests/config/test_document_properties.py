"""No text and no bytes make the compiler raise anything but its own error."""

import json
import re
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorizers.config.compile import compile_document, render_compiled
from authorizers.errors import ConfigurationError, Problem

WORDS = st.sampled_from(
    [
        "version", "authenticate", "staff", "jwt", "issuer", "audience", "profile", "algorithms",
        "keys", "discovery", "jwks", "jwks_uri", "leeway", "custom", "custom_profile", "types",
        "token_from", "header", "routes", "GET /", "GET /{a}", "$connect", "*", "scopes", "any_of",
        "all_of", "not", "claim", "equals", "contains", "path", "a", "claims.sub", "scheme",
        "source_ip", "10.0.0.0/8", "authenticated", "context", "inexact", "deny", "any", "exact",
        "RS256", "none", "https://login.example.com/", "http://localhost/",
        "insecure_loopback_http", "api_key", "max_age", "30s", "",
    ]
)  # fmt: skip
SCALARS = WORDS | st.booleans() | st.integers() | st.floats() | st.none() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)
YAML_SOUP = st.text(
    alphabet=st.sampled_from(list("abc01:-?,[]{}&*!|>'\"%@`#~<= \n\t\r\\.$/\u0085\ufeff\ud800")),
    max_size=60,
)
JWT = {
    "issuer": "https://login.example.com/",
    "audience": ["a"],
    "profile": "auth0",
    "algorithms": ["RS256"],
    "keys": {"discovery": True},
}


def compiles_or_says_why(text: str | bytes) -> None:
    found: tuple[Problem, ...] = ()
    try:
        document = compile_document(text)
        assert json.loads(render_compiled(document)) == document
    except ConfigurationError as error:
        found = error.problems
        assert found
    assert all(re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", problem.place) for problem in found)
    assert all(problem.message.isprintable() for problem in found)


@given(st.binary(max_size=200))
def test_bytes(data: bytes) -> None:
    compiles_or_says_why(data)


@given(st.text(max_size=200) | YAML_SOUP)
def test_text(text: str) -> None:
    compiles_or_says_why(text)


@given(VALUES)
def test_any_yaml(value: Any) -> None:
    compiles_or_says_why(yaml.safe_dump(value))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, VALUES, VALUES, VALUES)
def test_a_document_with_anything_in_its_places(
    jwt: Any, routes: Any, context: Any, token_from: Any
) -> None:
    document = {
        "version": 1,
        "authenticate": {"staff": {"jwt": jwt}},
        "routes": routes,
        "context": context,
        "token_from": token_from,
    }
    compiles_or_says_why(yaml.safe_dump(document))


@given(VALUES)
def test_a_right_document_with_any_requirement(requirement: Any) -> None:
    document = {
        "version": 1,
        "authenticate": {"staff": {"jwt": JWT}},
        "routes": {"GET /{a}": requirement},
    }
    compiles_or_says_why(json.dumps(document))

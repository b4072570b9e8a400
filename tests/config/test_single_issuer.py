"""The configuration without a document: the same compiled form, with the one route `*`."""

import json
from typing import Any

import pytest

from authorizers.config.compile import render_compiled
from authorizers.config.compiled import CompiledDocument, parse_compiled
from authorizers.config.settings import load_settings
from authorizers.config.single_issuer import TABLE
from authorizers.config.table import compile_route_table
from authorizers.errors import ConfigurationError

GIVEN = {
    "AUTHORIZERS_ISSUER": "https://login.example.com/",
    "AUTHORIZERS_AUDIENCE": "https://api.example.com,https://other.example.com",
    "AUTHORIZERS_ACCESS": "any_route_when_authenticated",
    "AUTHORIZERS_PROFILE": "auth0",
    "AUTHORIZERS_ALGORITHMS": "RS256, ES256",
}
PUBLIC_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def document(**changes: str) -> CompiledDocument:
    variables = GIVEN | {f"AUTHORIZERS_{name}": value for name, value in changes.items()}
    compiled = load_settings(variables).document
    assert compiled is not None
    return compiled


def messages(**changes: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        document(**changes)
    return str(caught.value)


def test_it_becomes_a_compiled_document_as_any_other() -> None:
    compiled = document()
    assert parse_compiled(render_compiled(compiled), "here") == json.loads(json.dumps(compiled))
    assert compiled["schemes"] == {
        "default": {
            "jwt": {
                "issuer": "https://login.example.com/",
                "audience": ["https://api.example.com", "https://other.example.com"],
                "profile": "auth0",
                "algorithms": ["RS256", "ES256"],
                "keys": {"discovery": True},
                "leeway_seconds": 30,
                "max_age_seconds": None,
                "principal_claim": "sub",
                "custom_profile": None,
            }
        }
    }
    assert compiled["routes"] == [{"key": "*", "requirement": ["authenticated"]}]
    assert compiled["token_from"] == ["authorization"]
    assert compiled["table"]["exact"] is True


@pytest.mark.parametrize(
    ("access", "requirement"),
    [
        ("any_route_when_authenticated", ["authenticated"]),
        ("any_route_with_any_scope: orders:read a", ["scopes_any", ["orders:read", "a"]]),
        ("any_route_with_all_scopes:a  b", ["scopes_all", ["a", "b"]]),
        ("any_route_with_all_scopes : a", ["scopes_all", ["a"]]),
    ],
)
def test_access_is_said_in_words(access: str, requirement: list[object]) -> None:
    assert document(ACCESS=access)["routes"] == [{"key": "*", "requirement": requirement}]


@pytest.mark.parametrize(
    "access",
    [
        "everybody",
        "any_route",
        "any_route_when_authenticated:",
        "any_route_when_authenticated: a",
        "any_route_with_any_scope",
        "any_route_with_any_scope:",
        "any_route_with_any_scope a",
        'any_route_with_any_scope: a"b',
        "any_route_with_any_scope: ä",
        "Any_route_when_authenticated",
    ],
)
def test_other_words_grant_nothing(access: str) -> None:
    assert "AUTHORIZERS_ACCESS" in messages(ACCESS=access)


@pytest.mark.parametrize("name", ["AUDIENCE", "ACCESS", "PROFILE", "ALGORITHMS"])
def test_no_security_decision_has_a_default(name: str) -> None:
    assert messages(**{name: ""}).endswith(
        f"AUTHORIZERS_{name}: is required with AUTHORIZERS_ISSUER"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", "http://127.0.0.1:8080/"),
        ("ISSUER", "https://login.example.com/?tenant=1"),
        ("AUDIENCE", "a,,b"),
        ("AUDIENCE", ","),
        ("PROFILE", "custom"),
        ("PROFILE", "rfc9068"),
        ("ALGORITHMS", "none"),
        ("ALGORITHMS", "RS256,HS256"),
        ("ALGORITHMS", "rs256"),
        ("JWKS_URI", "http://login.example.com/keys"),
        ("JWKS", "{}"),
        ("JWKS", "[" * 100_000),
        ("JWKS", json.dumps({"keys": [PUBLIC_KEY | {"d": "private"}]})),
        ("LEEWAY_SECONDS", "301"),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: str) -> None:
    assert f"AUTHORIZERS_{name}" in messages(**{name: value})


def test_keys_come_from_an_address_or_from_the_environment_instead_of_discovery() -> None:
    at = document(JWKS_URI="https://login.example.com/keys?v=1")
    assert at["schemes"]["default"]["jwt"]["keys"] == {
        "jwks_uri": "https://login.example.com/keys?v=1"
    }
    inline = document(JWKS=json.dumps({"keys": [PUBLIC_KEY]}))
    assert inline["schemes"]["default"]["jwt"]["keys"] == {"jwks": {"keys": [PUBLIC_KEY]}}


def test_two_places_for_keys_are_refused() -> None:
    text = json.dumps({"keys": [PUBLIC_KEY]})
    assert "AUTHORIZERS_JWKS" in messages(JWKS=text, JWKS_URI="https://login.example.com/keys")


@pytest.mark.parametrize("requirement", [["authenticated"], ["scopes_any", ["a"]]])
def test_the_table_that_is_written_down_is_what_the_compiler_gives(requirement: list[Any]) -> None:
    routes = [{"key": "*", "requirement": requirement}]
    made = compile_route_table(routes, inexact=False)
    assert {name: made[name] for name in TABLE} == TABLE

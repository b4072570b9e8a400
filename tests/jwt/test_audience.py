"""A token is for this API, or for nobody here (RFC 7519 §4.1.3)."""

from typing import Any

import pytest

from authorizers.errors import RejectedCredential
from authorizers.jwt.claims import (
    Expectation,
    validate_audience,
)
from authorizers.jwt.profiles import (
    COGNITO_ACCESS_TOKEN,
    OIDC_ID_TOKEN,
    RFC_9068_ACCESS_TOKEN,
)

API = "https://api.example.com"
EXPECTED = Expectation(RFC_9068_ACCESS_TOKEN, frozenset({API}), 0, None, "sub")


def audience_code(claims: dict[str, Any], expected: Expectation = EXPECTED) -> str:
    with pytest.raises(RejectedCredential) as raised:
        validate_audience(claims, expected)
    return raised.value.code


@pytest.mark.parametrize("aud", [API, [API], ["other", API], [API, API], ["", API]])
def test_one_audience_of_several_is_enough(aud: object) -> None:
    validate_audience({"aud": aud}, EXPECTED)


@pytest.mark.parametrize(
    "aud",
    [
        [], "", [""], "other", ["other", "another"], f"{API}/", f"{API} ", f" {API}", API[:-1],
        API.upper(), API.title(), f"{API}.evil.example", f"x{API}", f"{API},other", f"{API} other",
        API.replace("https", "http"), f"{API}\x00", API.replace("a", "\u0430", 1), "*", ".*", "https://",
        f'["{API}"]',
    ],
)  # fmt: skip
def test_another_audience_is_another_audience(aud: object) -> None:
    assert audience_code({"aud": aud}) == "audience_mismatch"


@pytest.mark.parametrize(
    "aud",
    [None, 0, 1, True, False, {}, {API: 1}, [API, 1], [API, None], [[API]], [{"a": API}], 1.5],
)
@pytest.mark.parametrize("audience", [frozenset({API}), None])
def test_an_audience_of_another_type_is_malformed_even_where_any_is_taken(
    aud: object, audience: frozenset[str] | None
) -> None:
    expected = EXPECTED._replace(audience=audience)

    assert audience_code({"aud": aud}, expected) == "claim_malformed"


def test_an_absent_audience_is_malformed() -> None:
    assert audience_code({}) == "claim_malformed"


def test_any_audience_is_taken_where_the_document_says_so() -> None:
    validate_audience({"aud": "whatever"}, EXPECTED._replace(audience=None))


def test_the_audience_of_a_cognito_access_token_is_its_client() -> None:
    expected = Expectation(COGNITO_ACCESS_TOKEN, frozenset({"app"}), 0, None, "sub")

    validate_audience({"client_id": "app"}, expected)
    assert audience_code({"client_id": "other", "aud": "app"}, expected) == "audience_mismatch"
    assert audience_code({"aud": "app"}, expected) == "claim_malformed"


ID_TOKEN = Expectation(OIDC_ID_TOKEN, frozenset({"client", "second"}), 0, None, "sub")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "client"},
        {"aud": ["client"]},
        {"aud": "client", "azp": "client"},
        {"aud": ["client", "second"], "azp": "client"},
    ],
)
def test_an_id_token_for_this_client_is_accepted(claims: dict[str, Any]) -> None:
    validate_audience(claims, ID_TOKEN)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": ["client", "stranger"], "azp": "client"}, "audience_mismatch"),
        ({"aud": ["client", "stranger"]}, "audience_mismatch"),
        ({"aud": "stranger", "azp": "client"}, "audience_mismatch"),
        ({"aud": []}, "audience_mismatch"),
        ({"aud": ["client", "second"]}, "claim_missing"),
        ({"aud": ["client", "second"], "azp": None}, "claim_missing"),
        ({"aud": ["client", "client"]}, "claim_missing"),
        ({"aud": ["client", "second"], "azp": "stranger"}, "authorized_party_mismatch"),
        ({"aud": ["client", "second"], "azp": ""}, "authorized_party_mismatch"),
        ({"aud": ["client", "second"], "azp": "Client"}, "authorized_party_mismatch"),
        ({"aud": "client", "azp": 1}, "claim_malformed"),
        ({"aud": "client", "azp": ["client"]}, "claim_malformed"),
        ({"aud": "client", "azp": {}}, "claim_malformed"),
    ],
)
def test_an_id_token_with_audiences_that_are_not_trusted_is_refused(
    claims: dict[str, Any], code: str
) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7."""
    assert audience_code(claims, ID_TOKEN) == code

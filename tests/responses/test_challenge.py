"""What a client is told about a refusal (RFC 6750 §3)."""

import re

import pytest

from authorizers.errors import (
    CredentialError,
    MalformedCredential,
    MissingCredential,
    RejectedCredential,
    UntrustedCredential,
)
from authorizers.responses.challenge import BEARER

# RFC 6750 §3 with RFC 9110 §11.6.1: one scheme, parameters in quoted strings.
QUOTED = r'"[\x20\x21\x23-\x5b\x5d-\x7e]*"'
CHALLENGE = re.compile(rf"Bearer error={QUOTED}, error_description={QUOTED}")


def test_without_a_credential_no_error_is_named() -> None:
    """RFC 6750 §3.1: a request without authentication should not be told an error code."""
    error = MissingCredential("credential_missing", "the request carries no bearer token")
    assert BEARER.of(error) == "Bearer"


@pytest.mark.parametrize(
    "error",
    [
        MalformedCredential("credential_malformed", "not of the scheme Bearer"),
        MalformedCredential("credential_ambiguous", "more than one"),
        MalformedCredential("token_too_long", "too long"),
    ],
)
def test_a_malformed_request_is_an_invalid_request(error: CredentialError) -> None:
    assert BEARER.of(error).startswith('Bearer error="invalid_request", ')


@pytest.mark.parametrize(
    "error",
    [
        MalformedCredential("token_malformed", "no JSON"),
        UntrustedCredential("signature_invalid", "does not verify"),
        UntrustedCredential("key_not_found", "no such key"),
        RejectedCredential("token_expired", "has expired"),
        RejectedCredential("claim_malformed", "the claim exp must be a number"),
    ],
)
def test_a_token_that_is_not_accepted_is_an_invalid_token(error: CredentialError) -> None:
    challenge = BEARER.of(error)
    assert challenge.startswith('Bearer error="invalid_token", error_description="')
    assert error.detail in challenge


def test_missing_rights_are_an_insufficient_scope() -> None:
    assert BEARER.insufficient == 'Bearer error="insufficient_scope"'


@pytest.mark.parametrize(
    "detail",
    ['x", error="none', "x\\", "a\r\nSet-Cookie: x", "\x00", "é", 'a"b\\c', "\u2028", "", "plain"],
    ids=ascii,
)
@pytest.mark.parametrize("code", ["token_malformed", "credential_malformed"])
def test_no_detail_breaks_out_of_its_quotation_marks(code: str, detail: str) -> None:
    assert CHALLENGE.fullmatch(BEARER.of(RejectedCredential(code, detail)))

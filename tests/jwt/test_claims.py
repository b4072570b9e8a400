"""A signed token with one wrong claim is refused, and says by its code for which."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import CredentialError
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import (
    Expectation,
)
from authorizers.jwt.profiles import (
    RFC_9068_ACCESS_TOKEN,
)
from authorizers.model.credential import BearerToken
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import ABSENT, FakeIssuer

Trusting = Callable[..., JwtAuthenticator]
Refusal = Callable[[JwtAuthenticator, str], str]

NOW = 1_800_000_000.0
API = "https://api.example.com"
EXPECTED = Expectation(RFC_9068_ACCESS_TOKEN, frozenset({API}), 0, None, "sub")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": ABSENT}, "claim_missing"),
        ({"exp": "9999999999"}, "claim_malformed"),
        ({"exp": True}, "claim_malformed"),
        ({"exp": 1}, "token_expired"),
        ({"exp": NOW}, "token_expired"),
        ({"nbf": NOW + 1}, "token_not_yet_valid"),
        ({"nbf": None}, "claim_malformed"),
        ({"iat": NOW + 1}, "token_issued_in_the_future"),
        ({"aud": ABSENT}, "claim_missing"),
        ({"aud": []}, "audience_mismatch"),
        ({"aud": None}, "claim_missing"),
        ({"aud": {}}, "claim_malformed"),
        ({"aud": "other"}, "audience_mismatch"),
        ({"cnf": {"jkt": "A"}}, "proof_required"),
        ({"scope": "a  b"}, "claim_malformed"),
        ({"sub": "a\nb"}, "claim_malformed"),
        ({"sub": ABSENT}, "claim_missing"),
        ({"sub": 7}, "claim_malformed"),
        ({"jti": 7}, "claim_malformed"),
        ({"jti": {}}, "claim_malformed"),
        ({"iss": ABSENT}, "jwt_malformed"),
        ({"iss": None}, "jwt_malformed"),
        ({"iss": ["https://issuer.example"]}, "jwt_malformed"),
        ({"iss": {}}, "jwt_malformed"),
        ({"iss": 1}, "jwt_malformed"),
        ({"iss": True}, "jwt_malformed"),
        ({"iss": ""}, "issuer_not_trusted"),
    ],
)
def test_a_signed_token_with_a_wrong_claim_is_refused(
    claims: dict[str, Any], code: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    assert refusal(trusting(issuer), issuer.token(claims)) == code


def test_the_number_1e400_is_no_time(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    sound = b'{"iss":"https://issuer.example","sub":"a","aud":"https://api.example.com",'
    sound += b'"client_id":"c","jti":"j","iat":1,"exp":%s}'
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "RS256"}
    for number in (b"1e400", b"-1e400", b"9" * 400):
        token = issuer.key().sign(header, sound.replace(b"%s", number))
        assert refusal(trusting(issuer), token) == "claim_malformed"


def test_the_principal_is_its_issuers_scheme_and_subject(
    issuer: FakeIssuer, trusting: Trusting
) -> None:
    token = issuer.token({"email": "root@example.com", "scope": "a b"})

    principal = trusting(issuer).authenticate(BearerToken(token))[0].principal

    assert principal.principal_id == "issuer.example|alice"
    assert (principal.scheme, principal.issuer) == ("issuer.example", "https://issuer.example")
    assert (principal.scopes, principal.key_id) == (frozenset({"a", "b"}), "RS256")


def test_the_principal_may_be_another_claim(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    authenticator = trusting(issuer, principal_claim="employee")

    principal = authenticator.authenticate(BearerToken(issuer.token({"employee": "e7"})))[
        0
    ].principal

    assert principal.principal_id == "issuer.example|e7"
    assert refusal(authenticator, issuer.token()) == "claim_missing"
    assert refusal(authenticator, issuer.token({"employee": "a\x1b[2J"})) == "claim_malformed"


def test_a_refusal_names_the_scheme_that_looked_at_the_token(
    issuer: FakeIssuer, trusting: Trusting, clock: FrozenClock
) -> None:
    authenticator = trusting(issuer)

    for token, scheme in (
        (issuer.token({"exp": 1}), "issuer.example"),
        (issuer.token(header={"alg": "none"}), "issuer.example"),
        (issuer.token({"iss": "https://other.example"}), None),
        ("a.b.c", None),
    ):
        with pytest.raises(CredentialError) as raised:
            authenticator.authenticate(BearerToken(token))
        assert raised.value.scheme == scheme

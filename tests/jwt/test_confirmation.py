"""Tokens that are bound to a certificate (RFC 8705 §3): with it, with another one, with none."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import RejectedCredential
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.confirmation import bound_to, check_possession
from authorizers.model.credential import BearerToken, ClientCertificate
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer

Trusting = Callable[..., JwtAuthenticator]

AUTHORITY = FakeCertificateAuthority(clock=FrozenClock())
OURS, OTHERS = AUTHORITY.issue("orders"), AUTHORITY.issue("orders")
SAME_KEY = AUTHORITY.issue("orders", key=OURS.key)


def thumbprint(issued: Issued) -> str:
    digest = hashlib.sha256(issued.certificate.public_bytes(Encoding.DER)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def presented(issued: Issued | None) -> ClientCertificate | None:
    return None if issued is None else ClientCertificate(issued.pem)


def code(authenticator: JwtAuthenticator, token: str, certificate: Any) -> str:
    with pytest.raises(RejectedCredential) as raised:
        authenticator.authenticate(BearerToken(token, certificate))
    assert raised.value.scheme is not None
    return raised.value.code


@pytest.fixture
def bound(issuer: FakeIssuer) -> str:
    return issuer.token({"cnf": {"x5t#S256": thumbprint(OURS)}})


def test_a_bound_token_is_accepted_with_its_certificate_fresh_and_remembered(
    remembering: JwtAuthenticator, bound: str
) -> None:
    token = BearerToken(bound, presented(OURS))

    assert [remembering.authenticate(token)[1] for _ in range(2)] == ["miss", "hit"]


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        (None, "certificate_required"),
        (presented(OTHERS), "certificate_mismatch"),
        (presented(SAME_KEY), "certificate_mismatch"),
        (ClientCertificate("-----BEGIN CERTIFICATE-----\n...\n"), "certificate_required"),
        (ClientCertificate(OURS.pem + OURS.pem), "certificate_required"),
        (ClientCertificate(OTHERS.pem + OURS.pem), "certificate_required"),
        (ClientCertificate("x" + OURS.pem), "certificate_required"),
        (ClientCertificate(""), "certificate_required"),
    ],
    ids=["none", "another", "another of the same key", "placeholder", "twice", "a second one",
         "text before", "empty"],
)  # fmt: skip
def test_a_bound_token_is_refused_without_its_certificate(
    remembering: JwtAuthenticator, bound: str, certificate: Any, expected: str
) -> None:
    assert code(remembering, bound, certificate) == expected

    remembering.authenticate(BearerToken(bound, presented(OURS)))  # now it is remembered
    assert code(remembering, bound, certificate) == expected
    assert remembering.authenticate(BearerToken(bound, presented(OURS)))[1] == "hit"


def test_a_token_that_is_not_bound_may_come_with_any_certificate(
    remembering: JwtAuthenticator, issuer: FakeIssuer
) -> None:
    token = issuer.token()

    for certificate in (None, OURS, OTHERS):
        assert remembering.authenticate(BearerToken(token, presented(certificate)))


@pytest.mark.parametrize(
    "confirmation",
    [
        {"jkt": "A"}, {"jwk": {}}, {"kid": "a"}, {"x5t": "A"}, {}, None, "", [], False,
        {"x5t#S256": thumbprint(OURS), "jkt": "A"}, {"x5t#s256": thumbprint(OURS)},
        thumbprint(OURS), [thumbprint(OURS)],
    ],
    ids=["jkt", "jwk", "kid", "x5t", "nothing", "null", "empty", "list", "false", "two",
         "other case", "text", "in a list"],
)  # fmt: skip
def test_another_kind_of_binding_is_refused_with_any_certificate(confirmation: object) -> None:
    with pytest.raises(RejectedCredential) as raised:
        bound_to({"cnf": confirmation})
    assert raised.value.code == "proof_required"


@pytest.mark.parametrize(
    "value",
    [
        None, "", "A", 1, True, [], {}, thumbprint(OURS) + "=", thumbprint(OURS)[:-1],
        " " + thumbprint(OURS)[1:], "é" * 43, "*" * 43, "\ud800" * 43,
        hashlib.sha256(b"").hexdigest(),
    ],
    ids=["null", "empty", "short", "number", "true", "list", "object", "padded", "cut", "space",
         "not ascii", "not base64url", "surrogates", "hexadecimal"],
)  # fmt: skip
def test_what_is_no_thumbprint_is_refused(value: object) -> None:
    with pytest.raises(RejectedCredential) as raised:
        bound_to({"cnf": {"x5t#S256": value}})
    assert raised.value.code == "claim_malformed"


def test_no_thumbprint_demands_nothing_and_a_bearer_token_has_none() -> None:
    assert bound_to({"sub": "alice"}) is None
    check_possession(None, None)

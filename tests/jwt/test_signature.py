"""A signature verifies in its one encoding, over exactly what was sent, with the issuer's key."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.model.credential import BearerToken
from authorizers.testing.issuer import ABSENT, FakeIssuer
from authorizers.testing.signing_key import SigningKey

Trusting = Callable[..., JwtAuthenticator]
IssuedBy = Callable[..., FakeIssuer]
Refusal = Callable[[JwtAuthenticator, str], str]

# The order n of each curve (FIPS 186-4 D.1.2), and of the octets of one number.
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "ES512": 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
}  # fmt: skip
OCTETS = {"ES256": 32, "ES384": 48, "ES512": 66}


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signature_of(token: str) -> bytes:
    encoded = token.rpartition(".")[2]
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def signed_with(token: str, signature: bytes) -> str:
    return f"{token.rpartition('.')[0]}.{b64(signature)}"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_verifies_what_its_key_signed(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting
) -> None:
    issuer = issued_by(algorithm)

    verified, _ = trusting(issuer, algorithms=(algorithm,)).authenticate(
        BearerToken(issuer.token())
    )

    assert verified.principal.key_id == algorithm


@pytest.mark.parametrize(("listed", "key"), [("EdDSA", "Ed25519"), ("EdDSA", "Ed448")])
def test_the_older_name_of_an_edwards_curve_is_one_of_its_names(
    listed: str, key: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(key)
    authenticator = trusting(issuer, algorithms=(listed,))

    assert authenticator.authenticate(BearerToken(issuer.token(header={"alg": listed})))
    assert refusal(authenticator, issuer.token()) == "algorithm_not_allowed"


def test_the_name_of_one_edwards_curve_is_not_that_of_another(
    issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by("Ed448")
    authenticator = trusting(issuer, algorithms=("Ed25519", "Ed448"))

    assert refusal(authenticator, issuer.token(header={"alg": "Ed25519"})) == "key_not_found"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_strangers_signature_under_the_issuers_kid_is_invalid(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(algorithm)
    forged = issuer.token(key=SigningKey.generate(algorithm, algorithm))

    assert refusal(trusting(issuer, algorithms=(algorithm,)), forged) == "signature_invalid"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_changed_signature_verifies(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(algorithm)
    authenticator = trusting(issuer, algorithms=(algorithm,))
    token = issuer.token()
    sound = signature_of(token)
    changed = [
        bytes([sound[0] ^ 1]) + sound[1:],
        sound[:-1] + bytes([sound[-1] ^ 1]),
        sound[:-1] + bytes([sound[-1] ^ 0x80]),
        sound[:-1],
        sound[1:],
        sound[: len(sound) // 2],
        sound + b"\0",
        b"\0" + sound,
        sound + sound,
        sound[::-1],
        b"\0",
        b"\0" * len(sound),
        b"\xff" * len(sound),
        b"\0" * 10_000,
    ]

    for signature in changed:
        assert refusal(authenticator, signed_with(token, signature)) == "signature_invalid"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_for_its_own_header_and_claims_only(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(algorithm)
    authenticator = trusting(issuer, algorithms=(algorithm,))
    one_token, other = issuer.token(), issuer.token({"sub": "mallory"})
    header, _, signature = one_token.split(".")

    assert refusal(authenticator, f"{header}.{other.split('.')[1]}.{signature}") == (
        "signature_invalid"
    )
    spaced = (
        issuer.key()
        .sign({"alg": algorithm, "typ": "at+jwt", "kid": algorithm, "x": 1}, {})
        .split(".")[0]
    )
    assert refusal(authenticator, f"{spaced}.{one_token.split('.')[1]}.{signature}") == (
        "signature_invalid"
    )


@pytest.mark.parametrize("algorithm", ORDERS)
def test_numbers_out_of_range_are_no_signature(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    """CVE-2022-21449, "psychic signatures": r and s lie in [1, n-1]."""
    issuer = issued_by(algorithm)
    authenticator = trusting(issuer, algorithms=(algorithm,))
    token, size, n = issuer.token(), OCTETS[algorithm], ORDERS[algorithm]
    sound = signature_of(token)
    r, s = int.from_bytes(sound[:size]), int.from_bytes(sound[size:])
    top = 256**size - 1
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (0, s), (r, 0), (n, n), (n, s), (r, n), (n, 1), (1, n),
             (n - 1, n - 1), (top, top), (s, r)]  # fmt: skip
    pairs += [pair for pair in [(r + n, s), (r, s + n)] if max(pair) <= top]

    for pair in pairs:
        raw = pair[0].to_bytes(size) + pair[1].to_bytes(size)
        assert refusal(authenticator, signed_with(token, raw)) == "signature_invalid"


@pytest.mark.parametrize("algorithm", ORDERS)
def test_other_encodings_of_an_ecdsa_signature_are_invalid(
    algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    """RFC 7518 §3.4: R and S, each of full length, one after the other."""
    issuer = issued_by(algorithm)
    authenticator = trusting(issuer, algorithms=(algorithm,))
    token, size = issuer.token(), OCTETS[algorithm]
    sound = signature_of(token)
    r, s = int.from_bytes(sound[:size]), int.from_bytes(sound[size:])
    wider = r.to_bytes(size + 1) + s.to_bytes(size + 1)

    for other in (encode_dss_signature(r, s), wider, b"\x04" + sound, sound.hex().encode()):
        assert refusal(authenticator, signed_with(token, other)) == "signature_invalid"


@pytest.mark.parametrize(("used", "listed"), [("ES384", "ES256"), ("ES256", "ES384")])
def test_a_curve_signs_with_its_own_algorithm_only(
    used: str, listed: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(used)
    authenticator = trusting(issuer, algorithms=("ES256", "ES384"))

    assert refusal(authenticator, issuer.token(header={"alg": listed})) == "key_not_found"


def test_an_expired_token_with_a_bad_signature_is_refused_once_for_the_signature(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    """CVE-2024-51744: nothing that the claims say counts before the signature does."""
    token = issuer.token({"exp": 1, "aud": "other", "cnf": {}}, key=SigningKey.generate("RS256"),
                         header={"kid": "RS256"})  # fmt: skip

    assert refusal(trusting(issuer), token) == "signature_invalid"


def test_a_token_without_kid_is_verified_by_the_only_key_that_fits(
    issuer: FakeIssuer, trusting: Trusting
) -> None:
    assert trusting(issuer).authenticate(BearerToken(issuer.token(header={"kid": ABSENT})))


def test_a_token_without_kid_is_not_tried_with_several_keys(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    issuer.rotate()

    assert refusal(trusting(issuer), issuer.token(header={"kid": ABSENT})) == "key_ambiguous"


def test_a_kid_that_nobody_has_is_not_tried_with_the_keys_there_are(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    token = issuer.token(header={"kid": "unknown"})

    assert refusal(trusting(issuer), token) == "key_not_found"

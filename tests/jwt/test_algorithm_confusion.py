"""No token chooses how it is verified: not by its `alg`, nor by a key that it brings along."""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizers.errors import ConfigurationError
from authorizers.jwks.source import StaticKeys
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.model.credential import BearerToken
from authorizers.testing.issuer import ABSENT, FakeIssuer
from authorizers.testing.signing_key import SigningKey

Trusting = Callable[..., JwtAuthenticator]
IssuedBy = Callable[..., FakeIssuer]
Refusal = Callable[[JwtAuthenticator, str], str]

HMAC = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
PUBLIC_KEYS = ("RS256", "ES256", "ES384", "ES512", "Ed25519", "Ed448")

pytestmark = pytest.mark.usefixtures("no_outside")


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: object) -> str:
    return b64(json.dumps(value, separators=(",", ":")).encode())


def claims_of(token: str) -> str:
    return token.split(".")[1]


def encodings(key: SigningKey) -> Iterator[tuple[str, bytes]]:
    """Every text that a library has been seen to take for a secret."""
    public, jwk = key.private_key.public_key(), key.jwk()
    spki = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    yield "spki pem", spki
    yield "spki pem without its last line end", spki.rstrip()
    yield "spki pem in one line", spki.replace(b"\n", b"")
    yield "spki pem crlf", spki.replace(b"\n", b"\r\n")
    for name, lead in (("space", b" "), ("line", b"\n"), ("tab", b"\t"), ("bom", b"\xef\xbb\xbf")):
        yield f"spki pem after a {name}", lead + spki
    yield "spki der", der
    yield "spki der in base64", b64encode(der)
    yield "spki der in base64url", b64(der).encode()
    if key.algorithm == "RS256":
        yield "pkcs1 pem", public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        yield "pkcs1 der", public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if key.algorithm.startswith("ES"):
        yield "point", public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if key.algorithm != "Ed448":
        yield "openssh", public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    yield "jwk", json.dumps(jwk).encode()
    yield "jwk compact", json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()
    yield "jwks", json.dumps({"keys": [jwk]}).encode()
    yield "jwk array", json.dumps([jwk]).encode()
    for name in ("n", "x", "y"):
        if name in jwk:
            yield f"jwk member {name}", jwk[name].encode()
    yield "kid", key.key_id.encode()
    yield "nothing", b""
    yield "null", b"null"


@pytest.mark.parametrize("name", PUBLIC_KEYS)
@pytest.mark.parametrize("algorithm", HMAC)
def test_no_encoding_of_a_public_key_is_a_shared_secret(
    name: str, algorithm: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    issuer = issued_by(name)
    key = issuer.key()
    authenticator = trusting(issuer, algorithms=ALGORITHMS)
    claims = claims_of(issuer.token())
    for encoding, secret in encodings(key):
        for header in ({"alg": algorithm, "kid": key.key_id}, {"alg": algorithm}):
            signed = f"{part({**header, 'typ': 'at+jwt'})}.{claims}"
            mac = hmac.new(secret, signed.encode(), HMAC[algorithm]).digest()
            assert refusal(authenticator, f"{signed}.{b64(mac)}") == "algorithm_not_allowed", (
                encoding
            )


@pytest.mark.parametrize("name", ["RS256", "ES256", "Ed25519"])
def test_a_mac_under_the_name_of_a_configured_algorithm_does_not_verify(
    name: str,
    keys: dict[str, SigningKey],
    issued_by: IssuedBy,
    trusting: Trusting,
    refusal: Refusal,
) -> None:
    issuer = issued_by(name)
    signed = issuer.token().rpartition(".")[0]
    for _, secret in encodings(keys[name]):
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        token = f"{signed}.{b64(mac)}"
        assert refusal(trusting(issuer, algorithms=ALGORITHMS), token) == "signature_invalid"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "NoNe", "none ", "", None, ABSENT])
@pytest.mark.parametrize("signature", ["", "c2lnbg", "AA", "kept"])
def test_an_unsigned_token_is_refused_in_every_spelling(
    alg: object, signature: str, issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    signed = issuer.token()
    header: dict[str, Any] = {"typ": "at+jwt", "kid": "RS256", "alg": alg}
    if alg is ABSENT:
        del header["alg"]
    tail = signed.rpartition(".")[2] if signature == "kept" else signature
    token = f"{part(header)}.{claims_of(signed)}.{tail}"

    code = refusal(trusting(issuer, algorithms=ALGORITHMS), token)

    assert code == ("algorithm_not_allowed" if tail else "jwt_malformed")


@pytest.mark.parametrize("other", [name for name in ALGORITHMS if name != "RS256"])
def test_an_algorithm_that_is_not_in_the_list_is_refused_though_the_key_has_signed(
    other: str,
    keys: dict[str, SigningKey],
    issued_by: IssuedBy,
    trusting: Trusting,
    refusal: Refusal,
) -> None:
    issuer = issued_by("RS256", other)

    assert refusal(trusting(issuer), issuer.token(key=keys[other])) == "algorithm_not_allowed"


@pytest.mark.parametrize("bound", ["RS256", "RS512", "PS256", "PS384"])
@pytest.mark.parametrize("used", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_key_verifies_with_the_one_algorithm_it_is_bound_to(
    bound: str, used: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    """RFC 8725 §3.1: both are in the caller's list, and the same RSA key signed."""
    key = SigningKey(bound, issued_by("RS256").key().private_key, "one")
    issuer = issued_by(key)
    authenticator = trusting(issuer, algorithms=ALGORITHMS)
    token = issuer.token(key=SigningKey(used, key.private_key, "one"))

    if used == bound:
        assert authenticator.authenticate(BearerToken(token))[0].principal.key_id == "one"
    else:
        assert refusal(authenticator, token) == "key_not_found"


@pytest.mark.parametrize(("claimed", "used"), [("RS256", "PS256"), ("PS256", "RS256")])
def test_a_header_that_names_another_algorithm_than_signed_does_not_verify(
    claimed: str, used: str, issued_by: IssuedBy, trusting: Trusting, refusal: Refusal
) -> None:
    key = SigningKey(claimed, issued_by("RS256").key().private_key, "one")
    issuer = issued_by(key)
    forged = issuer.token(key=SigningKey(used, key.private_key, "one"), header={"alg": claimed})

    assert refusal(trusting(issuer, algorithms=ALGORITHMS), forged) == "signature_invalid"


@pytest.mark.parametrize("used", ["HS256", "RS384", "PS256", "ES256"])
def test_a_key_set_without_alg_leaves_the_choice_to_the_list(
    used: str,
    keys: dict[str, SigningKey],
    issued_by: IssuedBy,
    trusting: Trusting,
    refusal: Refusal,
) -> None:
    key = keys["RS256"]
    jwk = key.jwk()
    del jwk["alg"]
    issuer = issued_by(key)
    source = StaticKeys({"keys": [jwk]}, algorithms=["RS256"])
    authenticator = trusting(issuer, source=source)

    assert authenticator.authenticate(BearerToken(issuer.token()))
    if used == "HS256":
        token = issuer.token(header={"alg": "HS256"})
    else:
        token = issuer.token(key=SigningKey(used, keys[used].private_key, key.key_id))
    assert refusal(authenticator, token) == "algorithm_not_allowed"


def test_two_algorithms_for_a_key_without_alg_are_no_key_at_all() -> None:
    """CVE-2026-22817: what the token says would otherwise decide."""
    jwk = SigningKey.generate("RS256", "one").jwk()
    del jwk["alg"]

    with pytest.raises(ConfigurationError, match="name one algorithm"):
        StaticKeys({"keys": [jwk]}, algorithms=["RS256", "PS256"])


@pytest.mark.parametrize("algorithms", [(), ("none",), ("HS256",), ("RS256", "HS256"), ("",)])
def test_a_configuration_without_sound_algorithms_does_not_start(
    algorithms: tuple[str, ...], issuer: FakeIssuer
) -> None:
    with pytest.raises(ConfigurationError):
        StaticKeys(issuer.jwks(), algorithms=algorithms)


def embedded(key: SigningKey) -> dict[str, dict[str, Any]]:
    public = key.private_key.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "jwk": {"jwk": key.jwk()},
        "jwk and its kid": {"jwk": key.jwk(), "kid": key.key_id},
        "jwk without kid": {"jwk": key.jwk(), "kid": ABSENT},
        "jwk, kid unknown": {"jwk": key.jwk(), "kid": "nobody"},
        "private jwk": {"jwk": {"kty": "oct", "k": "AAAA"}},
        "jwks": {"jwks": {"keys": [key.jwk()]}},
        "jku": {"jku": "https://evil.example/jwks.json"},
        "jku without kid": {"jku": "http://169.254.169.254/jwks.json", "kid": ABSENT},
        "jku file": {"jku": "file:///tmp/jwks.json"},
        "jku data": {"jku": "data:application/json,{}"},
        "x5u": {"x5u": "https://evil.example/chain.pem"},
        "x5c": {"x5c": [b64encode(der).decode()]},
        "x5t": {"x5t#S256": b64(hashlib.sha256(der).digest())},
    }


@pytest.mark.parametrize("kind", embedded(SigningKey.generate("ES256", "evil")))
def test_a_key_that_the_token_brings_along_verifies_nothing(
    kind: str,
    keys: dict[str, SigningKey],
    issued_by: IssuedBy,
    trusting: Trusting,
    refusal: Refusal,
) -> None:
    evil = SigningKey.generate("ES256", "evil")
    issuer = issued_by("ES256")
    header = {"kid": "ES256", **embedded(evil)[kind]}

    code = refusal(trusting(issuer, algorithms=("ES256",)), issuer.token(header=header, key=evil))

    found = header["kid"] in ("ES256", ABSENT)
    assert code == ("signature_invalid" if found else "key_not_found")


def test_an_encrypted_token_is_refused_whatever_it_claims_to_hold(
    issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    """CVE-2026-29000: an unsigned JWT inside an encrypted one; the public key is known to all."""
    inner = f"{part({'alg': 'none'})}.{claims_of(issuer.token())}."
    for header in (
        {"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT", "kid": "RS256"},
        {"alg": "RSA1_5", "enc": "A128CBC-HS256", "kid": "RS256"},
        {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_000_000_000, "p2s": "AAAA"},
        {"alg": "RS256", "enc": "A256GCM", "typ": "at+jwt", "kid": "RS256"},
    ):
        jwe = ".".join([part(header), "AAAA", "AAAA", b64(inner.encode()), "AAAA"])
        assert refusal(trusting(issuer), jwe) == "jwt_malformed"
        three = ".".join([part(header), claims_of(issuer.token()), "AAAA"])
        assert refusal(trusting(issuer), three) in (
            "algorithm_not_allowed", "header_not_supported",
        )  # fmt: skip


@pytest.mark.parametrize("extension", [{"crit": ["exp"]}, {"b64": False}, {"zip": "DEF"}])
def test_a_signed_token_with_an_extension_is_refused(
    extension: dict[str, Any], issuer: FakeIssuer, trusting: Trusting, refusal: Refusal
) -> None:
    token = issuer.token(header=extension)

    assert refusal(trusting(issuer), token) == "header_not_supported"

"""The examples of the RFCs, octet for octet: what they sign verifies, and nothing else does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.errors import MalformedCredential
from authorizers.jwks.source import StaticKeys
from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.compact import decode_base64url, parse_compact
from authorizers.model.credential import BearerToken
from authorizers.model.key import VerificationKey
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

VECTORS = Path(__file__).parent / "vectors"
SIGNED = [json.loads(path.read_text()) for path in sorted((VECTORS / "signed").glob("*.json"))]
REFUSED = json.loads((VECTORS / "refused.json").read_text())
ACCESS_TOKEN = json.loads((VECTORS / "rfc9068-3-access-token.json").read_text())


def source(vector: dict[str, Any]) -> str:
    return str(vector["source"])


def key_of(vector: dict[str, Any]) -> VerificationKey:
    keys = StaticKeys({"keys": [vector["jwk"]]}, algorithms=[vector["algorithm"]])
    return keys.find(vector["jwk"].get("kid"), vector["algorithm"])


def parts_of(vector: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    header, payload, signature = vector["compact"].encode().split(b".")
    return header, payload, signature


def test_every_family_of_algorithms_has_an_example() -> None:
    assert {vector["algorithm"][:2] for vector in SIGNED} == {name[:2] for name in ALGORITHMS}


@pytest.mark.parametrize("vector", SIGNED, ids=source)
def test_the_signature_of_an_example_verifies(vector: dict[str, Any]) -> None:
    header, payload, signature = parts_of(vector)

    assert json.loads(decode_base64url(header))["alg"] == vector["algorithm"]
    assert decode_base64url(payload).decode() == vector["payload"]
    assert key_of(vector).verify(header + b"." + payload, decode_base64url(signature))


@pytest.mark.parametrize("vector", SIGNED, ids=source)
def test_another_payload_or_header_or_signature_does_not(vector: dict[str, Any]) -> None:
    header, payload, encoded = parts_of(vector)
    key, signature = key_of(vector), decode_base64url(encoded)
    flipped = bytes([signature[0] ^ 1]) + signature[1:]

    assert not key.verify(header + b"." + payload + b"A", signature)
    assert not key.verify(header.lower() + b"." + payload, signature)
    assert not key.verify(header + b"." + payload, flipped)
    assert not key.verify(header + b"." + payload, signature[:-1])
    assert not key.verify(header + b"." + payload, signature + b"\0")
    assert not key.verify(header + b"." + payload, b"")


@pytest.mark.parametrize("vector", SIGNED, ids=source)
def test_an_example_is_parsed_if_its_payload_is_a_json_object(vector: dict[str, Any]) -> None:
    if not vector["payload"].startswith("{"):
        with pytest.raises(MalformedCredential):
            parse_compact(vector["compact"])
        return

    token = parse_compact(vector["compact"])

    assert token.claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}
    assert key_of(vector).verify(token.signing_input, token.signature)


@pytest.mark.parametrize("vector", SIGNED, ids=source)
def test_the_key_of_one_example_does_not_verify_another(vector: dict[str, Any]) -> None:
    header, payload, signature = parts_of(vector)
    others = [other for other in SIGNED if other["source"] != vector["source"]]

    for other in others:
        key = key_of(other)
        assert not key.verify(header + b"." + payload, decode_base64url(signature))


@pytest.mark.parametrize("vector", REFUSED, ids=source)
def test_what_is_no_signed_jwt_is_refused(
    vector: dict[str, Any],
    trusting: Callable[..., JwtAuthenticator],
    refusal: Callable[[JwtAuthenticator, str], str],
    keys: dict[str, SigningKey],
) -> None:
    joe = FakeIssuer("joe", keys=tuple(keys.values()))
    authenticator = trusting(joe, algorithms=ALGORITHMS, time=FrozenClock(1300819379))

    code = refusal(authenticator, vector["compact"])

    hs256 = "A.1: HS256" in vector["source"]
    assert code == ("algorithm_not_allowed" if hs256 else "jwt_malformed")


@pytest.fixture
def example_issuer(keys: dict[str, SigningKey]) -> FakeIssuer:
    key = SigningKey("RS256", keys["RS256"].private_key, ACCESS_TOKEN["header"]["kid"])
    return FakeIssuer(ACCESS_TOKEN["claims"]["iss"], keys=(key,))


def test_the_access_token_of_rfc_9068_is_accepted_until_it_expires(
    example_issuer: FakeIssuer,
    trusting: Callable[..., JwtAuthenticator],
    refusal: Callable[[JwtAuthenticator, str], str],
) -> None:
    """RFC 9068 prints no signature; the header and claims are signed here."""
    header, claims = ACCESS_TOKEN["header"], ACCESS_TOKEN["claims"]
    token = example_issuer.key().sign(header, claims)
    clock = FrozenClock(claims["exp"] - 1)
    authenticator = trusting(example_issuer, audience=(claims["aud"],), time=clock)

    verified, _ = authenticator.authenticate(BearerToken(token))

    assert verified.principal.claims == claims
    assert verified.principal.scopes == {"openid", "profile", "reademail"}
    assert verified.principal.key_id == "RjEwOwOA"
    clock.advance(1)
    assert refusal(authenticator, token) == "token_expired"


@pytest.mark.parametrize("name", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_each_claim_that_rfc_9068_requires_is_required(
    name: str,
    example_issuer: FakeIssuer,
    trusting: Callable[..., JwtAuthenticator],
    refusal: Callable[[JwtAuthenticator, str], str],
) -> None:
    claims = {**ACCESS_TOKEN["claims"]}
    del claims[name]
    token = example_issuer.key().sign(ACCESS_TOKEN["header"], claims)
    clock = FrozenClock(ACCESS_TOKEN["claims"]["iat"])
    authenticator = trusting(example_issuer, audience=("https://rs.example.com/",), time=clock)

    assert refusal(authenticator, token) == ("jwt_malformed" if name == "iss" else "claim_missing")

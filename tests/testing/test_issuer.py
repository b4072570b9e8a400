"""The issuer that is shipped for tests: its documents, keys and tokens are as real ones are."""

import json
from typing import Any

import jwt
import pytest
import requests

from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import ABSENT, JWKS_PATH, METADATA_PATH, FakeIssuer
from authorizers.testing.signing_key import SigningKey

ALGORITHMS = ["ES256", "ES384", "ES512", "Ed25519", "Ed448"]


def fetched(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=10)


def verified(token: str, issuer: FakeIssuer) -> dict[str, Any]:
    """Return the claims, as PyJWT's own decoder sees them with the issuer's published keys."""
    kid = jwt.get_unverified_header(token)["kid"]
    jwk = next(jwk for jwk in issuer.jwks()["keys"] if jwk["kid"] == kid)
    algorithm = "EdDSA" if jwk["kty"] == "OKP" else jwk["alg"]
    key = jwt.PyJWK({**jwk, "alg": algorithm})
    return jwt.decode(
        token,
        key,
        [algorithm],
        audience=issuer.audience,
        options={"verify_exp": False, "verify_iat": False},
    )


def test_a_token_is_an_access_token_as_rfc_9068_has_it() -> None:
    clock = FrozenClock()
    issuer = FakeIssuer("https://login.example.com", clock=clock)
    token = issuer.token()
    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "typ": "at+jwt",
        "kid": issuer.key().key_id,
    }
    claims = verified(token, issuer)
    assert claims.pop("jti") != verified(issuer.token(), issuer)["jti"]
    assert claims == {
        "iss": "https://login.example.com",
        "sub": "alice",
        "aud": "https://api.example.com",
        "client_id": "test-client",
        "iat": clock.wall(),
        "exp": clock.wall() + 300,
        "scope": "orders:read",
    }


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "RS512", "PS256"])
def test_a_token_is_signed_with_the_algorithm_asked_for(algorithm: str) -> None:
    issuer = FakeIssuer()
    name = "EdDSA" if algorithm.startswith("Ed") else algorithm
    token = issuer.token({"sub": "bob"}, algorithm=algorithm, header={"alg": name})
    assert verified(token, issuer)["sub"] == "bob"
    assert [key.algorithm for key in issuer.keys] == [algorithm]


def test_claims_and_header_can_be_changed_and_left_out() -> None:
    issuer = FakeIssuer(keys=(SigningKey.generate("ES256", "k"),))
    token = issuer.token(
        {"exp": "soon", "aud": ABSENT, "nbf": None}, header={"typ": ABSENT, "crit": ["x"]}
    )
    header, claims, _ = token.split(".")
    assert decoded(header) == {"alg": "ES256", "kid": "k", "crit": ["x"]}
    assert decoded(claims)["exp"] == "soon"
    assert decoded(claims)["nbf"] is None
    assert "aud" not in decoded(claims)


def decoded(part: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(jwt.utils.base64url_decode(part))
    return claims


def test_a_token_can_be_forged_under_the_kid_of_the_issuer() -> None:
    issuer = FakeIssuer(keys=(SigningKey.generate("ES256", "k"),))
    forged = issuer.token(key=SigningKey.generate("ES256"), header={"kid": "k"})
    with pytest.raises(jwt.InvalidSignatureError):
        verified(forged, issuer)


def test_a_key_can_sign_any_bytes_as_claims() -> None:
    token = SigningKey.generate("ES256").sign({"alg": "ES256"}, b"\xff[not json")
    assert jwt.utils.base64url_decode(token.split(".")[1]) == b"\xff[not json"


def test_rotation_publishes_a_new_key_beside_the_old_ones() -> None:
    issuer = FakeIssuer(keys=(SigningKey.generate("ES256", "old"),))
    before = issuer.token()
    new = issuer.rotate()
    assert new.algorithm == "ES256"
    assert jwt.get_unverified_header(issuer.token())["kid"] == new.key_id
    assert verified(before, issuer)
    issuer.withdraw(issuer.keys[0])
    assert [jwk["kid"] for jwk in issuer.jwks()["keys"]] == [new.key_id]


def test_a_given_key_can_be_published_next() -> None:
    issuer = FakeIssuer(keys=(SigningKey.generate("ES256", "old"),))
    key = SigningKey.generate("Ed25519", "next")
    assert issuer.rotate(key=key) is key
    assert issuer.key() is key
    assert issuer.key("ES256").key_id == "old"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_published_key_is_public(algorithm: str) -> None:
    jwk = SigningKey.generate(algorithm, "k").jwk()
    assert {"kid": "k", "use": "sig", "alg": algorithm}.items() <= jwk.items()
    assert jwk.keys().isdisjoint({"d", "p", "q", "dp", "dq", "qi", "k"})


def test_a_key_is_read_from_pem() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = SigningKey.generate("ES256", "k")
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert SigningKey.from_pem(pem, "ES256", "k").jwk() == key.jwk()


def test_a_signing_key_does_not_print_itself() -> None:
    assert repr(SigningKey.generate("ES256", "k")) == "SigningKey(algorithm='ES256', key_id='k')"


def test_the_documents_are_served_and_the_requests_are_seen() -> None:
    with FakeIssuer(keys=(SigningKey.generate("ES256", "k"),)) as issuer:
        metadata = fetched(issuer.issuer + METADATA_PATH).json()
        assert metadata["issuer"] == issuer.issuer
        assert fetched(metadata["jwks_uri"]).json() == issuer.jwks()
        assert fetched(issuer.issuer + "/other").status_code == 404
        assert [request.path for request in issuer.requests] == [METADATA_PATH, JWKS_PATH, "/other"]


def test_the_documents_can_be_changed() -> None:
    with FakeIssuer(keys=(SigningKey.generate("ES256", "k"),)) as issuer:
        issuer.metadata = {"issuer": "https://other.example", "jwks_uri": ABSENT}
        issuer.foreign_jwks = [{"kty": "oct"}]
        metadata = fetched(issuer.issuer + METADATA_PATH).json()
        assert metadata["issuer"] == "https://other.example"
        assert "jwks_uri" not in metadata
        assert {"kty": "oct"} in fetched(issuer.jwks_uri).json()["keys"]


def test_the_key_set_is_revalidated_until_it_changes() -> None:
    with FakeIssuer(keys=(SigningKey.generate("ES256", "k"),)) as issuer:
        issuer.cache_control = "max-age=60"
        first = fetched(issuer.jwks_uri)
        assert first.headers["Cache-Control"] == "max-age=60"
        again = fetched(issuer.jwks_uri, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert issuer.requests[1].if_none_match == first.headers["ETag"]
        issuer.rotate()
        changed = fetched(issuer.jwks_uri, **{"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


def test_etags_can_be_turned_off() -> None:
    with FakeIssuer(keys=(SigningKey.generate("ES256", "k"),)) as issuer:
        issuer.etags = False
        assert "ETag" not in fetched(issuer.jwks_uri).headers


def test_a_stopped_issuer_refuses_connections() -> None:
    with FakeIssuer(keys=(SigningKey.generate("ES256", "k"),)) as issuer:
        url = issuer.jwks_uri
    with pytest.raises(requests.ConnectionError):
        fetched(url)


def test_an_issuer_that_was_never_started_can_be_stopped() -> None:
    FakeIssuer().stop()

"""One JWK is bound to one algorithm, or skipped; it never raises, whatever its members are."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from authorizers.errors import ConfigurationError
from authorizers.jwks.key import (
    KINDS,
    KeyIdentity,
    Unusable,
    allowed_algorithms,
    identify,
    parse_key,
)
from authorizers.model.key import VerificationKey
from authorizers.testing.signing_key import SigningKey

ALL = frozenset(name for kind in KINDS.values() for name in kind.names)
RS = frozenset({"RS256"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def parsed(jwk: Any, allowed: frozenset[str]) -> VerificationKey | Unusable:
    identity = identify(jwk, allowed)
    return identity if isinstance(identity, Unusable) else parse_key(identity)


def reason(jwk: Any, allowed: frozenset[str] = RS) -> str:
    found = parsed(jwk, allowed)
    assert isinstance(found, Unusable)
    return found.reason


def encoded(number: int) -> str:
    length = (number.bit_length() + 7) // 8
    return urlsafe_b64encode(number.to_bytes(length, "big")).rstrip(b"=").decode()


def without(jwk: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name not in names}


@pytest.mark.parametrize("algorithm", sorted(KINDS))
def test_a_key_of_each_kind_verifies_what_it_signed_and_nothing_else(
    algorithm: str, rsa_key: SigningKey
) -> None:
    private_key = rsa_key.private_key if algorithm[:2] in ("RS", "PS") else None
    signer = SigningKey(algorithm, private_key) if private_key else SigningKey.generate(algorithm)
    key = parsed(signer.jwk(), frozenset({algorithm}))
    assert isinstance(key, VerificationKey)
    assert (key.key_id, key.algorithm) == (signer.key_id, algorithm)
    signature = signer._algorithm.sign(b"input", signer.private_key)
    assert key.verify(b"input", signature)
    assert not key.verify(b"other", signature)
    assert not key.verify(b"input", b"")
    assert not key.verify(b"input", bytes(len(signature)))


def test_the_algorithm_of_the_jwk_wins(rsa_key: SigningKey) -> None:
    key = parsed(rsa_key.jwk(alg="PS384"), ALL)
    assert isinstance(key, VerificationKey)
    assert key.algorithm == "PS384"


def test_a_jwk_without_alg_is_for_the_only_allowed_algorithm_that_fits(rsa_key: SigningKey) -> None:
    """Entra ID publishes keys without `alg`."""
    key = parsed(without(rsa_key.jwk(), "alg"), frozenset({"RS256", "ES256", "EdDSA"}))
    assert isinstance(key, VerificationKey)
    assert key.algorithm == "RS256"


def test_a_jwk_without_alg_is_skipped_when_several_allowed_algorithms_fit(
    rsa_key: SigningKey,
) -> None:
    assert "name one algorithm" in reason(
        without(rsa_key.jwk(), "alg"), frozenset({"RS256", "PS256"})
    )


@pytest.mark.parametrize("alg", ["PS256", "RS512", "rs256", "RS256 ", ""])
def test_an_algorithm_that_is_not_allowed_is_never_used(alg: str, rsa_key: SigningKey) -> None:
    assert "alg" in reason(rsa_key.jwk(alg=alg))


@pytest.mark.parametrize("alg", ["HS256", "none", "RSA-OAEP", "ES256", "EdDSA", None, 1, [], {}])
def test_an_algorithm_of_another_kind_of_key_is_never_used(
    alg: object, rsa_key: SigningKey
) -> None:
    assert "alg" in reason(rsa_key.jwk(alg=alg), ALL)


@pytest.mark.parametrize("named", ["EdDSA", "Ed25519", None])
@pytest.mark.parametrize("allowed", [{"EdDSA"}, {"Ed25519"}, {"EdDSA", "Ed25519", "Ed448"}])
def test_eddsa_is_ed25519_for_a_key_on_that_curve(named: str | None, allowed: set[str]) -> None:
    jwk = SigningKey.generate("Ed25519").jwk(alg=named)
    key = parsed(jwk if named else without(jwk, "alg"), frozenset(allowed))
    assert isinstance(key, VerificationKey)
    assert key.algorithm == "Ed25519"


def test_an_ed448_algorithm_does_not_fit_an_ed25519_key() -> None:
    assert "alg" in reason(SigningKey.generate("Ed25519").jwk(alg="Ed448"), ALL)
    assert "allowed" in reason(SigningKey.generate("Ed25519").jwk(), frozenset({"Ed448"}))


@pytest.mark.parametrize("curve", ["P-384", "P-521", "secp256k1", "P-256 ", None, 256, ["P-256"]])
def test_a_curve_is_bound_to_its_algorithm(curve: object) -> None:
    """RFC 7518 §3.4: ES256 is ECDSA on P-256 and nothing else."""
    assert reason(SigningKey.generate("ES256").jwk(crv=curve), frozenset({"ES256"}))


@pytest.mark.parametrize("use", ["enc", "SIG", "", None, 1, ["sig"], {}])
def test_a_key_with_another_use_is_skipped(use: object, rsa_key: SigningKey) -> None:
    assert reason(rsa_key.jwk(use=use)) == "its use is not sig"


@pytest.mark.parametrize(
    "operations", [["sign"], [], "verify", None, {"verify": 1}, [["verify"]], ["Verify"]]
)
def test_a_key_that_is_not_for_verifying_is_skipped(
    operations: object, rsa_key: SigningKey
) -> None:
    assert "key_ops" in reason(rsa_key.jwk(key_ops=operations))


def test_a_key_may_leave_out_use_and_name_its_operations(rsa_key: SigningKey) -> None:
    jwk = without(rsa_key.jwk(key_ops=["verify"]), "use")
    assert isinstance(parsed(jwk, RS), VerificationKey)


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
def test_a_key_with_a_private_member_is_skipped(member: str, rsa_key: SigningKey) -> None:
    assert reason(rsa_key.jwk(**{member: "AQAB"})) == "it is symmetric or private"
    assert reason(rsa_key.jwk(**{member: None})) == "it is symmetric or private"


def test_a_symmetric_key_is_skipped() -> None:
    assert reason({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}) == "it is symmetric or private"
    assert reason({"kty": "oct", "alg": "RS256"}) == "it is symmetric or private"


@pytest.mark.parametrize(
    "kty", ["rsa", "AKP", "", None, 1, True, [], ["RSA"], {"RSA": 1}, "RSA\n", "EC", "OKP"]
)
def test_an_unknown_or_other_kty_is_skipped(kty: object, rsa_key: SigningKey) -> None:
    assert reason(rsa_key.jwk(kty=kty), ALL)


@pytest.mark.parametrize("kid", [None, 1, True, [], {}, "\ud800"])
def test_a_kid_that_is_not_text_is_malformed(kid: object, rsa_key: SigningKey) -> None:
    assert reason(rsa_key.jwk(kid=kid)) == "its kid is not text"


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        True,
        [],
        {},
        "",
        "=",
        "A",
        "AQAB=",
        "AQ AB",
        "AQ+B",
        "AQ/B",
        "é",
        "AQAB\n",
        "A" * 9999,
    ],
    ids=lambda value: repr(value)[:24],
)
@pytest.mark.parametrize("member", ["n", "e", "x", "y"])
def test_a_malformed_member_is_skipped(member: str, value: object, rsa_key: SigningKey) -> None:
    signer = rsa_key if member in "ne" else SigningKey.generate("ES256")
    assert reason(signer.jwk(**{member: value}), ALL)


@pytest.mark.parametrize("member", ["n", "e"])
def test_a_missing_member_is_malformed(member: str, rsa_key: SigningKey) -> None:
    assert "missing" in reason(without(rsa_key.jwk(), member))


@pytest.mark.parametrize("jwk", [None, [], "RSA", 1, True, {}, [["kty", "RSA"]]])
def test_what_is_no_jwk_is_skipped(jwk: object) -> None:
    assert reason(jwk)


@pytest.mark.parametrize("bits", [1024, 2047, 8193, 16384])
def test_an_rsa_key_of_another_size_is_skipped(bits: int, rsa_key: SigningKey) -> None:
    modulus = (1 << (bits - 1)) | 1
    assert "RSA" in reason(rsa_key.jwk(n=encoded(modulus))) or "malformed" in reason(
        rsa_key.jwk(n=encoded(modulus))
    )


@pytest.mark.parametrize("bits", [2048, 8192])
def test_an_rsa_key_of_the_smallest_and_largest_size_is_used(
    bits: int, rsa_key: SigningKey
) -> None:
    modulus = (1 << (bits - 1)) | 1
    assert isinstance(parsed(rsa_key.jwk(n=encoded(modulus)), RS), VerificationKey)


@pytest.mark.parametrize("exponent", [1, 2, 3, 65536, 65538, 2**32 + 1, 2**64 + 1])
def test_an_rsa_key_with_a_strange_exponent_is_skipped(exponent: int, rsa_key: SigningKey) -> None:
    assert reason(rsa_key.jwk(e=encoded(exponent)))


def test_a_weak_rsa_key_that_really_exists_is_skipped() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    assert "2048" in reason(
        RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True) | {"key_ops": ["verify"]}
    )


def test_a_point_off_the_curve_is_malformed() -> None:
    jwk = SigningKey.generate("ES256").jwk(y="A" * 43)
    assert "malformed" in reason(jwk, frozenset({"ES256"}))


@pytest.mark.parametrize(
    "names", [[], ["HS256"], ["none"], ["RS256", "HS256"], [""], ["rs256"], ["ES256K"]]
)
def test_only_asymmetric_algorithms_can_be_allowed(names: list[str]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        allowed_algorithms(names, place="schemes.staff.jwt.algorithms")
    assert raised.value.problems[0].place == "schemes.staff.jwt.algorithms"


@given(JSON)
def test_no_json_makes_a_key_raise(jwk: object) -> None:
    assert isinstance(parsed(jwk, ALL), Unusable)


@given(
    st.fixed_dictionaries(
        {"kty": st.sampled_from(["RSA", "EC", "OKP", "oct"]) | JSON},
        optional={
            name: JSON | st.text(alphabet="AQxyz_-", max_size=90)
            for name in ("crv", "alg", "use", "key_ops", "kid", "n", "e", "x", "y", "d")
        }
        | {"crv": st.sampled_from(["P-256", "P-384", "P-521", "Ed25519", "Ed448"])},
    )
)
def test_no_almost_jwk_makes_a_key_raise(jwk: dict[str, Any]) -> None:
    assert isinstance(parsed(jwk, ALL), Unusable | VerificationKey)


def test_an_identity_is_the_name_the_algorithm_and_the_key(rsa_key: SigningKey) -> None:
    jwk = rsa_key.jwk()
    assert identify(jwk | {"x5c": ["…"]}, RS) == KeyIdentity("rsa", "RS256", (jwk["n"], jwk["e"]))

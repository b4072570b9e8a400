"""
One JWK, bound to exactly one signature algorithm, or the reason why it is not used.

Sources: RFC 7517 §4 (members of a JWK), RFC 7518 §6 (RSA, EC), RFC 8037 §2 (OKP),
RFC 8725 §3.1 and §3.5 (one algorithm a key, key sizes), RFC 9864 (`EdDSA` is `Ed25519` or `Ed448`).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from jwt.algorithms import get_default_algorithms
from jwt.exceptions import PyJWTError

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.key import VerificationKey

MIN_RSA_BITS: Final = 2048  # RFC 7518 §3.3
MAX_RSA_BITS: Final = 8192  # a signature check takes some 0.4 ms there, and grows with the square
MIN_RSA_EXPONENT: Final = (
    65537  # FIPS 186-5 §A.1.1: greater than 2^16 (`cryptography` wants it odd)
)
MAX_RSA_EXPONENT: Final = 2**32  # ours: a huge exponent makes each signature check slow

_MAX_MEMBER_CHARS = (MAX_RSA_BITS // 8 + 1) * 4 // 3 + 2  # some libraries prefix a zero octet
_BASE64URL = r"[A-Za-z0-9_-]+"  # RFC 7515 §2: without padding
_NOT_PUBLIC = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"))
# RFC 7518 §6.2.2, §6.3.2, §6.4


class KeyKind(NamedTuple):
    """What a key of one algorithm looks like, and the names a token may give the algorithm."""

    kty: str
    crv: str | None
    material: tuple[str, ...]
    names: tuple[str, ...]
    pyjwt: str


def _rsa(name: str) -> KeyKind:
    return KeyKind("RSA", None, ("n", "e"), (name,), name)


def _ec(name: str, crv: str) -> KeyKind:
    return KeyKind("EC", crv, ("x", "y"), (name,), name)


def _okp(crv: str) -> KeyKind:
    return KeyKind("OKP", crv, ("x",), (crv, "EdDSA"), "EdDSA")


KINDS: Final[Mapping[str, KeyKind]] = {
    "RS256": _rsa("RS256"),
    "RS384": _rsa("RS384"),
    "RS512": _rsa("RS512"),
    "PS256": _rsa("PS256"),
    "PS384": _rsa("PS384"),
    "PS512": _rsa("PS512"),
    "ES256": _ec("ES256", "P-256"),
    "ES384": _ec("ES384", "P-384"),
    "ES512": _ec("ES512", "P-521"),
    "Ed25519": _okp("Ed25519"),
    "Ed448": _okp("Ed448"),
}
"""Every algorithm under its one fully specified name, which is a key's `algorithm`."""

_IMPLEMENTATIONS = get_default_algorithms()


class KeyIdentity(NamedTuple):
    """What makes a key the same key in the next version of its set."""

    key_id: str | None
    algorithm: str
    material: tuple[str, ...]


class Unusable(NamedTuple):
    """Why a JWK is skipped: a fixed text, never a part of the JWK."""

    reason: str


def allowed_algorithms(names: Iterable[str], *, place: str = "algorithms") -> frozenset[str]:
    """
    Return `names`, the algorithms that the deployer allows, as a set.

    Raises:
        ConfigurationError: none is named, or one that is no asymmetric signature algorithm.
    """
    allowed = frozenset(names)
    known = {name for kind in KINDS.values() for name in kind.names}
    if not allowed or not allowed <= known:
        message = f"name at least one of {', '.join(sorted(known))}, and no other"
        raise ConfigurationError(Problem(place, message))
    return allowed


def identify(jwk: object, allowed: frozenset[str]) -> KeyIdentity | Unusable:
    """Return which key `jwk` is, and the one algorithm it is for. `jwk` may be anything."""
    if not isinstance(jwk, dict):
        return Unusable("it is not a JSON object")
    misuse = _misuse(jwk)
    if misuse:
        return Unusable(misuse)
    algorithm = _bind(jwk, allowed)
    if isinstance(algorithm, Unusable):
        return algorithm
    names = KINDS[algorithm].material
    material = tuple(jwk[name] for name in names if _is_base64url(jwk.get(name)))
    if len(material) != len(names):
        return Unusable("a member of the key is missing or malformed")
    return KeyIdentity(jwk.get("kid"), algorithm, material)


def parse_key(identity: KeyIdentity) -> VerificationKey | Unusable:
    """Parse the key that `identify` found, through PyJWT."""
    kind = KINDS[identity.algorithm]
    implementation = _IMPLEMENTATIONS[kind.pyjwt]
    members = {
        "kty": kind.kty,
        "crv": kind.crv,
        **dict(zip(kind.material, identity.material, strict=True)),
    }
    try:
        public_key = implementation.from_jwk(members)
    except (PyJWTError, ValueError, UnsupportedAlgorithm):
        return Unusable("a member of the key is missing or malformed")
    if kind.kty == "RSA" and not _is_safe_rsa(public_key):
        return Unusable(
            f"an RSA key needs {MIN_RSA_BITS} to {MAX_RSA_BITS} bits and an exponent"
            f" from {MIN_RSA_EXPONENT}, below 2^32"
        )
    return VerificationKey(identity.key_id, identity.algorithm, implementation, public_key)


def _misuse(jwk: dict[str, Any]) -> str | None:
    """Return what forbids verifying with `jwk`, from the members beside the key itself."""
    if jwk.get("kty") == "oct" or not _NOT_PUBLIC.isdisjoint(jwk):
        return "it is symmetric or private"
    if jwk.get("use", "sig") != "sig":  # RFC 7517 §4.2
        return "its use is not sig"
    operations = jwk.get("key_ops", ["verify"])  # RFC 7517 §4.3
    if not isinstance(operations, list) or "verify" not in operations:
        return "its key_ops do not include verify"
    if "kid" in jwk and not _is_text(jwk["kid"]):
        return "its kid is not text"
    return None


def _bind(jwk: dict[str, Any], allowed: frozenset[str]) -> str | Unusable:
    """Return the one algorithm `jwk` is for (RFC 8725 §3.1): its own, or the only allowed one."""
    kty, crv = jwk.get("kty"), jwk.get("crv")
    fitting = [a for a, kind in KINDS.items() if kind.kty == kty and kind.crv in (None, crv)]
    if not fitting:
        return Unusable("its kty or crv is not known")
    if "alg" in jwk:
        fitting = [a for a in fitting if jwk["alg"] in KINDS[a].names]
        if not fitting:
            return Unusable("its alg is not a signature algorithm for its kty and crv")
    fitting = [a for a in fitting if not allowed.isdisjoint(KINDS[a].names)]
    if len(fitting) > 1:
        return Unusable("it has no alg and several allowed algorithms fit it: name one algorithm")
    return fitting[0] if fitting else Unusable("no allowed algorithm fits it")


def _is_text(value: object) -> bool:
    """Return whether `value` is a string that can be written down (no lone surrogates)."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def _is_base64url(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _MAX_MEMBER_CHARS
        and re.fullmatch(_BASE64URL, value) is not None
    )


def _is_safe_rsa(public_key: Any) -> bool:
    exponent = public_key.public_numbers().e
    return bool(
        MIN_RSA_BITS <= public_key.key_size <= MAX_RSA_BITS
        and MIN_RSA_EXPONENT <= exponent < MAX_RSA_EXPONENT
    )

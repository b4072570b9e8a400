"""
Whether a list is signed by a key (RFC 5280 §5.1.1.3), over the octets as they came.

`cryptography` encodes a list again before it checks the signature, which takes seconds where
there are a million entries; here only its name of the algorithm is used.
"""

from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import CertificateRevocationList, ObjectIdentifier
from cryptography.x509.oid import SignatureAlgorithmOID

from authorizers.mtls.crl.foreign import FOREIGN

STRONG_HASHES: Final = ("sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512")
_CURVE_KEYS: Final = (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)


def is_strong_hash(header: CertificateRevocationList) -> bool:
    """Return whether the list is signed with SHA-256 or better, or with Ed25519 or Ed448."""
    try:
        algorithm = header.signature_hash_algorithm
    except FOREIGN:
        return False
    return algorithm is None or algorithm.name in STRONG_HASHES


def is_signed_by(
    key: Any, header: CertificateRevocationList, signature: bytes, signed: Any
) -> bool:
    """Return whether `signature` over `signed` is made with `key`, as `header` says it is made."""
    try:
        how: Any = header.signature_algorithm_parameters
        if isinstance(key, rsa.RSAPublicKey) and isinstance(how, (padding.PKCS1v15, padding.PSS)):
            algorithm: Any = header.signature_hash_algorithm
            key.verify(signature, signed, how, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(how, ec.ECDSA):
            key.verify(signature, signed, how)
        elif isinstance(key, _CURVE_KEYS) and header.signature_algorithm_oid == _oid_of(key):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, *FOREIGN):
        return False
    return True


def _oid_of(key: Any) -> ObjectIdentifier:
    ed25519_key = isinstance(key, ed25519.Ed25519PublicKey)
    return SignatureAlgorithmOID.ED25519 if ed25519_key else SignatureAlgorithmOID.ED448

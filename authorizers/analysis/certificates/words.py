"""How names, keys and signatures are written for people. What stands in them is untrusted text."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from authorizers.analysis.certificates.entry import read

_CURVES = {
    "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
    "secp224r1": "P-224", "secp192r1": "P-192",
}  # fmt: skip
_OWN = (SignatureAlgorithmOID.ED25519, SignatureAlgorithmOID.ED448)
_HASHES = {"sha1": "SHA-1", "md5": "MD5", "sha224": "SHA-224", "sha256": "SHA-256"}


def name_text(name: x509.Name) -> str:
    """Return a distinguished name as RFC 4514 writes it."""
    return name.rfc4514_string() or "(no name)"


def short_name(name: x509.Name) -> str:
    """Return what people call it: its last common name, or the whole."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[-1].value) if common else name_text(name)


def key_text(certificate: x509.Certificate) -> str:
    """Return the kind and the size of a certificate's key: `EC P-256`, `RSA 2048`."""
    key = read(certificate.public_key)
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    return "Ed448" if isinstance(key, ed448.Ed448PublicKey) else "unknown"


def signature_text(signed: x509.Certificate | x509.CertificateRevocationList) -> str:
    """Return the hash that is signed, `SHA-256`; `own` where the algorithm has its own."""
    algorithm = read(lambda: signed.signature_hash_algorithm)
    if algorithm is None:
        known = read(lambda: signed.signature_algorithm_oid) in _OWN
        return "own" if known else "unknown"
    return _HASHES.get(algorithm.name, algorithm.name.upper().replace("SHA", "SHA-"))


def moment_text(moment: datetime) -> str:
    """Return a moment as people and programs read it, in UTC."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def seconds_text(seconds: float) -> str:
    """Return a moment, in seconds since 1970, as `moment_text` does."""
    return moment_text(datetime.fromtimestamp(seconds, UTC))

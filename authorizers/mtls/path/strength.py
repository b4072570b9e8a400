"""Which keys and signatures are strong enough (step 4)."""

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import SignatureAlgorithmOID as Algorithm

from authorizers.mtls.certificate import read

# API Gateway takes "SHA-256 or stronger, RSA-2048 or stronger, ECDSA-256 or stronger":
# https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
MIN_RSA_BITS: Final = 2048
MAX_RSA_BITS: Final = 8192  # a key of more costs whoever checks with it, and protects nothing
RSA_EXPONENTS: Final = range(65537, 1 << 256)  # NIST FIPS 186-5 §5.1
CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})

# RFC 5758 §3.2, RFC 4055 §3.1 and §5, RFC 8410 §3. SHA-1, MD5 and DSA are not here.
SIGNATURES: Final = frozenset(
    {
        Algorithm.ECDSA_WITH_SHA256,
        Algorithm.ECDSA_WITH_SHA384,
        Algorithm.ECDSA_WITH_SHA512,
        Algorithm.RSA_WITH_SHA256,
        Algorithm.RSA_WITH_SHA384,
        Algorithm.RSA_WITH_SHA512,
        Algorithm.RSASSA_PSS,
        Algorithm.ED25519,
        Algorithm.ED448,
    }
)
_PSS_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


def is_strong_key(certificate: x509.Certificate, *, of_authority: bool = False) -> bool:
    """
    Return whether the certificate's own key is strong enough. `cryptography` verifies no path
    through an authority with an Edwards curve, and API Gateway does not know them.
    """
    key = read(certificate.public_key)
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        return (
            MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS
            and exponent in RSA_EXPONENTS
            and exponent % 2 == 1
        )
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in CURVES
    return not of_authority and isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def is_strong_signature(certificate: x509.Certificate) -> bool:
    """
    Return whether the signature on the certificate is of a kind that nobody forges. With RSASSA-PSS
    its parameters choose the hash (RFC 4055 §3.1), so they are looked at too.
    """
    algorithm = certificate.signature_algorithm_oid
    if algorithm != Algorithm.RSASSA_PSS:
        return algorithm in SIGNATURES
    used = read(lambda: certificate.signature_hash_algorithm)
    return used is not None and used.name in _PSS_HASHES

"""Tokens for the sample events, signed by a key that nobody keeps."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

ISSUER: Final = "https://demo-issuer.invalid/"  # RFC 2606 §2: `.invalid` is nobody's, ever
AUDIENCE: Final = "https://demo-api.invalid"
SCOPE: Final = "orders:read"
KEY_ID: Final = "demo-key-for-local-runs-only"
ISSUED_AT: Final = 1_735_689_600  # 2025-01-01
EXPIRES_AT: Final = 4_102_444_800  # 2100-01-01
_ALGORITHM: Final = "RS256"

CLAIMS: Final[Mapping[str, Any]] = {  # those that RFC 9068 §2.2 requires, and a scope
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "user-42",
    "client_id": "demo-client",
    "iat": ISSUED_AT,
    "exp": EXPIRES_AT,
    "jti": "demo",
    "scope": SCOPE,
}
_CHANGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "good": {},
    "expired": {"exp": ISSUED_AT + 3600},
    "wrong audience": {"aud": "https://another-api.invalid"},
    "unknown issuer": {"iss": "https://another-issuer.invalid/"},
    "no scope": {"scope": "profile"},
}


class SampleTokens:
    """
    A fresh key pair, one token of each kind, and the public half as a JWK Set.

    The private half is a local variable of the constructor: it is gone when that returns.
    """

    def __init__(self, certificate: x509.Certificate | None = None) -> None:
        """With a `certificate`, the token `bound` is bound to it (RFC 8705 §3.1)."""
        key, stranger = _new_key(), _new_key()
        self.by_name = {
            name: _sign({**CLAIMS, "jti": name, **c}, key) for name, c in _CHANGES.items()
        }
        self.by_name["forged"] = _sign({**CLAIMS, "jti": "forged"}, stranger)
        if certificate is not None:
            confirmation = {"cnf": {"x5t#S256": _thumbprint(certificate)}}
            self.by_name["bound"] = _sign({**CLAIMS, "jti": "bound", **confirmation}, key)
        self.by_name["unsigned"] = _unsigned({**CLAIMS, "jti": "unsigned"})
        self.jwks = {"keys": [_public_jwk(key)]}


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _sign(claims: Mapping[str, Any], key: RSAPrivateKey) -> str:
    headers = {"typ": "at+jwt", "kid": KEY_ID}
    return jwt.encode(dict(claims), key, algorithm=_ALGORITHM, headers=headers)


def _unsigned(claims: Mapping[str, Any]) -> str:
    """Return an unsecured JWS (RFC 7515 appendix A.5), which no verifier may accept."""
    header = {"alg": "none", "typ": "at+jwt", "kid": KEY_ID}
    return f"{_base64url(header)}.{_base64url(claims)}."


def _thumbprint(certificate: x509.Certificate) -> str:
    return _encoded(certificate.fingerprint(hashes.SHA256()))


def _base64url(part: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(part, separators=(",", ":")).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _public_jwk(key: RSAPrivateKey) -> dict[str, str]:
    jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": _ALGORITHM,
        "kid": KEY_ID,
        "n": jwk["n"],
        "e": jwk["e"],
    }

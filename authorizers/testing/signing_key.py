"""A private key with a name, which signs tokens of every kind, sound and unsound."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import get_default_algorithms

_CURVES: Mapping[str, type[ec.EllipticCurve]] = {
    "ES256": ec.SECP256R1,
    "ES384": ec.SECP384R1,
    "ES512": ec.SECP521R1,
}


class SigningKey:
    """
    A private key for one algorithm, under one `key_id`.

    `Ed25519` and `Ed448` are the names of RFC 9864; such a key signs as `EdDSA` too, when the
    header says so.
    """

    def __init__(self, algorithm: str, private_key: Any, key_id: str | None = None) -> None:
        self.algorithm = algorithm
        self.private_key = private_key
        self.key_id = secrets.token_urlsafe(8) if key_id is None else key_id
        pyjwt_name = "EdDSA" if algorithm.startswith("Ed") else algorithm
        self._algorithm: Any = get_default_algorithms()[pyjwt_name]

    def __repr__(self) -> str:
        return f"SigningKey(algorithm={self.algorithm!r}, key_id={self.key_id!r})"

    @classmethod
    def generate(cls, algorithm: str = "RS256", key_id: str | None = None) -> "SigningKey":
        """Make a new key for `algorithm`."""
        return cls(algorithm, _generate(algorithm), key_id)

    @classmethod
    def from_pem(cls, pem: bytes, algorithm: str, key_id: str) -> "SigningKey":
        """Read a private key in PEM, without a password."""
        return cls(algorithm, load_pem_private_key(pem, password=None), key_id)

    def jwk(self, **members: Any) -> dict[str, Any]:
        """Return the public JWK; `members` are added to it, or stand in place of its own."""
        public = self._algorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        public.pop("key_ops", None)
        named = {"kid": self.key_id, "use": "sig", "alg": self.algorithm}
        return {**public, **named, **members}

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any] | bytes) -> str:
        """Return a compact JWS (RFC 7515 §7.1) of exactly this header and these claims."""
        payload = claims if isinstance(claims, bytes) else _json(claims)
        signing_input = f"{_base64url(_json(header))}.{_base64url(payload)}"
        signature = self._algorithm.sign(signing_input.encode(), self.private_key)
        return f"{signing_input}.{_base64url(signature)}"


def _generate(algorithm: str) -> Any:
    if algorithm in _CURVES:
        return ec.generate_private_key(_CURVES[algorithm]())
    if algorithm in ("EdDSA", "Ed25519"):
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

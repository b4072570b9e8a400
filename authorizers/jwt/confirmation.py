"""
Tokens that are bound to a TLS client's certificate (RFC 8705 §3): whoever sends one must present
that certificate as well. What else a token may be bound to is not checked here, so refused.
"""

import hmac
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from authorizers.errors import CredentialError, RejectedCredential
from authorizers.model.credential import ClientCertificate

_THUMBPRINT = "x5t#S256"
_THUMBPRINT_CHARS = 43  # 32 bytes in base64url without padding (RFC 8705 §3.1)


def bound_to(claims: Mapping[str, Any]) -> bytes | None:
    """
    Return the SHA-256 of the certificate that the token is bound to, or None for a bearer token.

    Raises:
        RejectedCredential: `proof_required` for another kind of binding (RFC 7800 §3), or for
            another one beside; `claim_malformed`.
    """
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or confirmation.keys() != {_THUMBPRINT}:
        raise RejectedCredential(
            "proof_required", "the token is bound to a key, whose proof is not checked here"
        )
    return _thumbprint(confirmation[_THUMBPRINT])


def check_possession(thumbprint: bytes | None, certificate: ClientCertificate | None) -> None:
    """
    Check that `certificate` is the one that a token is bound to by `thumbprint`, if it is bound.

    Raises:
        RejectedCredential: `certificate_required` or `certificate_mismatch`.
    """
    if thumbprint is None:
        return
    presented = certificate and certificate.thumbprint()
    if not presented:
        raise RejectedCredential(
            "certificate_required", "the token is bound to a certificate, and none was presented"
        )
    if not hmac.compare_digest(thumbprint, presented):
        raise RejectedCredential(
            "certificate_mismatch", "the token is bound to another certificate"
        )


def _thumbprint(value: object) -> bytes:
    try:
        if isinstance(value, str) and len(value) == _THUMBPRINT_CHARS and value.isascii():
            decoded = urlsafe_b64decode(value + "=")
            if len(decoded) == 32:
                return decoded
    except Error:
        pass
    raise _malformed()


def _malformed() -> CredentialError:
    return RejectedCredential("claim_malformed", f"cnf.{_THUMBPRINT} must be a SHA-256 thumbprint")

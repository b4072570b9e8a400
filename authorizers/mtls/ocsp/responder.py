"""
Who signed an answer, and whether that is somebody to be believed (RFC 6960 §4.2.2.2).

The issuer itself, or a delegate: whom the issuer certified with the key that signed the
certificate in question, and for nothing but this (id-kp-OCSPSigning). Nobody else is: there are
no responders that are trusted by configuration.

A delegate must carry id-pkix-ocsp-nocheck, by which its issuer says that it need not be checked
for revocation (§4.2.2.2.1). Without it somebody would have to be asked about the delegate first,
who would be the delegate; so it is refused.

The issuer need not assert digitalSignature in its key usage: it could at any time certify a
delegate with the same key, so nothing would be gained by refusing it.
"""

from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import (
    Certificate,
    ExtendedKeyUsage,
    ExtensionNotFound,
    KeyUsage,
    ObjectIdentifier,
    OCSPNoCheck,
    SubjectKeyIdentifier,
)
from cryptography.x509.ocsp import OCSPResponse
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from cryptography.x509.oid import SignatureAlgorithmOID as Algorithm

from authorizers.errors import DependencyError
from authorizers.mtls.leaf import critical_beyond
from authorizers.mtls.path.strength import is_strong_key, is_strong_signature

MAX_CERTIFICATES: Final = 8  # a responder sends one; each costs a signature check

_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.OCSP_NO_CHECK,
    }
)


def verify_signer(response: OCSPResponse, issuer: Certificate, now: float) -> None:
    """
    Verify that `issuer`, or its delegate, signed `response`, a successful one.

    Raises:
        DependencyError: `ocsp_malformed`, `ocsp_responder_unknown`, `ocsp_responder_untrusted`,
            `ocsp_responder_expired`, `ocsp_responder_weak`, `ocsp_responder_purpose`,
            `ocsp_responder_revocable`, `ocsp_signature_algorithm` or `ocsp_signature_invalid`.
    """
    if len(response.certificates) > MAX_CERTIFICATES:
        raise DependencyError("ocsp_malformed", "the answer brings too many certificates")
    named = [
        certificate
        for certificate in (issuer, *response.certificates)
        if _is_named(certificate, response)
    ]
    error = DependencyError("ocsp_responder_unknown", "the certificate of the responder is missing")
    for number, certificate in enumerate(dict.fromkeys(named)):
        try:
            if certificate != issuer:
                _validate_delegate(certificate, issuer, now)
            _verify_signature(response, certificate)
        except DependencyError as refused:
            error = error if number else refused
        else:
            return
    raise error


def _is_named(certificate: Certificate, response: OCSPResponse) -> bool:
    """Return whether the answer's ResponderID is that of `certificate`: its name, or its key."""
    if response.responder_name is not None:
        return certificate.subject == response.responder_name
    key_hash = SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest  # SHA-1
    return key_hash == response.responder_key_hash


def _validate_delegate(delegate: Certificate, issuer: Certificate, now: float) -> None:
    for code, detail, is_so in _DELEGATE:
        if not is_so(delegate, issuer, now):
            raise DependencyError(code, f"the responder's certificate {detail}")


def _is_issued(delegate: Certificate, issuer: Certificate, _: float) -> bool:
    try:
        delegate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _is_in_force(delegate: Certificate, _: Certificate, now: float) -> bool:
    end = delegate.not_valid_after_utc.timestamp()
    return delegate.not_valid_before_utc.timestamp() <= now <= end  # RFC 5280 §4.1.2.5


def _is_strong(delegate: Certificate, _: Certificate, __: float) -> bool:
    return is_strong_key(delegate) and is_strong_signature(delegate)


def _is_for_this(delegate: Certificate, _: Certificate, __: float) -> bool:
    purposes = _extension(delegate, ExtendedKeyUsage)
    usage = _extension(delegate, KeyUsage)
    return (
        purposes is not None
        and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
        and (usage is None or usage.digital_signature or usage.content_commitment)
    )


def _is_understood(delegate: Certificate, _: Certificate, __: float) -> bool:
    return not critical_beyond(delegate.extensions, _UNDERSTOOD)


def _is_not_to_be_checked(delegate: Certificate, _: Certificate, __: float) -> bool:
    return _extension(delegate, OCSPNoCheck) is not None


_DELEGATE: Final[tuple[tuple[str, str, Callable[[Certificate, Certificate, float], bool]], ...]] = (
    ("ocsp_responder_untrusted", "is not signed by the issuer's key", _is_issued),
    ("ocsp_responder_expired", "is not valid now", _is_in_force),
    ("ocsp_responder_weak", "has a weak key, or a weak signature", _is_strong),
    ("ocsp_responder_purpose", "is not for signing such answers", _is_for_this),
    ("ocsp_responder_purpose", "has a critical extension that means nothing here", _is_understood),
    ("ocsp_responder_revocable", "lacks id-pkix-ocsp-nocheck", _is_not_to_be_checked),
)


def _extension(certificate: Certificate, kind: type[Any]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except ExtensionNotFound:
        return None


def _verify_signature(response: OCSPResponse, responder: Certificate) -> None:
    key: Any = responder.public_key()
    if response.signature_algorithm_oid not in _algorithms_of(key):
        detail = "the answer is signed by an algorithm that is not taken"
        raise DependencyError("ocsp_signature_algorithm", detail)
    how: list[Any] = []
    if isinstance(key, rsa.RSAPublicKey):
        how = [padding.PKCS1v15(), response.signature_hash_algorithm]
    elif isinstance(key, ec.EllipticCurvePublicKey):
        assert response.signature_hash_algorithm is not None  # noqa: S101 as the OID says
        how = [ec.ECDSA(response.signature_hash_algorithm)]
    try:
        key.verify(response.signature, response.tbs_response_bytes, *how)
    except InvalidSignature:
        detail = "the answer is not signed by whom it names"
        raise DependencyError("ocsp_signature_invalid", detail) from None


def _algorithms_of(key: object) -> tuple[ObjectIdentifier, ...]:
    """Return the algorithms by which `key` may sign an answer."""
    if isinstance(key, rsa.RSAPublicKey):
        return (Algorithm.RSA_WITH_SHA256, Algorithm.RSA_WITH_SHA384, Algorithm.RSA_WITH_SHA512)
    if isinstance(key, ec.EllipticCurvePublicKey):
        ecdsa = Algorithm.ECDSA_WITH_SHA256, Algorithm.ECDSA_WITH_SHA384
        return (*ecdsa, Algorithm.ECDSA_WITH_SHA512)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return (Algorithm.ED25519,)
    return (Algorithm.ED448,) if isinstance(key, ed448.Ed448PublicKey) else ()

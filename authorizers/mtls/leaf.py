"""What the certificate of a client says about itself, and whether it is a client's (steps 2, 3)."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier

from authorizers.errors import RejectedCredential
from authorizers.mtls.certificate import decode_certificate, der_of, load_certificate, read
from authorizers.mtls.identity.distinguished_name import DistinguishedName, read_name

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

# What this procedure works through, and may therefore be critical (RFC 5280 §4.2).
_PROCESSED: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)


class Leaf:
    """The fields of a client's certificate that the procedure looks at, read once."""

    __slots__ = (
        "_names",
        "certificate",
        "der",
        "digest",
        "extensions",
        "fingerprint",
        "issuer_der",
        "not_after",
        "not_before",
        "subject",
    )

    def __init__(self, certificate: x509.Certificate, der: bytes) -> None:
        """May raise whatever `cryptography` raises: see `read_leaf`."""
        self.certificate = certificate
        self.der = der
        self.digest = hashlib.sha256(self.der).digest()
        self.fingerprint = self.digest.hex()
        self.extensions = {found.oid: found for found in certificate.extensions}
        self._names: dict[type[x509.GeneralName], list[Any]] = {}
        for name in self.value(x509.SubjectAlternativeName) or ():
            self._names.setdefault(type(name), []).append(name.value)
        self.subject: DistinguishedName = read_name(certificate.subject)
        self.issuer_der = certificate.issuer.public_bytes()
        self.not_before = certificate.not_valid_before_utc.timestamp()
        self.not_after = certificate.not_valid_after_utc.timestamp()

    def value(self, kind: type[_Extension]) -> _Extension | None:
        """Return the extension of this kind, if there is one."""
        found = self.extensions.get(kind.oid)
        return found.value if found is not None and isinstance(found.value, kind) else None

    def is_critical(self, kind: type[x509.ExtensionType]) -> bool:
        """Return whether there is an extension of this kind, and it is critical."""
        return kind.oid in self.extensions and self.extensions[kind.oid].critical

    def names(self, kind: type[x509.GeneralName]) -> list[Any]:
        """Return the subject alternative names of exactly this kind (RFC 5280 §4.2.1.6)."""
        return self._names.get(kind, [])


def parse_leaf(pem: str) -> Leaf:
    """
    Return what the one certificate in `pem`, which is untrusted, says (step 1).

    Raises:
        MalformedCredential: as `parse_certificate` and `read_leaf`.
    """
    der = decode_certificate(pem)
    return read_leaf(load_certificate(der), der)


def read_leaf(certificate: x509.Certificate, der: bytes | None = None) -> Leaf:
    """
    Return what `certificate`, which is untrusted, says. `der` is what it was read from, if that is
    at hand.

    Raises:
        MalformedCredential: `certificate_malformed`, it has a field that cannot be read.
    """
    return read(lambda: Leaf(certificate, der or der_of(certificate)))


def validate_end_entity(leaf: Leaf) -> None:
    """
    Check that it is no authority's: who can sign certificates could sign one for anybody
    (RFC 5280 §4.2.1.9, §4.2.1.3).

    Raises:
        RejectedCredential: `certificate_is_authority`, `certificate_signs_others`.
    """
    constraints, usage = leaf.value(x509.BasicConstraints), leaf.value(x509.KeyUsage)
    if constraints is not None and constraints.ca:
        detail = "the certificate is an authority's, and no client's"
        raise RejectedCredential("certificate_is_authority", detail)
    if usage is not None and (usage.key_cert_sign or usage.crl_sign):
        detail = "the key of the certificate may sign certificates or revocation lists"
        raise RejectedCredential("certificate_signs_others", detail)


def validate_usage(leaf: Leaf, *, any_extended_key_usage: bool) -> None:
    """
    Check that the key is for signatures and the certificate for TLS clients, where it says what
    they are for (RFC 5280 §4.2.1.3, §4.2.1.12). `any_extended_key_usage` takes the usage "any" in
    the place of clientAuth.

    Raises:
        RejectedCredential: `certificate_key_usage`, `certificate_extended_key_usage`.
    """
    usage, extended = leaf.value(x509.KeyUsage), leaf.value(x509.ExtendedKeyUsage)
    if usage is not None and not usage.digital_signature:
        detail = "the key usage of the certificate lacks digitalSignature"
        raise RejectedCredential("certificate_key_usage", detail)
    if extended is None or ExtendedKeyUsageOID.CLIENT_AUTH in extended:
        return
    if any_extended_key_usage and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in extended:
        return
    detail = "the extended key usage of the certificate lacks clientAuth"
    raise RejectedCredential("certificate_extended_key_usage", detail)


def validate_critical(leaf: Leaf) -> None:
    """
    Check that no critical extension is one that this procedure does not process, and that the
    leaf sets no rules for others' names (RFC 5280 §4.2, §4.2.1.10).

    Raises:
        RejectedCredential: `certificate_critical_extension`.
    """
    constrains = leaf.value(x509.NameConstraints) is not None
    if constrains or critical_beyond(leaf.extensions.values(), _PROCESSED):
        detail = "the certificate has a critical extension that is not known here"
        raise RejectedCredential("certificate_critical_extension", detail)


def critical_beyond(
    extensions: Iterable[x509.Extension[Any]], processed: frozenset[ObjectIdentifier]
) -> bool:
    """Return whether an extension is critical that is not among the `processed` ones."""
    return any(found.critical and found.oid not in processed for found in extensions)

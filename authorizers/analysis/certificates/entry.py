"""One certificate of a file: what can be read of it, and where it stands."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizers.errors import MalformedCredential
from authorizers.mtls.certificate import fingerprint_sha256
from authorizers.mtls.certificate import read as read_hostile

_T = TypeVar("_T")
Extension = TypeVar("Extension", bound=x509.ExtensionType)


class Entry(NamedTuple):
    """
    A certificate, its place in the file (`number`, from 1) and the line where it begins.

    `extensions` is None where they cannot be read, and so nothing is known of what it may do.
    """

    number: int
    line: int
    certificate: x509.Certificate
    extensions: x509.Extensions | None

    @property
    def is_self_issued(self) -> bool:
        """Whether it names itself as its issuer (RFC 5280 §6.1)."""
        return self.certificate.issuer == self.certificate.subject

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, by which it can be named."""
        return fingerprint_sha256(self.certificate)

    @property
    def authority(self) -> tuple[bytes, bytes | None]:
        """The name and the key: what makes an authority (RFC 5280 §6.1.1 (d))."""
        return self.certificate.subject.public_bytes(), self.public_key_der

    @property
    def public_key_der(self) -> bytes | None:
        """The public key, encoded; None where it cannot be read."""
        key = read(self.certificate.public_key)
        form = PublicFormat.SubjectPublicKeyInfo
        return None if key is None else key.public_bytes(Encoding.DER, form)

    def extension(self, kind: type[Extension]) -> Extension | None:
        """Return what an extension says, None where it is not there."""
        try:
            return (self.extensions or x509.Extensions([])).get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    @property
    def is_authority(self) -> bool:
        """Whether it may issue certificates, by its basic constraints (RFC 5280 §4.2.1.9)."""
        constraints = self.extension(x509.BasicConstraints)
        return constraints is not None and constraints.ca


def entry_of(number: int, line: int, pem: bytes) -> Entry | None:
    """Return the certificate in `pem`, untrusted text; None where it is none that can be read."""
    certificate = read(lambda: x509.load_pem_x509_certificate(pem))
    if certificate is None:
        return None
    names = read(lambda: (certificate.subject, certificate.issuer, certificate.serial_number))
    dates = read(lambda: (certificate.not_valid_before_utc, certificate.not_valid_after_utc))
    if names is None or dates is None:
        return None
    return Entry(number, line, certificate, read(lambda: certificate.extensions))


def read(look: Callable[[], _T]) -> _T | None:
    """Return what `look` finds in a certificate, None where it cannot be read."""
    try:
        return read_hostile(look)
    except MalformedCredential:
        return None


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Return whether `issuer` has the name of the issuer, and its key made the signature."""
    try:
        read_hostile(lambda: certificate.verify_directly_issued_by(issuer))
    except MalformedCredential:  # it says nothing but that this is not so
        return False
    return True


def by_subject(entries: Iterable[Entry]) -> dict[bytes, list[Entry]]:
    """Return the certificates by their subjects."""
    found: dict[bytes, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.certificate.subject.public_bytes(), []).append(entry)
    return found

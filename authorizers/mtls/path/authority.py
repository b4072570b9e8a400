"""What the certificate of an authority says about itself, and whether it may issue any."""

from typing import Final, NamedTuple, TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from authorizers.mtls.certificate import fingerprint_sha256
from authorizers.mtls.identity.distinguished_name import read_name
from authorizers.mtls.leaf import critical_beyond
from authorizers.mtls.path.name_constraints import NOT_SUPPORTED, read_constraints
from authorizers.mtls.path.policies import Policies, read_policies
from authorizers.mtls.path.strength import is_strong_key, is_strong_signature

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

_PROCESSED: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.NAME_CONSTRAINTS,
    }
)
_CLIENT: Final = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


class Flaw(NamedTuple):
    """Why something is refused, as an error says it: its code and its sentence."""

    code: str
    detail: str


class Authority:
    """
    The certificate of an authority, read once for all leaves: what a path has to know of it.

    `flaw` is why it may issue nothing to a client.
    """

    __slots__ = (
        "certificate",
        "constraints",
        "fingerprint",
        "flaw",
        "has_strong_key",
        "has_strong_signature",
        "is_self_issued",
        "issuer_der",
        "not_after",
        "not_before",
        "path_length",
        "policies",
        "subject",
    )

    def __init__(self, certificate: x509.Certificate) -> None:
        """May raise whatever `cryptography` raises."""
        self.certificate = certificate
        self.fingerprint = fingerprint_sha256(certificate)
        self.subject = read_name(certificate.subject)
        self.issuer_der = certificate.issuer.public_bytes()
        self.is_self_issued = certificate.issuer == certificate.subject
        self.not_before = certificate.not_valid_before_utc.timestamp()
        self.not_after = certificate.not_valid_after_utc.timestamp()
        self.has_strong_key = is_strong_key(certificate, of_authority=True)
        self.has_strong_signature = is_strong_signature(certificate)
        basic = self._value(x509.BasicConstraints)
        self.path_length = None if basic is None else basic.path_length
        names = self._value(x509.NameConstraints)
        self.constraints = None if names is None else read_constraints(certificate, names)
        self.policies: Policies = read_policies(certificate.extensions)
        self.flaw = self._find_flaw(basic)

    def _find_flaw(self, basic: x509.BasicConstraints | None) -> Flaw | None:
        critical = any(
            found.critical
            for found in self.certificate.extensions
            if found.oid == ExtensionOID.NAME_CONSTRAINTS
        )
        usage = self._value(x509.KeyUsage)
        extended = self._value(x509.ExtendedKeyUsage)
        if self.certificate.version is not x509.Version.v3 or basic is None or not basic.ca:
            return Flaw("authority_is_none", "a certificate of the path is no authority's")
        if usage is not None and not usage.key_cert_sign:
            return Flaw("authority_key_usage", "an authority's key may not sign certificates")
        if extended is not None and not any(usage in extended for usage in _CLIENT):
            return Flaw("authority_extended_key_usage", "an authority is for no TLS clients")
        if critical_beyond(self.certificate.extensions, _PROCESSED):
            detail = "an authority has a critical extension that is not known here"
            return Flaw("authority_critical_extension", detail)
        names = self.constraints
        # NOTE: `cryptography` verifies no path with a critical constraint of directory names.
        if names is not None and (not names.all_read or (names.of_directory and critical)):
            return Flaw(NOT_SUPPORTED, "an authority constrains names in a way not known here")
        return None

    def _value(self, kind: type[_Extension]) -> _Extension | None:
        try:
            return self.certificate.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

"""One certificate revocation list: read once, asked often (RFC 5280 §5)."""

from bisect import bisect_right
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizers.errors import DependencyError
from authorizers.model.recent import Recent
from authorizers.mtls.crl.entry import Entry, RawEntry
from authorizers.mtls.crl.foreign import foreign_as_malformed
from authorizers.mtls.crl.outline import Outline, outline
from authorizers.mtls.crl.pem import der_of
from authorizers.mtls.crl.scan import scan
from authorizers.mtls.crl.signature import is_signed_by, is_strong_hash
from authorizers.mtls.crl.strange import read_strange

MAX_BYTES: Final = 64 * 1024 * 1024  # ours: more than a million entries with a reason each
_REMEMBERED_KEYS: Final = 16
# RFC 5280 §5.2: extensions that are understood here, whether they are critical or not.
_KNOWN: Final = (
    x509.AuthorityKeyIdentifier,
    x509.IssuerAlternativeName,
    x509.CRLNumber,
    x509.DeltaCRLIndicator,
    x509.IssuingDistributionPoint,
    x509.FreshestCRL,
    x509.AuthorityInformationAccess,
)


class Crl:
    """
    A list as it was read at `place`: well-formed, and nothing else is known of it yet.

    `this_update` and `next_update` are in seconds since 1970. `base_number` is set in a delta list,
    the least number of a complete list that it may be used with. `scope` is the issuing
    distribution point, if there is one.
    """

    __slots__ = (
        "_header", "_issuer_places", "_issuers", "_outline", "_signed_by", "base_number",
        "entries", "issuer", "key_identifier", "next_update", "number", "place", "scope",
        "strong_hash", "this_update", "unknown_critical",
    )  # fmt: skip

    def __init__(self, place: str, parts: Outline, header: x509.CertificateRevocationList) -> None:
        self.place: Final = place
        self._outline = parts
        self._header = header
        self._signed_by: Recent[bytes, bool] = Recent(_REMEMBERED_KEYS)
        self.issuer: Final = header.issuer
        self.this_update: Final = header.last_update_utc.timestamp()
        next_update = header.next_update_utc
        self.next_update: Final = None if next_update is None else next_update.timestamp()
        self.strong_hash: Final = is_strong_hash(header)
        known = {type(e.value): e.value for e in header.extensions}
        self.number: int | None = getattr(known.get(x509.CRLNumber), "crl_number", None)
        base = known.get(x509.DeltaCRLIndicator)
        self.base_number: int | None = getattr(base, "crl_number", None)
        self.scope: Any = known.get(x509.IssuingDistributionPoint)
        authority = known.get(x509.AuthorityKeyIdentifier)
        self.key_identifier: bytes | None = getattr(authority, "key_identifier", None)
        self.entries: Final = scan(parts.data, *parts.entries, self._read_strange)
        strange = sorted(self.entries.strange, key=lambda entry: entry.position)
        named = [entry for entry in strange if entry.issuers is not None]
        self._issuer_places = [entry.position for entry in named]
        self._issuers = [entry.issuers or () for entry in named]
        self.unknown_critical: Final = any(entry.unknown_critical for entry in strange) or any(
            e.critical and not isinstance(e.value, _KNOWN) for e in header.extensions
        )

    @classmethod
    def parse(cls, data: bytes, place: str) -> "Crl":
        """
        Parse a list, DER or one block of PEM, untrusted. `place` is where it was read.

        Raises:
            DependencyError: `crl_malformed`, `crl_too_large`.
        """
        if len(data) > MAX_BYTES:
            raise DependencyError("crl_too_large", f"a list has at most {MAX_BYTES} bytes")
        parts = outline(der_of(data))
        with foreign_as_malformed():
            header = x509.load_der_x509_crl(parts.with_entries())
            return cls(place, parts, header)

    @property
    def is_delta(self) -> bool:
        """Whether it lists what has changed since a complete list (RFC 5280 §5.2.4)."""
        return self.base_number is not None

    @property
    def is_indirect(self) -> bool:
        """Whether it may name certificates of several issuers (RFC 5280 §5.2.5)."""
        return self.scope is not None and self.scope.indirect_crl

    @property
    def names_issuers(self) -> bool:
        """Whether any entry says whose certificate it is about (RFC 5280 §5.3.3)."""
        return bool(self._issuers)

    def verify_signature(self, public_key: Any) -> bool:
        """Return whether the list is signed with the private key of `public_key`; remembered."""
        form = PublicFormat.SubjectPublicKeyInfo
        name = public_key.public_bytes(Encoding.DER, form)
        known = self._signed_by.get(name)
        if known is None:
            parts = self._outline
            known = is_signed_by(public_key, self._header, parts.signature, parts.signed())
            self._signed_by.keep(name, known)
        return known

    def find(self, issuer: x509.Name, serial: int) -> Entry | None:
        """
        Return the entry for a certificate of `issuer` (RFC 5280 §5.3.3), the most severe where
        there are several: a list is believed when it revokes.
        """
        found = [e for e in self.entries.find_all(serial) if issuer in self.issuers_of(e)]
        return next((entry for entry in found if not entry.removed), found[0] if found else None)

    def issuers_of(self, entry: Entry) -> tuple[x509.Name, ...]:
        """
        Return whose certificate `entry` is about: as the entry says or the nearest before it
        that says so, else the issuer of the list (RFC 5280 §5.3.3).
        """
        place = bisect_right(self._issuer_places, entry.position) - 1
        return self._issuers[place] if place >= 0 else (self.issuer,)

    def _read_strange(self, entries: list[RawEntry]) -> dict[int, Entry]:
        return dict(read_strange(self._outline, entries))

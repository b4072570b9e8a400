"""One entry of a list: a certificate that is, or was, revoked (RFC 5280 §5.1.2.6, §5.3)."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from cryptography.x509 import Name

from authorizers.mtls import der

# RFC 5280 §5.3.1; there is no 7.
REASONS: Final = {
    0: "unspecified",
    1: "key_compromise",
    2: "ca_compromise",
    3: "affiliation_changed",
    4: "superseded",
    5: "cessation_of_operation",
    6: "certificate_hold",
    8: "remove_from_crl",
    9: "privilege_withdrawn",
    10: "aa_compromise",
}


class Entry(NamedTuple):
    """
    What a list says about one serial number.

    `reason` is `unspecified` where the entry has none (RFC 5280 §6.3.3 (i)(2)). `issuers` are the
    names in the entry's own certificateIssuer, for an indirect list; None without one.
    `unknown_critical` is whether it has a critical extension that nobody here knows, or an issuer
    that is not a directory name.
    """

    serial: int
    reason: str
    position: int
    date: bytes
    issuers: tuple[Name, ...] | None = None
    unknown_critical: bool = False

    @property
    def removed(self) -> bool:
        """Whether it takes a certificate off the list, as a delta list may (RFC 5280 §5.3.1)."""
        return self.reason == "remove_from_crl"

    @property
    def revoked_at(self) -> float | None:
        """When it was revoked, in seconds since 1970; None where that is no date."""
        digits = self.date.decode("ascii", "replace")
        if len(digits) == 13:  # UTCTime: 50 to 99 are of the last century (RFC 5280 §4.1.2.5.1)
            digits = ("19" if digits >= "50" else "20") + digits
        try:
            return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            return None


class RawEntry(NamedTuple):
    """An entry's parts as octets; `extensions` are the elements within crlEntryExtensions."""

    start: int
    end: int
    serial: bytes
    date: bytes
    extensions: bytes


def read_entry(data: bytes, start: int, limit: int) -> RawEntry:
    """
    Read the entry at `start`: its form only, its extensions are not looked at.

    A serial number may be negative, or of more than 20 octets: such a number is not conforming, and
    still names a certificate (RFC 5280 §4.1.2.2). One that is not DER makes the list malformed.

    Raises:
        DependencyError: `crl_malformed`.
    """
    entry = der.read_tag(data, start, limit, der.SEQUENCE)
    number = der.read_tag(data, entry.inner, entry.end, der.INTEGER)
    serial = data[number.inner : number.end]
    if not _is_shortest(serial):
        raise der.malformed("a serial number is empty or not as short as it can be")
    date = der.read(data, number.end, entry.end)
    digits = {der.UTC_TIME: 12, der.GENERALIZED_TIME: 14}.get(date.tag, -1)
    text = data[date.inner : date.end]
    if len(text) != digits + 1 or not text[:-1].isdigit() or text[-1:] != b"Z":
        raise der.malformed("a revocation date is not a time")
    extensions = b""
    if date.end != entry.end:
        found = der.read_tag(data, date.end, entry.end, der.SEQUENCE)
        extensions = data[found.inner : found.end]
        if found.end != entry.end or not extensions:
            raise der.malformed("an entry has an empty list of extensions, or something behind it")
    return RawEntry(start, entry.end, serial, text, extensions)


def _is_shortest(integer: bytes) -> bool:
    """Return whether no octet of an INTEGER could be left out (X.690 §8.3.2)."""
    if len(integer) < 2:
        return len(integer) == 1
    return integer[0] not in {0, 0xFF} or (integer[0] ^ integer[1]) >> 7 == 1

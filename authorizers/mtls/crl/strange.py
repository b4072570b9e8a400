"""
Entries with extensions beside a plain reason and an invalidity date, read by `cryptography`.

They are put into a list of their own, a thousand at a time, and each is asked for its extensions:
what is no DER, or stands there twice, makes the whole list malformed (RFC 5280 §4.2, §5.3).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from cryptography import x509

from authorizers.mtls import der
from authorizers.mtls.crl.entry import Entry, RawEntry
from authorizers.mtls.crl.foreign import foreign_as_malformed
from authorizers.mtls.crl.outline import Outline

_KNOWN: Final = (x509.CRLReason, x509.InvalidityDate, x509.CertificateIssuer)
_AT_ONCE: Final = 1_000


def read_strange(outline: Outline, entries: Sequence[RawEntry]) -> Mapping[int, Entry]:
    """
    Read the extensions of `entries`, which are in the list of `outline`, and return by position.

    Raises:
        DependencyError: `crl_malformed`.
    """
    found: dict[int, Entry] = {}
    for first in range(0, len(entries), _AT_ONCE):
        some = entries[first : first + _AT_ONCE]
        octets = outline.with_entries(outline.data[entry.start : entry.end] for entry in some)
        with foreign_as_malformed():
            read = list(x509.load_der_x509_crl(octets))
            if len(read) != len(some):
                raise der.malformed("an entry is not what it seems to be")
            for raw, entry in zip(some, read, strict=True):
                found[raw.start] = _entry(raw, entry.extensions)
    return found


def _entry(raw: RawEntry, extensions: x509.Extensions) -> Entry:
    reason, issuers = "unspecified", None
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.CRLReason):
            reason = value.reason.name
        elif isinstance(value, x509.CertificateIssuer):
            issuers = tuple(value.get_values_for_type(x509.DirectoryName))
    number = int.from_bytes(raw.serial, signed=True)
    unknown = any(e.critical and not isinstance(e.value, _KNOWN) for e in extensions)
    return Entry(number, reason, raw.start, raw.date, issuers, unknown or issuers == ())

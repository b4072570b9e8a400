"""
The outline of a CertificateList (RFC 5280 §5.1), without a look at its million entries.

What is left when the entries are taken out is a list that `cryptography` reads in microseconds;
with a few entries put back it reads those. Only the signature is over the bytes as they came.
"""

from collections.abc import Iterable
from typing import NamedTuple

from authorizers.mtls import der


class Outline(NamedTuple):
    """
    Where the parts of `data` are: `tbs`, the part that is signed, from its tag to its end;
    `entries`, the contents of revokedCertificates, if there are any; `extensions`, from the tag.
    """

    data: bytes
    tbs: tuple[int, int]
    header: tuple[int, int]
    entries: tuple[int, int]
    extensions: tuple[int, int]
    tail: tuple[int, int]
    signature: bytes

    def signed(self) -> memoryview:
        """Return the octets that the signature is over (RFC 5280 §5.1.1.3), not copied."""
        return memoryview(self.data)[slice(*self.tbs)]

    def with_entries(self, entries: Iterable[bytes] = ()) -> bytes:
        """Return this list with `entries`, each of them DER, in the place of its own."""
        part = self.data.__getitem__
        chosen = b"".join(entries)
        revoked = der.encode(der.SEQUENCE, chosen) if chosen else b""
        tbs = (part(slice(*self.header)), revoked, part(slice(*self.extensions)))
        return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, *tbs), part(slice(*self.tail)))


def outline(data: bytes) -> Outline:
    """
    Find the parts of `data`, untrusted.

    Raises:
        DependencyError: `crl_malformed`.
    """
    whole = der.read_tag(data, 0, len(data), der.SEQUENCE)
    tbs = der.read_tag(data, whole.inner, whole.end, der.SEQUENCE)
    algorithm = der.read_tag(data, tbs.end, whole.end, der.SEQUENCE)
    signature = der.read_tag(data, algorithm.end, whole.end, der.BIT_STRING)
    if not len(data) == whole.end == signature.end:
        raise der.malformed("something stands behind the list")
    if signature.inner == signature.end or data[signature.inner] != 0:
        raise der.malformed("the signature is not a number of whole octets")
    header_end = _after_dates(data, tbs)
    entries, after = _optional(data, header_end, tbs.end, der.SEQUENCE)
    extensions, after = _optional(data, after, tbs.end, der.EXPLICIT_0)
    if after != tbs.end:
        raise der.malformed("something stands behind the extensions")
    return Outline(
        data,
        (tbs.start, tbs.end),
        (tbs.inner, header_end),
        (entries.inner, entries.end),
        (extensions.start, extensions.end),
        (algorithm.start, signature.end),
        data[signature.inner + 1 : signature.end],
    )


def _after_dates(data: bytes, tbs: der.Element) -> int:
    """Return the end of what precedes the entries: version, signature, issuer and dates."""
    _, position = _optional(data, tbs.inner, tbs.end, der.INTEGER)
    for _ in ("signature", "issuer"):
        position = der.read_tag(data, position, tbs.end, der.SEQUENCE).end
    this_update = der.read(data, position, tbs.end)
    if this_update.tag not in (der.UTC_TIME, der.GENERALIZED_TIME):
        raise der.malformed("thisUpdate is not a time")
    position = this_update.end
    if position < tbs.end and data[position] in (der.UTC_TIME, der.GENERALIZED_TIME):
        position = der.read(data, position, tbs.end).end
    return position


def _optional(data: bytes, start: int, limit: int, tag: int) -> tuple[der.Element, int]:
    """Return the element at `start` if it has `tag`, else one of no length; and where it ends."""
    if start < limit and data[start] == tag:
        found = der.read(data, start, limit)
        return found, found.end
    return der.Element(tag, start, start, start), start

"""
Entries of one shape: all but the serial number's digits, the date's and a reason are the same.

Real lists are made of a few shapes. A shape is a regular expression that says byte for byte what
DER asks of such an entry, so that thousands of them are read in one call into C.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from authorizers.mtls.crl.entry import RawEntry

BLOCK: Final = 32  # entries that one match of `block` takes
RUN: Final = 2_048  # entries that one match of `runs` takes at most
KEY: Final = 4  # octets of a serial number that it is looked up by: its last ones
_DATE: Final = rb"\x17\x0d[0-9]{12}Z"
# The extensions that hold nothing to decide about, as DER but for their value: reasonCode
# (RFC 5280 §5.3.1; removeFromCRL is of delta lists), and invalidityDate (§5.3.2), not critical.
_REASON: Final = re.escape(bytes.fromhex("300a0603551d1504030a01")) + rb"[\x00-\x06\x08-\x0a]"
_INVALIDITY: Final = re.escape(bytes.fromhex("30180603551d180411180f")) + rb"[0-9]{14}Z"
_TAILS: Final = (
    (0, b""),
    (12, _REASON),
    (26, _INVALIDITY),
    (38, _REASON + _INVALIDITY),
    (38, _INVALIDITY + _REASON),
)
_TAIL_PATTERNS: Final = tuple(re.compile(pattern, re.DOTALL) for _, pattern in _TAILS)
_REASON_PATTERN: Final = re.compile(_REASON[: -len(rb"[\x00-\x06\x08-\x0a]")] + rb"(.)", re.DOTALL)


class Shape(NamedTuple):
    """The octets of the serial number, whether the first is 0, for the sign; which extensions."""

    serial_octets: int
    padded: bool
    tail: int

    @property
    def octets(self) -> int:
        """How long an entry is."""
        size = _TAILS[self.tail][0]
        return 4 + self.serial_octets + 15 + (size + 2 if size else 0)

    @property
    def number(self) -> bytes:
        """The regular expression of an entry up to the end of its serial number."""
        header = re.escape(bytes((0x30, self.octets - 2, 0x02, self.serial_octets)))
        first = rb"\x00[\x80-\xff]" if self.padded else rb"[\x01-\x7f]"
        return header + first + rb".{%d}" % (self.serial_octets - (2 if self.padded else 1))


def tail_of(entry: RawEntry) -> int | None:
    """Return the place of the entry's extensions among those that shapes know."""
    for place, pattern in enumerate(_TAIL_PATTERNS):
        if pattern.fullmatch(entry.extensions):
            return place
    return None


def shape_of(entry: RawEntry, tail: int) -> Shape | None:
    """Return the shape of an entry with such a `tail`, or None: the number is strange or short."""
    octets, first = len(entry.serial), entry.serial[0]
    if not KEY - 2 <= octets <= 21 or first >= 0x80 or len(entry.date) != 13:
        return None
    return Shape(octets, first == 0, tail)


def reason_code(extensions: bytes) -> int:
    """Return the reasonCode in the extensions of an entry that has a shape, or 0."""
    if not extensions:
        return 0
    found = _REASON_PATTERN.search(extensions)
    return found[1][0] if found else 0


def _extensions(tail: int) -> bytes:
    """Return the regular expression of an entry's extensions, if it has any."""
    size, extensions = _TAILS[tail]
    return re.escape(bytes((0x30, size))) + extensions if size else b""


@lru_cache(maxsize=64)
def runs(shapes: tuple[Shape, ...]) -> re.Pattern[bytes]:
    """Return the expression for entries of one shape in a row; its group says of which shape."""
    rows = [shape.number + _DATE + _extensions(shape.tail) for shape in shapes]
    return re.compile(b"|".join(rb"((?:%b){1,%d}+)" % (row, RUN) for row in rows), re.DOTALL)


@lru_cache(maxsize=16)
def block(shapes: tuple[Shape, ...]) -> tuple[re.Pattern[bytes], tuple[int, ...]]:
    """
    Return the expression for `BLOCK` entries, each of any of `shapes`, and the groups of it that
    are their keys. The other groups say which extensions have to follow.
    """
    tails = sorted({shape.tail for shape in shapes})
    heads = [b"|".join(shape.number for shape in shapes if shape.tail == tail) for tail in tails]
    marked = b"|".join(b"(%b)" % head for head in heads)
    groups = len(tails) + 1
    entries = []
    for first in range(1, BLOCK * groups, groups):
        follow = b"".join(
            b"(?(%d)%b)" % (first + place, _extensions(tail)) for place, tail in enumerate(tails)
        )
        entries.append(b"(?:%b)(?<=(.{%d}))%b%b" % (marked, KEY, _DATE, follow))
    keys = tuple(range(groups, BLOCK * groups + 1, groups))
    return re.compile(b"".join(entries), re.DOTALL), keys

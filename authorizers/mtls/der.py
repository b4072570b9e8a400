"""
A strict reader of DER (X.690 §8.1, §10.1), as much of it as a CRL's outline needs.

Lengths are definite and as short as they can be, and tags are of one octet; anything else is
refused. All that has a meaning of its own (names, dates, extensions) is `cryptography`'s to read.
"""

from typing import Final, NamedTuple

from authorizers.errors import DependencyError

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
SEQUENCE: Final = 0x30
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
EXPLICIT_0: Final = 0xA0


def malformed(detail: str) -> DependencyError:
    """Return the error for bytes that are no CRL."""
    return DependencyError("crl_malformed", detail)


class Element(NamedTuple):
    """One element: it starts at `start` with its tag, its contents are from `inner` to `end`."""

    tag: int
    start: int
    inner: int
    end: int


def read(data: bytes, start: int, limit: int) -> Element:
    """
    Read the element at `start`, which has to end at `limit` at the latest.

    Raises:
        DependencyError: `crl_malformed`.
    """
    if start + 2 > limit:
        raise malformed("an element is cut off")
    length, inner = data[start + 1], start + 2
    if length >= 0x80:
        length, inner = _long_length(data, start, limit)
    end = inner + length
    if end > limit or data[start] & 0x1F == 0x1F:
        raise malformed("an element is longer than what it stands in, or has a long tag")
    return Element(data[start], start, inner, end)


def read_tag(data: bytes, start: int, limit: int, tag: int) -> Element:
    """Read the element at `start`, which has to have `tag`; else as `read`."""
    element = read(data, start, limit)
    if element.tag != tag:
        raise malformed("an element is not the one that has to stand there")
    return element


def encode(tag: int, *contents: bytes) -> bytes:
    """Return an element with `contents`."""
    inner = b"".join(contents)
    size = len(inner)
    if size < 0x80:
        return bytes((tag, size)) + inner
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + inner


def _long_length(data: bytes, start: int, limit: int) -> tuple[int, int]:
    """Return the length that is written in several octets (X.690 §8.1.3.5), and where it ends."""
    count = data[start + 1] & 0x7F
    inner = start + 2 + count
    if not 1 <= count <= 4 or inner > limit:
        raise malformed("a length is indefinite, too large or cut off")
    length = int.from_bytes(data[start + 2 : inner])
    if length < 0x80 or data[start + 2] == 0:
        raise malformed("a length is not as short as it can be")
    return length, inner

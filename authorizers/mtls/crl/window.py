"""
Some ten thousand entries in a row, found by the last octets of their serial numbers.

A table of this size stays in a processor's cache while it is filled, which makes many of them
faster to fill than one, and they are still few enough to ask in turn. A key only leads to an
entry: whoever finds one compares the whole number.
"""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from authorizers.mtls.crl.shape import BLOCK, KEY, RUN, Shape, block, runs

_RUN_ENTRIES: Final = 39_321  # the most that a set of 65,536 places holds
_BLOCK_ENTRIES: Final = 87_381  # the most that a dict of 131,072 places holds
_NUMBER: Final = "I"  # array's name for numbers of `KEY` octets


class Segments:
    """Where entries lie, by the row: the first's ordinal, its position, how long each is, or 0."""

    __slots__ = ("_data", "_firsts", "_positions", "_strides", "count")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.count = 0
        self._firsts = array(_NUMBER)
        self._positions = array(_NUMBER)
        self._strides = array(_NUMBER)

    def __len__(self) -> int:
        return len(self._firsts)

    def add(self, count: int, position: int, stride: int = 0) -> None:
        """Add a segment of `count` entries."""
        self._firsts.append(self.count)
        self._positions.append(position)
        self._strides.append(stride)
        self.count += count

    def position(self, ordinal: int) -> int:
        """Return where the entry is."""
        segment = bisect_right(self._firsts, ordinal) - 1
        position, stride = self._positions[segment], self._strides[segment]
        steps = ordinal - self._firsts[segment]
        if stride:
            return position + steps * stride
        data = self._data
        for _ in range(steps):
            position += data[position + 1] + 2  # no entry that has a shape is longer than 127
        return position


class ByRuns:
    """
    A window on a list in which many entries of one shape follow one another. Their keys are
    columns of a table, and numbers.
    """

    def __init__(self, data: bytes) -> None:
        self.segments = Segments(data)
        self.keys: frozenset[int] = frozenset()
        self._data = data
        self._columns = tuple(bytearray() for _ in range(KEY))
        self._octets = bytearray()

    @property
    def full(self) -> bool:
        """Whether a further segment may not fit."""
        return self.segments.count > _RUN_ENTRIES - RUN

    def fill(self, position: int, limit: int, shapes: tuple[Shape, ...]) -> int:
        """Take entries from `position` as far as they have `shapes`; return where it stopped."""
        data, segments, match = self._data, self.segments, runs(shapes).match
        while segments.count <= _RUN_ENTRIES - RUN and (found := match(data, position, limit)):
            shape = shapes[(found.lastindex or 1) - 1]
            end, stride = found.end(), shape.octets
            segments.add((end - position) // stride, position, stride)
            place = position + shape.serial_octets + 4 - KEY
            for octet, column in enumerate(self._columns, place):
                column.extend(data[octet:end:stride])
            position = end
        return position

    def close(self) -> Iterator[int]:
        """Make the index; yield the positions of entries that it cannot find fast enough."""
        octets = bytearray(self.segments.count * KEY)
        for place, column in enumerate(self._columns):
            octets[place::KEY] = column
        self._columns = ()
        self.keys = frozenset(memoryview(octets).cast(_NUMBER))
        if len(self.keys) < self.segments.count * 0.99:  # an issuer whose numbers end alike
            self.keys = frozenset()
            yield from map(self.segments.position, range(self.segments.count))
        self._octets = octets

    def positions(self, number: bytes) -> Iterator[int]:
        """Yield the positions of all entries whose key is that of the INTEGER `number`."""
        octets, key = self._octets, number[-KEY:]
        place = octets.find(key)
        while place >= 0:
            if place % KEY == 0:
                yield self.segments.position(place // KEY)
            place = octets.find(key, place + 1)


class ByBlocks:
    """A window on a list in which the shapes alternate. Its keys are octets."""

    def __init__(self, data: bytes) -> None:
        self.segments = Segments(data)
        self.ordinals: dict[bytes, int] = {}
        self._data = data
        self._keys: list[bytes] = []

    @property
    def full(self) -> bool:
        """Whether a further segment may not fit."""
        return self.segments.count > _BLOCK_ENTRIES - BLOCK

    def fill(self, position: int, limit: int, shapes: tuple[Shape, ...]) -> int:
        """Take entries from `position` as far as they have `shapes`; return where it stopped."""
        pattern, groups = block(shapes)
        data, segments, match = self._data, self.segments, pattern.match
        while segments.count <= _BLOCK_ENTRIES - BLOCK and (found := match(data, position, limit)):
            self._keys += found.group(*groups)
            segments.add(BLOCK, position)
            position = found.end()
        return position

    def close(self, ordinals: range | list[int]) -> Iterator[int]:
        """Make the index; yield the positions of entries whose key a later one has as well."""
        keys, self._keys = self._keys, []
        self.ordinals = dict(zip(keys, ordinals, strict=False))
        if len(self.ordinals) < len(keys):
            for ordinal, key in enumerate(keys):
                if self.ordinals[key] != ordinal:
                    yield self.segments.position(ordinal)


def number_key(number: bytes) -> int:
    """Return the key that `ByRuns` has for the INTEGER `number`, tag and length included."""
    return int.from_bytes(number[-KEY:], sys.byteorder)

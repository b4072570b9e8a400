"""
Some forty thousand entries in a row, found by the last octets of their serial numbers.

A dictionary of this size stays in a processor's cache while it is filled: all of them take half the
time of larger ones, and they are few enough to be asked in turn. A key only leads to an entry:
whoever finds one compares the whole number.
"""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Final

from authorizers.mtls.crl.shape import BLOCK, KEY, RUN, Shape, block, runs

_ENTRIES: Final = 43_690  # the most that a dict of 65,536 places holds
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


class Window:
    """`ordinals` leads from keys to the places of entries in `segments`, once it is closed."""

    def __init__(self, data: bytes) -> None:
        self.segments = Segments(data)
        self.ordinals: dict[Any, int] = {}
        self._data = data

    @property
    def room(self) -> int:
        """How many entries still fit."""
        return _ENTRIES - self.segments.count

    def index(self, keys: Sequence[Any], ordinals: Sequence[int]) -> Iterator[int]:
        """Make the index; yield the positions of entries whose key a later one has as well."""
        self.ordinals = dict(zip(keys, ordinals, strict=False))
        if len(self.ordinals) < len(keys):
            for ordinal, key in enumerate(keys):
                if self.ordinals[key] != ordinal:
                    yield self.segments.position(ordinal)


class ByRuns(Window):
    """
    A window on a list in which many entries of one shape follow one another. Their keys are
    columns of a table, and numbers.
    """

    most = RUN  # entries at once

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._spans: list[tuple[int, int, int]] = []

    def fill(self, position: int, limit: int, shapes: tuple[Shape, ...]) -> int:
        """Take entries from `position` as far as they have `shapes`; return where it stopped."""
        data, segments, match = self._data, self.segments, runs(shapes).match
        columns = [(shape.octets, shape.serial_octets + 4 - KEY) for shape in shapes]
        while segments.count <= _ENTRIES - RUN and (found := match(data, position, limit)):
            end = found.end()
            stride, column = columns[(found.lastindex or 1) - 1]
            segments.add((end - position) // stride, position, stride)
            self._spans.append((position + column, end, stride))
            position = end
        return position

    def close(self, ordinals: Sequence[int]) -> Iterator[int]:
        """Make the index; as `index`."""
        data, spans = self._data, self._spans
        self._spans = []
        octets = bytearray(self.segments.count * KEY)
        for octet in range(KEY):
            column = [data[start + octet : end : stride] for start, end, stride in spans]
            octets[octet::KEY] = b"".join(column)
        return self.index(memoryview(octets).cast(_NUMBER), ordinals)


class ByBlocks(Window):
    """A window on a list in which the shapes alternate. Its keys are octets."""

    most = BLOCK  # entries at once

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._keys: list[bytes] = []

    def fill(self, position: int, limit: int, shapes: tuple[Shape, ...]) -> int:
        """Take entries from `position` as far as they have `shapes`; return where it stopped."""
        pattern, groups = block(shapes)
        data, segments, match = self._data, self.segments, pattern.match
        while segments.count <= _ENTRIES - BLOCK and (found := match(data, position, limit)):
            self._keys += found.group(*groups)
            segments.add(BLOCK, position)
            position = found.end()
        return position

    def close(self, ordinals: Sequence[int]) -> Iterator[int]:
        """Make the index; as `index`."""
        keys, self._keys = self._keys, []
        return self.index(keys, ordinals)


def number_key(number: bytes) -> int:
    """Return the key that `ByRuns` has for the INTEGER `number`, tag and length included."""
    return int.from_bytes(number[-KEY:], sys.byteorder)

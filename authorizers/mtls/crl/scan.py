"""
From the octets of a list's entries to their index, with every one of them checked.

Long lists are taken in windows, as far as their entries have one of a few shapes; what has none
is read by itself. Either every entry is what DER and RFC 5280 §5.1 say, or the list is refused.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from authorizers.mtls.crl.entries import Entries
from authorizers.mtls.crl.entry import Entry, RawEntry, read_entry
from authorizers.mtls.crl.shape import BLOCK, Shape, shape_of, tail_of
from authorizers.mtls.crl.window import ByBlocks, ByRuns

ReadStrange = Callable[[list[RawEntry]], Mapping[int, Entry]]

_SAMPLE: Final = 512  # entries that are read one by one before shapes are chosen
_MAX_SHAPES: Final = 12  # more alternatives cost more than they save
_SEEN: Final = 32  # a shape that was met so often among single entries is worth an expression
_SHORT_RUN: Final = 8  # entries; below this, blocks take less time than runs


def scan(data: bytes, start: int, limit: int, read_strange: ReadStrange) -> Entries:
    """
    Index the entries in `data` between `start` and `limit`; `read_strange` is given those with
    extensions that have to be understood.

    Raises:
        DependencyError: `crl_malformed`, and what `read_strange` raises.
    """
    scanning = _Scan(data, limit)
    position = scanning.read_singles(start, _SAMPLE, enough=2)
    while position < limit:
        position = scanning.fill(position)
        position = scanning.read_singles(position, scanning.step, enough=_SEEN)
    return scanning.entries(read_strange)


class _Scan:
    """What has been found so far."""

    def __init__(self, data: bytes, limit: int) -> None:
        self._data = data
        self._limit = limit
        self._count = 0
        self._singles: dict[int, list[int]] = {}
        self._strange: list[RawEntry] = []
        self._seen = Counter[Shape]()
        self._shapes: tuple[Shape, ...] = ()
        self._run_count = 0
        self._last: Shape | None = None
        self._filling: ByRuns | ByBlocks | None = None
        self._runs: list[ByRuns] = []
        self._blocks: list[ByBlocks] = []
        self._ordinals: list[int] = []

    @property
    def step(self) -> int:
        """How many entries to read by themselves where a window cannot go on."""
        return 1 if isinstance(self._filling, ByRuns) else BLOCK

    def read_singles(self, position: int, most: int, enough: int) -> int:
        """Read up to `most` entries one by one; a shape met `enough` times is chosen."""
        for _ in range(most):
            if position >= self._limit:
                break
            entry = read_entry(self._data, position, self._limit)
            tail = tail_of(entry)
            if tail is None:
                self._strange.append(entry)
            else:
                self._note_shape(shape_of(entry, tail), enough)
            self._keep(int.from_bytes(entry.serial, signed=True), position)
            self._count += 1
            position = entry.end
        return position

    def fill(self, position: int) -> int:
        """Take entries that have a shape into windows; return where the first is that has none."""
        if not self._shapes:
            return position
        shapes = self._shapes
        while True:
            filling = self._filling = self._filling or self._new()
            position = filling.fill(position, self._limit, shapes)
            if filling.room >= filling.most:
                return position
            self._close(filling)

    def entries(self, read_strange: ReadStrange) -> Entries:
        """Return the index of all."""
        if self._filling is not None:
            self._close(self._filling)
        strange = read_strange(self._strange) if self._strange else {}
        args = (self._count, self._runs, self._blocks, self._singles, strange)
        return Entries(self._data, self._limit, *args)

    def _note_shape(self, shape: Shape | None, enough: int) -> None:
        self._run_count += shape != self._last
        self._last = shape
        if shape is None or shape in self._shapes:
            return
        self._seen[shape] += 1
        if self._seen[shape] >= enough and len(self._shapes) < _MAX_SHAPES:
            ordered = sorted((*self._shapes, shape), key=lambda s: -self._seen[s])
            self._shapes = tuple(ordered)

    def _new(self) -> ByRuns | ByBlocks:
        """Return an empty window, of the kind that the list so far is better served by."""
        segments = self._run_count + sum(len(window.segments) for window in self._runs)
        if self._blocks or segments * _SHORT_RUN > self._count:
            return ByBlocks(self._data)
        return ByRuns(self._data)

    def _close(self, filling: ByRuns | ByBlocks) -> None:
        self._filling = None
        count = filling.segments.count
        self._count += count
        self._ordinals.extend(range(len(self._ordinals), count))
        if isinstance(filling, ByRuns):
            self._runs.append(filling)
        else:
            self._blocks.append(filling)
        for position in filling.close(self._ordinals):
            entry = read_entry(self._data, position, self._limit)
            self._keep(int.from_bytes(entry.serial, signed=True), position)

    def _keep(self, number: int, position: int) -> None:
        self._singles.setdefault(number, []).append(position)

"""
The entries of a list by serial number.

Three kinds of places are asked: windows of entries that have a shape, of which there may be
millions; entries that were read one by one, because few have their shape or two have one key; and
those with extensions that decide something, which `strange` has read in full.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from authorizers.mtls.crl.entry import REASONS, Entry, read_entry
from authorizers.mtls.crl.shape import KEY, reason_code
from authorizers.mtls.crl.window import ByBlocks, ByRuns, Window, number_key


class Entries:
    """What a list says about serial numbers; made by `scan.scan`."""

    __slots__ = (
        "_blocks",
        "_count",
        "_data",
        "_limit",
        "_runs",
        "_singles",
        "_strange",
        "_windows",
    )

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        data: bytes,
        limit: int,
        count: int,
        runs: Sequence[ByRuns],
        blocks: Sequence[ByBlocks],
        singles: Mapping[int, Sequence[int]],
        strange: Mapping[int, Entry],
    ) -> None:
        self._data = data
        self._limit = limit
        self._count = count
        self._windows: list[Window] = [*runs, *blocks]
        numbered = [(i, window.ordinals) for i, window in enumerate(self._windows)]
        self._runs, self._blocks = numbered[: len(runs)], numbered[len(runs) :]
        self._singles = singles
        self._strange = strange

    def __len__(self) -> int:
        return self._count

    @property
    def strange(self) -> Iterable[Entry]:
        """The entries with extensions beside a reason and an invalidity date."""
        return self._strange.values()

    def find(self, serial: int) -> Entry | None:
        """
        Return the entry for `serial`, the most severe where there are several: one that revokes,
        before one that takes off the list.
        """
        found = self.find_all(serial)
        return next((entry for entry in found if not entry.removed), found[0] if found else None)

    def find_all(self, serial: int) -> list[Entry]:
        """
        Return all entries for `serial` in their order. An indirect list may have one for each of
        several issuers.
        """
        singles = self._singles.get(serial, ())
        windows = self._in_windows(serial)
        if not singles and not windows:  # as nearly always
            return []
        found = [(at, self._single(at)) for at in singles]
        found += [(at, self._shaped(serial, at)) for at in windows]
        found.sort(key=itemgetter(0))
        return [entry for _, entry in found]

    def _in_windows(self, serial: int) -> list[int]:
        """Return where windows have entries for a serial number."""
        octets = serial_octets(serial)
        wanted = bytes((0x02, len(octets))) + octets
        number = number_key(wanted)
        found = [i for i, ordinals in self._runs if number in ordinals]
        positions = [self._position(i, number) for i in found]
        if self._blocks:
            key = wanted[-KEY:]
            found = [i for i, ordinals in self._blocks if key in ordinals]
            positions += [self._position(i, key) for i in found]
        return [at for at in positions if self._data.startswith(wanted, at + 2)]

    def _position(self, window: int, key: Any) -> int:
        found = self._windows[window]
        return found.segments.position(found.ordinals[key])

    def _shaped(self, serial: int, position: int) -> Entry:
        """Return an entry of which everything but three values is known."""
        data = self._data
        date = position + data[position + 3] + 6
        extensions = data[date + 13 : position + data[position + 1] + 2]
        return Entry(serial, REASONS[reason_code(extensions)], position, data[date : date + 13])

    def _single(self, position: int) -> Entry:
        strange = self._strange.get(position)
        if strange is not None:
            return strange
        raw = read_entry(self._data, position, self._limit)
        reason = REASONS[reason_code(raw.extensions)]
        return Entry(int.from_bytes(raw.serial, signed=True), reason, position, raw.date)


def serial_octets(serial: int) -> bytes:
    """Return the contents of the INTEGER (X.690 §8.3.2): as few octets as hold it and its sign."""
    bits = (serial if serial >= 0 else ~serial).bit_length()
    return serial.to_bytes(bits // 8 + 1, signed=True)

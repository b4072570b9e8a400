"""
The entries of a list by serial number.

Three kinds of places are asked: windows of entries that have a shape, of which there may be
millions; entries that were read one by one, because few have their shape or two have one key; and
those with extensions that decide something, which `strange` has read in full.
"""

from collections.abc import Iterable, Mapping, Sequence

from authorizers.mtls.crl.entry import REASONS, Entry, read_entry
from authorizers.mtls.crl.shape import KEY, reason_code
from authorizers.mtls.crl.window import ByBlocks, ByRuns, number_key


class Entries:
    """What a list says about serial numbers; made by `scan.scan`."""

    __slots__ = ("_blocks", "_count", "_data", "_limit", "_runs", "_singles", "_strange")

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
        self._runs = [(window.keys, window) for window in runs]
        self._blocks = [(window.ordinals, window) for window in blocks]
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
        octets = serial_octets(serial)
        positions = list(self._singles.get(serial, ()))
        if len(octets) >= KEY - 2:
            positions += self._in_windows(octets)
        return [self._entry(position) for position in sorted(positions)]

    def _in_windows(self, octets: bytes) -> list[int]:
        """Return where windows have entries for a serial number."""
        wanted = bytes((0x02, len(octets))) + octets
        number, key = number_key(wanted), wanted[-KEY:]
        positions: list[int] = []
        for run in [window for keys, window in self._runs if number in keys]:
            positions += run.positions(wanted)
        for ordinals, window in self._blocks:
            if key in ordinals:
                positions.append(window.segments.position(ordinals[key]))
        return [at for at in positions if self._data.startswith(wanted, at + 2)]

    def _entry(self, position: int) -> Entry:
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

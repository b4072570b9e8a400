"""A few keys in memory: those of the document itself, and those of tests and demonstrations."""

import threading
from collections.abc import Iterable, Iterator, Sequence

from authorizers.api_key.record import KeyRecord, dump_record, load_record
from authorizers.errors import ConfigurationError, Problem


class KeysInMemory:
    """
    A `KeyRegistry` that ends with the process. Finding one of a million keys costs what finding
    one of one does. Threads may share it.
    """

    __slots__ = ("_lock", "_records", "place")

    def __init__(self, records: Iterable[KeyRecord] = (), place: str = "the document") -> None:
        """
        Keep `records`, which were read from `place`.

        Raises:
            ConfigurationError: two of them have the same id, so that nobody can say which counts.
        """
        self.place = place
        self._lock = threading.Lock()
        self._records: dict[str, KeyRecord] = {}
        for record in records:
            if record.key_id in self._records:
                raise ConfigurationError(Problem(place, f"has the key {record.key_id} twice"))
            self._records[record.key_id] = record

    def find(self, key_id: str) -> KeyRecord | None:
        """Return the record, or None if there is none."""
        return self._records.get(key_id)

    def add(self, record: KeyRecord) -> bool:
        """
        Add a record; return False, and change nothing, if its id is taken.

        Raises:
            DependencyError: `key_record_malformed`: it could not be read again.
        """
        return not self.add_all((record,))

    def add_all(self, records: Sequence[KeyRecord]) -> frozenset[str]:
        """
        Add many; return the ids that were taken already.

        Raises:
            DependencyError: `key_record_malformed`: one could not be read again.
        """
        whole = [self._whole(record) for record in records]
        with self._lock:
            taken = {
                record.key_id
                for record in whole
                if self._records.setdefault(record.key_id, record) is not record
            }
        return frozenset(taken)

    def replace(self, record: KeyRecord) -> bool:
        """
        Put `record` in the place of the one with its id and version; return False if there is none.

        Raises:
            DependencyError: `key_record_malformed`: it could not be read again.
        """
        whole = self._whole(record)
        with self._lock:
            known = self._records.get(record.key_id)
            if known is None or known.version != record.version:
                return False
            self._records[record.key_id] = whole._replace(version=record.version + 1)
            return True

    def all(self, _: object = None, /) -> Iterator[KeyRecord]:
        """Yield every record there is when the first is asked for."""
        with self._lock:
            records = tuple(self._records.values())
        yield from records

    def _whole(self, record: KeyRecord) -> KeyRecord:
        """Return `record` as every other store would give it back."""
        return load_record(dump_record(record), self.place, record.version)

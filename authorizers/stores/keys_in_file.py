"""
A file of keys: a few keys, without any infrastructure.

    {"version": 1, "keys": [{"id": "7Fh3kQ9ZpLm2", "owner": "orders", …, "version": 3}]}

Each is the JSON of every store and its version. They are sorted by id, so that the same keys are
the same bytes. The digests of keys are in it, and the values of API Gateway keys: it is nobody
else's to read.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from authorizers.api_key.record import KeyRecord, dump_record, load_record
from authorizers.errors import DependencyError
from authorizers.model.strict_json import parse_json
from authorizers.stores.local_file import file_errors, folder_lock, replace_file, signature_of

FORMAT = 1
MAX_BYTES = 4 * 1024 * 1024  # some 8,000 keys; a function that starts reads them all
SETTLED_SECONDS = 2  # two changes within the finest step of a file system's clock look like one

Entries = dict[str, dict[str, Any]]


class _Seen(NamedTuple):
    """What the file held when it looked like `signature`; `settled` if that cannot mislead."""

    signature: tuple[int, ...]
    settled: bool
    entries: Entries

    def __repr__(self) -> str:
        return f"_Seen({len(self.entries)} keys)"


class KeysInFile:
    """
    A `KeyRegistry` in the file `path`. Threads and processes may share it: each change is made
    whole, one after the other, and what cannot be read is never overwritten.

    For functions it is read when it looks different than before. `wall` is the clock of the file
    system, in seconds since 1970.
    """

    __slots__ = ("_path", "_seen", "_wall", "place")

    def __init__(
        self, path: str | os.PathLike[str], *, wall: Callable[[], float] = time.time
    ) -> None:
        self._path = os.fspath(path)
        self._wall = wall
        self._seen = _Seen((), False, {})
        self.place = f"file:{self._path}"

    def find(self, key_id: str) -> KeyRecord | None:
        """
        Return the record as it is now, or None if there is none.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied`, `store_unavailable`,
                `key_file_malformed`, `key_file_too_large` or `key_record_malformed`.
        """
        with file_errors(self.place):
            signature = signature_of(os.stat(self._path))  # noqa: PTH116 - pathlib costs a cold start
            seen = self._seen
            if signature != seen.signature or not seen.settled:
                seen = self._seen = self._read()
        entry = seen.entries.get(key_id)
        return None if entry is None else self._load(entry)

    def add(self, record: KeyRecord) -> bool:
        """
        Add a record; return False, and change nothing, if its id is taken. The first one makes
        the file.

        Raises:
            DependencyError: it is not known to be written.
            ConfigurationError: this system cannot lock a folder.
        """
        return not self.add_all((record,))

    def add_all(self, records: Sequence[KeyRecord]) -> frozenset[str]:
        """
        Add many by one write; return the ids that were taken already.

        Raises:
            DependencyError: they are not known to be written; it is all of them or none.
            ConfigurationError: this system cannot lock a folder.
        """
        new = [(record.key_id, self._dump(record)) for record in records]
        with self._changing(create=True) as entries:
            return frozenset(
                key_id for key_id, entry in new if entries.setdefault(key_id, entry) is not entry
            )

    def replace(self, record: KeyRecord) -> bool:
        """
        Put `record` in the place of the one with its id and version; return False if there is none.

        Raises:
            DependencyError: it is not known to be written.
            ConfigurationError: this system cannot lock a folder.
        """
        new = self._dump(record._replace(version=record.version + 1))
        with self._changing() as entries:
            old = entries.get(record.key_id)
            if old is None or self._load(old).version != record.version:
                return False
            entries[record.key_id] = new
            return True

    def all(
        self, on_problem: Callable[[DependencyError], None] | None = None, /
    ) -> Iterator[KeyRecord]:
        """
        Yield every record there is when the first is asked for, by id. `on_problem` is told of
        each that cannot be read; without it, the first such ends it.

        Raises:
            DependencyError: the file cannot be read, or `key_record_malformed`.
        """
        with file_errors(self.place):
            entries = self._read().entries
        for key_id, entry in entries.items():
            try:
                yield self._load(entry)
            except DependencyError as error:
                if on_problem is None:
                    raise
                on_problem(DependencyError(error.code, f"{key_id}: {error.detail}"))

    @contextmanager
    def _changing(self, *, create: bool = False) -> Iterator[Entries]:
        """Give the entries to be changed, and write what became of them, all or nothing."""
        with file_errors(self.place, "written"):
            path = os.path.realpath(self._path)  # a link stays, and leads to what is changed
            with folder_lock(path):
                entries = {} if create and not os.path.exists(path) else self._read().entries  # noqa: PTH110
                before = dict(entries)
                yield entries
                if entries != before:
                    replace_file(path, self._rendered(entries))

    def _read(self) -> _Seen:
        now = self._wall()
        with open(self._path, "rb") as file:  # noqa: PTH123 - pathlib costs a cold start
            status = os.fstat(file.fileno())
            data = file.read(MAX_BYTES + 1)
        self._refuse_large(data)
        settled = now - max(status.st_mtime, status.st_ctime) > SETTLED_SECONDS
        return _Seen(signature_of(status), settled, self._parsed(data))

    def _parsed(self, data: bytes) -> Entries:
        try:
            value = parse_json(data)
        except ValueError:
            value = None
        if not _is_key_file(value):
            raise DependencyError("key_file_malformed", f"{self.place} is not a file of keys")
        entries = {entry["id"]: entry for entry in value["keys"]}
        if len(entries) != len(value["keys"]):
            raise DependencyError("key_file_malformed", f"{self.place} has a key twice")
        return entries

    def _load(self, entry: dict[str, Any]) -> KeyRecord:
        version = entry.get("version")
        if type(version) is not int or version < 1:
            detail = f"{self.place} has a key whose version is no number that counts up from 1"
            raise DependencyError("key_record_malformed", detail)
        value = {name: member for name, member in entry.items() if name != "version"}
        return load_record(value, self.place, version)

    def _dump(self, record: KeyRecord) -> dict[str, Any]:
        entry = {**dump_record(record), "version": record.version}
        self._load(entry)  # what cannot be read is not written
        return entry

    def _rendered(self, entries: Entries) -> bytes:
        keys = [entries[key_id] for key_id in sorted(entries)]
        data = json.dumps({"version": FORMAT, "keys": keys}, indent=2).encode() + b"\n"
        self._refuse_large(data)
        return data

    def _refuse_large(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            detail = f"{self.place} is larger than {MAX_BYTES} bytes: keep so many keys in DynamoDB"
            raise DependencyError("key_file_too_large", detail)


def _is_key_file(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"version", "keys"}
        and value["version"] == FORMAT
        and isinstance(value["keys"], list)
        and all(isinstance(key, dict) and isinstance(key.get("id"), str) for key in value["keys"])
    )

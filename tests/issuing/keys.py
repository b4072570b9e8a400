"""A registry that can be troubled, peppers and drafts, for the tests of this folder."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord
from authorizers.errors import DependencyError
from authorizers.stores.keys_in_memory import KeysInMemory

NOW = 1_800_000_000
PREFIX = "orders_live"
PEPPERS = parse_peppers(json.dumps({"current": "1", "1": "one" * 12}), "test")
NEXT_PEPPERS = parse_peppers(json.dumps({"current": "2", "1": "one" * 12, "2": "two" * 12}), "test")
AWAY = DependencyError("store_unavailable", "the store is away")
DENIED = DependencyError("store_access_denied", "the store may not be written")


class Killed(BaseException):
    """The process ends here: nothing may catch it."""


class TroubledKeys(KeysInMemory):
    """
    Keys in memory. `before` and `after` are called around each write, with its name, and may
    raise: before it, nothing is written; after it, everything is. `reading` is called at each find.
    """

    __slots__ = ("after", "before", "reading", "writes")

    def __init__(self, records: Sequence[KeyRecord] = ()) -> None:
        super().__init__(records, "the troubled store")
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[str], None] = lambda _: None
        self.reading: Callable[[], None] = lambda: None
        self.writes: list[str] = []

    def find(self, key_id: str) -> KeyRecord | None:
        self.reading()
        return super().find(key_id)

    def add(self, record: KeyRecord) -> bool:
        return bool(self._around("add", lambda: super(TroubledKeys, self).add(record)))

    def add_all(self, records: Sequence[KeyRecord]) -> frozenset[str]:
        taken: frozenset[str] = self._around("add_all", lambda: KeysInMemory.add_all(self, records))
        return taken

    def replace(self, record: KeyRecord) -> bool:
        return bool(self._around("replace", lambda: super(TroubledKeys, self).replace(record)))

    def _around(self, name: str, write: Callable[[], Any]) -> Any:
        self.writes.append(name)
        self.before(name)
        result = write()
        self.after(name)
        return result


def raising(*errors: BaseException | None) -> Callable[..., None]:
    """Return what raises these errors, one at each call, and then nothing."""
    left: Iterator[BaseException | None] = iter(errors)

    def call(*_: object, **__: object) -> None:
        error = next(left, None)
        if error is not None:
            raise error

    return call


def draft(owner: str = "acme", **members: Any) -> KeyRecord:
    """Return a record without id and secrets."""
    return KeyRecord("", owner, (), NOW, **members)

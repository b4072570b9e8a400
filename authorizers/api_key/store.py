"""Where the records of keys are; `authorizers.stores` has the adapters."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from authorizers.api_key.record import KeyRecord
from authorizers.errors import DependencyError

OnProblem = Callable[[DependencyError], None]


class KeyStore(Protocol):
    """What a function needs: one record by its id."""

    @property
    def place(self) -> str:
        """What the store is called in messages: `dynamodb:ApiKeys`."""
        ...

    def find(self, key_id: str) -> KeyRecord | None:
        """
        Return the record as it is now, or None if there is none: one read, never a stale one.

        Raises:
            DependencyError: nobody can say, or `key_record_malformed`.
        """
        ...


class KeyRegistry(KeyStore, Protocol):
    """What operators need besides. Nothing here is ever called by a function."""

    def add(self, record: KeyRecord) -> bool:
        """
        Add a record; return False, and change nothing, if its id is taken.

        Raises:
            DependencyError: it is not known to be written.
        """
        ...

    def add_all(self, records: Sequence[KeyRecord]) -> frozenset[str]:
        """
        Add many, in as few calls as the store allows; return the ids that were taken already,
        whose records are left as they are. After an error any part may have been written; doing
        it again is safe.

        Raises:
            DependencyError: not all are known to be written.
        """
        ...

    def replace(self, record: KeyRecord) -> bool:
        """
        Put `record` in the place of the one with its id and its `version`, and count the version
        up; return False, and change nothing, if that one is not there any more.

        Raises:
            DependencyError: it is not known to be written.
        """
        ...

    def all(self, on_problem: OnProblem | None = None, /) -> Iterator[KeyRecord]:
        """
        Yield every record, page by page, in no order. `on_problem` is told of each that cannot
        be read, and the others follow; without it, the first such ends it.

        Raises:
            DependencyError: the store cannot be read, or `key_record_malformed`.
        """
        ...

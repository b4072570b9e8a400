"""
Where the compiled document comes from while a function is warm.

The package's own file is read once. A document kept outside, in a store, has

- a key: there is one document, and its store's version tells whether it changed;
- a life: `ttl_seconds`, then the store is asked again, by one thread at a time;
- a failed refill: the last good document stays in use for at most `stale_limit_seconds`
  beyond its life, with one attempt every `RETRY_SECONDS`; then every request fails (500).
"""

import threading
from collections.abc import Callable
from typing import Protocol

from authorizers.config.compiled import CompiledDocument, parse_compiled
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.model.clock import Clock, Deadline

DEFAULT_STALE_LIMIT_SECONDS = 3600
RETRY_SECONDS = 10  # Parameter Store answers 40 requests a second by default: no storms


class DocumentStore(Protocol):
    """One document outside the package; `authorizers.stores` has them."""

    @property
    def place(self) -> str:
        """What the document is called in messages."""
        ...

    def read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        """
        Return the document and its version; `None` if that is still `known_version`.

        Raises:
            DependencyError: the store cannot be read.
            ConfigurationError: what it holds can be no document.
        """
        ...


class ConfigurationSource(Protocol):
    """Where the document in force comes from."""

    def current(self) -> CompiledDocument:
        """
        Return the document in force: the same object as long as it has not changed.

        Raises:
            ConfigurationError: there is a document, but it is wrong.
            DependencyError: `configuration_unavailable`.
        """
        ...


class FixedDocument:
    """
    A document that cannot change while the function runs. `accept` is asked about it until it has
    taken it: what it depends on may be away for a while.
    """

    __slots__ = ("_accept", "_accepted", "_document")

    def __init__(
        self,
        document: CompiledDocument,
        accept: Callable[[CompiledDocument], None] = lambda _: None,
    ) -> None:
        self._document = document
        self._accept = accept
        self._accepted = False

    def current(self) -> CompiledDocument:
        """
        Return the document.

        Raises:
            ConfigurationError, DependencyError: `accept` refuses it.
        """
        if not self._accepted:
            self._accept(self._document)
            self._accepted = True
        return self._document


class RefreshedDocument:
    """A document that is read again from its store when its life is over."""

    __slots__ = (
        "_accept",
        "_clock",
        "_data",
        "_document",
        "_lock",
        "_on_failure",
        "_retry_at",
        "_stale_at",
        "_store",
        "_version",
        "last_error",
        "stale_limit_seconds",
        "ttl_seconds",
    )

    def __init__(  # noqa: PLR0913 - the store, the clock and the listeners are arguments
        self,
        store: DocumentStore,
        clock: Clock,
        *,
        ttl_seconds: float,
        stale_limit_seconds: float = DEFAULT_STALE_LIMIT_SECONDS,
        accept: Callable[[CompiledDocument], None] = lambda _: None,
        on_failure: Callable[[AuthorizersError], None] = lambda _: None,
    ) -> None:
        """
        Nothing is read yet. `accept` is asked about every new document and raises
        `ConfigurationError` to refuse it; `on_failure` is told of every read that failed.
        """
        self._store = store
        self._clock = clock
        self._accept = accept
        self._on_failure = on_failure
        self._lock = threading.Lock()
        self._data = b""
        self._version: str | None = None
        self._document: CompiledDocument | None = None
        self._retry_at = self._stale_at = Deadline(0.0, 0.0)
        self.last_error: AuthorizersError | None = None
        self.ttl_seconds = ttl_seconds
        self.stale_limit_seconds = stale_limit_seconds

    def current(self) -> CompiledDocument:
        """
        Return the document in force: the same object as long as it has not changed.

        Raises:
            ConfigurationError: the store's document is wrong, and no good one is left.
            DependencyError: `configuration_unavailable`, and no good document is left.
        """
        # While one thread reads, the others go on with the document they have.
        if self._due and self._lock.acquire(blocking=not self._usable):
            try:
                if self._due:
                    self._refresh_or_note()
            finally:
                self._lock.release()
        if self._document is None or not self._usable:
            raise self._failure()
        return self._document

    @property
    def _usable(self) -> bool:
        return self._document is not None and not self._stale_at.passed(self._clock)

    @property
    def _due(self) -> bool:
        return self._retry_at.passed(self._clock)

    def _refresh_or_note(self) -> None:
        try:
            self._refresh()
        except Exception as foreign:  # noqa: BLE001 whatever a store raises, there is no document
            error = foreign if isinstance(foreign, AuthorizersError) else _unreadable(foreign)
            self.last_error = error
            self._retry_at = Deadline.after(min(RETRY_SECONDS, self.ttl_seconds), self._clock)
            self._on_failure(error)

    def _refresh(self) -> None:
        answer = self._store.read(self._version)
        if answer is not None:
            data, version = answer
            if self._document is None or data != self._data:
                document = parse_compiled(data, self._store.place)
                self._accept(document)
                self._document = document
            self._data, self._version = data, version
        self.last_error = None
        self._retry_at = Deadline.after(self.ttl_seconds, self._clock)
        life = self.ttl_seconds + self.stale_limit_seconds
        self._stale_at = Deadline.after(life, self._clock)

    def _failure(self) -> AuthorizersError:
        error = self.last_error
        if isinstance(error, ConfigurationError):
            return ConfigurationError(*error.problems, code=error.code)
        reason = error.detail if error is not None else "it is being read"
        return DependencyError("configuration_unavailable", f"no document is in force: {reason}")


def _unreadable(foreign: Exception) -> DependencyError:
    """Return the error for a foreign one, whose text may hold anything, by its type alone."""
    detail = f"the store raised {type(foreign).__name__}"
    return DependencyError("configuration_unavailable", detail)

"""
Something made of the bytes in a store, while a function is warm.

- Its key: there is one, and its store's version tells whether it changed.
- Its life: `ttl_seconds`, then the store is asked again, by one thread at a time.
- A failed refill: the last good one stays in use for at most `stale_limit_seconds` beyond its
  life, with one attempt every `RETRY_SECONDS`; then every request fails.
"""

import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, NamedTuple, Protocol, TypeVar

from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.model.clock import Clock, Deadline

RETRY_SECONDS = 10  # Parameter Store answers 40 requests a second by default: no storms

T = TypeVar("T")


class BytesStore(Protocol):
    """One object of bytes outside; `authorizers.stores` has them."""

    @property
    def place(self) -> str:
        """What it is called in messages."""
        ...

    def read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        """
        Return the bytes and their version; `None` if that is still `known_version`.

        Raises:
            DependencyError: the store cannot be read.
            ConfigurationError: what it holds can be of no use.
        """
        ...


class Life(NamedTuple):
    """For how many seconds something is used without being asked for, and beyond, if need be."""

    ttl_seconds: float
    stale_limit_seconds: float


class Refreshed(Generic[T]):
    """What `parse` makes of the bytes in a store, read again when its life is over."""

    __slots__ = (
        "_accept",
        "_clock",
        "_digest",
        "_lock",
        "_made",
        "_on_failure",
        "_parse",
        "_retry_at",
        "_stale_at",
        "_store",
        "_unavailable",
        "_version",
        "last_error",
        "life",
    )

    def __init__(  # noqa: PLR0913 - the store, the clock and the listeners are arguments
        self,
        store: BytesStore,
        parse: Callable[[bytes, str], T],
        clock: Clock,
        life: Life,
        *,
        unavailable: str,
        accept: Callable[[T, T | None], None] = lambda _, __: None,
        on_failure: Callable[[AuthorizersError], None] = lambda _: None,
    ) -> None:
        """
        Nothing is read yet. `parse` is given the bytes and their place. `accept` is given what
        is new and what it is to replace, and raises to refuse it: then the last good one stays.
        `on_failure` is told of every read that failed. `unavailable` is the code for when there
        is none.
        """
        self._store = store
        self._parse = parse
        self._clock = clock
        self._unavailable = unavailable
        self._accept = accept
        self._on_failure = on_failure
        self._lock = threading.Lock()
        self._digest = b""
        self._version: str | None = None
        self._made: T | None = None
        self._retry_at = self._stale_at = Deadline(0.0, 0.0)
        self.last_error: AuthorizersError | None = None
        self.life = life

    def current(self) -> T:
        """
        Return what is in force: the same object as long as it has not changed.

        Raises:
            ConfigurationError: what is in the store is wrong, and no good one is left.
            DependencyError: it cannot be had, and no good one is left.
        """
        # While one thread reads, the others go on with what they have.
        if self._due and self._lock.acquire(blocking=not self._usable):
            try:
                if self._due:
                    self._refresh_or_note()
            finally:
                self._lock.release()
        made = self._made
        if made is None or not self._usable:
            raise self._failure()
        return made

    @property
    def _usable(self) -> bool:
        return self._made is not None and not self._stale_at.passed(self._clock)

    @property
    def _due(self) -> bool:
        return self._retry_at.passed(self._clock)

    def _refresh_or_note(self) -> None:
        try:
            self._refresh()
        except Exception as foreign:  # noqa: BLE001 whatever a store raises, there is nothing new
            error = foreign if isinstance(foreign, AuthorizersError) else self._unreadable(foreign)
            self.last_error = error
            pause = min(RETRY_SECONDS, self.life.ttl_seconds)
            self._retry_at = Deadline.after(pause, self._clock)
            self._on_failure(error)

    def _refresh(self) -> None:
        answer = self._store.read(self._version)
        if answer is not None:
            data, version = answer
            digest = sha256(data).digest()  # the bytes may be many, and are not kept
            if self._made is None or digest != self._digest:
                made = self._parse(data, self._store.place)
                self._accept(made, self._made)
                self._made = made
            self._digest, self._version = digest, version
        self.last_error = None
        self._retry_at = Deadline.after(self.life.ttl_seconds, self._clock)
        self._stale_at = Deadline.after(sum(self.life), self._clock)

    def _failure(self) -> AuthorizersError:
        error = self.last_error
        if isinstance(error, ConfigurationError):
            return ConfigurationError(*error.problems, code=error.code)
        reason = error.detail if error is not None else "it is being read"
        return DependencyError(self._unavailable, f"{self._store.place} is not in force: {reason}")

    def _unreadable(self, foreign: Exception) -> DependencyError:
        """Return the error for a foreign one, whose text may hold anything, by its type alone."""
        detail = f"the store raised {type(foreign).__name__}"
        return DependencyError(self._unavailable, detail)

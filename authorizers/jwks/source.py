"""
Where the keys of one issuer come from: written down (`StaticKeys`), or fetched (`RemoteKeys`).

Both are a `KeySource` (`authorizers.model.key`). One object serves one issuer, so that no
key of one issuer ever verifies a token of another (RFC 8725 §3.8).
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import Final, NamedTuple

from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.jwks.address import Fetch, Fetched, KeyAddress
from authorizers.jwks.cache import DEFAULT_TIMES, KeySetCache, RefreshTimes
from authorizers.jwks.document import MAX_DOCUMENT_BYTES
from authorizers.jwks.key import allowed_algorithms
from authorizers.jwks.key_set import KeySet, parse_key_set
from authorizers.model.clock import Clock, SystemClock
from authorizers.model.key import VerificationKey

GRACE_SECONDS: Final = 1.0  # a waiting caller allows for parsing, and for the import of `requests`

OnEvent = Callable[[str, Mapping[str, object]], None]
"""Told what happened to a key set: an event's name and fields, fit for a log."""


class StaticKeys:
    """Keys that are written down: they change when the configuration does."""

    def __init__(self, jwks: object, *, algorithms: Iterable[str], place: str = "keys") -> None:
        """
        Parse `jwks`, a JWK Set, as bytes or as parsed JSON.

        Raises:
            ConfigurationError: at `place`, when it is no key set or has no usable key.
        """
        try:
            self._keys = parse_key_set(jwks, allowed_algorithms(algorithms))
        except DependencyError as error:
            raise ConfigurationError(Problem(place, error.detail)) from None

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], *, algorithms: Iterable[str], place: str = "keys"
    ) -> "StaticKeys":
        """
        Read the JWK Set in the file at `path`, once.

        Raises:
            ConfigurationError: at `place`, when there is no such file, or no key set in it.
        """
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - pathlib would cost a cold start
                document = file.read(MAX_DOCUMENT_BYTES + 1)
        except (OSError, ValueError):
            raise ConfigurationError(
                Problem(place, "the file of the key set cannot be read")
            ) from None
        return cls(document, algorithms=algorithms, place=place)

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many keys are not used, by reason."""
        return self._keys.skipped

    def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """Return the one key that fits (`KeySource.find`)."""
        return self._keys.select(key_id, algorithm)


class KeysState(NamedTuple):
    """What a `RemoteKeys` holds at one moment, for logs and tests."""

    keys: int
    fresh: bool
    cooling_down: bool
    backing_off: bool
    fetching: bool


class RemoteKeys:
    """
    Keys fetched from the issuer, and kept by the rules of `RefreshTimes`.

    One lock guards the cache and the flight, which is the fetch that is under way. It is held
    for a few look-ups, never while anything is fetched or parsed. A caller who finds a refresh
    due and no flight starts one and fetches in its own thread: a function has no other time
    than that of its callers. Whoever comes meanwhile and finds its key, fresh or stale, takes it
    and goes; only who finds none waits for the flight, looks again, and starts no second one.
    """

    def __init__(  # noqa: PLR0913 - the clock, the network and the listener are arguments
        self,
        address: KeyAddress,
        *,
        algorithms: Iterable[str],
        clock: Clock | None = None,
        times: RefreshTimes = DEFAULT_TIMES,
        on_event: OnEvent | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self._address = address
        self._allowed = allowed_algorithms(algorithms)
        self._clock = clock or SystemClock()
        self._times = times
        self._on_event = on_event or _ignore
        self._fetch = fetch or _fetch
        self._cache = KeySetCache(self._clock, times)
        self._etag: tuple[str, str | None] = ("", None)  # of which address, and what
        self._lock = threading.Lock()
        self._flight: threading.Event | None = None
        self.fetches = 0
        if address.insecure_loopback_http is not None:
            self._on_event("keys_over_insecure_http", {"reason": address.insecure_loopback_http})

    @property
    def last_error(self) -> DependencyError | None:
        """Why the last fetch failed; `None` after one that succeeded."""
        return self._cache.last_error

    @property
    def state(self) -> KeysState:
        """What is held at this moment."""
        with self._lock:
            cache, keys = self._cache, self._cache.keys
            count, fetching = len(keys.keys) if keys else 0, self._flight is not None
            return KeysState(count, cache.fresh, cache.cooling_down, cache.backing_off, fetching)

    def find(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """
        Return the one key that fits, fetching the set first where that is due.

        Raises:
            UntrustedCredential: `key_not_found`, `key_ambiguous`.
            DependencyError: `keys_unavailable`.
        """
        with self._lock:
            key = self._cache.fresh_key(key_id, algorithm)
            if key is not None:
                return key
            known = self._cache.holds(key_id, algorithm)
            flight, ours = self._board(key_id, algorithm)
        if flight is not None and ours:
            self._fly(flight, (key_id, algorithm))
        elif flight is not None and not known:
            self._wait_for(flight)
        with self._lock:
            return self._cache.take(key_id, algorithm)

    def _board(self, key_id: str | None, algorithm: str) -> tuple[threading.Event | None, bool]:
        """Return the flight that is under way, or a new one and that it is the caller's to fly."""
        if self._flight is not None or not self._cache.refresh_due(key_id, algorithm):
            return self._flight, False
        self._flight = threading.Event()
        self.fetches += 1
        return self._flight, True

    def _fly(self, flight: threading.Event, wanted: tuple[str | None, str]) -> None:
        """Fetch, and let the cache and all who wait know how it ended, whichever way it ends."""
        outcome: _Download | DependencyError = DependencyError("keys_unavailable", "interrupted")
        try:
            outcome = self._load()
        finally:
            with self._lock:
                event = self._land(outcome, wanted)
                self._flight = None
            flight.set()
        self._on_event(*event)

    def _wait_for(self, flight: threading.Event) -> None:
        if not flight.wait(self._times.fetch_deadline_seconds + GRACE_SECONDS):
            raise DependencyError("keys_unavailable", "a fetch of the issuer's keys does not end")

    def _load(self) -> "_Download | DependencyError":
        try:
            return self._download()
        except DependencyError as error:
            self._address.forget()
            return error

    def _download(self) -> "_Download":
        """Find the address and fetch the set from it, within one deadline for both."""
        seconds, started = self._times.fetch_deadline_seconds, self._clock.monotonic()
        url = self._address.locate(self._fetch, seconds)
        seconds -= self._clock.monotonic() - started
        with self._lock:
            previous = self._cache.keys
        etag = self._etag[1] if previous is not None and self._etag[0] == url else None
        fetched = self._fetch(url, seconds=seconds, etag=etag)
        if fetched.body is None and previous is not None:
            self._etag = (url, fetched.etag or etag)
            return _Download(previous, fetched.lifetime_seconds, modified=False)
        keys = parse_key_set(fetched.body or b"", self._allowed, previous)
        self._etag = (url, fetched.etag)
        return _Download(keys, fetched.lifetime_seconds, modified=True)

    def _land(
        self, outcome: "_Download | DependencyError", wanted: tuple[str | None, str]
    ) -> tuple[str, dict[str, object]]:
        if isinstance(outcome, DependencyError):
            backoff, keys = self._cache.fail(outcome), self._cache.keys
            return "keys_fetch_failed", {
                "reason": outcome.detail,
                "retry_after_seconds": backoff,
                "keys_still_served": len(keys.keys) if keys else 0,
            }
        life = self._cache.publish(outcome.keys, outcome.lifetime_seconds, wanted)
        return "keys_fetched", {
            "keys": len(outcome.keys.keys),
            "skipped": dict(outcome.keys.skipped),
            "modified": outcome.modified,
            "fresh_seconds": life,
        }


class _Download(NamedTuple):
    keys: KeySet
    lifetime_seconds: float | None
    modified: bool


def _fetch(url: str, *, seconds: float, etag: str | None = None) -> Fetched:
    """Fetch with `requests`, which is loaded at the first fetch and not at a cold start."""
    from authorizers.jwks.fetch import fetch  # noqa: PLC0415

    return fetch(url, seconds=seconds, etag=etag)


def _ignore(event: str, fields: Mapping[str, object]) -> None:
    """Tell nobody."""

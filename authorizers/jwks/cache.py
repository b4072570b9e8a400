"""
The life of one issuer's key set, as a state without I/O and without threads.

Key: the issuer; one cache never holds another's keys. Life: as long as the response is fresh,
between a floor and a ceiling; a key's `usable_until` says so to whoever remembers the key. When
refill fails: the last good set is served until `stale_limit_seconds` after it was fetched, and
then nothing is.
"""

from typing import Final, NamedTuple

from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.jwks.key_set import KeySet
from authorizers.model.clock import Clock, Deadline
from authorizers.model.key import VerificationKey

MAX_FETCH_SECONDS: Final = 8.0  # API Gateway waits 10 s for an authorizer (HTTP API quotas)

_PAST: Final = Deadline(float("-inf"), float("-inf"))


class RefreshTimes(NamedTuple):
    """When a key set is fetched again, in seconds."""

    min_life_seconds: float = (
        60  # a set is not fetched more often than this, whatever the server says
    )
    default_life_seconds: float = 600  # when the server says nothing
    max_life_seconds: float = 3600  # a withdrawn key dies within this time
    stale_limit_seconds: float = 21_600  # how long an outage is bridged, from the last good answer
    cooldown_seconds: float = 30  # between two fetches for the sake of unknown keys
    first_backoff_seconds: float = 1  # after a failure, doubled by each further one ...
    max_backoff_seconds: float = 60  # ... up to this
    fetch_deadline_seconds: float = 3  # for all that one refresh fetches

    def problems(self) -> list[Problem]:
        """Return what is wrong with these times."""
        found = [
            Problem(name, "must be a number greater than 0")
            for name, n in self._asdict().items()
            if not 0 < n < float("inf")
        ]
        if self.fetch_deadline_seconds > MAX_FETCH_SECONDS:
            found.append(
                Problem("fetch_deadline_seconds", f"must be at most {MAX_FETCH_SECONDS:g}")
            )
        if not self.min_life_seconds <= self.default_life_seconds <= self.max_life_seconds:
            found.append(
                Problem("default_life_seconds", "must lie between the floor and the ceiling")
            )
        if not self.max_life_seconds <= self.stale_limit_seconds:
            found.append(Problem("stale_limit_seconds", "must be at least max_life_seconds"))
        return found


DEFAULT_TIMES: Final = RefreshTimes()


class KeySetCache:
    """The key set, and when it is fetched again. Its owner holds a lock around each call."""

    def __init__(self, clock: Clock, times: RefreshTimes) -> None:
        problems = times.problems()
        if problems:
            raise ConfigurationError(*problems)
        self._clock = clock
        self._times = times
        self._keys: KeySet | None = None
        self._fresh_until = self._stale_until = _PAST
        self._cooldown_until = self._backoff_until = _PAST
        self._failures = 0
        self.last_error: DependencyError | None = None

    @property
    def keys(self) -> KeySet | None:
        """The last good set, unless it is too old to be served."""
        if self._keys is not None and self._stale_until.passed(self._clock):
            self._keys = None
        return self._keys

    @property
    def fresh(self) -> bool:
        """Whether there is a set that need not be fetched again."""
        return self._keys is not None and not self._fresh_until.passed(self._clock)

    @property
    def cooling_down(self) -> bool:
        """Whether an unknown key is no reason to fetch."""
        return not self._cooldown_until.passed(self._clock)

    @property
    def backing_off(self) -> bool:
        """Whether nothing is a reason to fetch, since the last fetch failed."""
        return not self._backoff_until.passed(self._clock)

    def fresh_key(self, key_id: str | None, algorithm: str) -> VerificationKey | None:
        """Return the one key that fits, if the set is fresh: almost every call ends here."""
        if self._keys is None or self._fresh_until.passed(self._clock):
            return None
        matching = self._keys.matching(key_id, algorithm)
        return matching[0] if len(matching) == 1 else None

    def holds(self, key_id: str | None, algorithm: str) -> bool:
        """Return whether some key that may be served fits."""
        return self.keys is not None and bool(self.keys.matching(key_id, algorithm))

    def refresh_due(self, key_id: str | None, algorithm: str) -> bool:
        """Return whether the set should be fetched now, for the sake of this key."""
        if self.backing_off:
            return False
        if not self.fresh:
            return True
        return not self.holds(key_id, algorithm) and not self.cooling_down

    def publish(
        self, keys: KeySet, lifetime_seconds: float | None, wanted: tuple[str | None, str]
    ) -> float:
        """
        Take `keys` for the current set, and return for how many seconds they are fresh.

        Keys that have gone die now. The cooldown begins when the key that was `wanted` is not
        among them: then, and not by a refresh that found it, an unknown key has had its fetch.
        """
        times = self._times
        life = times.default_life_seconds if lifetime_seconds is None else lifetime_seconds
        life = min(max(life, times.min_life_seconds), times.max_life_seconds)
        for identity, key in (self._keys.keys if self._keys else {}).items():
            if identity not in keys.keys:
                key.usable_until = _PAST
        self._keys = keys
        self._fresh_until = Deadline.after(life, self._clock)
        self._stale_until = Deadline.after(times.stale_limit_seconds, self._clock)
        for key in keys.keys.values():
            key.usable_until = self._fresh_until
        if not keys.matching(*wanted):
            self._cooldown_until = Deadline.after(times.cooldown_seconds, self._clock)
        self._failures, self._backoff_until, self.last_error = 0, _PAST, None
        return life

    def fail(self, error: DependencyError) -> float:
        """Note that a refresh has failed, and return the seconds in which none is tried again."""
        times = self._times
        backoff = min(times.first_backoff_seconds * 2.0**self._failures, times.max_backoff_seconds)
        self._failures = min(self._failures + 1, 32)
        self._backoff_until = Deadline.after(backoff, self._clock)
        self.last_error = error
        return backoff

    def take(self, key_id: str | None, algorithm: str) -> VerificationKey:
        """
        Return the one key that fits, from the set as it is now.

        Raises:
            UntrustedCredential: `key_not_found`, `key_ambiguous`.
            DependencyError: `keys_unavailable`: there is no set, or none recent enough to say
                that the key does not exist.
        """
        keys = self.keys
        if keys is None or (self.last_error and not keys.matching(key_id, algorithm)):
            cause = self.last_error.detail if self.last_error else "none has been fetched"
            raise DependencyError("keys_unavailable", f"the issuer's keys cannot be had: {cause}")
        key = keys.select(key_id, algorithm)
        if not self.fresh:
            key.usable_until = self._next_attempt()
        return key

    def _next_attempt(self) -> Deadline:
        """Return until when a stale key is served: the next fetch may know better."""
        soon = Deadline.after(self._times.fetch_deadline_seconds, self._clock)
        end = self._backoff_until if self.backing_off else soon
        return Deadline(
            min(end.wall, self._stale_until.wall), min(end.monotonic, self._stale_until.monotonic)
        )

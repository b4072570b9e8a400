"""Time as an argument: wall clock for claims, both clocks for the life of a cache entry."""

import time
from typing import NamedTuple, Protocol


class Clock(Protocol):
    """Where the time comes from. Tests pass a frozen one (`authorizers.testing.FrozenClock`)."""

    def wall(self) -> float:
        """Return seconds since 1970-01-01 UTC, for claims (RFC 7519 §2, NumericDate)."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that is never set back, for caches."""
        ...


class SystemClock:
    """The machine's own clocks."""

    __slots__ = ()

    wall = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)


class Deadline(NamedTuple):
    """
    A moment on both clocks; it has passed as soon as either clock says so.

    While Lambda freezes an environment its monotonic clock may stand still, so a life
    measured by it alone would be extended by the freeze; a life measured by the wall clock
    alone would be extended by setting the clock back.
    """

    wall: float
    monotonic: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """Return the moment `seconds` from now."""
        return cls(clock.wall() + seconds, clock.monotonic() + seconds)

    def passed(self, clock: Clock) -> bool:
        """Return whether the moment is here or gone, on either clock."""
        return clock.monotonic() >= self.monotonic or clock.wall() >= self.wall


NEVER = Deadline(float("inf"), float("inf"))

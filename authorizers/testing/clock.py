"""A clock that moves only when it is told to."""


class FrozenClock:
    """Both clocks of `authorizers.model.clock.Clock`, standing still at `wall` until moved."""

    def __init__(self, wall: float = 1_800_000_000.0, monotonic: float = 1_000.0) -> None:
        self._wall = wall
        self._monotonic = monotonic

    def wall(self) -> float:
        """Return the frozen wall clock, in seconds since 1970-01-01 UTC."""
        return self._wall

    def monotonic(self) -> float:
        """Return the frozen monotonic clock, in seconds."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self._wall += seconds
        self._monotonic += seconds

    def freeze_environment(self, seconds: float) -> None:
        """Let `seconds` pass on the wall clock only, as while Lambda freezes an environment."""
        self._wall += seconds

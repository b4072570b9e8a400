"""
Drawing against a bucket of tokens that is simulated exactly, with fractions.

The simulation is written the way a token bucket is described (it fills at a rate, up to its size,
and a request takes one token) and shares nothing with the code.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from authorizers.limits.part import PER_DAY
from authorizers.limits.period import DAY_US
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, plan, rate
from tests.limits.worlds import KEY, Watched, meter

BEGIN = 1_800_000_000


class TokenBucket:
    """A bucket of `size` tokens that gets one every `interval` seconds."""

    def __init__(self, interval: Fraction, size: int, now: Fraction) -> None:
        self._interval, self._size = interval, size
        self._tokens, self._now = Fraction(size), now

    def take(self, now: Fraction) -> bool:
        gained = (now - self._now) / self._interval
        self._tokens, self._now = min(self._tokens + gained, Fraction(self._size)), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


# Sixteenths of a second are exact in binary, and so is the clock.
ticks = st.integers(0, 64)
intervals_us = st.sampled_from([1, 62_500, 125_000, 200_000, 333_334, 1_000_000, 60_000_000])
bursts = st.integers(1, 6)


@given(intervals_us, bursts, st.lists(st.tuples(ticks, st.integers(0, 2)), max_size=60))
def test_with_clocks_that_agree_exactly_what_a_bucket_of_tokens_admits_is_admitted(
    interval_us: int, burst: int, arrivals: list[tuple[int, int]]
) -> None:
    store, clock = UsageInMemory(), FrozenClock(BEGIN)
    limits = compiled(free=plan(rate(interval_us, burst)))
    environments = [meter(limits, store, clock) for _ in range(3)]
    bucket = TokenBucket(Fraction(interval_us, 1_000_000), burst, Fraction(BEGIN))
    for pause, i in arrivals:
        clock.advance(pause / 16)
        expected = bucket.take(Fraction(clock.wall()))
        assert (environments[i].draw(KEY, "free", ()) is None) is expected


@given(intervals_us, bursts, st.lists(ticks, max_size=60))
def test_after_the_time_that_a_refusal_tells_a_request_is_admitted_and_not_a_second_before(
    interval_us: int, burst: int, pauses: list[int]
) -> None:
    store, clock = UsageInMemory(), FrozenClock(BEGIN)
    limited = meter(compiled(free=plan(rate(interval_us, burst))), store, clock)
    for pause in pauses:
        clock.advance(pause / 16)
        over = limited.draw(KEY, "free", ())
        if over is not None:
            assert over.retry_after_seconds >= 1
            clock.advance(over.retry_after_seconds - 1)
            if over.retry_after_seconds > 1:
                assert limited.draw(KEY, "free", ()) is not None
            clock.advance(1)
            assert limited.draw(KEY, "free", ()) is None


class Draw(NamedTuple):
    """One environment draws after a pause; others may come between its calls, in turn."""

    pause: int
    environment: int
    route: str | None
    between: tuple[int, ...]


draws = st.builds(
    Draw,
    ticks,
    st.integers(0, 3),
    st.sampled_from([None, "GET /a", "GET /b"]),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
)


class Admitted(NamedTuple):
    """A request that was admitted, by the clock that admitted it; in the order of the store."""

    now_us: int
    route: str | None


class World:
    """Four environments whose clocks differ, one store, and what was admitted in its order."""

    def __init__(self, offsets: Sequence[int], limits: dict[str, object]) -> None:
        self.store = UsageInMemory()
        self.admitted: list[Admitted] = []
        self.clocks = [FrozenClock(BEGIN + offset / 16) for offset in offsets]
        self._watched = [Watched(self.store) for _ in offsets]
        self._meters = [
            meter(limits, watched, clock)
            for watched, clock in zip(self._watched, self.clocks, strict=True)
        ]

    def play(self, script: Sequence[Draw]) -> None:
        for draw in script:
            for clock in self.clocks:
                clock.advance(draw.pause / 16)
            self._draw(draw.environment, draw.route, list(draw.between))

    def _draw(self, i: int, route: str | None, between: list[int]) -> None:
        watched = self._watched[i]

        def interrupt() -> None:
            watched.interrupt = lambda: None
            if between:
                self._draw(between.pop(), route, between)
            watched.interrupt = interrupt

        watched.interrupt = interrupt
        now_us = int(self.clocks[i].wall() * 1_000_000)
        if self._meters[i].draw(KEY, "free", () if route is None else (route,)) is None:
            self.admitted.append(Admitted(now_us, route))


offsets = st.lists(st.integers(-160, 160), min_size=4, max_size=4)


@given(intervals_us, bursts, offsets, st.lists(draws, max_size=40))
def test_however_clocks_differ_no_interval_has_more_than_rate_times_time_plus_burst(
    interval_us: int, burst: int, offsets: list[int], script: list[Draw]
) -> None:
    """The time between two requests is that between the readings of their clocks."""
    world = World(offsets, compiled(free=plan(rate(interval_us, burst))))
    world.play(script)
    for i, first in enumerate(world.admitted):
        for j, last in enumerate(world.admitted[i:], start=i):
            number = j - i + 1
            assert (number - burst) * interval_us <= last.now_us - first.now_us


@given(offsets, st.integers(-64, 64), st.lists(draws, max_size=40))
def test_however_clocks_differ_no_period_has_more_than_its_quota(
    offsets: list[int], before_midnight: int, script: list[Draw]
) -> None:
    midnight_us = (BEGIN * 1_000_000 // DAY_US + 1) * DAY_US
    shift = midnight_us // 1_000_000 - BEGIN
    shifted = [offset + before_midnight + shift * 16 for offset in offsets]
    limits = compiled(free=plan(both(1, 100, 5), GET_a=both(1, 100, 3)))
    world = World(shifted, limits)
    world.play(script)
    assert len(world.admitted) <= 10  # two periods
    assert sum(a.route == "GET /a" for a in world.admitted) <= 6
    item = world.store.items.get(KEY, {})
    assert (item.get("quota/day") or 0) % PER_DAY <= 5
    assert (item.get("quota/day GET /a") or 0) % PER_DAY <= 3


@given(offsets, st.lists(draws, max_size=40))
def test_every_request_that_is_admitted_is_counted_in_all_its_limits_and_no_other_is(
    offsets: list[int], script: list[Draw]
) -> None:
    limits = compiled(
        free=plan(both(62_500, 4, 900, "month"), GET_a=both(125_000, 3, 900, "month"))
    )
    world = World(offsets, limits)
    world.play(script)
    item = world.store.items.get(KEY, {})
    of_route = sum(a.route == "GET /a" for a in world.admitted)
    assert (item.get("quota/month") or 0) % PER_DAY == len(world.admitted)
    assert (item.get("quota/month GET /a") or 0) % PER_DAY == of_route

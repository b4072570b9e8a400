"""Items that end, and items that are wrong."""

import pytest

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.limits.known_counters import LIFE_SECONDS
from authorizers.limits.part import PER_DAY
from authorizers.limits.period import DAY_US
from authorizers.model.meter import Over
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, plan, quota, rate
from tests.limits.worlds import KEY, Watched, admitted, meter


def test_counters_carry_when_they_may_be_forgotten() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    draw = meter(compiled(free=plan(quota(5))), store, clock).draw
    draw(KEY, "free", ())
    assert store.ends_at[KEY] == 1_800_000_000 + 32 * 86_400
    clock.advance(100)
    draw(KEY, "free", ())
    assert store.ends_at[KEY] == 1_800_000_100 + 32 * 86_400


def test_counters_of_an_active_key_that_mean_nothing_any_more_are_removed() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    counters = Watched(store)
    old = compiled(free=plan(rate(5, 1), GET_a=both(7, 2, 9, "month")))
    meter(old, counters, clock).draw(KEY, "free", ("GET /a",))
    assert len(store.items[KEY]) == 3
    limits = compiled(free=plan(rate(1_000, 3)))
    draw = meter(limits, counters, clock).draw
    draw(KEY, "free", ())
    clock.advance(2 * 86_400)
    draw(KEY, "free", ())
    assert store.items[KEY].keys() == {"bucket/1000/3", "quota/month GET /a"}
    clock.advance(33 * 86_400)
    assert counters.count(lambda: draw(KEY, "free", ())) == 1
    assert store.items[KEY].keys() == {"bucket/1000/3"}


def test_a_counter_that_comes_alive_while_it_is_removed_is_kept() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    counters = Watched(store)
    limits = compiled(free=plan(rate(5, 9), GET_a=rate(10**9, 1)))
    draw = meter(limits, counters, clock).draw
    draw(KEY, "free", ("GET /a",))
    clock.advance(30 * 86_400)

    def another() -> None:
        counters.interrupt = lambda: None
        assert meter(limits, counters, clock).draw(KEY, "free", ("GET /a",)) is None

    counters.interrupt = another
    assert draw(KEY, "free", ()) is None
    fresh = meter(limits, counters, clock)
    assert fresh.draw(KEY, "free", ("GET /a",)) == Over("throttled", 1000)


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
@pytest.mark.parametrize(
    "item",
    [
        {"bucket/200000/10": None},
        {"quota/day": None},
        {"bucket/200000/10": 1_900_000_000_000_000},
        {"bucket/200000/10": 10**37},
        {"quota/day": (1_800_000_000_000_000 // DAY_US + 2) * PER_DAY},
        {"quota/day": 10**37},
    ],
    ids=repr,
)
def test_counters_that_no_clock_has_written_are_an_error_and_never_an_admission(
    item: dict[str, int | None], choice: str
) -> None:
    store, clock, unmetered = UsageInMemory(), FrozenClock(), list[AuthorizersError]()
    store.items[KEY] = dict(item)
    limits = compiled(choice, free=plan(both(200_000, 10, 1000)))
    broken = meter(limits, store, clock, unmetered)
    for _ in range(3):
        with pytest.raises(DependencyError) as caught:
            broken.draw(KEY, "free", ())
        assert caught.value.code == "usage_malformed"
        clock.advance(LIFE_SECONDS / 2)
    assert (store.items[KEY], unmetered) == (item, [])
    store.items.clear()
    clock.advance(LIFE_SECONDS)
    assert broken.draw(KEY, "free", ()) is None


@pytest.mark.parametrize("value", [0, -1, -(10**30)])
def test_counters_below_every_time_are_those_that_were_reset(value: int) -> None:
    store = UsageInMemory()
    store.items[KEY] = {"bucket/200000/10": value, "quota/day": value}
    draw = meter(compiled(free=plan(both(200_000, 10, 5))), store).draw
    assert admitted(draw, 20) == 5

"""Drawing: what is admitted, what is refused and for how long, at how many calls."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.limits.known_counters import LIFE_SECONDS, REMEMBERED
from authorizers.limits.meter import MAX_CALLS
from authorizers.limits.part import PER_DAY
from authorizers.limits.period import DAY_US
from authorizers.model.meter import Over
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, none, plan, quota, rate
from tests.limits.worlds import KEY, Down, Watched, meter

FIVE_A_SECOND = compiled(free=plan(rate(200_000, 10)))


def admitted(draw: Any, tries: int, plan: str = "free", route: str | None = None) -> int:
    """Return how many of `tries` are admitted."""
    return sum(draw(KEY, plan, route) is None for _ in range(tries))


# What is admitted


def test_a_burst_is_admitted_at_once_and_then_the_rate() -> None:
    clock = FrozenClock()
    draw = meter(FIVE_A_SECOND, clock=clock).draw
    assert admitted(draw, 30) == 10
    for _ in range(7):
        clock.advance(0.2)
        assert admitted(draw, 3) == 1
    clock.advance(1)
    assert admitted(draw, 30) == 5
    clock.advance(3600)
    assert admitted(draw, 30) == 10


def test_a_refusal_says_when_there_is_a_token_in_whole_seconds() -> None:
    clock = FrozenClock()
    draw = meter(compiled(slow=plan(rate(3_600_000_000, 1))), clock=clock).draw
    assert draw(KEY, "slow", None) is None
    assert draw(KEY, "slow", None) == Over("throttled", 3600)
    clock.advance(3598.5)
    assert draw(KEY, "slow", None) == Over("throttled", 2)
    clock.advance(1)
    assert draw(KEY, "slow", None) == Over("throttled", 1)
    clock.advance(0.5)
    assert draw(KEY, "slow", None) is None


def test_keys_do_not_share_counters() -> None:
    draw = meter(FIVE_A_SECOND).draw
    assert admitted(draw, 20) == 10
    assert draw("machines|another12345", "free", None) is None
    assert draw("others|7Fh3kQ9ZpLm2", "free", None) is None


def test_all_limits_hold_and_a_refused_request_counts_in_none() -> None:
    """What a route refuses does not cost the key a token, nor the other way round."""
    limits = compiled(free=plan(both(1_000_000, 5, 100), POST_a=both(1_000_000, 2, 50)))
    counters, clock = UsageInMemory(), FrozenClock()
    draw = meter(limits, counters, clock).draw
    assert admitted(draw, 10, route="POST /a") == 2
    assert counters.items[KEY]["quota/day"] == counters.items[KEY]["quota/day POST /a"]
    assert admitted(draw, 10) == 3
    before = dict(counters.items[KEY])
    clock.advance(0.5)
    assert admitted(meter(limits, counters, clock).draw, 10, route="POST /a") == 0
    assert counters.items[KEY] == before


def test_a_route_without_limits_of_its_own_has_those_of_the_plan() -> None:
    draw = meter(compiled(free=plan(rate(1, 3), POST_a=rate(1, 1)))).draw
    assert admitted(draw, 2, route="GET /a") + admitted(draw, 3, route=None) == 3


def test_the_limit_that_lasts_longest_is_the_one_that_is_told() -> None:
    clock = FrozenClock(wall=1_800_000_000 // 86_400 * 86_400)
    limits = compiled(free=plan(both(1_000_000, 1, 1), GET_a=quota(1, "month")))
    draw = meter(limits, clock=clock).draw
    assert draw(KEY, "free", "GET /a") is None
    assert draw(KEY, "free", None) == Over("quota_exceeded", 86_400)
    assert draw(KEY, "free", "GET /a") == Over("quota_exceeded", 17 * 86_400)


@pytest.mark.parametrize("route", [None, "GET /a"])
def test_what_has_no_limit_is_admitted_without_a_call(route: str | None) -> None:
    counters = Watched()
    limits = compiled(free=plan(none(), POST_a=rate(1, 1)))
    draw = meter(limits, counters).draw
    assert draw(KEY, None, route) is None
    assert draw(KEY, "free", route) is None
    assert counters.calls == []


def test_whether_a_plan_limits_anything_is_said_without_a_call() -> None:
    counters = Watched()
    some = meter(compiled(free=plan(none(), POST_a=rate(1, 1))), counters)
    assert some.limits(KEY, "free")
    assert not some.limits(KEY, None)
    with pytest.raises(ConfigurationError):
        some.limits(KEY, "pro")
    assert counters.calls == []


@pytest.mark.parametrize("choice", ["deny", "allow_unmetered"])
def test_a_plan_that_is_unknown_is_an_error_whatever_else_is_the_case(choice: str) -> None:
    unmetered: list[AuthorizersError] = []
    broken = meter(compiled(choice, free=plan(rate(1, 1))), Down(), unmetered=unmetered)
    with pytest.raises(ConfigurationError) as caught:
        broken.draw(KEY, "pro", None)
    assert caught.value.code == "usage_plan_unknown"
    assert unmetered == []


# Periods


@pytest.mark.parametrize(
    ("period", "last", "following"),
    [
        ("day", "2026-11-22", "2026-11-23"),
        ("day", "2024-02-28", "2024-02-29"),
        ("day", "2024-02-29", "2024-03-01"),
        ("day", "2026-03-28", "2026-03-29"),  # summer time begins somewhere
        ("day", "2026-12-31", "2027-01-01"),
        ("week", "2026-11-22", "2026-11-23"),  # Sunday, Monday
        ("week", "2027-01-03", "2027-01-04"),
        ("month", "2024-02-29", "2024-03-01"),
        ("month", "2026-02-28", "2026-03-01"),
        ("month", "2100-02-28", "2100-03-01"),
        ("month", "2026-04-30", "2026-05-01"),
        ("month", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_quota_begins_anew_exactly_at_the_boundary(
    period: str, last: str, following: str
) -> None:
    midnight = datetime.fromisoformat(following).replace(tzinfo=UTC).timestamp()
    assert datetime.fromtimestamp(midnight - 1, UTC).date().isoformat() == last
    clock = FrozenClock(midnight - 60)
    draw = meter(compiled(free=plan(quota(3, period))), clock=clock).draw
    assert admitted(draw, 5) == 3
    assert draw(KEY, "free", None) == Over("quota_exceeded", 60)
    clock.advance(59.999)
    assert draw(KEY, "free", None) == Over("quota_exceeded", 1)
    clock.advance(0.001)
    assert admitted(draw, 5) == 3


@pytest.mark.parametrize(
    ("period", "begins", "within"),
    [
        ("week", "2026-12-28", "2027-01-03"),  # over the end of the year
        ("month", "2026-11-01", "2026-11-30"),
        ("month", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_quota_does_not_begin_anew_within_its_period(
    period: str, begins: str, within: str
) -> None:
    clock = FrozenClock(datetime.fromisoformat(begins).replace(tzinfo=UTC).timestamp())
    draw = meter(compiled(free=plan(quota(3, period))), clock=clock).draw
    assert admitted(draw, 5) == 3
    while datetime.fromtimestamp(clock.wall(), UTC).date().isoformat() != within:
        clock.advance(86_400)
        assert admitted(draw, 1) == 0


# Calls


def test_a_request_is_one_call() -> None:
    counters, clock = Watched(), FrozenClock()
    limits = compiled(free=plan(both(200_000, 10, 1000), GET_a=both(200_000, 10, 1000, "month")))
    draw = partial(meter(limits, counters, clock).draw, KEY, "free", "GET /a")
    draw()  # nothing was known
    for seconds in (0, 0, 0.1, 5, 0, 3600, 0):
        clock.advance(seconds)
        assert counters.count(draw) == 1


def test_the_first_request_of_a_new_period_is_one_call() -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(
        meter(compiled(free=plan(both(5, 1, 9))), counters, clock).draw, KEY, "free", None
    )
    draw()
    clock.advance(86_400)
    assert counters.count(draw) == 1


@pytest.mark.parametrize("limit", [rate(10_000_000_000, 3), quota(3)])
def test_what_is_known_to_be_reached_is_refused_without_a_call(limit: dict[str, Any]) -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(meter(compiled(free=plan(limit)), counters, clock).draw, KEY, "free", None)
    while draw() is None:
        pass
    clock.advance(LIFE_SECONDS - 0.001)
    assert counters.count(draw) == 0
    clock.advance(0.001)
    assert counters.count(draw) == 1
    assert counters.count(draw) == 0


def test_an_operators_reset_is_seen_when_what_is_known_has_outlived_its_life() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    counters = Watched(store)
    draw = meter(compiled(free=plan(both(10**9, 1, 1))), counters, clock).draw
    assert admitted(draw, 3) == 1
    store.items.clear()
    assert admitted(draw, 3) == 0
    clock.advance(LIFE_SECONDS)
    assert admitted(draw, 3) == 1


def test_a_life_ends_also_while_the_environment_is_frozen() -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(meter(compiled(free=plan(quota(1))), counters, clock).draw, KEY, "free", None)
    draw()
    clock.freeze_environment(LIFE_SECONDS)
    assert counters.count(draw) == 1


def test_another_environment_learns_the_state_in_two_calls() -> None:
    counters, clock = Watched(), FrozenClock()
    limits = compiled(free=plan(both(10**6, 5, 100)))
    meter(limits, counters, clock).draw(KEY, "free", None)
    other = partial(meter(limits, counters, clock).draw, KEY, "free", None)
    assert counters.count(other) == 2
    assert counters.count(other) == 1
    clock.advance(3600)
    idle = partial(meter(limits, counters, clock).draw, KEY, "free", None)
    assert counters.count(idle) == 1  # the bucket is full, the quota has begun: as it supposes


def test_of_many_keys_those_used_last_are_known() -> None:
    counters = Watched()
    limited = meter(compiled(free=plan(quota(1))), counters)
    for i in range(REMEMBERED + 1):
        limited.draw(f"machines|{i}", "free", None)
    assert counters.count(lambda: limited.draw("machines|1", "free", None)) == 0
    assert counters.count(lambda: limited.draw("machines|0", "free", None)) == 1
    assert counters.count(lambda: limited.draw("machines|2", "free", None)) == 1  # it made room


# Others come between


def test_each_belief_can_be_proven_wrong_once_and_the_request_is_counted() -> None:
    """Between any two of this request's calls another one moves another limit."""
    limits = compiled(
        free=plan(
            rate(10**6, 9),
            GET_a=both(10**6, 9, 99, "month"),
            GET_b=quota(99, "month"),
        )
        | {"quota": quota(99)["quota"]}
    )
    counters, clock = Watched(), FrozenClock()
    others = iter([("free", "GET /b"), ("free", "GET /a")])

    def another() -> None:
        counters.interrupt = lambda: None
        meter(limits, counters, clock).draw(KEY, *next(others, ("free", None)))
        counters.interrupt = another

    counters.interrupt = another
    assert meter(limits, counters, clock).draw(KEY, "free", "GET /a") is None
    state = counters.inner.items[KEY]  # type: ignore[attr-defined]
    assert state["quota/day"] % PER_DAY >= 3


def test_counters_that_are_removed_at_every_try_are_an_error_and_not_an_admission() -> None:
    store = UsageInMemory()
    counters = Watched(store)

    def contend() -> None:
        if KEY in store.items:
            store.items.clear()
        else:
            store.items[KEY] = {"bucket/1000000/9": 1_800_000_000_000_001}

    counters.interrupt = contend
    for choice in ("deny", "allow_unmetered"):
        store.items.clear()
        limited = meter(compiled(choice, free=plan(rate(10**6, 9))), counters)
        with pytest.raises(DependencyError) as caught:
            limited.draw(KEY, "free", None)
        assert caught.value.code == "usage_contended"
    assert len(counters.calls) == 2 * MAX_CALLS


# Clocks that differ


@pytest.mark.parametrize("ahead", [0.5, 60, 600])
def test_a_fast_clock_makes_slower_ones_wait_for_no_longer_than_it_is_ahead(ahead: float) -> None:
    store, slow, fast = UsageInMemory(), FrozenClock(), FrozenClock(1_800_000_000 + ahead)
    assert admitted(meter(FIVE_A_SECOND, store, fast).draw, 20) == 10
    draw = meter(FIVE_A_SECOND, store, slow).draw
    slow.advance(ahead)
    assert admitted(draw, 20) == 0
    slow.advance(0.2)
    assert admitted(draw, 20) == 1


def test_clocks_that_differ_add_their_difference_once_and_not_for_each_request() -> None:
    store, clocks = UsageInMemory(), (FrozenClock(), FrozenClock(1_800_000_060))
    draws = [meter(FIVE_A_SECOND, store, clock).draw for clock in clocks]
    total = 0
    for _ in range(100):
        for draw, clock in zip(draws, clocks, strict=True):
            total += admitted(draw, 20)
            clock.advance(1)
    assert total <= 10 + 5 * (100 + 60)
    assert total >= 5 * 100


def test_a_period_that_a_fast_clock_has_begun_counts_for_the_slow_ones_too() -> None:
    midnight = 1_800_000_000 // 86_400 * 86_400
    store, slow, fast = UsageInMemory(), FrozenClock(midnight - 60), FrozenClock(midnight)
    limits = compiled(free=plan(quota(5)))
    assert admitted(meter(limits, store, fast).draw, 2) == 2
    late = meter(limits, store, slow).draw
    assert admitted(late, 9) == 3
    assert late(KEY, "free", None) == Over("quota_exceeded", 86_400 + 60)
    assert admitted(meter(limits, store, fast).draw, 9) == 0


# Plans that change


def test_a_key_that_gets_a_faster_plan_does_not_wait_for_the_slow_one() -> None:
    limits = compiled(free=plan(rate(3_600_000_000, 5)), pro=plan(rate(1000, 5)))
    draw = meter(limits).draw
    assert admitted(draw, 9, "free") == 5
    assert admitted(draw, 9, "pro") == 5
    assert admitted(draw, 9, "free") == 0


def test_what_was_used_of_a_quota_counts_under_another_plan_with_the_same_period() -> None:
    draw = meter(compiled(free=plan(quota(5)), pro=plan(quota(8)))).draw
    assert admitted(draw, 9, "free") == 5
    assert admitted(draw, 9, "pro") == 3
    assert admitted(draw, 9, "free") == 0


def test_quotas_of_other_periods_are_counted_apart() -> None:
    draw = meter(compiled(free=plan(quota(5)), pro=plan(quota(8, "month")))).draw
    assert admitted(draw, 9, "free") == 5
    assert admitted(draw, 9, "pro") == 8
    assert admitted(draw, 9, "free") == 0


# Counters that end


def test_counters_carry_when_they_may_be_forgotten() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    draw = meter(compiled(free=plan(quota(5))), store, clock).draw
    draw(KEY, "free", None)
    assert store.ends_at[KEY] == 1_800_000_000 + 32 * 86_400
    clock.advance(100)
    draw(KEY, "free", None)
    assert store.ends_at[KEY] == 1_800_000_100 + 32 * 86_400


def test_counters_of_an_active_key_that_mean_nothing_any_more_are_removed() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    counters = Watched(store)
    old = compiled(free=plan(rate(5, 1), GET_a=both(7, 2, 9, "month")))
    meter(old, counters, clock).draw(KEY, "free", "GET /a")
    assert len(store.items[KEY]) == 3
    limits = compiled(free=plan(rate(1_000, 3)))
    draw = meter(limits, counters, clock).draw
    draw(KEY, "free", None)
    clock.advance(2 * 86_400)
    draw(KEY, "free", None)
    assert store.items[KEY].keys() == {"bucket/1000/3", "quota/month GET /a"}
    clock.advance(33 * 86_400)
    assert counters.count(lambda: draw(KEY, "free", None)) == 1
    assert store.items[KEY].keys() == {"bucket/1000/3"}


def test_a_counter_that_comes_alive_while_it_is_removed_is_kept() -> None:
    store, clock = UsageInMemory(), FrozenClock()
    counters = Watched(store)
    limits = compiled(free=plan(rate(5, 9), GET_a=rate(10**9, 1)))
    draw = meter(limits, counters, clock).draw
    draw(KEY, "free", "GET /a")
    clock.advance(30 * 86_400)

    def another() -> None:
        counters.interrupt = lambda: None
        assert meter(limits, counters, clock).draw(KEY, "free", "GET /a") is None

    counters.interrupt = another
    assert draw(KEY, "free", None) is None
    fresh = meter(limits, counters, clock)
    assert fresh.draw(KEY, "free", "GET /a") == Over("throttled", 1000)


# Counters that are wrong


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
            broken.draw(KEY, "free", None)
        assert caught.value.code == "usage_malformed"
        clock.advance(LIFE_SECONDS / 2)
    assert (store.items[KEY], unmetered) == (item, [])
    store.items.clear()
    clock.advance(LIFE_SECONDS)
    assert broken.draw(KEY, "free", None) is None


@pytest.mark.parametrize("value", [0, -1, -(10**30)])
def test_counters_below_every_time_are_those_that_were_reset(value: int) -> None:
    store = UsageInMemory()
    store.items[KEY] = {"bucket/200000/10": value, "quota/day": value}
    draw = meter(compiled(free=plan(both(200_000, 10, 5))), store).draw
    assert admitted(draw, 20) == 5


# The store is down


@pytest.mark.parametrize("code", ["store_unavailable", "store_not_found", "store_access_denied"])
def test_with_deny_nobody_is_admitted_who_cannot_be_counted(code: str) -> None:
    unmetered: list[AuthorizersError] = []
    down = meter(compiled("deny", free=plan(rate(1, 1))), Down(code), unmetered=unmetered)
    with pytest.raises(DependencyError) as caught:
        down.draw(KEY, "free", None)
    assert (caught.value.code, unmetered) == (code, [])


@pytest.mark.parametrize("code", ["store_unavailable", "store_not_found", "store_access_denied"])
def test_with_allow_unmetered_everybody_is_admitted_and_each_is_told_of(code: str) -> None:
    unmetered: list[AuthorizersError] = []
    down = meter(compiled("allow_unmetered", free=plan(rate(1, 1))), Down(code), None, unmetered)
    assert admitted(down.draw, 3) == 3
    assert [error.code for error in unmetered] == [code] * 3


def test_what_is_known_to_be_reached_is_refused_also_while_the_store_is_down() -> None:
    counters, unmetered = Watched(), list[AuthorizersError]()
    limits = compiled("allow_unmetered", free=plan(quota(1)))
    limited = meter(limits, counters, unmetered=unmetered)
    limited.draw(KEY, "free", None)
    counters.inner = Down()
    over = limited.draw(KEY, "free", None)
    assert over is not None
    assert over.code == "quota_exceeded"
    assert unmetered == []


def test_an_error_that_is_not_about_the_store_is_not_admitted_by_any_choice() -> None:
    class Missing(Down):
        def change(self, *_: object) -> Any:
            from authorizers.errors import Problem

            raise ConfigurationError(Problem("dynamodb:T", "needs boto3"))

    limited = meter(compiled("allow_unmetered", free=plan(rate(1, 1))), Missing())
    with pytest.raises(ConfigurationError):
        limited.draw(KEY, "free", None)

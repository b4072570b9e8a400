"""How many calls a request costs, also when others come between them."""

from functools import partial
from typing import Any

import pytest

from authorizers.errors import DependencyError
from authorizers.limits.known_counters import LIFE_SECONDS, REMEMBERED
from authorizers.limits.meter import MORE_CALLS
from authorizers.limits.part import PER_DAY
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, plan, quota, rate
from tests.limits.worlds import KEY, Watched, admitted, meter


def test_a_request_is_one_call() -> None:
    counters, clock = Watched(), FrozenClock()
    limits = compiled(free=plan(both(200_000, 10, 1000), GET_a=both(200_000, 10, 1000, "month")))
    draw = partial(meter(limits, counters, clock).draw, KEY, "free", ("GET /a",))
    draw()  # nothing was known
    for seconds in (0, 0, 0.1, 5, 0, 3600, 0):
        clock.advance(seconds)
        assert counters.count(draw) == 1


def test_the_first_request_of_a_new_period_is_one_call() -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(meter(compiled(free=plan(both(5, 1, 9))), counters, clock).draw, KEY, "free", ())
    draw()
    clock.advance(86_400)
    assert counters.count(draw) == 1


@pytest.mark.parametrize("limit", [rate(10_000_000_000, 3), quota(3)])
def test_what_is_known_to_be_reached_is_refused_without_a_call(limit: dict[str, Any]) -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(meter(compiled(free=plan(limit)), counters, clock).draw, KEY, "free", ())
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
    clock.advance(10)  # seconds, as docs/decisions/0019 has it
    assert admitted(draw, 3) == 1


def test_a_life_ends_also_while_the_environment_is_frozen() -> None:
    counters, clock = Watched(), FrozenClock()
    draw = partial(meter(compiled(free=plan(quota(1))), counters, clock).draw, KEY, "free", ())
    draw()
    clock.freeze_environment(LIFE_SECONDS)
    assert counters.count(draw) == 1


def test_another_environment_learns_the_state_in_two_calls() -> None:
    counters, clock = Watched(), FrozenClock()
    limits = compiled(free=plan(both(10**6, 5, 100)))
    meter(limits, counters, clock).draw(KEY, "free", ())
    other = partial(meter(limits, counters, clock).draw, KEY, "free", ())
    assert counters.count(other) == 2
    assert counters.count(other) == 1
    clock.advance(3600)
    idle = partial(meter(limits, counters, clock).draw, KEY, "free", ())
    assert counters.count(idle) == 1  # the bucket is full, the quota has begun: as it supposes


def test_of_many_keys_those_used_last_are_known() -> None:
    counters = Watched()
    limited = meter(compiled(free=plan(quota(1))), counters)
    for i in range(REMEMBERED + 1):
        limited.draw(f"machines|{i}", "free", ())
    assert counters.count(lambda: limited.draw("machines|1", "free", ())) == 0
    assert counters.count(lambda: limited.draw("machines|0", "free", ())) == 1
    assert counters.count(lambda: limited.draw("machines|2", "free", ())) == 1  # it made room


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
    others = iter([("free", ("GET /b",)), ("free", ("GET /a",))])

    def another() -> None:
        counters.interrupt = lambda: None
        meter(limits, counters, clock).draw(KEY, *next(others, ("free", ())))
        counters.interrupt = another

    counters.interrupt = another
    assert meter(limits, counters, clock).draw(KEY, "free", ("GET /a",)) is None
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
            limited.draw(KEY, "free", ())
        assert caught.value.code == "usage_contended"
    assert len(counters.calls) == 2 * (1 + MORE_CALLS)

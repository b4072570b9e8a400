"""Environments whose clocks differ."""

import pytest

from authorizers.model.meter import Over
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import compiled, plan, quota, rate
from tests.limits.worlds import KEY, admitted, meter

FIVE_A_SECOND = compiled(free=plan(rate(200_000, 10)))


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
    assert late(KEY, "free", ()) == Over("quota_exceeded", 86_400 + 60)
    assert admitted(meter(limits, store, fast).draw, 9) == 0

"""Drawing: what is admitted, and what is refused and for how long."""

import pytest

from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.model.meter import Over
from authorizers.stores.usage_in_memory import UsageInMemory
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import both, compiled, none, plan, quota, rate
from tests.limits.worlds import KEY, Down, Watched, admitted, meter

FIVE_A_SECOND = compiled(free=plan(rate(200_000, 10)))


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
    assert draw(KEY, "slow", ()) is None
    assert draw(KEY, "slow", ()) == Over("throttled", 3600)
    clock.advance(3598.5)
    assert draw(KEY, "slow", ()) == Over("throttled", 2)
    clock.advance(1)
    assert draw(KEY, "slow", ()) == Over("throttled", 1)
    clock.advance(0.5)
    assert draw(KEY, "slow", ()) is None


def test_keys_do_not_share_counters() -> None:
    draw = meter(FIVE_A_SECOND).draw
    assert admitted(draw, 20) == 10
    assert draw("machines|another12345", "free", ()) is None
    assert draw("others|7Fh3kQ9ZpLm2", "free", ()) is None


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
    limits = compiled(
        free=plan(both(1_000_000, 1, 1), GET_a=quota(1, "month"), GET_b=rate(1_000_000, 1))
    )
    draw = meter(limits, clock=clock).draw
    assert draw(KEY, "free", ("GET /a",)) is None
    assert draw(KEY, "free", ()) == Over("quota_exceeded", 86_400)
    assert draw(KEY, "free", ("GET /a",)) == Over("quota_exceeded", 17 * 86_400)
    assert draw("machines|another", "free", ("GET /b",)) is None
    assert draw("machines|another", "free", ("GET /b",)) == Over("quota_exceeded", 86_400)


def test_a_request_that_may_be_for_several_routes_is_within_the_limits_of_each() -> None:
    limits = compiled(free=plan(quota(9), GET_a=quota(1), GET_b=quota(2)))
    draw = meter(limits).draw
    assert draw(KEY, "free", ("GET /b", "GET /c", "GET /a")) is None
    assert draw(KEY, "free", ("GET /b", "GET /a")) == Over("quota_exceeded", 57_600)
    assert draw(KEY, "free", ("GET /b",)) is None  # what was refused counted for nothing
    assert draw(KEY, "free", ("GET /b",)) is not None
    assert draw(KEY, "free", ("GET /c",)) is None


@pytest.mark.parametrize("routes", [(), ("GET /a",), ("GET /a", "GET /b")])
def test_what_has_no_limit_is_admitted_without_a_call(routes: tuple[str, ...]) -> None:
    counters = Watched()
    limits = compiled(free=plan(none(), POST_a=rate(1, 1)))
    draw = meter(limits, counters).draw
    assert draw(KEY, None, routes) is None
    assert draw(KEY, "free", routes) is None
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
        broken.draw(KEY, "pro", ())
    assert caught.value.code == "usage_plan_unknown"
    assert unmetered == []


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

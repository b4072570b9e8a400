"""Quotas at the boundaries of their periods."""

from datetime import UTC, datetime

import pytest

from authorizers.model.meter import Over
from authorizers.testing.clock import FrozenClock
from tests.limits.plans import compiled, plan, quota
from tests.limits.worlds import KEY, admitted, meter


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
    assert draw(KEY, "free", ()) == Over("quota_exceeded", 60)
    clock.advance(59.999)
    assert draw(KEY, "free", ()) == Over("quota_exceeded", 1)
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

"""What is removed of an item whose owner is still active."""

import pytest

from authorizers.limits.counters import Removal
from authorizers.limits.part import PER_DAY
from authorizers.limits.period import DAY_US
from authorizers.limits.stale import MAX_REMOVALS, stale_counters

NOW = 1_800_000_000_000_000
TODAY = NOW // DAY_US


def test_buckets_that_are_full_and_periods_that_are_over_go_after_a_day() -> None:
    item = {
        "bucket/5/1 GET /a": NOW - DAY_US - 1,
        "quota/month GET /a": (TODAY - 33) * PER_DAY + 7,
        "quota/day GET /b": (TODAY - 40) * PER_DAY,
    }
    assert stale_counters(item, set(), NOW) == [
        Removal("bucket/5/1 GET /a", NOW - DAY_US),
        Removal("quota/month GET /a", (TODAY - 32) * PER_DAY),
        Removal("quota/day GET /b", (TODAY - 32) * PER_DAY),
    ]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("bucket/5/1", NOW - DAY_US),
        ("bucket/5/1", NOW + 10**12),
        ("quota/month", (TODAY - 32) * PER_DAY),
        ("quota/day", TODAY * PER_DAY + 5),
        ("bucket/5/1", None),
        ("quota/day", None),
        ("note", 5),
        ("buckets/5", 5),
        ("kept", 5),
    ],
)
def test_what_may_still_matter_and_what_is_not_ours_stays(
    attribute: str, value: int | None
) -> None:
    assert stale_counters({attribute: value}, set(), NOW) == []


def test_the_limits_that_are_drawn_on_now_are_not_removed() -> None:
    assert stale_counters({"bucket/5/1": 0}, {"bucket/5/1"}, NOW) == []


def test_an_update_removes_a_few_at_a_time() -> None:
    item = {f"bucket/5/1 GET /{i}": 0 for i in range(100)}
    assert len(stale_counters(item, set(), NOW)) == MAX_REMOVALS

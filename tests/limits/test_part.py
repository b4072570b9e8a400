"""The two kinds of limit: what they change, when, and for how long they refuse."""

import pytest

from authorizers.limits.counters import Fresh, Item, Step
from authorizers.limits.part import MAX_SPREAD_US, PER_DAY, Bucket, Quota
from authorizers.limits.period import DAY_US

NOW = 1_800_000_000_000_000
TODAY = NOW // DAY_US  # a Friday, the 15th of January 2027
BUCKET = Bucket(200_000, 10)
QUOTA = Quota(5, "day")


def bucket_at(arrival: int) -> Item:
    return {BUCKET.attribute: arrival}


def quota_at(day: int, count: int) -> Item:
    return {QUOTA.attribute: day * PER_DAY + count}


def test_numbers_of_another_plan_have_other_names() -> None:
    others = (Bucket(200_000, 11), Bucket(100_000, 10), Bucket(200_000, 10, " GET /a"))
    assert len({BUCKET.attribute, *(other.attribute for other in others)}) == 4
    assert QUOTA.attribute == Quota(9, "day").attribute  # what was used was used
    assert QUOTA.attribute != Quota(5, "week").attribute


@pytest.mark.parametrize("item", [None, {}, {"other": NOW + 1}, bucket_at(NOW), bucket_at(0)])
def test_a_bucket_that_is_full_begins_now(item: Item | None) -> None:
    expected = Fresh(BUCKET.attribute, NOW + 1, NOW + 200_000)
    assert BUCKET.change(item, NOW) == expected


@pytest.mark.parametrize("ahead", [1, 1_800_000, 1_800_001, 10**12])
def test_a_bucket_that_is_not_full_is_moved_by_one_interval(ahead: int) -> None:
    expected = Step(BUCKET.attribute, NOW + 1, NOW + 1_800_000, 200_000)
    assert BUCKET.change(bucket_at(NOW + ahead), NOW) == expected


@pytest.mark.parametrize("burst", [1, 2, 10])
def test_a_bucket_admits_its_burst_at_once_and_then_one_each_interval(burst: int) -> None:
    bucket, arrival = Bucket(1_000, burst), NOW
    for _ in range(burst):
        assert bucket.wait_us(arrival, NOW) <= 0
        arrival += 1_000
    assert bucket.wait_us(arrival, NOW) == 1_000
    assert bucket.wait_us(arrival, NOW + 999) == 1
    assert bucket.wait_us(arrival, NOW + 1_000) == 0


def test_a_bucket_of_one_token_can_be_stepped_at_no_time() -> None:
    change = Bucket(1_000, 1).change({"bucket/1000/1": NOW + 1}, NOW)
    assert isinstance(change, Step)
    assert change.first > change.last


def test_a_quota_that_nothing_is_known_of_is_taken_for_one_that_has_begun() -> None:
    begin = TODAY * PER_DAY
    assert QUOTA.change(None, NOW) == Step(QUOTA.attribute, begin, begin + 4, 1)


@pytest.mark.parametrize("item", [{}, quota_at(TODAY - 1, 5), quota_at(TODAY - 400, 0)])
def test_a_quota_begins_with_its_first_request_of_the_period(item: Item) -> None:
    begin = TODAY * PER_DAY
    assert QUOTA.change(item, NOW) == Fresh(QUOTA.attribute, begin, begin + 1)


@pytest.mark.parametrize("day", [TODAY, TODAY + 1])
def test_a_quota_counts_in_the_latest_period_that_has_begun(day: int) -> None:
    begin, just_before_midnight = day * PER_DAY, (TODAY + 1) * DAY_US - 1
    expected = Step(QUOTA.attribute, begin, begin + 4, 1)
    assert QUOTA.change(quota_at(day, 3), just_before_midnight) == expected


@pytest.mark.parametrize("day", [TODAY + 2, TODAY + 31, 10**20])
def test_a_period_that_no_clock_can_have_begun_is_not_counted_in(day: int) -> None:
    begin = TODAY * PER_DAY
    assert QUOTA.change(quota_at(day, 3), NOW) == Step(QUOTA.attribute, begin, begin + 4, 1)


def test_a_quota_that_was_set_back_to_nothing_goes_on_from_there() -> None:
    begin = TODAY * PER_DAY
    assert QUOTA.change(quota_at(TODAY, 0), NOW) == Step(QUOTA.attribute, begin, begin + 4, 1)


def test_the_last_request_of_a_quota_is_admitted_and_the_next_is_not() -> None:
    begin = TODAY * PER_DAY
    assert QUOTA.wait_us(begin + 4, NOW) == 0
    assert QUOTA.wait_us(begin + 5, NOW) == (TODAY + 1) * DAY_US - NOW
    assert QUOTA.wait_us(begin + 5, (TODAY + 1) * DAY_US - 1) == 1
    assert QUOTA.wait_us(begin + 5, (TODAY + 1) * DAY_US) == 0


def test_a_period_that_a_faster_clock_used_up_refuses_until_its_own_end() -> None:
    end = (TODAY + 2) * DAY_US
    assert QUOTA.wait_us((TODAY + 1) * PER_DAY + 5, NOW) == end - NOW


def test_a_quota_that_was_lowered_below_what_was_used_refuses() -> None:
    assert QUOTA.wait_us(TODAY * PER_DAY + 500, NOW) > 0


@pytest.mark.parametrize(("beyond", "possible"), [(0, True), (1, False)])
def test_a_bucket_is_possible_up_to_the_widest_spread_of_clocks(
    beyond: int, possible: bool
) -> None:
    latest = NOW + 10 * 200_000 + MAX_SPREAD_US
    assert BUCKET.is_possible(latest + beyond, NOW) is possible


@pytest.mark.parametrize(("too_early_us", "possible"), [(0, True), (1, False)])
def test_a_period_is_possible_up_to_the_widest_spread_of_clocks(
    too_early_us: int, possible: bool
) -> None:
    now = (TODAY + 1) * DAY_US - MAX_SPREAD_US - too_early_us
    assert QUOTA.is_possible((TODAY + 1) * PER_DAY + 5, now) is possible

"""Periods against Python's own calendar, which the code does not use."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.limits.period import DAY_SECONDS, LONGEST_DAYS, PERIODS

EPOCH = date(1970, 1, 1)
dates = st.dates(EPOCH, date(2200, 12, 31))


def number(day: date) -> int:
    return (day - EPOCH).days


def first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@given(dates)
def test_a_day_is_a_period_of_its_own(day: date) -> None:
    assert PERIODS["day"].first_day(number(day)) == number(day)
    assert PERIODS["day"].next_first_day(number(day)) == number(day + timedelta(days=1))


@given(dates)
def test_a_week_begins_on_monday(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    assert PERIODS["week"].first_day(number(day)) == number(monday)
    assert PERIODS["week"].next_first_day(number(day)) == number(monday + timedelta(days=7))


@given(dates)
def test_a_month_is_that_of_the_calendar(day: date) -> None:
    assert PERIODS["month"].first_day(number(day)) == number(day.replace(day=1))
    assert PERIODS["month"].next_first_day(number(day)) == number(first_of_next_month(day))


@given(dates, st.sampled_from(sorted(PERIODS)))
def test_periods_follow_one_another_and_none_is_longer_than_the_longest(
    day: date, name: str
) -> None:
    period, today = PERIODS[name], number(day)
    first, following = period.first_day(today), period.next_first_day(today)
    assert first <= today < following <= first + LONGEST_DAYS
    assert period.first_day(following) == following
    assert period.first_day(following - 1) == first


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2024, 2, 29), date(2024, 3, 1)),
        (date(2025, 2, 28), date(2025, 3, 1)),
        (date(2000, 2, 29), date(2000, 3, 1)),
        (date(2100, 2, 28), date(2100, 3, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 1, 31), date(2026, 2, 1)),
    ],
    ids=str,
)
def test_months_end_in_leap_years_and_at_the_end_of_a_year(day: date, following: date) -> None:
    assert PERIODS["month"].next_first_day(number(day)) == number(following)


def test_a_day_ends_at_midnight_of_utc() -> None:
    midnight = datetime(2026, 3, 29, tzinfo=UTC).timestamp()
    assert midnight == number(date(2026, 3, 29)) * DAY_SECONDS

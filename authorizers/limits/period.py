"""
The periods of quotas: days, weeks and months of UTC, as numbers of days since 1970-01-01.

A week begins on Monday (ISO 8601). `time.gmtime` knows the lengths of months and leap years; there
is no summer time in UTC, and a POSIX day has 86,400 seconds.
"""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

DAY_SECONDS = 86_400
DAY_US = DAY_SECONDS * 1_000_000
LONGEST_DAYS = 31


class Period(NamedTuple):
    """How to find the first day of the period that a day belongs to, and of the next one."""

    first_day: Callable[[int], int]
    next_first_day: Callable[[int], int]


def _day(day: int) -> int:
    return day


def _next_day(day: int) -> int:
    return day + 1


def _monday(day: int) -> int:
    return day - (day + 3) % 7  # 1970-01-01 was a Thursday


def _next_monday(day: int) -> int:
    return _monday(day) + 7


def _first_of_month(day: int) -> int:
    return day - time.gmtime(day * DAY_SECONDS).tm_mday + 1


def _next_first_of_month(day: int) -> int:
    return _first_of_month(_first_of_month(day) + LONGEST_DAYS)


PERIODS: Final = {
    "day": Period(_day, _next_day),
    "week": Period(_monday, _next_monday),
    "month": Period(_first_of_month, _next_first_of_month),
}

"""
The two kinds of limit, each one whole number that only grows.

A bucket keeps the theoretical arrival time of the next request, in microseconds since 1970: the
generic cell rate algorithm in its form of virtual scheduling (ITU-T Recommendation I.371), which
admits what a bucket of `burst` tokens admits that gets one every `interval_us`.

A quota keeps the first day of its period and the count in one number, `day * 10^12 + count`: a new
period begins above everything that an old one can reach.

Attributes are named after what their numbers mean: `bucket/200000/10`, `quota/day POST /orders`.
Under another plan the old numbers, which mean something else there, do not count.
"""

from typing import Final, Literal, Protocol

from authorizers.limits.counters import Change, Fresh, Item, Step
from authorizers.limits.period import DAY_US, PERIODS

PER_DAY: Final = 10**12  # more than any quota
# Two clocks that sign requests to AWS: each is within five minutes of AWS's own (IAM User Guide,
# "AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/
# reference_sigv.html).
MAX_SPREAD_US: Final = 2 * 300 * 1_000_000


class Limited(Protocol):
    """One limit of a plan, on all routes together or on one."""

    @property
    def attribute(self) -> str:
        """What the counter is called."""
        ...

    @property
    def code(self) -> Literal["throttled", "quota_exceeded"]:
        """What a refusal is called."""
        ...

    def change(self, item: Item | None, now_us: int) -> Change:
        """Return what draws one request, if the counters are as in `item`; None is unknown."""
        ...

    def wait_us(self, value: int, now_us: int) -> int:
        """Return for how long the counter `value` admits no request; 0 or less: it does."""
        ...

    def is_possible(self, value: int, now_us: int) -> bool:
        """Return whether the counter can have become `value`, whatever clock moved it."""
        ...


class Bucket:
    """A bucket of `burst` tokens, which gets one every `interval_us`."""

    __slots__ = ("_interval_us", "_tolerance_us", "attribute")

    code: Final = "throttled"

    def __init__(self, interval_us: int, burst: int, suffix: str = "") -> None:
        self.attribute = f"bucket/{interval_us}/{burst}{suffix}"
        self._interval_us = interval_us
        self._tolerance_us = (burst - 1) * interval_us

    def change(self, item: Item | None, now_us: int) -> Change:
        """Return what draws a token: from a full bucket, or from one that is not."""
        arrival = item.get(self.attribute) if item else None
        if arrival is None or arrival <= now_us:
            return Fresh(self.attribute, now_us + 1, now_us + self._interval_us)
        return Step(self.attribute, now_us + 1, now_us + self._tolerance_us, self._interval_us)

    def wait_us(self, value: int, now_us: int) -> int:
        """Return the microseconds until there is a token."""
        return value - self._tolerance_us - now_us

    def is_possible(self, value: int, now_us: int) -> bool:
        """Return whether a clock of today can have written `value`."""
        return self.wait_us(value, now_us) <= self._interval_us + MAX_SPREAD_US


class Quota:
    """At most `limit` requests in each period."""

    __slots__ = ("_limit", "_period", "attribute")

    code: Final = "quota_exceeded"

    def __init__(self, limit: int, period: str, suffix: str = "") -> None:
        self.attribute = f"quota/{period}{suffix}"
        self._limit = limit
        self._period = PERIODS[period]

    def change(self, item: Item | None, now_us: int) -> Change:
        """
        Return what counts a request: in this period, in a later one that a faster clock has
        begun, or as the first of this period.
        """
        begin = self._period.first_day(now_us // DAY_US) * PER_DAY
        if item is not None:
            value = item.get(self.attribute)
            if value is None or value < begin:
                return Fresh(self.attribute, begin, begin + 1)
            if self.is_possible(value, now_us):
                begin = value - value % PER_DAY
        return Step(self.attribute, begin, begin + self._limit - 1, 1)

    def wait_us(self, value: int, now_us: int) -> int:
        """Return the microseconds until the next period, if nothing is left of this one."""
        day, count = divmod(value, PER_DAY)
        if count < self._limit or day < self._period.first_day(now_us // DAY_US):
            return 0
        return self._period.next_first_day(day) * DAY_US - now_us

    def is_possible(self, value: int, now_us: int) -> bool:
        """Return whether the period has begun on a clock of today."""
        return value // PER_DAY * DAY_US <= now_us + MAX_SPREAD_US

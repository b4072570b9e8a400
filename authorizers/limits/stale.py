"""Counters that mean nothing any more, in the item of a caller who is still active."""

from collections.abc import Collection

from authorizers.limits.counters import Item, Removal
from authorizers.limits.part import PER_DAY
from authorizers.limits.period import DAY_US, LONGEST_DAYS

MAX_REMOVALS = 8  # in one update, so that its expression stays short


def stale_counters(item: Item, kept: Collection[str], now_us: int) -> list[Removal]:
    """
    Return what removes counters of `item`, `kept` apart, whose time has been over for a day: of
    buckets that are full again, and of periods that have ended. Both are the same as no counter.
    """
    limits = {
        "bucket": now_us - DAY_US,
        "quota": (now_us // DAY_US - LONGEST_DAYS - 1) * PER_DAY,
    }
    removals = []
    for attribute, value in item.items():
        below = limits.get(attribute.partition("/")[0])
        if below is None or value is None or value >= below or attribute in kept:
            continue
        removals.append(Removal(attribute, below))
        if len(removals) == MAX_REMOVALS:
            break
    return removals

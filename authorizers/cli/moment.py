"""A moment as people write it, `2026-12-31`, `2026-12-31T18:00Z` or `8h`, and back."""

import re
from datetime import UTC, datetime

MOMENT_EXPECTED = (
    "write a moment to come: 2026-12-31 (its first second, UTC), 2026-12-31T18:00Z, or 8h"
)
TIME_EXPECTED = "write a moment: 2026-12-31 (its first second, UTC), or 2026-12-31T18:00Z"
_FROM_NOW = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def parse_moment(text: str, now: float) -> int:
    """
    Return the moment in seconds since 1970.

    Raises:
        ValueError: it is none, lies behind `now` or beyond the year 9999, or has no offset and
            might mean any.
    """
    from_now = _FROM_NOW.fullmatch(text)
    if from_now:
        return int(now) + int(from_now[1]) * _SECONDS[from_now[2]]
    moment = _seconds(text)
    if moment is None or moment <= now:
        raise ValueError(MOMENT_EXPECTED)
    return int(moment)


def parse_time(text: str) -> int:
    """
    Return a moment that may lie behind, in seconds since 1970.

    Raises:
        ValueError: it is none, lies before 1970 or beyond the year 9999, or has no offset.
    """
    moment = _seconds(text)
    if moment is None or moment < 0:
        raise ValueError(TIME_EXPECTED)
    return int(moment)


def _seconds(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-12-31"):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        return None
    seconds = moment.timestamp()
    return seconds if seconds <= _LAST else None


def render_moment(seconds: float) -> str:
    """Return a moment as people and programs read it, in UTC."""
    if not 0 <= seconds <= _LAST:
        return str(seconds)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

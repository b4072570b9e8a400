"""How long a response stays fresh (RFC 9111 §4.2), as a private cache reads it."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

MAX_DELTA_SECONDS: Final = 2**31  # RFC 9111 §1.2.2: what a larger number is taken for

_DIRECTIVE = re.compile(r'([!#$%&\'*+.^_`|~0-9A-Za-z-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?')
_DELTA = re.compile(r"[0-9]+", re.ASCII)


def lifetime_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """
    Return for how many seconds from `now`, a wall clock's, the response is fresh.

    `None` means that it says nothing. What cannot be read is stale already (RFC 9111 §4.2.1).
    """
    directives = _directives(headers.get("Cache-Control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    if "max-age" in directives:
        return max(0.0, _delta(directives["max-age"]) - _delta(headers.get("Age", "0")))
    if "Expires" in headers:
        return _until_expiry(headers, now)
    return None


def _directives(cache_control: str) -> dict[str, str]:
    """Return the directives with their arguments, the first of each name (RFC 9111 §4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(cache_control):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _delta(text: str) -> float:
    """Return `delta-seconds` (RFC 9111 §1.2.2), 0 for what is none."""
    digits = text.strip()
    if not _DELTA.fullmatch(digits):
        return 0.0
    return min(float(digits), MAX_DELTA_SECONDS)


def _until_expiry(headers: Mapping[str, str], now: float) -> float:
    """Return `Expires` minus `Date`, by the server's own clock (RFC 9111 §4.2.1, §5.3)."""
    expires, date = _http_date(headers["Expires"]), _http_date(headers.get("Date", ""))
    if expires is None:
        return 0.0
    age = _delta(headers.get("Age", "0"))
    return max(0.0, expires - (now if date is None else date) - age)


def _http_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None

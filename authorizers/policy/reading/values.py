"""
What condition operators compare: numbers, dates, addresses, ARNs and bytes, out of their texts.

Every function returns `None` for a text that is malformed. In a policy that is an error; in a
request it is a value that equals nothing. Source: IAM User Guide, "IAM JSON policy elements:
Condition operators"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
"""

import re
from functools import lru_cache
from typing import Any

_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?")
_EPOCH = re.compile(r"[0-9]{1,3}|[0-9]{5,12}")  # four digits could as well be a year
# W3C, "Date and Time Formats" (https://www.w3.org/TR/NOTE-datetime): a time has a time zone.
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,30}))?)?"
    r"(?:Z|([+-])([0-9]{2}):([0-5][0-9])))?)?"
)
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:/(?:0|[1-9][0-9]{0,2}))?")


def number(text: str) -> Any:
    """Return an exact number: "an integer or decimal value"."""
    from decimal import Decimal  # noqa: PLC0415 few policies have numbers

    return Decimal(text) if _NUMBER.fullmatch(text) else None


def date(text: str) -> tuple[int, str] | None:
    """
    Return a point in time: seconds since 1970, and the digits of the fraction of a second.

    Takes the W3C's formats, and epoch time in seconds. A year alone is refused: it could be both.
    """
    if _EPOCH.fullmatch(text):
        return int(text), ""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    from datetime import UTC, datetime, timedelta, timezone  # noqa: PLC0415 few policies have dates

    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
        midnight = datetime(int(year), int(month), int(day or 1), tzinfo=zone)
        moment = midnight.replace(
            hour=int(hour or 0), minute=int(minute or 0), second=int(second or 0)
        )
    except ValueError:
        return None
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return passed // timedelta(seconds=1), (fraction or "").rstrip("0")


@lru_cache(maxsize=256)  # a policy's own blocks come again with each request
def network(text: str) -> Any:
    """Return an address or a CIDR block, IPv4 or IPv6; an address alone is a block of one."""
    from ipaddress import ip_network  # noqa: PLC0415 only policies with networks pay

    try:
        return ip_network(text, strict=False) if _ADDRESS.fullmatch(text) else None
    except ValueError:
        return None


def address(text: str) -> Any:
    """Return an address, IPv4 or IPv6."""
    from ipaddress import ip_address  # noqa: PLC0415 only policies with networks pay

    try:
        return ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def binary(text: str) -> bytes | None:
    """Return the bytes that strict base64 stands for (RFC 4648 §4)."""
    from binascii import Error, a2b_base64  # noqa: PLC0415 hardly any policy has bytes

    try:
        return a2b_base64(text, strict_mode=True) if len(text) % 4 == 0 else None
    except (Error, ValueError):  # ValueError: characters beyond ASCII
        return None


def boolean(text: str) -> bool | None:
    """Return what `true` or `false` says, in any case."""
    return {"true": True, "false": False}.get(text.lower())

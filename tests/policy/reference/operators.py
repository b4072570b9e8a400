"""
Condition operators, each a plain comparison of one value of the request with one of the policy.

Source: IAM User Guide, "Condition operators"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
"""

import base64
import binascii
import datetime
import ipaddress
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from tests.policy.reference.patterns import (
    Context,
    NotUnderstood,
    matches,
    pattern,
    substituted,
)

T = TypeVar("T")
Comparison = Callable[[str, str, Context | None], bool]  # request's value, policy's value, context

COLON = re.compile(r":(?![^{]*\})")  # but not those of variables
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
DATE = re.compile(  # https://www.w3.org/TR/NOTE-datetime, but a year alone, which could be an epoch
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?", re.ASCII
)
EPOCH = re.compile(r"\d{5,}", re.ASCII)
NETWORK = re.compile(r"[0-9A-Fa-f.:]+(/\d{1,3})?", re.ASCII)


def same(fold: Callable[[str], str]) -> Comparison:
    def compare(value: str, wanted: str, context: Context | None) -> bool:
        pieces = substituted(wanted, context)
        return pieces is not None and fold("".join(map("".join, pieces))) == fold(value)

    return compare


def like(value: str, wanted: str, context: Context | None) -> bool:
    atoms = pattern(wanted, context)
    return atoms is not None and matches(atoms, value)


def arn_like(value: str, wanted: str, context: Context | None) -> bool:
    """Each of the six components is checked separately."""
    parts, components = COLON.split(wanted, 5), value.split(":", 5)
    if len(parts) < 6:
        raise NotUnderstood("no ARN")
    return len(components) == 6 and all(
        [like(one, part, context) for one, part in zip(components, parts, strict=True)]  # noqa: C419 each is read
    )


def number(text: str) -> Fraction:
    if not NUMBER.fullmatch(text):
        raise ValueError("no number")
    return Fraction(Decimal(text))


def moment(text: str) -> Fraction:
    """Seconds since 1970, of a W3C date or of such a number itself."""
    if EPOCH.fullmatch(text):
        return Fraction(int(text))
    found = DATE.fullmatch(text)
    if found is None:
        raise ValueError("no date")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    date = datetime.date(int(year), int(month), int(day or 1))
    time = datetime.time(int(hour or 0), int(minute or 0), int(second or 0))
    clock = time.hour * 3600 + time.minute * 60 + time.second
    shift = 0
    if zone and zone != "Z":
        shift = int(zone[:3]) * 3600 + int(zone[0] + zone[4:]) * 60
    return (date.toordinal() - 719163) * 86400 + clock - shift + Fraction(Decimal(fraction or 0))


def ordered(
    read: Callable[[str], Fraction], holds: Callable[[Fraction, Fraction], bool]
) -> Comparison:
    def compare(value: str, wanted: str, context: Context | None) -> bool:
        policy = understood(read, wanted)
        try:
            return holds(read(value), policy)
        except ValueError:
            return False

    return compare


def understood(read: Callable[[str], T], wanted: str) -> T:
    try:
        return read(wanted)
    except ValueError:
        raise NotUnderstood("a value of another kind") from None


def truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("no boolean")
    return text.lower() == "true"


def boolean(value: str, wanted: str, context: Context | None) -> bool:
    policy = understood(truth, wanted)
    try:
        return truth(value) is policy
    except ValueError:
        return False


def octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None


def binary(value: str, wanted: str, context: Context | None) -> bool:
    policy = understood(octets, wanted)
    try:
        return octets(value) == policy
    except ValueError:
        return False


def within(value: str, wanted: str, context: Context | None) -> bool:
    def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        if not NETWORK.fullmatch(text):
            raise ValueError("no network")
        return ipaddress.ip_network(text, strict=False)

    policy = understood(network, wanted)
    try:
        return ipaddress.ip_address(value) in policy
    except ValueError:
        return False


COMPARISONS: dict[str, tuple[Comparison, bool]] = {  # and whether the operator negates it
    "StringEquals": (same(str), False),
    "StringNotEquals": (same(str), True),
    "StringEqualsIgnoreCase": (same(str.lower), False),
    "StringNotEqualsIgnoreCase": (same(str.lower), True),
    "StringLike": (like, False),
    "StringNotLike": (like, True),
    "Bool": (boolean, False),
    "BinaryEquals": (binary, False),
    "IpAddress": (within, False),
    "NotIpAddress": (within, True),
    **{
        f"Arn{kind}": (arn_like, kind.startswith("Not"))
        for kind in ("Equals", "Like", "NotEquals", "NotLike")
    },
    **{
        f"{family}{name}": (ordered(read, holds), name == "NotEquals")
        for family, read in (("Numeric", number), ("Date", moment))
        for name, holds in (
            ("Equals", operator.eq),
            ("NotEquals", operator.eq),
            ("LessThan", operator.lt),
            ("LessThanEquals", operator.le),
            ("GreaterThan", operator.gt),
            ("GreaterThanEquals", operator.ge),
        )
    },
}

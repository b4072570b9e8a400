"""The values of conditions: what IAM would read otherwise than it looks is refused."""

import re
from collections.abc import Callable, Mapping

from authorizers.builder.operators import WITH_WILDCARDS, Kind

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SECONDS = re.compile(r"0|[1-9][0-9]{0,11}")


def _text(value: object, operator: str) -> str:
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
        raise ValueError("a value must be text, not empty, of printable ASCII characters")
    if "${" in value:
        raise ValueError("a value must not have ${: it begins a policy variable; write the value")
    if operator not in WITH_WILDCARDS and any(wildcard in value for wildcard in "*?"):
        raise ValueError(f"{operator} takes * and ? literally; write an operator with Like")
    return value


def _arn(value: object, operator: str) -> str:
    text = _text(value, operator)
    if not text.startswith("arn:") or text.count(":") < 5:
        raise ValueError("write an ARN: arn:partition:service:region:account:resource")
    return text


def _address(value: object, _operator: str) -> str:
    from ipaddress import ip_network  # noqa: PLC0415 only conditions on addresses pay for it

    try:
        if isinstance(value, str) and "%" not in value:
            ip_network(value)
            return value
    except ValueError:
        pass
    raise ValueError(
        "write an address, or a block by its first address and its length: 192.0.2.7, 10.0.0.0/8"
    )


def _date(value: object, _operator: str) -> str:
    from authorizers.policy.reading.values import date  # noqa: PLC0415 few conditions have dates

    if isinstance(value, str) and _DATE.fullmatch(value) and date(value):
        return value
    raise ValueError("write a moment in UTC: 2030-01-31T23:59:59Z")


def _number(value: object, _operator: str) -> str:
    text = str(value) if type(value) is int and abs(value) < 10**12 else value
    if isinstance(text, str) and _SECONDS.fullmatch(text):
        return text
    raise ValueError("write whole seconds since 1970: 1893456000")


def _flag(value: object, _operator: str) -> str:
    if value is True or value == "true":
        return "true"
    if value is False or value == "false":
        return "false"
    raise ValueError("write true or false")


READERS: Mapping[Kind, Callable[[object, str], str]] = {
    "text": _text,
    "arn": _arn,
    "address": _address,
    "date": _date,
    "number": _number,
    "flag": _flag,
}

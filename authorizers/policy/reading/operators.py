"""
The condition operators of IAM, as a table.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
String and ARN values may hold policy variables. In any other value a variable is no number, date
and so on; for Bool, of which two pages of the guide say the contrary of each other, it is refused.
"""

import operator as python
from collections.abc import Callable
from typing import Any, NamedTuple

from authorizers.policy import glob
from authorizers.policy.reading import values, variables
from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.refusal import not_understood

Test = Callable[[str], bool]  # is this value of the request matched?
Matcher = Callable[[str, AccessRequest, str], Test]  # a policy's value, and its place, as a test


class Operator(NamedTuple):
    """One operator: how a value of the policy tests one of the request, and whether it negates."""

    matcher: Matcher
    negated: bool = False


def _never(_text: str) -> bool:
    """A variable without a value: "there is no equal or like value"."""
    return False


def _has_variables(value: str, request: AccessRequest) -> bool:
    return request.variables and "${" in value


def _text(value: str, request: AccessRequest, place: str) -> str | None:
    if _has_variables(value, request):
        return variables.as_text(value, request, place)
    return value


def _pattern(value: str, request: AccessRequest, place: str) -> tuple[str, str] | None:
    if _has_variables(value, request):
        return variables.as_pattern(value, request, place)
    return value, "*?"


def _equals(value: str, request: AccessRequest, place: str) -> Test:
    text = _text(value, request, place)
    return _never if text is None else text.__eq__


def _equals_ignore_case(value: str, request: AccessRequest, place: str) -> Test:
    text = _text(value, request, place)
    if text is None:
        return _never
    lower = text.lower()
    return lambda other: other.lower() == lower


def _like(value: str, request: AccessRequest, place: str) -> Test:
    pattern = _pattern(value, request, place)
    if pattern is None:
        return _never
    text, wildcards = pattern
    return lambda other: glob.matches(text, other, wildcards)


def _arn_like(value: str, request: AccessRequest, place: str) -> Test:
    """
    Match "each of the six colon-delimited components of the ARN" separately. Components are those
    of the policy: a colon in a variable's value is none of theirs.
    """
    variable = _has_variables(value, request)
    components = variables.split_at_colons(value) if variable else value.split(":", 5)
    if len(components) != 6:
        raise not_understood(place, "write an ARN: six components between colons")
    patterns = [_pattern(component, request, place) for component in components]

    def matches(other: str) -> bool:
        theirs = other.split(":", 5)
        return len(theirs) == 6 and all(
            pattern is not None and glob.matches(pattern[0], their, pattern[1])
            for pattern, their in zip(patterns, theirs, strict=True)
        )

    return matches


def _compared(
    parse: Callable[[str], Any], compare: Callable[[Any, Any], bool], expected_form: str
) -> Matcher:
    def matcher(value: str, _request: AccessRequest, place: str) -> Test:
        expected = parse(value)
        if expected is None:
            raise not_understood(place, f"write {expected_form}")

        def matches(other: str) -> bool:
            parsed = parse(other)
            return parsed is not None and compare(parsed, expected)

        return matches

    return matcher


def _in_network(value: str, _request: AccessRequest, place: str) -> Test:
    block = values.network(value)
    if block is None:
        raise not_understood(place, "write addresses and CIDR blocks")

    def matches(other: str) -> bool:
        parsed = values.address(other)
        return parsed is not None and parsed in block

    return matches


_COMPARISONS = {
    "Equals": python.eq,
    "LessThan": python.lt,
    "LessThanEquals": python.le,
    "GreaterThan": python.gt,
    "GreaterThanEquals": python.ge,
}
_EXPECTED = {
    "Numeric": (values.number, "a number, such as 10 or 0.5"),
    "Date": (values.date, "a date, such as 2030-01-31T12:00:00Z, or seconds since 1970"),
}

OPERATORS: dict[str, Operator] = {
    "StringEquals": Operator(_equals),
    "StringNotEquals": Operator(_equals, negated=True),
    "StringEqualsIgnoreCase": Operator(_equals_ignore_case),
    "StringNotEqualsIgnoreCase": Operator(_equals_ignore_case, negated=True),
    "StringLike": Operator(_like),
    "StringNotLike": Operator(_like, negated=True),
    # "The ArnEquals and ArnLike condition operators behave identically."
    "ArnEquals": Operator(_arn_like),
    "ArnLike": Operator(_arn_like),
    "ArnNotEquals": Operator(_arn_like, negated=True),
    "ArnNotLike": Operator(_arn_like, negated=True),
    "Bool": Operator(_compared(values.boolean, python.eq, "true or false")),
    "BinaryEquals": Operator(_compared(values.binary, python.eq, "base64")),
    "IpAddress": Operator(_in_network),
    "NotIpAddress": Operator(_in_network, negated=True),
}
for _kind, (_parse, _form) in _EXPECTED.items():
    for _name, _compare in _COMPARISONS.items():
        OPERATORS[_kind + _name] = Operator(_compared(_parse, _compare, _form))
    OPERATORS[f"{_kind}NotEquals"] = Operator(_compared(_parse, python.eq, _form), negated=True)

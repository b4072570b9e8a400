"""
Whether a statement's conditions hold.

All operators and all keys must hold; of several values of the policy one must match, and none
for a negated operator. Sources: IAM User Guide, "Conditions with multiple context keys or values"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html),
"Single-valued vs. multivalued context keys"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html),
and "Condition operators", cited in `operators`.

Inferred: `IfExists` holds for a missing key also behind `ForAnyValue:`, as the page on it says of
every operator but Null. Several values of the request without a set operator are refused:
"multivalued context keys require a condition set operator", and no page says what happens
without one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.policy.reading import values
from authorizers.policy.reading.access_request import AccessRequest
from authorizers.policy.reading.operators import OPERATORS, Operator, Test
from authorizers.policy.reading.refusal import named, not_understood

_SETS = ("ForAllValues", "ForAnyValue")
_NO_DATA = ((), ("",))  # a "null dataset, such as an empty string"


class _Operation(NamedTuple):
    operator: Operator
    over: Literal["ForAllValues", "ForAnyValue"] | None
    if_exists: bool


def first_that_fails(block: object, request: AccessRequest, place: str) -> tuple[str, str] | None:
    """
    Return which condition does not hold, as operator and key; `None` if all of them hold.

    Every condition is read, whether one before it holds or not.

    Raises:
        ConfigurationError: an operator, a key or a value is not understood.
    """
    if not isinstance(block, Mapping):
        raise not_understood(place, "write an object of operators")
    failing = [
        (operator, key)
        for operator, keys in block.items()
        for key, holds in _conditions(operator, keys, request, f"{place}.{named(operator)}")
        if not holds
    ]
    return failing[0] if failing else None


def _conditions(
    name: object, keys: object, request: AccessRequest, place: str
) -> list[tuple[str, bool]]:
    operation = None if name == "Null" else _operation(name, place)
    if not isinstance(keys, Mapping):
        raise not_understood(place, "write an object of condition keys")
    results: list[tuple[str, bool]] = []
    seen: set[str] = set()
    for key, value in keys.items():
        if not isinstance(key, str) or ":" not in key or key.lower() in seen:
            raise not_understood(place, f"{named(key)} is no condition key, or not the only one")
        seen.add(key.lower())
        texts = _texts(value, f"{place}.{named(key)}")
        actual = request.values(key)
        if operation is None:
            holds = _is_null(texts, actual, f"{place}.{named(key)}")
        else:
            tests = [operation.operator.matcher(t, request, f"{place}.{named(key)}") for t in texts]
            holds = _holds(operation, tests, actual, f"{place}.{named(key)}")
        results.append((key, holds))
    return results


def _operation(name: object, place: str) -> _Operation:
    over, colon, base = str(name).rpartition(":")
    plain = base.removesuffix("IfExists")
    operator = OPERATORS.get(plain)
    if operator is None or (colon and over not in _SETS):
        raise not_understood(place, "the condition operator is not understood")
    return _Operation(operator, over or None, plain != base)  # type: ignore[arg-type]


def _holds(
    operation: _Operation, tests: Sequence[Test], actual: tuple[str, ...], place: str
) -> bool:
    (_, negated), over, if_exists = operation

    def matches(value: str) -> bool:
        return any(test(value) for test in tests) != negated

    if not actual and if_exists:
        return True
    if over == "ForAllValues":
        return actual in _NO_DATA or all(map(matches, actual))
    if over == "ForAnyValue":
        return actual not in _NO_DATA and any(map(matches, actual))
    if len(actual) > 1:
        raise not_understood(
            place, "the request has several values; write ForAllValues: or ForAnyValue:"
        )
    return matches(actual[0]) if actual else negated


def _is_null(texts: Sequence[str], actual: tuple[str, ...], place: str) -> bool:
    """
    `true` is "the key doesn't exist", `false` "the key exists and its value is not null"; by the
    examples of multivalued keys, Null tells "context keys with empty values" from others too.
    """
    expected = {values.boolean(text) for text in texts}
    if None in expected:
        raise not_understood(place, "write true or false")
    return (actual in _NO_DATA) in expected


def _texts(value: Any, place: str) -> list[str]:
    """Return the values as texts: "quotation marks are optional for numeric and Boolean values"."""
    if value == []:
        raise not_understood(place, "write a value: an empty list would decide without one")
    return [_text(v, place) for v in (value if isinstance(value, list) else [value])]


def _text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    # Beyond that, Python's own text of a number is not the one that stood in the document.
    if isinstance(value, int | float) and abs(value) < 10**15:
        return str(value)
    raise not_understood(place, "write a string, a number or a boolean, or a list of them")

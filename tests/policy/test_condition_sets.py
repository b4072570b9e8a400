"""Conditions on keys with several values, on missing keys, and on existence itself."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate

KEY = "aws:TagKeys"


def holds(condition: object, actual: list[str] | str | None = None) -> bool:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    context: dict[str, Any] = {} if actual is None else {KEY: actual}
    decision = evaluate(document, "arn:aws:execute-api:x:1:a/s/GET/", context).decision
    return decision == "explicit_deny"


# operator, the policy's values, the request's values, whether it holds; most rows are those of
# "Multivalued context key examples" in the IAM User Guide
SETS: list[tuple[str, list[str] | str, list[str] | str | None, bool]] = [
    ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a", "b"], "a", True),
    ("ForAllValues:StringEquals", ["a", "b"], None, True),
    ("ForAllValues:StringEquals", ["a", "b"], [], True),
    ("ForAllValues:StringEquals", ["a", "b"], "", True),
    ("ForAllValues:StringEquals", ["a", "b"], ["", "c"], False),
    ("ForAllValues:StringNotLike", "key1*", ["key1:legal"], False),
    ("ForAllValues:StringNotLike", "key1*", ["key1:hr", "key1:personnel"], False),
    ("ForAllValues:StringNotLike", "key1*", ["key2:audit"], True),
    ("ForAllValues:StringNotLike", "key1*", ["key1:hr", "key2:audit"], False),
    ("ForAllValues:StringNotLike", "key1*", None, True),
    ("ForAllValues:NumericLessThan", "10", ["1", "9"], True),
    ("ForAllValues:NumericLessThan", "10", ["1", "11"], False),
    ("ForAllValues:IpAddress", "10.0.0.0/8", ["10.0.0.1", "192.0.2.1"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], "a", True),
    ("ForAnyValue:StringEquals", ["a", "b"], None, False),
    ("ForAnyValue:StringEquals", ["a", "b"], [], False),
    ("ForAnyValue:StringEquals", [""], "", False),
    ("ForAnyValue:StringLike", "key1*", ["key2:audit", "key1:legal"], True),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], None, False),
    ("ForAnyValue:ArnLike", "arn:*:*:*:*:x", ["arn:a:b:c:d:y", "arn:a:b:c:d:x"], True),
    ("ForAnyValue:Bool", "true", ["false", "true"], True),
    # IfExists: "if the key is not present, evaluate the condition element as true"
    ("ForAllValues:StringEqualsIfExists", ["a"], None, True),
    ("ForAllValues:StringEqualsIfExists", ["a"], ["b"], False),
    ("ForAnyValue:StringEqualsIfExists", ["a"], None, True),
    ("ForAnyValue:StringEqualsIfExists", ["a"], ["b"], False),
    ("ForAnyValue:StringEqualsIfExists", ["a"], "", False),
    # One value in a list is one value
    ("StringEquals", "a", ["a"], True),
    ("StringEquals", "a", ["b"], False),
    # Null
    ("Null", "true", None, True),
    ("Null", "true", [], True),
    ("Null", "true", "", True),
    ("Null", "true", "a", False),
    ("Null", "true", ["a", "b"], False),
    ("Null", "false", None, False),
    ("Null", "false", "", False),
    ("Null", "False", "a", True),
    ("Null", "false", ["", "b"], True),
    ("Null", ["true", "false"], "a", True),
    ("Null", ["true", "false"], None, True),
]


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    SETS,
    ids=[f"{i}-{row[0]}" for i, row in enumerate(SETS)],
)
def test_a_condition_holds_or_does_not(
    operator: str, value: object, actual: list[str] | str | None, expected: bool
) -> None:
    assert holds({operator: {KEY: value}}, actual) is expected


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False)])
def test_null_takes_booleans_without_quotation_marks(value: bool, expected: bool) -> None:
    assert holds({"Null": {KEY: value}}) is expected
    assert holds({"Null": {KEY: value}}, "a") is not expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists"])
def test_several_values_need_a_set_operator(operator: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"Condition.{operator}.{KEY}: .*ForAllValues:"):
        holds({operator: {KEY: "a"}}, ["a", "a"])


def test_a_missing_key_is_kept_out_of_for_all_values_by_null() -> None:
    """The page's advice for ForAllValues with an Allow."""
    condition = {"ForAllValues:StringEquals": {KEY: "a"}, "Null": {KEY: "false"}}
    assert holds(condition, ["a"])
    assert not holds(condition)
    assert not holds(condition, "")


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ([], "object"),
        ("aws:TagKeys", "object"),
        ({KEY: None}, KEY),
        ({KEY: 1}, KEY),
        ({KEY: ["a", 1]}, KEY),
        ({KEY: {"a": "b"}}, KEY),
        ({KEY: "a", KEY.upper(): "b"}, KEY.upper()),
        ({1: "a"}, "1"),
    ],
)
def test_a_context_that_is_none_is_an_error(context: Any, named: str) -> None:
    condition = {"ForAllValues:StringEquals": {KEY: "a"}}
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    with pytest.raises(ConfigurationError, match=f"context: .*{named}") as caught:
        evaluate(document, "arn:aws:execute-api:x:1:a/s/GET/", context)
    assert caught.value.code == "policy_not_understood"

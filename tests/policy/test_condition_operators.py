"""Every condition operator, by tables worked out from the page on condition operators."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate

KEY = "aws:Asked"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
BYTES = "QmluYXJ5VmFsdWVJbkJhc2U2NA=="  # the value on the page


def holds(condition: object, context: dict[str, Any] | None = None) -> bool:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return evaluate(document, "arn:aws:execute-api:x:1:a/s/GET/", context).decision == "allow"


# operator, the policy's value, values of the request that match, values that do not
POSITIVE: list[tuple[str, object, list[str], list[str]]] = [
    ("StringEquals", "Red", ["Red"], ["red", "Red ", "Re", "", "R*d"]),
    ("StringEquals", "R*d", ["R*d"], ["Red", "Rd"]),
    ("StringEquals", "", [""], ["x"]),
    ("StringEquals", 10, ["10"], ["10.0", "1"]),
    ("StringEquals", True, ["true"], ["True", "1"]),
    ("StringEqualsIgnoreCase", "Red", ["Red", "red", "RED"], ["reds", "", "r?d"]),
    ("StringLike", "R*d", ["Red", "Rd", "R/:d", "R*d"], ["red", "Redx", ""]),
    ("StringLike", "R?d", ["Red", "R?d"], ["Rd", "Reed"]),
    ("StringLike", "*", ["", "x"], []),
    ("StringLike", "[a-z]+", ["[a-z]+"], ["a"]),
    ("NumericEquals", "10", ["10", "10.0", "+10", "010"], ["1", "10.01", "-10", "ten", ""]),
    ("NumericEquals", 10, ["10"], ["11"]),
    ("NumericEquals", 0.5, ["0.5", "0.50"], [".5", "0.51"]),
    ("NumericEquals", "9007199254740993", ["9007199254740993"], ["9007199254740992"]),
    ("NumericLessThan", "10", ["9.99", "-11"], ["10", "10.1", "NaN", "-Infinity", "1e0"]),
    ("NumericLessThanEquals", "10", ["10", "9"], ["10.000001", "x"]),
    ("NumericGreaterThan", "10", ["10.1", "11"], ["10", "9", "Infinity", "x"]),
    ("NumericGreaterThanEquals", "10", ["10", "11"], ["9.9", "1_000"]),
    (
        "DateEquals",
        "2030-01-31T12:00:00Z",
        [
            "2030-01-31T12:00:00Z",
            "2030-01-31T13:00:00+01:00",
            "2030-01-31T12:00Z",
            "1896091200",
            "2030-01-31T12:00:00.000Z",
            "2030-01-30T23:30:00-12:30",
        ],
        ["2030-01-31T12:00:01Z", "2030-01-31T12:00:00.1Z", "2030-01-31", "noon", "", "2030"],
    ),
    ("DateEquals", "2030-01-31", ["2030-01-31T00:00:00Z"], ["2030-01-31T12:00:00Z"]),
    ("DateEquals", "2030-02", ["2030-02-01"], ["2030-02-02"]),
    ("DateEquals", 1896091200, ["2030-01-31T12:00:00Z"], ["1896091201"]),
    ("DateLessThan", "2030-01-01", ["2029-12-31T23:59:59.9Z", "0"], ["2030-01-01", "2030-02-30"]),
    ("DateLessThanEquals", "2030-01-01", ["2030-01-01T00:00Z"], ["2030-01-01T00:00:00.01Z"]),
    ("DateGreaterThan", "2030-01-01", ["2030-01-01T00:00:00.45Z"], ["2030-01-01", "tomorrow"]),
    ("DateGreaterThan", "2030-01-01T00:00:00.45Z", ["2030-01-01T00:00:00.5Z"], ["2030-01-01"]),
    ("DateGreaterThanEquals", "2030-01-01", ["2030-01-01", "2031-01-01"], ["2029-12-31"]),
    ("Bool", "true", ["true", "TRUE"], ["false", "1", "yes", ""]),
    ("Bool", "False", ["false"], ["true", "0", ""]),
    ("Bool", True, ["true"], ["false"]),
    ("BinaryEquals", BYTES, [BYTES], [BYTES[:-2], "BinaryValueInBase64", "", f" {BYTES}", "é"]),
    ("IpAddress", "203.0.113.0/24", ["203.0.113.0", "203.0.113.255"], ["203.0.114.0", "::1"]),
    ("IpAddress", "203.0.113.7", ["203.0.113.7"], ["203.0.113.8", "203.0.113.7/32", "test", ""]),
    ("IpAddress", "203.0.113.9/24", ["203.0.113.1"], ["203.0.112.1", "203.0.113.01"]),
    ("IpAddress", "0.0.0.0/0", ["1.2.3.4"], ["::1", "test-invoke-source-ip", "::ffff:1.2.3.4"]),
    ("IpAddress", "2001:DB8:1234:5678::/64", ["2001:db8:1234:5678:1::"], ["2001:db8:1234:5679::"]),
    ("IpAddress", "2001:db8::1", ["2001:0DB8:0:0::1"], ["2001:db8::2", "2001:db8::1%eth0"]),
    ("IpAddress", "::/0", ["2001:db8::1", "::ffff:1.2.3.4"], ["1.2.3.4"]),
    ("ArnEquals", TOPIC, [TOPIC], [TOPIC.upper(), f"{TOPIC}:x", "orders", ""]),
    ("ArnEquals", "arn:aws:sns:*:123456789012:or*s", [TOPIC], [TOPIC.replace("orders", "or")]),
    ("ArnLike", "arn:aws:sns:*:*:o?ders", [TOPIC], [TOPIC.replace("orders", "oders")]),
    ("ArnLike", "arn:aws:sns:eu-*-1:*:*", [TOPIC, f"{TOPIC}:a:b"], [TOPIC.replace("eu", "us")]),
    ("ArnLike", "*:*:*:*:*:*", [TOPIC, ":::::"], ["arn", "arn:aws", "a:b:c:d:e", ""]),
    (
        "ArnLike",  # the page's own example: components are checked separately
        "arn:aws:someservice:*:111122223333:finance/*",
        ["arn:aws:someservice:us-east-2:111122223333:finance/document.txt"],
        ["arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"],
    ),
]
NEGATED = {
    "StringEquals": ["StringNotEquals"],
    "StringEqualsIgnoreCase": ["StringNotEqualsIgnoreCase"],
    "StringLike": ["StringNotLike"],
    "NumericEquals": ["NumericNotEquals"],
    "DateEquals": ["DateNotEquals"],
    "IpAddress": ["NotIpAddress"],
    "ArnEquals": ["ArnNotEquals", "ArnNotLike"],
    "ArnLike": ["ArnNotLike", "ArnNotEquals"],
}
POSITIVES = list(dict.fromkeys(row[0] for row in POSITIVE))
NEGATIVES = list(dict.fromkeys(name for names in NEGATED.values() for name in names))
VALUES = {operator: value for operator, value, _, _ in POSITIVE}
MATCHING = {operator: matching[0] for operator, _, matching, _ in POSITIVE if matching}
IDS = [f"{i}-{row[0]}" for i, row in enumerate(POSITIVE)]


@pytest.mark.parametrize(("operator", "value", "matching", "others"), POSITIVE, ids=IDS)
def test_an_operator_holds_for_what_it_matches(
    operator: str, value: object, matching: list[str], others: list[str]
) -> None:
    assert [text for text in matching if not holds({operator: {KEY: value}}, {KEY: text})] == []
    assert [text for text in others if holds({operator: {KEY: value}}, {KEY: text})] == []


@pytest.mark.parametrize(("operator", "value", "matching", "others"), POSITIVE, ids=IDS)
def test_a_negated_operator_holds_for_everything_else(
    operator: str, value: object, matching: list[str], others: list[str]
) -> None:
    for name in NEGATED.get(operator, []):
        assert [text for text in matching if holds({name: {KEY: value}}, {KEY: text})] == []
        assert [text for text in others if not holds({name: {KEY: value}}, {KEY: text})] == []


@pytest.mark.parametrize("operator", POSITIVES)
def test_with_a_missing_key_an_operator_does_not_hold_unless_it_says_if_exists(
    operator: str,
) -> None:
    assert not holds({operator: {KEY: VALUES[operator]}})
    assert not holds({operator: {KEY: VALUES[operator]}}, {KEY: []})
    assert not holds({operator: {KEY: VALUES[operator]}}, {"aws:Other": MATCHING[operator]})
    assert holds({f"{operator}IfExists": {KEY: VALUES[operator]}})


@pytest.mark.parametrize("operator", NEGATIVES)
def test_with_a_missing_key_a_negated_operator_holds(operator: str) -> None:
    value = next(VALUES[name] for name, negations in NEGATED.items() if operator in negations)
    assert holds({operator: {KEY: value}})
    assert holds({f"{operator}IfExists": {KEY: value}})


@pytest.mark.parametrize("operator", POSITIVES)
def test_with_a_key_that_exists_if_exists_changes_nothing(operator: str) -> None:
    for name, value, matching, others in POSITIVE:
        if name == operator:
            condition = {f"{operator}IfExists": {KEY: value}}
            assert all(holds(condition, {KEY: text}) for text in matching)
            assert not any(holds(condition, {KEY: text}) for text in others)


UNLIKE = {
    "String": "unlike",
    "NumericLess": "-1000",
    "Numeric": "1000",
    "DateLess": "1900-01-01",
    "Date": "2100-01-01",
    "Bool": "false",
    "Binary": "YWJj",
    "IpAddress": "192.0.2.1",
    "Arn": "arn:aws:s3:::unlike",
}


@pytest.mark.parametrize("operator", POSITIVES)
def test_one_of_several_values_is_enough(operator: str) -> None:
    actual = {KEY: MATCHING[operator]}
    unlike = next(value for family, value in UNLIKE.items() if operator.startswith(family))
    for listed in ([unlike, VALUES[operator]], [VALUES[operator], unlike]):
        assert holds({operator: {KEY: listed}}, actual)
    assert not holds({operator: {KEY: [unlike, unlike]}}, actual)


@pytest.mark.parametrize(
    "operator", [*POSITIVES, "StringNotEquals", "ForAllValues:StringLike", "Null"]
)
def test_an_empty_list_of_values_is_refused(operator: str) -> None:
    """A negated operator would hold without looking at anything."""
    with pytest.raises(ConfigurationError, match="write a value"):
        holds({operator: {KEY: []}}, {KEY: "x"})


def test_several_values_are_alternatives() -> None:
    condition = {"StringEquals": {KEY: ["red", "green"]}}
    assert [c for c in ("red", "green", "blue") if holds(condition, {KEY: c})] == ["red", "green"]


def test_several_values_of_a_negated_operator_all_have_to_differ() -> None:
    condition = {"StringNotEquals": {KEY: ["red", "green"]}}
    assert [c for c in ("red", "green", "blue") if holds(condition, {KEY: c})] == ["blue"]


def test_every_operator_and_every_key_must_hold() -> None:
    both = {"StringEquals": {"aws:A": "1", "aws:B": "2"}, "Bool": {"aws:C": "true"}}
    whole = {"aws:A": "1", "aws:B": "2", "aws:C": "true"}
    assert holds(both, whole)
    for key in whole:
        assert not holds(both, {**whole, key: "other"})
        assert not holds(both, {k: v for k, v in whole.items() if k != key})


@pytest.mark.parametrize("condition", [{}, {"StringEquals": {}}, {"Null": {}}])
def test_a_block_without_conditions_is_no_condition(condition: object) -> None:
    assert holds(condition)


@pytest.mark.parametrize("key", ["aws:SourceIp", "AWS:SOURCEIP", "aws:sourceip"])
@pytest.mark.parametrize("given", ["aws:SourceIp", "Aws:sourceIP"])
def test_keys_have_no_case(key: str, given: str) -> None:
    assert holds({"IpAddress": {key: "10.0.0.0/8"}}, {given: "10.1.2.3"})


def test_a_deny_with_a_missing_key_holds_where_it_is_negated() -> None:
    """The usual pattern of a network condition: no address is no address inside."""
    condition = {"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    assert evaluate(document, "arn:aws:execute-api:x:1:a/s/GET/").decision == "explicit_deny"


VARIABLES = [
    ("StringEquals", "${aws:username}", "bob", "*"),
    ("StringEquals", "${aws:nobody, 'x'}", "x", "bob"),
    ("StringEquals", "a${*}b", "a*b", "axb"),
    ("StringEqualsIgnoreCase", "${aws:USERNAME}", "BOB", "bo"),
    ("StringLike", "${aws:username}/*", "bob/x", "rob/x"),
    ("StringLike", "${aws:star}/?", "*/x", "a/x"),
    ("StringLike", "a${*}?", "a*b", "axb"),
    ("ArnLike", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/bob", "bob"),
    ("ArnLike", "arn:aws:iam::*:${aws:colons}", "arn:aws:iam::1:a:b", "arn:aws:iam::1:a"),
    ("ArnLike", "arn:aws:sns:${aws:username}:*:*", "arn:aws:sns:bob:1:x", "arn:aws:sns:eve:1:x"),
    ("ArnLike", "arn:aws:sns:${aws:colons}:x:y", "", "arn:aws:sns:a:b:x:y"),
    (
        "ArnEquals",
        "arn:aws:iam::*:user/${aws:star}",
        "arn:aws:iam::1:user/*",
        "arn:aws:iam::1:user/x",
    ),
]
CONTEXT = {
    "aws:username": "bob",
    "aws:star": "*",
    "aws:colons": "a:b",
}


@pytest.mark.parametrize(("operator", "value", "matching", "other"), VARIABLES)
def test_text_and_arn_values_may_have_variables(
    operator: str, value: str, matching: str, other: str
) -> None:
    condition = {operator: {KEY: value}}
    assert not holds(condition, {**CONTEXT, KEY: other})
    if matching:
        assert holds(condition, {**CONTEXT, KEY: matching})


@pytest.mark.parametrize("operator", ["StringEquals", "StringEqualsIgnoreCase", "StringLike"])
def test_a_variable_without_a_value_is_equal_to_nothing_and_like_nothing(operator: str) -> None:
    for actual in ("", "x", "true", "${aws:nobody}", "arn:aws:iam::1:user/", "None"):
        assert not holds({operator: {KEY: "${aws:nobody}"}}, {KEY: actual})
        assert not holds({f"{operator}IfExists": {KEY: "${aws:nobody}"}}, {KEY: actual})


def test_a_negated_operator_holds_against_a_variable_without_a_value() -> None:
    """The page's own example denies where `aws:PrincipalTag/Team` is not set."""
    condition = {"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}}
    tagged = {"s3:ExistingObjectTag/Team": "red"}
    assert holds(condition, tagged)
    assert not holds(condition, {**tagged, "aws:PrincipalTag/Team": "red"})

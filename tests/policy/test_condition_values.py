"""What a policy's condition cannot mean is an error that names its place, not a yes or a no."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import ConfigurationError
from authorizers.policy.evaluate import evaluate
from authorizers.policy.reading import values

KEY = "aws:Asked"


def evaluated(condition: object, actual: str = "x") -> str:
    """Evaluate an Allow of another path: its condition is read all the same."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::x"}
    document = {"Version": "2012-10-17", "Statement": [statement | {"Condition": condition}]}
    return evaluate(document, "arn:aws:execute-api:x:1:a/s/GET/", {KEY: actual}).decision


MALFORMED: dict[str, list[object]] = {
    "NumericEquals": [
        "",
        "ten",
        "1e3",
        ".5",
        "1.",
        "1,5",
        "0x1",
        "NaN",
        "Infinity",
        " 1",
        "1\n",
        "\u0661",
        float("nan"),
        float("inf"),
        1e300,
        1e-09,
        10**20,
        "9" * 401,
        "${aws:x}",
        True,
    ],
    "NumericNotEquals": ["ten", "10*"],
    "DateEquals": [
        "",
        "today",
        "2030",
        "-2030",
        "2030-1-1",
        "2030-13",
        "2030-02-30",
        "2030-01-31T",
        "2030-01-31T12:00:00",
        "2030-01-31T12Z",
        "2030-01-31 12:00:00Z",
        "20300131T120000Z",
        "2030-01-31T24:00:00Z",
        "2030-01-31T12:00:60Z",
        "2030-01-31T12:00:00+25:00",
        "0000-01-01",
        "2030-01-31T12:00:00+05:60",
        "2030-01-31T12:00:00.Z",
        "2030-01-31Z",
        "1896091200.5",
        1.5,
        "2030-01-31T12:00:00Z\n",
        "2030-*",
        "9" * 13,
        "${aws:CurrentTime}",
    ],
    "DateGreaterThan": ["soon"],
    "Bool": ["", "yes", "1", 1, 0, "tru", "true ", "*", "${aws:x}"],
    "Null": ["", "yes", 1, "${aws:x}", ["true", "no"]],
    "BinaryEquals": ["a", "abc", "ab=c", "YWJj\n", "YW Jj", "YWJj=", "YW-_", "é", "${aws:x}"],
    "IpAddress": [
        "",
        "office",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/255.0.0.0",
        "010.0.0.1",
        "10.*",
        "2001:db8::/129",
        "fe80::1%eth0",
        "1::2::3",
        "10.0.0.0/8\n",
        " 10.0.0.1",
        10,
        "${aws:x}",
        "::/\u0660",
    ],
    "NotIpAddress": ["office"],
    "ArnLike": ["", "*", "orders", "arn:aws:sns:*", "arn:aws:sns:eu-west-1:orders", "a:b:c:d:e"],
    "ArnEquals": ["${aws:PrincipalArn}", "arn:aws:iam::1${aws:x}"],
    "ArnNotEquals": ["*"],
    "StringEquals": [None, {}, [[]], ["a", None], {"a": "b"}, float("nan"), 10**15, b"a"],
    "StringNotLikeIfExists": [None, ["a", ["b"]]],
    "ForAnyValue:NumericEquals": ["ten", ["1", "ten"]],
    "ForAllValues:DateEquals": ["today"],
}
ROWS = [(operator, value) for operator, listed in MALFORMED.items() for value in listed]


@pytest.mark.parametrize(
    ("operator", "value"), ROWS, ids=[f"{i}-{row[0]}" for i, row in enumerate(ROWS)]
)
def test_a_malformed_value_is_an_error_that_names_its_place(operator: str, value: object) -> None:
    place = rf"Statement\[0\].Condition.{operator}.{KEY}: write "
    for listed in (value, [value], [value, value]):
        with pytest.raises(ConfigurationError, match=place) as caught:
            evaluated({operator: {KEY: listed}})
        assert caught.value.code == "policy_not_understood"


@pytest.mark.parametrize(
    "operator",
    [
        "",
        "Equals",
        "stringEquals",
        "STRINGEQUALS",
        "StringEquals ",
        "StringMatches",
        "NotStringEquals",
        "NumericLike",
        "DateLike",
        "BoolNotEquals",
        "NotBool",
        "BinaryNotEquals",
        "IpAddressLike",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        "StringEqualsIfexists",
        "NullIfExists",
        "ForAllValues:Null",
        "ForAnyValue:Null",
        "ForAllValues:",
        "forAllValues:StringEquals",
        "ForSomeValues:StringEquals",
        ":StringEquals",
        "ForAllValues:ForAnyValue:StringEquals",
        "StringEquals:ForAllValues",
        None,
        1,
    ],
)
def test_an_unknown_operator_is_an_error_that_names_it(operator: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"Condition.{operator}: .*operator is not"):
        evaluated({operator: {KEY: "x"}})
    with pytest.raises(ConfigurationError, match=rf"Condition.{operator}: .*operator is not"):
        evaluated({operator: {}})


@pytest.mark.parametrize("block", [None, [], "StringEquals", ["StringEquals"], 1, True])
def test_conditions_that_are_no_object_are_an_error(block: object) -> None:
    with pytest.raises(ConfigurationError, match=r"Statement\[0\].Condition: write an object"):
        evaluated(block)
    with pytest.raises(ConfigurationError, match=r"Condition.StringEquals: write an object"):
        evaluated({"StringEquals": block})


@pytest.mark.parametrize("key", ["", "SourceIp", "aws", None, 1])
def test_a_key_that_is_none_is_an_error(key: object) -> None:
    for operator in ("StringEquals", "Null"):
        with pytest.raises(ConfigurationError, match=f"Condition.{operator}: .*condition key"):
            evaluated({operator: {key: "true"}})


def test_a_key_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="AWS:ASKED is no condition key, or not the only"):
        evaluated({"StringEquals": {KEY: "x", KEY.upper(): "y"}})


def test_a_condition_behind_one_that_fails_is_read() -> None:
    with pytest.raises(ConfigurationError, match="DateEquals"):
        evaluated({"StringEquals": {KEY: "other"}, "DateEquals": {KEY: "today"}})


ANYTHING = st.text(max_size=40) | st.from_regex(r"[0-9T:.+Z/-]{1,30}")


@given(ANYTHING)
def test_nothing_in_a_request_is_an_error(text: str) -> None:
    for operator, value in (
        ("NumericEquals", "1"),
        ("DateLessThan", "2030-01-01"),
        ("Bool", "true"),
        ("BinaryEquals", "YWJj"),
        ("IpAddress", "10.0.0.0/8"),
        ("ArnLike", "arn:aws:*:*:*:*"),
        ("StringLike", "*a*"),
    ):
        assert evaluated({operator: {KEY: value}}, text) == "implicit_deny"


@given(ANYTHING)
def test_no_text_makes_a_parser_raise(text: str) -> None:
    for parse in (values.number, values.date, values.network, values.address):
        parse(text)
        parse(text[:10])
    values.binary(text)
    values.boolean(text)


@given(st.datetimes(), st.datetimes())
def test_dates_are_in_the_order_of_time(one: Any, other: Any) -> None:
    ordered = sorted([one, other])
    texts = [f"{moment.isoformat(timespec='microseconds')}Z" for moment in ordered]
    parsed = [values.date(text) for text in texts]
    assert None not in parsed
    for (earlier, later), (first, second) in zip(pairwise(ordered), pairwise(parsed), strict=True):
        assert (first < second) == (earlier < later)  # type: ignore[operator]
        assert (first == second) == (earlier == later)

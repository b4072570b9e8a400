"""The reference evaluator against what IAM's documentation says of its own examples."""

from typing import Any

import pytest

from tests.policy.reference.evaluator import decide
from tests.policy.reference.patterns import NotUnderstood

ARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/a"
FINANCE = "arn:aws:someservice:*:111122223333:finance/*"
STORE = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
COLUMNS = ["PostDateTime", "Message", "Tags"]


def holds(condition: Any, **context: Any) -> bool:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": statement}
    request = {key.replace("_", ":"): value for key, value in context.items()}
    return decide(document, ARN, request) == "allow"


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringLike", FINANCE, STORE, True),  # "Condition operators", on ARNs
        ("ArnLike", FINANCE, STORE, False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThanEquals", "10", "10.5", False),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", True),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:01Z", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.255", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.0", False),
        ("IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
        ("NotIpAddress", ["203.0.113.0/24", "10.0.0.0/8"], "10.0.0.1", False),
        ("StringNotEquals", ["a", "b"], "b", False),  # values of a negated operator: NOR
        ("StringNotEquals", ["a", "b"], "c", True),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
        ("Bool", "false", "true", False),
    ],
)
def test_a_value_is_compared_as_the_page_says(
    operator: str, wanted: Any, given: str, expected: bool
) -> None:
    assert holds({operator: {"x:key": wanted}}, x_key=given) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("IpAddress", False),
        ("NotIpAddress", True),
        ("StringEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_is_not_present(operator: str, expected: bool) -> None:
    assert holds({operator: {"x:key": "10.0.0.0"}}) is expected
    assert holds({"Null": {"x:key": "true"}})
    assert not holds({"Null": {"x:key": "false"}})


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [  # "Set operators": the attributes of a DynamoDB request
        ("ForAllValues:StringLike", ["PostDateTime", "Message"], True),
        ("ForAllValues:StringLike", ["PostDateTime", "UserName"], False),
        ("ForAnyValue:StringLike", ["PostDateTime", "UserName"], True),
        ("ForAnyValue:StringLike", ["UserName"], False),
    ],
)
def test_many_values_of_a_request(operator: str, given: list[str], expected: bool) -> None:
    assert (
        holds(
            {operator: {"dynamodb:requestedAttributes": COLUMNS}},
            dynamodb_requestedAttributes=given,
        )
        is expected
    )


def test_a_variable_without_a_value_is_nothing() -> None:
    """ "Policy variables with no value": inverted operators do match against a null value."""
    assert not holds({"StringEquals": {"x:key": "${aws:username}"}}, x_key="a")
    assert holds({"StringNotEquals": {"x:key": "${aws:username}"}}, x_key="a")


def test_variables_came_with_the_version_of_2012() -> None:
    resource = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/${aws:username}"
    statement = {"Effect": "Allow", "Action": "*", "Resource": resource}
    for version in ({}, {"Version": "2008-10-17"}):
        document = {**version, "Statement": [statement]}
        assert decide(document, ARN, {"aws:username": "a"}) == "implicit_deny"
        assert decide(document, resource, {"aws:username": "a"}) == "allow"


def test_many_values_without_a_set_operator_have_no_meaning() -> None:
    with pytest.raises(NotUnderstood):
        holds({"StringEquals": {"x:key": "a"}}, x_key=["a", "b"])

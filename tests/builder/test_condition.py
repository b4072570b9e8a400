"""Conditions: what is taken, what is refused and with which words, and that opposites are such."""

from typing import Any

import pytest

from authorizers import ConfigurationError, evaluate
from authorizers.builder.condition import read_condition, written
from authorizers.builder.operators import KEYS, ONE_VALUE, OPERATORS, WITH_WILDCARDS
from authorizers.builder.opposite import opposites
from authorizers.policy.document import document, statement
from authorizers.policy.reading.operators import OPERATORS as READ

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/a"
SAMPLES: dict[str, tuple[str, str, list[str]]] = {  # of each kind: a key, a value, values asked
    "text": ("aws:UserAgent", "curl", ["curl", "CURL", "curly", "x"]),
    "arn": ("aws:SourceArn", "arn:aws:s3:::a", ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    "address": ("aws:SourceIp", "10.0.0.0/8", ["10.1.2.3", "192.0.2.1", "2001:db8::1"]),
    "date": (
        "aws:CurrentTime",
        "2030-01-31T00:00:00Z",
        ["2030-01-31T00:00:00Z", "2030-01-30T23:59:59Z", "2030-01-31T00:00:01Z"],
    ),
    "number": ("aws:EpochTime", "1893456000", ["1893456000", "1893455999", "1893456001"]),
    "flag": ("aws:SecureTransport", "true", ["true", "false"]),
}
EVERY = [
    *[(name + suffix, kind) for name, kind in OPERATORS.items() for suffix in ("", "IfExists")],
    *[("Null", kind) for kind in SAMPLES],
]


def _holds(condition: Any, keys: dict[str, str]) -> bool:
    made = document([statement("Allow", [ARN], written(condition))])
    return evaluate(made, ARN, keys).decision == "allow"


@pytest.mark.parametrize(("operator", "kind"), EVERY, ids=lambda value: value)
def test_exactly_one_of_a_condition_and_its_opposites_holds(operator: str, kind: str) -> None:
    key, value, asked = SAMPLES[kind]
    condition = read_condition({operator: {key: "true" if operator == "Null" else value}})
    for keys in [{}, *[{key: text} for text in asked]]:
        opposite = any(_holds(other, keys) for other in opposites(condition))
        assert opposite is not _holds(condition, keys), keys


def test_of_several_conditions_the_opposite_of_one_is_enough() -> None:
    condition = read_condition(
        {
            "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]},
            "Bool": {"aws:SecureTransport": True},
        }
    )
    for address in ("10.1.2.3", "192.0.2.9", "198.51.100.1"):
        for secure in ("true", "false"):
            keys = {"aws:SourceIp": address, "aws:SecureTransport": secure}
            opposite = any(_holds(other, keys) for other in opposites(condition))
            assert opposite is not _holds(condition, keys)


def test_the_evaluator_knows_every_operator() -> None:
    assert set(OPERATORS) <= set(READ)
    assert set(KEYS.values()) == set(OPERATORS.values()) == set(SAMPLES)
    assert WITH_WILDCARDS | (ONE_VALUE - {"Null"}) <= set(OPERATORS)


def test_one_value_needs_no_list_and_a_key_has_no_case() -> None:
    one = read_condition({"IpAddress": {"AWS:sourceip": "10.0.0.0/8"}})
    assert one == read_condition({"IpAddress": {"aws:SourceIp": ("10.0.0.0/8", "10.0.0.0/8")}})
    assert written(one) == {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("Bool", "aws:SecureTransport", False, "false"),
        ("Null", "aws:Referer", True, "true"),
        ("NumericLessThan", "aws:EpochTime", 1893456000, "1893456000"),
        ("StringLike", "aws:UserAgent", "curl/*", "curl/*"),
        ("IpAddress", "aws:VpcSourceIp", "2001:db8::/32", "2001:db8::/32"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", "arn:aws:s3:::*"),
    ],
)
def test_values_are_written_as_a_policy_has_them(
    operator: str, key: str, value: Any, expected: str
) -> None:
    assert written(read_condition({operator: {key: value}})) == {operator: {key: [expected]}}


BLOCK = "write an address, or a block by its first address and its length: 192.0.2.7, 10.0.0.0/8"
MOMENT = "write a moment in UTC: 2030-01-31T23:59:59Z"
SECONDS = "write whole seconds since 1970: 1893456000"
TEXT = "a value must be text, not empty, of printable ASCII characters"
LIKE = "StringEquals takes * and ? literally; write an operator with Like"
WRONG: list[tuple[Any, str]] = [
    (None, "when: write {operator: {key: values}}, or leave `when` out"),
    ({}, "when: write {operator: {key: values}}, or leave `when` out"),
    ([], "when: write {operator: {key: values}}, or leave `when` out"),
    ("IpAddress", "when: write {operator: {key: values}}, or leave `when` out"),
    ({"IpAddress": {}}, "when.IpAddress: write {key: values} below an operator"),
    ({"IpAddress": "10.0.0.0/8"}, "when.IpAddress: write {key: values} below an operator"),
    ({"ipaddress": {"aws:SourceIp": "10.0.0.0/8"}}, "when.ipaddress: is none of the operators"),
    ({"ForAnyValue:IpAddress": {"aws:SourceIp": "::1"}}, "is none of the operators"),
    ({"NullIfExists": {"aws:Referer": "true"}}, "is none of the operators"),
    ({"BinaryEquals": {"aws:Referer": "AA=="}}, "is none of the operators"),
    ({7: {"aws:SourceIp": "10.0.0.0/8"}}, "when.a name: is none of the operators"),
    (
        {"StringEquals": {"aws:username": "me"}},
        "aws:username is not set where a Lambda authorizer decides; write one of aws:SourceIp,",
    ),
    ({"StringEquals": {"SourceIp": "::1"}}, "SourceIp is not set where"),
    ({"StringEquals": {7: "me"}}, "a name is not set where"),
    (
        {"StringEquals": {"aws:SourceIp": "10.0.0.1"}},
        "when.StringEquals: does not compare aws:SourceIp; write IpAddress, NotIpAddress or Null",
    ),
    ({"IpAddress": {"aws:UserAgent": "10.0.0.1"}}, "does not compare aws:UserAgent; write String"),
    ({"DateLessThan": {"aws:EpochTime": 1}}, "does not compare aws:EpochTime; write Numeric"),
    ({"IpAddress": {"aws:SourceIp": []}}, "aws:SourceIp has an empty list, and nothing is in it"),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.1/8"}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": "10.0.0.*"}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": "fe80::1%eth0"}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": "localhost"}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": 167772160}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": None}}, BLOCK),
    ({"IpAddress": {"aws:SourceIp": [["10.0.0.0/8"]]}}, BLOCK),
    ({"DateLessThan": {"aws:CurrentTime": "2030-01-31"}}, MOMENT),
    ({"DateLessThan": {"aws:CurrentTime": "2030-02-30T00:00:00Z"}}, MOMENT),
    ({"DateLessThan": {"aws:CurrentTime": "2030-01-31T00:00:00+01:00"}}, MOMENT),
    ({"DateLessThan": {"aws:CurrentTime": 1893456000}}, MOMENT),
    ({"NumericLessThan": {"aws:EpochTime": "1e9"}}, SECONDS),
    ({"NumericLessThan": {"aws:EpochTime": -1}}, SECONDS),
    ({"NumericLessThan": {"aws:EpochTime": True}}, SECONDS),
    ({"NumericLessThan": {"aws:EpochTime": 1.5}}, SECONDS),
    ({"NumericLessThan": {"aws:EpochTime": 10**400}}, SECONDS),
    ({"NumericLessThan": {"aws:EpochTime": [1, 2]}}, "takes one value of aws:EpochTime"),
    ({"Bool": {"aws:SecureTransport": "yes"}}, "write true or false"),
    ({"Bool": {"aws:SecureTransport": 1.0}}, "write true or false"),
    ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, "takes one value"),
    ({"Null": {"aws:Referer": "maybe"}}, "write true or false"),
    ({"StringEquals": {"aws:Referer": ""}}, TEXT),
    ({"StringEquals": {"aws:Referer": "ü"}}, TEXT),
    ({"StringEquals": {"aws:Referer": "a\nb"}}, TEXT),
    ({"StringEquals": {"aws:Referer": b"a"}}, TEXT),
    ({"StringEquals": {"aws:Referer": "https://a.example/*"}}, LIKE),
    ({"StringLike": {"aws:Referer": "${aws:username}"}}, "a value must not have ${"),
    ({"ArnLike": {"aws:SourceArn": "*"}}, "write an ARN"),
    (
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8", "AWS:SourceIp": "192.0.2.0/24"}},
        "when: a key stands twice below an operator; join its values",
    ),
]


@pytest.mark.parametrize(("when", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_condition_is_told_what_to_write(when: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_condition(when)
    assert raised.value.code == "condition_invalid"
    assert message in raised.value.detail
    assert "\n" not in raised.value.detail


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {"IpAddress": {"aws:SourceIp": "x", "aws:Referer": "y"}, "Equals": {"aws:Referer": "z"}}
    with pytest.raises(ConfigurationError) as raised:
        read_condition(wrong)
    assert [problem.place for problem in raised.value.problems] == [
        "when.IpAddress",
        "when.IpAddress",
        "when.Equals",
    ]


def test_every_kind_of_step_reads_its_condition(apis: Any) -> None:
    for act in (
        lambda: apis.rest.allow("GET /a", when={}),
        lambda: apis.rest.deny("GET /a", when={}),
        lambda: apis.rest.allow_pattern("GET", "/*", when={}),
        lambda: apis.rest.deny_pattern("GET", "/*", when={}),
        lambda: apis.rest.allow("GET /{when}", when="a value"),
    ):
        assert apis.refusal(act).code == "condition_invalid"

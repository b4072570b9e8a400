"""The parts of an API's ARN: each is exactly one, and none is a wildcard."""

from typing import Any

import pytest

from authorizers import PolicyBuilder

PARTS = {
    "partition": "aws",
    "region": "eu-west-1",
    "account": "123456789012",
    "api_id": "abcdef1234",
    "stage": "prod",
}
WRONG: list[tuple[str, Any]] = [
    ("partition", "*"), ("partition", "AWS"), ("partition", ""), ("partition", "aws-"),
    ("partition", "azure"), ("partition", "aws:execute-api"), ("partition", None),
    ("region", "*"), ("region", ""), ("region", "eu-west-1:1"), ("region", "eu_west_1"),
    ("region", "eu-west-?"), ("account", "*"), ("account", "12345678901"), ("account", ""),
    ("account", "1234567890123"), ("account", "12345678901a"), ("account", 123456789012),
    ("account", "\u0661" * 12), ("api_id", "*"), ("api_id", "abc/prod"), ("api_id", ""),
    ("api_id", "abc*"), ("api_id", "ABC"), ("stage", "*"), ("stage", "prod/GET"), ("stage", ""),
    ("stage", "$connect"), ("stage", "${aws:username}"), ("stage", "prod\n"), ("stage", "a" * 129),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG, ids=range(len(WRONG)))
def test_a_part_that_is_none_is_named_with_an_example(apis: Any, name: str, value: Any) -> None:
    error = apis.refusal(lambda: PolicyBuilder(kind="rest", **{**PARTS, name: value}))
    assert error.code == "api_invalid"
    assert (
        error.detail
        == f"{name}: is not what an API's ARN has there; write one such as {PARTS[name]}"
    )


def test_all_that_is_wrong_is_said_at_once(apis: Any) -> None:
    parts = {**PARTS, "region": "*", "stage": "*", "more": "x"}
    error = apis.refusal(lambda: PolicyBuilder(kind="rest", **parts))
    assert [problem.place for problem in error.problems] == ["region", "stage", "api"]


def test_a_part_that_is_missing_is_wrong(apis: Any) -> None:
    parts = {name: value for name, value in PARTS.items() if name != "account"}
    error = apis.refusal(lambda: PolicyBuilder(kind="rest", **parts))
    assert [problem.place for problem in error.problems] == ["account"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("partition", "aws-us-gov"), ("partition", "aws-iso-f"), ("partition", "aws-eusc"),
     ("region", "us-gov-west-1"), ("stage", "$default"), ("stage", "v1_2-x")],
)  # fmt: skip
def test_other_partitions_and_stages_are_taken(name: str, value: str) -> None:
    builder = PolicyBuilder(kind="http", **{**PARTS, name: value})
    assert value in builder.allow("GET /").document()["Statement"][0]["Resource"][0]

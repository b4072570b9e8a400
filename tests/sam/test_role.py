"""What the function's role allows: its log, and one document if it is told to read one."""

from collections.abc import Callable
from typing import Any

import pytest

Deploy = Callable[..., Any]


def statements(stack: Any) -> list[dict[str, Any]]:
    role = stack.properties("JwtAuthorizerRole")
    assert "ManagedPolicyArns" not in role
    return [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]


def document(stack: Any) -> list[dict[str, Any]]:
    return [s for s in statements(stack) if "logs:PutLogEvents" not in s["Action"]]


@pytest.mark.parametrize("config", ["", "authorizers.json"])
def test_nothing_but_the_log_without_a_remote_document(deploy: Deploy, config: str) -> None:
    assert document(deploy(Config=config)) == []


def test_log_is_one_group_and_cannot_be_created(deploy: Deploy) -> None:
    (log,) = statements(deploy())
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert log["Resource"].startswith("arn:aws:logs:eu-central-1:123456789012:log-group:")
    assert "AuthorizersLogGroup" in log["Resource"]


@pytest.mark.parametrize(
    ("config", "action", "resource"),
    [
        (
            "ssm:/authorizers/document",
            "ssm:GetParameter",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/authorizers/document",
        ),
        (
            "s3://my-bucket/a/authorizers.json",
            "s3:GetObject",
            "arn:aws:s3:::my-bucket/a/authorizers.json",
        ),
    ],
)
def test_remote_document_may_be_read_and_no_other(
    deploy: Deploy, config: str, action: str, resource: str
) -> None:
    (statement,) = document(deploy(Config=config))
    condition = statement.pop("Condition", None)
    assert statement == {"Effect": "Allow", "Action": action, "Resource": resource}
    # A bucket's name may become another account's; a parameter's name is this account's own.
    of_this_account = {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
    assert condition == (of_this_account if action.startswith("s3:") else None)


def test_only_lambda_takes_the_role(deploy: Deploy) -> None:
    trust = deploy().properties("JwtAuthorizerRole")["AssumeRolePolicyDocument"]["Statement"]
    assert trust == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ]

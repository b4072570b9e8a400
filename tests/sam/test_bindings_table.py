"""The table in which operators bind roles: created if it is asked for, and only read."""

import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws

from authorizers.stores.bindings_editor import BindingsEditor
from authorizers.stores.dynamodb import KEY, DynamoDbBindings
from authorizers.testing.clock import FrozenClock

Deploy = Callable[..., Any]
DOCUMENT = {"Config": "authorizers.json", "Issuer": "", "Audience": "", "Access": ""}


@pytest.fixture
def stack(deploy: Deploy) -> Any:
    return deploy(BindingsTable="Bindings", **DOCUMENT)


def statements(stack: Any) -> list[dict[str, Any]]:
    role = stack.properties("JwtAuthorizerRole")
    return [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]


@pytest.mark.parametrize("parameters", [{}, DOCUMENT], ids=["three-words", "document"])
def test_no_table_and_no_permission_without_the_parameter(
    deploy: Deploy, parameters: dict[str, str]
) -> None:
    stack = deploy(**parameters)
    assert not stack.of_type("AWS::DynamoDB::Table")
    assert "dynamodb" not in str(statements(stack))


def test_the_function_may_read_the_items_that_it_names_and_nothing_else(stack: Any) -> None:
    (statement,) = [s for s in statements(stack) if "dynamodb" in str(s)]
    assert statement == {
        "Effect": "Allow",
        "Action": "dynamodb:BatchGetItem",
        "Resource": {"Fn::GetAtt": ["RoleBindings", "Arn"]},
    }


def test_the_table_is_paid_by_use_encrypted_and_kept(stack: Any) -> None:
    table = stack.resources["RoleBindings"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = table["Properties"]
    assert properties["TableName"] == "Bindings"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True
    assert "ProvisionedThroughput" not in properties


def test_a_table_without_a_document_is_refused(deploy: Deploy, stack: Any) -> None:
    (answer,) = deploy(BindingsTable="Bindings").broken_rules()
    assert "Config" in answer
    assert stack.broken_rules() == []


def test_its_key_is_the_one_that_is_read_and_written(
    stack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    properties = stack.properties("RoleBindings")
    created = ("TableName", "KeySchema", "AttributeDefinitions", "BillingMode")
    with mock_aws():
        client: Any = boto3.client("dynamodb")
        client.create_table(**{name: properties[name] for name in created})
        assert properties["KeySchema"] == [{"AttributeName": KEY, "KeyType": "HASH"}]
        BindingsEditor("Bindings").grant("reader", "group#staff|ops")
        table = DynamoDbBindings("Bindings", clock=FrozenClock())
        assert table.read(["group#staff|ops"]).keys() == {"reader"}


@pytest.mark.parametrize("name", ["Bindings", "a.b-c_d", "x" * 255])
def test_names_that_dynamodb_takes(deploy: Deploy, name: str) -> None:
    pattern = deploy().template["Parameters"]["BindingsTable"]["AllowedPattern"]
    assert matches(pattern, name)
    assert matches(pattern, "")


@pytest.mark.parametrize("name", ["ab", "x" * 256, "a/b", "a:b", "*", "a b"])
def test_names_that_dynamodb_does_not_take(deploy: Deploy, name: str) -> None:
    assert not matches(deploy().template["Parameters"]["BindingsTable"]["AllowedPattern"], name)


def matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None

"""The tables of keys and of counters, and the secret of the peppers: what is kept, what is not."""

import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws

from authorizers.stores import dynamodb_key_registry, dynamodb_keys, dynamodb_usage
from authorizers.stores.dynamodb_keys import DynamoDbKeys
from authorizers.testing.keys import FakeKeys

Deploy = Callable[..., Any]
KEYS = {"ApiKeyTable": "Keys", "ApiKeyUsageTable": "Usage", "ApiKeyPepper": "authorizers/pepper"}
STORES = {"ApiKeys": dynamodb_keys, "ApiKeyUsage": dynamodb_usage}


@pytest.fixture
def stack(deploy_keys: Deploy) -> Any:
    return deploy_keys(**KEYS)


@pytest.mark.parametrize("resource", ["AWS::DynamoDB::Table", "AWS::SecretsManager::Secret"])
def test_nothing_is_created_that_was_not_named(deploy_keys: Deploy, resource: str) -> None:
    assert not deploy_keys().of_type(resource)


@pytest.mark.parametrize("name", ["ApiKeys", "ApiKeyPeppers"])
def test_what_nobody_could_make_again_outlives_the_stack(stack: Any, name: str) -> None:
    resource = stack.resources[name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_keys_can_be_restored_and_not_be_dropped(stack: Any) -> None:
    properties = stack.properties("ApiKeys")
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True


def test_counters_go_with_the_stack(stack: Any) -> None:
    resource = stack.resources["ApiKeyUsage"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert "PointInTimeRecoverySpecification" not in resource["Properties"]
    assert "DeletionProtectionEnabled" not in resource["Properties"]


@pytest.mark.parametrize("name", STORES)
def test_a_table_is_paid_by_use_encrypted_and_empties_itself(stack: Any, name: str) -> None:
    properties = stack.properties(name)
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert "ProvisionedThroughput" not in properties
    assert properties["TimeToLiveSpecification"] == {
        "AttributeName": STORES[name].TTL,
        "Enabled": True,
    }


@pytest.mark.parametrize("name", STORES)
def test_a_tables_key_is_the_one_that_the_store_asks_by(stack: Any, name: str) -> None:
    properties, key = stack.properties(name), STORES[name].KEY
    assert properties["KeySchema"] == [{"AttributeName": key, "KeyType": "HASH"}]
    assert properties["AttributeDefinitions"] == [{"AttributeName": key, "AttributeType": "S"}]


def test_a_key_that_is_put_there_is_found(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    properties = stack.properties("ApiKeys")
    created = ("TableName", "KeySchema", "AttributeDefinitions", "BillingMode")
    keys = FakeKeys()
    record = keys.record(keys.issue())
    with mock_aws():
        client: Any = boto3.client("dynamodb")
        client.create_table(**{name: properties[name] for name in created})
        registry = dynamodb_key_registry.DynamoDbKeyRegistry("Keys")
        assert registry.add(record)
        assert DynamoDbKeys("Keys").find(record.key_id) == record


def test_the_first_pepper_is_made_where_nobody_sees_it(stack: Any) -> None:
    secret = stack.properties("ApiKeyPeppers")
    assert secret["Name"] == "authorizers/pepper"
    assert "SecretString" not in secret


def test_no_update_ever_generates_another_pepper(stack: Any) -> None:
    """
    With any other words here, CloudFormation would overwrite the peppers of every stack that
    there is, and no key of theirs could be verified again. Never edit what is expected.
    """
    assert stack.properties("ApiKeyPeppers")["GenerateSecretString"] == {
        "SecretStringTemplate": '{"current": "1"}',
        "GenerateStringKey": "1",
        "PasswordLength": 64,
        "ExcludePunctuation": True,
    }


@pytest.mark.parametrize(
    ("parameter", "accepted", "refused"),
    [
        ("ApiKeyTable", ["Keys", "a.b-c_d", "x" * 255], ["ab", "x" * 256, "a/b", "*", "a b"]),
        ("ApiKeyUsageTable", ["Usage"], ["ab", "a/b", "*"]),
        ("ApiKeyPepper", ["authorizers/pepper", "a+b=c@d.e-f_g"], ["a b", "a*", "secret:x", "ä"]),
        ("ApiKeyPepperParameter", ["/authorizers/pepper"], ["authorizers", "/*", "/a b", "ssm:/a"]),
        (
            "ApiKeyConfig",
            ["authorizers.json", "ssm:/authorizers/keys", "s3://my-bucket/a/b.json"],
            ["ssm:/*", "s3://bucket/*", "http://x/y", "/etc/passwd", "{}"],
        ),
    ],
)
def test_pattern(deploy: Deploy, parameter: str, accepted: list[str], refused: list[str]) -> None:
    pattern = re.compile(deploy().template["Parameters"][parameter]["AllowedPattern"])
    assert all(pattern.fullmatch(value) for value in ["", *accepted])
    assert not any(pattern.fullmatch(value) for value in refused)

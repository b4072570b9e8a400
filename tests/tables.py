"""Tables of DynamoDB for tests, as moto plays it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws
from pytest import MonkeyPatch  # noqa: PT013 - only the type


def create_table(client: Any, name: str, key: str) -> None:
    """Create the table `name`, whose partition key is the text `key`."""
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


@contextmanager
def account_with(monkeypatch: MonkeyPatch, name: str, key: str) -> Iterator[Any]:
    """Yield boto3's client in an account that has this table."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client: Any = boto3.client("dynamodb")
        create_table(client, name, key)
        yield client

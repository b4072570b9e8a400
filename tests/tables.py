"""An account of AWS with a table of DynamoDB, as moto plays it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws
from pytest import MonkeyPatch  # noqa: PT013 - only the type

from authorizers.testing.tables import create_table


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

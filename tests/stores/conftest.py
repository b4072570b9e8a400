"""AWS, as moto plays it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from tests.stores.served_dynamodb import a_client, make_table


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, region: str) -> Iterator[None]:
    """An account with nothing in it, in the region that the test's file names."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    with mock_aws():
        yield


@pytest.fixture
def region(request: pytest.FixtureRequest) -> str:
    name: str = request.module.REGION
    return name


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let boto3 try again at once; return how long it would have waited."""
    waited: list[float] = []
    clock = SimpleNamespace(sleep=waited.append)
    monkeypatch.setattr("botocore.endpoint.time", clock)
    return waited


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[Any]:
    """Give a client that many tests share, because it takes long to make."""
    with a_client() as client:
        yield client


@pytest.fixture
def key_table(aws: None, dynamodb: Any) -> Any:
    """Return a client for an account in which the table of keys is."""
    make_table(dynamodb)
    return dynamodb

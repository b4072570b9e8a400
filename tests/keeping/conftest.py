"""AWS, as moto plays it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.keeping.world import World


@pytest.fixture(scope="session")
def client() -> Any:
    """Give a client that all tests share, because it takes long to make; each has its own S3."""
    with mock_aws():
        return boto3.client(
            "s3",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@pytest.fixture
def world(client: Any) -> Iterator[World]:
    with mock_aws():
        yield World(client)

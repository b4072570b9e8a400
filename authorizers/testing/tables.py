"""A table of DynamoDB for tests, as moto or DynamoDB local play it."""

from typing import Any


def create_table(client: Any, name: str, key: str) -> None:
    """Create the table `name`, whose partition key is the text `key`, with boto3's `client`."""
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

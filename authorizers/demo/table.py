"""A table of DynamoDB for the demonstration, as moto plays it, over HTTP on loopback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from authorizers.testing.tables import create_table


@contextmanager
def usage_table(name: str) -> Iterator[dict[str, str]]:
    """Yield the variables under which a function finds the table `name` of counters."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        variables = {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "moto",
            "AWS_SECRET_ACCESS_KEY": "moto",
            "AWS_DEFAULT_REGION": "eu-west-1",
        }
        _create(variables["AWS_ENDPOINT_URL_DYNAMODB"], name)
        yield variables
    finally:
        server.stop()


def _create(endpoint: str, name: str) -> None:
    client: Any = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="moto",
        aws_secret_access_key="moto",
    )
    create_table(client, name, "name")

"""Writes of keys that were taken, and whose answers were lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from authorizers.stores.aws import client_config
from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from tests.stores.key_records import a_record
from tests.stores.key_store_calls import FOUND, code_of
from tests.stores.served_dynamodb import (
    TABLE,
    LosesAnswers,
    OneAtATime,
    a_client,
    make_table,
    served,
)

CONFIG: Any = client_config()


@pytest.mark.usefixtures("no_waiting")
class TestLostAnswers:
    """boto3 asks again after a 500, and then its own first attempt is in the way."""

    @contextmanager
    def losing(self, answers: int) -> Iterator[tuple[DynamoDbKeyRegistry, LosesAnswers]]:
        app = LosesAnswers(OneAtATime())
        with served(app) as url, a_client(url, retries=CONFIG.retries) as client:
            make_table(client)
            registry = DynamoDbKeyRegistry(TABLE, client)
            registry.add(a_record(2))
            app.left, app.writes = answers, 0
            yield registry, app
            client.delete_table(TableName=TABLE)

    def test_what_was_added_is_not_said_to_be_taken(self) -> None:
        with self.losing(1) as (registry, app):
            assert registry.add(a_record())
            assert app.writes == 2
            assert registry.find(FOUND) == a_record()
            assert not registry.add(a_record())

    def test_what_was_replaced_is_not_said_to_be_another(self) -> None:
        with self.losing(1) as (registry, app):
            assert registry.replace(a_record(2, revoked_at=1_800_000_001))
            assert app.writes == 2
            assert not registry.replace(a_record(2, revoked_at=1_800_000_001))

    def test_what_is_taken_by_another_is_still_taken(self) -> None:
        with self.losing(1) as (registry, app):
            assert not registry.add(a_record(2, owner="another"))
            assert app.writes == 2
            assert registry.find("000000000002") == a_record(2)

    def test_what_is_not_known_to_be_written_is_an_error(self) -> None:
        with self.losing(2) as (registry, app):
            assert code_of(lambda: registry.add(a_record())) == "store_unavailable"
            assert app.writes == 2

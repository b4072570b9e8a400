"""Keys in DynamoDB: the contract, in this process and over HTTP, and what is asked of the table."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from authorizers.stores.dynamodb_keys import DynamoDbKeys
from tests.stores.key_records import a_record
from tests.stores.key_store_calls import FOUND, calls, code_of
from tests.stores.key_store_contract import ConcurrentKeyStoreContract, KeyStoreContract
from tests.stores.served_dynamodb import (
    TABLE,
    OneAtATime,
    a_client,
    make_table,
    served,
)

REGION = "eu-central-1"


class TestInThisProcess(KeyStoreContract):
    @pytest.fixture
    def registry(self, key_table: Any) -> DynamoDbKeyRegistry:
        return DynamoDbKeyRegistry(TABLE, key_table)

    @pytest.fixture
    def store(self, registry: DynamoDbKeyRegistry) -> DynamoDbKeys:
        return DynamoDbKeys(TABLE)


@pytest.fixture(scope="module")
def moto_server() -> Iterator[str]:
    """Give the URL of moto's server."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


class TestOverHttp(KeyStoreContract):
    @pytest.fixture
    def registry(
        self, moto_server: str, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[DynamoDbKeyRegistry]:
        """Nothing is handed to it: it finds the service as it would find AWS."""
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", moto_server)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        with a_client(moto_server) as client:
            make_table(client)
            yield DynamoDbKeyRegistry(TABLE)
            client.delete_table(TableName=TABLE)

    @pytest.fixture
    def store(self, registry: DynamoDbKeyRegistry) -> DynamoDbKeys:
        keys = DynamoDbKeys(TABLE)
        keys.open()
        return keys


class TestThreads(ConcurrentKeyStoreContract):
    @pytest.fixture
    def registry(self) -> Iterator[DynamoDbKeyRegistry]:
        with served(OneAtATime()) as url, a_client(url, max_pool_connections=20) as client:
            make_table(client)
            yield DynamoDbKeyRegistry(TABLE, client)
            client.delete_table(TableName=TABLE)


class Requests(list[tuple[str, dict[str, Any]]]):
    """What is asked of the service: the operation's name and its arguments."""

    def __init__(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.dynamodb.*", self._keep)

    def _keep(self, params: dict[str, Any], model: Any, **_: object) -> None:
        self.append((model.name, params))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]


class TestWhatIsAsked:
    @pytest.mark.parametrize("keys", [0, 1, 300])
    def test_a_key_is_found_by_one_consistent_read(self, key_table: Any, keys: int) -> None:
        DynamoDbKeyRegistry(TABLE, key_table).add_all([a_record(n) for n in range(keys)])
        requests = Requests(key_table)
        DynamoDbKeys(TABLE, key_table).find(FOUND)
        assert requests == [
            (
                "GetItem",
                {"TableName": TABLE, "Key": {"key_id": {"S": FOUND}}, "ConsistentRead": True},
            )
        ]

    def test_many_are_added_in_batches_after_consistent_reads(self, key_table: Any) -> None:
        requests = Requests(key_table)
        DynamoDbKeyRegistry(TABLE, key_table).add_all([a_record(n) for n in range(230)])
        assert requests.names == [
            *["BatchGetItem", *["BatchWriteItem"] * 4] * 2, "BatchGetItem", *["BatchWriteItem"] * 2
        ]  # fmt: skip
        reads = [p["RequestItems"][TABLE] for name, p in requests if name == "BatchGetItem"]
        assert [len(read["Keys"]) for read in reads] == [100, 100, 30]
        assert all(read["ConsistentRead"] for read in reads)
        writes = [p["RequestItems"][TABLE] for name, p in requests if name == "BatchWriteItem"]
        assert [len(write) for write in writes] == [25] * 8 + [25, 5]

    def test_what_is_there_already_is_asked_about_and_not_written(self, key_table: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        registry.add_all([a_record(n) for n in range(100)])
        requests = Requests(key_table)
        registry.add_all([a_record(n) for n in range(101)])
        assert requests.names == ["BatchGetItem", "BatchGetItem", "BatchWriteItem"]
        assert len(requests[-1][1]["RequestItems"][TABLE]) == 1

    def test_nothing_is_written_without_a_condition(self, key_table: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        requests = Requests(key_table)
        registry.add(a_record())
        registry.replace(a_record())
        assert requests.names == ["PutItem", "GetItem", "PutItem"]
        assert requests[0][1]["ConditionExpression"] == "attribute_not_exists(#id)"
        assert requests[1][1]["ConsistentRead"] is True
        condition = "#version = :version AND #record = :record"
        assert requests[2][1]["ConditionExpression"] == condition

    def test_every_one_of_ten_thousand_keys_is_listed_page_by_page(self, key_table: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        assert registry.add_all([a_record(n) for n in range(10_001)]) == frozenset()
        requests = Requests(key_table)
        assert {r.key_id for r in registry.all()} == {f"{n:012}" for n in range(10_001)}
        assert requests.names == ["Scan"] * len(requests)
        assert len(requests) > 1
        assert all(params["ConsistentRead"] for _, params in requests)

    def test_a_page_is_asked_for_when_it_is_needed(self, key_table: Any) -> None:
        note = {"note": "x" * 12_000}
        DynamoDbKeyRegistry(TABLE, key_table).add_all(
            [a_record(n, labels=note) for n in range(200)]
        )
        requests = Requests(key_table)
        records = DynamoDbKeyRegistry(TABLE, key_table).all()
        assert requests == []
        next(records)
        assert requests.names == ["Scan"]
        assert len(list(records)) == 199
        assert requests.names == ["Scan"] * 3


def test_no_region_is_known_when_the_client_is_made(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert code_of(DynamoDbKeys(TABLE).open) == "store_unavailable"


def test_a_table_that_is_not_there(key_table: Any) -> None:
    key_table.delete_table(TableName=TABLE)
    for call in calls(DynamoDbKeyRegistry(TABLE, key_table)).values():
        assert code_of(call) == "store_not_found"


def test_its_place_is_its_name() -> None:
    assert DynamoDbKeys(TABLE).place == f"dynamodb:{TABLE}"

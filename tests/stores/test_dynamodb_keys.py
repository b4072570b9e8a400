"""Keys in DynamoDB: the contract, in this process and over HTTP, and what is asked of the table."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from authorizers.api_key.record import dump_record
from authorizers.stores.dynamodb_key_registry import KEPT_SECONDS, DynamoDbKeyRegistry
from authorizers.stores.dynamodb_keys import DynamoDbKeys
from tests.stores.key_records import a_full_record, a_record
from tests.stores.key_store_calls import calls, code_of
from tests.stores.key_store_contract import ConcurrentKeyStoreContract, KeyStoreContract
from tests.stores.served_dynamodb import (
    REGION,
    TABLE,
    OneAtATime,
    a_client,
    make_table,
    served,
)

FOUND = "000000000001"
MALFORMED = "key_record_malformed"


class TestInThisProcess(KeyStoreContract):
    @pytest.fixture
    def registry(self, client: Any) -> DynamoDbKeyRegistry:
        return DynamoDbKeyRegistry(TABLE, client)

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


@pytest.fixture
def client(aws: None) -> Any:
    made: Any = boto3.client("dynamodb")
    make_table(made)
    return made


class Requests(list[tuple[str, dict[str, Any]]]):
    """What is asked of the service: the operation's name and its arguments."""

    def __init__(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.dynamodb.*", self._keep)

    def _keep(self, params: dict[str, Any], model: Any, **_: object) -> None:
        self.append((model.name, params))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]


def an_item(**changes: Any) -> dict[str, Any]:
    item = {
        "key_id": {"S": FOUND},
        "record": {"S": json.dumps(dump_record(a_full_record()))},
        "version": {"N": "1"},
    }
    return {name: value for name, value in {**item, **changes}.items() if value is not None}


class TestWhatIsAsked:
    @pytest.mark.parametrize("keys", [0, 1, 300])
    def test_a_key_is_found_by_one_consistent_read(self, client: Any, keys: int) -> None:
        DynamoDbKeyRegistry(TABLE, client).add_all([a_record(n) for n in range(keys)])
        requests = Requests(client)
        DynamoDbKeys(TABLE, client).find(FOUND)
        assert requests == [
            (
                "GetItem",
                {"TableName": TABLE, "Key": {"key_id": {"S": FOUND}}, "ConsistentRead": True},
            )
        ]

    def test_many_are_added_in_batches_after_consistent_reads(self, client: Any) -> None:
        requests = Requests(client)
        DynamoDbKeyRegistry(TABLE, client).add_all([a_record(n) for n in range(230)])
        assert requests.names == [
            *["BatchGetItem", *["BatchWriteItem"] * 4] * 2, "BatchGetItem", *["BatchWriteItem"] * 2
        ]  # fmt: skip
        reads = [p["RequestItems"][TABLE] for name, p in requests if name == "BatchGetItem"]
        assert [len(read["Keys"]) for read in reads] == [100, 100, 30]
        assert all(read["ConsistentRead"] for read in reads)
        writes = [p["RequestItems"][TABLE] for name, p in requests if name == "BatchWriteItem"]
        assert [len(write) for write in writes] == [25] * 8 + [25, 5]

    def test_what_is_there_already_is_asked_about_and_not_written(self, client: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, client)
        registry.add_all([a_record(n) for n in range(100)])
        requests = Requests(client)
        registry.add_all([a_record(n) for n in range(101)])
        assert requests.names == ["BatchGetItem", "BatchGetItem", "BatchWriteItem"]
        assert len(requests[-1][1]["RequestItems"][TABLE]) == 1

    def test_nothing_is_written_without_a_condition(self, client: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, client)
        requests = Requests(client)
        registry.add(a_record())
        registry.replace(a_record())
        assert requests.names == ["PutItem", "GetItem", "PutItem"]
        assert requests[0][1]["ConditionExpression"] == "attribute_not_exists(#id)"
        assert requests[1][1]["ConsistentRead"] is True
        condition = "#version = :version AND #record = :record"
        assert requests[2][1]["ConditionExpression"] == condition

    def test_every_one_of_ten_thousand_keys_is_listed_page_by_page(self, client: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, client)
        assert registry.add_all([a_record(n) for n in range(10_001)]) == frozenset()
        requests = Requests(client)
        assert {r.key_id for r in registry.all()} == {f"{n:012}" for n in range(10_001)}
        assert requests.names == ["Scan"] * len(requests)
        assert len(requests) > 1
        assert all(params["ConsistentRead"] for _, params in requests)

    def test_a_page_is_asked_for_when_it_is_needed(self, client: Any) -> None:
        note = {"note": "x" * 12_000}
        DynamoDbKeyRegistry(TABLE, client).add_all([a_record(n, labels=note) for n in range(200)])
        requests = Requests(client)
        records = DynamoDbKeyRegistry(TABLE, client).all()
        assert requests == []
        next(records)
        assert requests.names == ["Scan"]
        assert len(list(records)) == 199
        assert requests.names == ["Scan"] * 3


class TestItems:
    def test_an_item_is_what_the_documentation_says(self, client: Any) -> None:
        record = a_record(expires_at=1_900_000_000)
        DynamoDbKeyRegistry(TABLE, client).add(record)
        item = client.get_item(TableName=TABLE, Key={"key_id": {"S": FOUND}})["Item"]
        assert json.loads(item["record"].pop("S")) == dump_record(record)
        assert item == {
            "key_id": {"S": FOUND},
            "record": {},
            "version": {"N": "1"},
            "ttl": {"N": str(1_900_000_000 + KEPT_SECONDS)},
        }

    @pytest.mark.parametrize("expires_at", [0, 1, 1_900_000_000])
    def test_what_expires_is_kept_for_thirty_days_more(self, client: Any, expires_at: int) -> None:
        """DynamoDB may remove it then; until then its caller is told that it has expired."""
        DynamoDbKeyRegistry(TABLE, client).add(a_record(expires_at=expires_at))
        assert self.ttl(client) == {"N": str(expires_at + 2_592_000)}

    def test_what_does_not_expire_is_not_removed(self, client: Any) -> None:
        """Nor is what was revoked: it would be unknown, and its id free to be taken again."""
        registry = DynamoDbKeyRegistry(TABLE, client)
        registry.add_all([a_record(revoked_at=1_800_000_000)])
        assert self.ttl(client) is None

    def test_a_key_that_expires_no_longer_is_not_removed(self, client: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, client)
        registry.add(a_record(expires_at=1_900_000_000))
        registry.replace(a_record())
        assert self.ttl(client) is None
        registry.replace(a_record(expires_at=1, version=2))
        assert self.ttl(client) == {"N": str(1 + KEPT_SECONDS)}

    def ttl(self, client: Any) -> Any:
        answer = client.get_item(TableName=TABLE, Key={"key_id": {"S": FOUND}})
        return answer["Item"].get("ttl")

    def test_the_note_of_an_operator_is_no_record(self, client: Any) -> None:
        client.put_item(TableName=TABLE, Item=an_item(note={"S": "until the audit"}))
        assert DynamoDbKeys(TABLE, client).find(FOUND) == a_full_record()

    @pytest.mark.parametrize(
        "changes",
        [
            {"version": None}, {"version": {"S": "1"}}, {"version": {"N": "0"}},
            {"version": {"N": "-1"}}, {"version": {"N": "1.5"}}, {"version": {"N": "1E+20"}},
            {"version": {"NULL": True}}, {"version": {"M": {}}},
            {"record": None}, {"record": {"S": ""}}, {"record": {"S": "{}"}},
            {"record": {"S": "null"}}, {"record": {"S": "[" * 9_000}}, {"record": {"M": {}}},
            {"record": {"B": b"{}"}}, {"record": {"S": an_item()["record"]["S"][:-1]}},
            {"record": {"S": an_item()["record"]["S"] + " " * 17_000}},
            {"record": {"S": json.dumps(dump_record(a_full_record(2)))}},
            {"record": {"S": json.dumps({**dump_record(a_full_record()), "unheard_of": 1})}},
        ],
        ids=lambda changes: f"{changes}"[:40],
    )  # fmt: skip
    def test_a_malformed_item_is_an_error_and_is_left_alone(
        self, client: Any, changes: dict[str, Any]
    ) -> None:
        """The record of another key among them: who can copy one must not choose who comes in."""
        client.put_item(TableName=TABLE, Item=an_item(**changes))
        before = client.scan(TableName=TABLE)["Items"]
        registry = DynamoDbKeyRegistry(TABLE, client)
        assert code_of(lambda: DynamoDbKeys(TABLE, client).find(FOUND)) == MALFORMED
        assert code_of(lambda: list(registry.all())) == MALFORMED
        assert code_of(lambda: registry.replace(a_record())) == MALFORMED
        assert not registry.add(a_record())
        assert registry.add_all([a_record()]) == {FOUND}
        assert client.scan(TableName=TABLE)["Items"] == before


def test_no_region_is_known_when_the_client_is_made(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert code_of(DynamoDbKeys(TABLE).open) == "store_unavailable"


def test_a_table_that_is_not_there(client: Any) -> None:
    client.delete_table(TableName=TABLE)
    for call in calls(DynamoDbKeyRegistry(TABLE, client)).values():
        assert code_of(call) == "store_not_found"


def test_its_place_is_its_name() -> None:
    assert DynamoDbKeys(TABLE).place == f"dynamodb:{TABLE}"

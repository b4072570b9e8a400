"""What an item of a table of keys holds, and which items are malformed."""

import json
from typing import Any

import pytest

from authorizers.api_key.record import dump_record
from authorizers.stores.dynamodb_key_registry import KEPT_SECONDS, DynamoDbKeyRegistry
from authorizers.stores.dynamodb_keys import DynamoDbKeys
from tests.stores.key_records import a_full_record, a_record
from tests.stores.key_store_calls import FOUND, code_of
from tests.stores.served_dynamodb import TABLE

REGION = "eu-central-1"
MALFORMED = "key_record_malformed"


def an_item(**changes: Any) -> dict[str, Any]:
    item = {
        "key_id": {"S": FOUND},
        "record": {"S": json.dumps(dump_record(a_full_record()))},
        "version": {"N": "1"},
    }
    return {name: value for name, value in {**item, **changes}.items() if value is not None}


class TestItems:
    def test_an_item_is_what_the_documentation_says(self, key_table: Any) -> None:
        record = a_record(expires_at=1_900_000_000)
        DynamoDbKeyRegistry(TABLE, key_table).add(record)
        item = key_table.get_item(TableName=TABLE, Key={"key_id": {"S": FOUND}})["Item"]
        assert json.loads(item["record"].pop("S")) == dump_record(record)
        assert item == {
            "key_id": {"S": FOUND},
            "record": {},
            "version": {"N": "1"},
            "ttl": {"N": str(1_900_000_000 + KEPT_SECONDS)},
        }

    @pytest.mark.parametrize("expires_at", [0, 1, 1_900_000_000])
    def test_what_expires_is_kept_for_thirty_days_more(
        self, key_table: Any, expires_at: int
    ) -> None:
        """DynamoDB may remove it then; until then its caller is told that it has expired."""
        DynamoDbKeyRegistry(TABLE, key_table).add(a_record(expires_at=expires_at))
        assert self.ttl(key_table) == {"N": str(expires_at + 2_592_000)}

    def test_what_does_not_expire_is_not_removed(self, key_table: Any) -> None:
        """Nor is what was revoked: it would be unknown, and its id free to be taken again."""
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        registry.add_all([a_record(revoked_at=1_800_000_000)])
        assert self.ttl(key_table) is None

    def test_a_key_that_expires_no_longer_is_not_removed(self, key_table: Any) -> None:
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        registry.add(a_record(expires_at=1_900_000_000))
        registry.replace(a_record())
        assert self.ttl(key_table) is None
        registry.replace(a_record(expires_at=1, version=2))
        assert self.ttl(key_table) == {"N": str(1 + KEPT_SECONDS)}

    def ttl(self, key_table: Any) -> Any:
        answer = key_table.get_item(TableName=TABLE, Key={"key_id": {"S": FOUND}})
        return answer["Item"].get("ttl")

    def test_the_note_of_an_operator_is_no_record(self, key_table: Any) -> None:
        key_table.put_item(TableName=TABLE, Item=an_item(note={"S": "until the audit"}))
        assert DynamoDbKeys(TABLE, key_table).find(FOUND) == a_full_record()

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
        self, key_table: Any, changes: dict[str, Any]
    ) -> None:
        """The record of another key among them: who can copy one must not choose who comes in."""
        key_table.put_item(TableName=TABLE, Item=an_item(**changes))
        before = key_table.scan(TableName=TABLE)["Items"]
        registry = DynamoDbKeyRegistry(TABLE, key_table)
        assert code_of(lambda: DynamoDbKeys(TABLE, key_table).find(FOUND)) == MALFORMED
        assert code_of(lambda: list(registry.all())) == MALFORMED
        assert code_of(lambda: registry.replace(a_record())) == MALFORMED
        assert not registry.add(a_record())
        assert registry.add_all([a_record()]) == {FOUND}
        assert key_table.scan(TableName=TABLE)["Items"] == before

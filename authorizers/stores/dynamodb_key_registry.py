"""
What operators do with a table of keys: add, replace, list. Functions never write.

Source: Amazon DynamoDB API reference: PutItem (ConditionExpression), BatchGetItem (100 keys,
UnprocessedKeys), BatchWriteItem (25 items, no conditions, UnprocessedItems), Scan.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from authorizers.api_key.record import KeyRecord, dump_record, parse_record
from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors, error_code, operator_config
from authorizers.stores.dynamodb import BATCH_KEYS, DynamoDbClient, open_client
from authorizers.stores.dynamodb_keys import KEY, RECORD, TTL, VERSION, DynamoDbKeys, record_in

BATCH_ITEMS = 25
ATTEMPTS = 5  # some ten seconds in all, while nobody answers
PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # while the table takes nothing at all
KEPT_SECONDS = 30 * 24 * 3600  # after its end, a key is "expired" for so long, and then unknown
_THROTTLED = (
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
)


class DynamoDbKeyRegistry(DynamoDbKeys):
    """The keys in a table, for operators: a `KeyRegistry`."""

    __slots__ = ("_pause",)

    def __init__(
        self,
        name: str,
        client: DynamoDbClient | None = None,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(name, client)
        self._pause = pause

    def add(self, record: KeyRecord) -> bool:
        """
        Add a record; return False, and change nothing, if its id is taken.

        Raises:
            DependencyError: it is not known to be written, or could not be read again.
            ConfigurationError: boto3 is missing.
        """
        return self._put(
            self._new_item(record),
            ConditionExpression="attribute_not_exists(#id)",
            ExpressionAttributeNames={"#id": KEY},
        )

    def add_all(self, records: Sequence[KeyRecord]) -> frozenset[str]:
        """
        Add many; return the ids that were taken already. Between looking which are taken and
        writing the others nobody else may add the same ids: DynamoDB has no condition for many.

        Raises:
            DependencyError: not all are known to be written; doing it again is safe.
            ConfigurationError: boto3 is missing.
        """
        items: dict[str, Any] = {}
        taken: set[str] = set()
        for record in records:
            item = self._new_item(record)
            if items.setdefault(record.key_id, item) is not item:
                taken.add(record.key_id)
        ids = list(items)
        for start in range(0, len(ids), BATCH_KEYS):
            asked = ids[start : start + BATCH_KEYS]
            there = self._there(asked)
            taken |= there
            self._write([items[key_id] for key_id in asked if key_id not in there])
        return frozenset(taken)

    def replace(self, record: KeyRecord) -> bool:
        """
        Put `record` in the place of the one with its id and version; return False if there is none.

        What cannot be read is never overwritten, nor what was changed since it was read here.

        Raises:
            DependencyError: it is not known to be written, could not be read again, or what is
                there is `key_record_malformed`.
            ConfigurationError: boto3 is missing.
        """
        new = self._new_item(record._replace(version=record.version + 1))
        old = self._item(record.key_id)
        if old is None or record_in(old, record.key_id, self.place).version != record.version:
            return False
        return self._put(
            new,
            ConditionExpression="#version = :version AND #record = :record",
            ExpressionAttributeNames={"#version": VERSION, "#record": RECORD},
            ExpressionAttributeValues={":version": old[VERSION], ":record": old[RECORD]},
        )

    def all(
        self, on_problem: Callable[[DependencyError], None] | None = None, /
    ) -> Iterator[KeyRecord]:
        """
        Yield every record, page by page, in no order. `on_problem` is told of each that cannot be
        read; without it, the first such ends it.

        Raises:
            DependencyError: the table cannot be read, or `key_record_malformed`.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self.place):
            pages = self._opened().get_paginator("scan")
            for page in pages.paginate(TableName=self._name, ConsistentRead=True):
                for item in page["Items"]:
                    key_id = item[KEY].get("S", "")
                    try:
                        yield record_in(item, key_id, self.place)
                    except DependencyError as error:
                        if on_problem is None:
                            raise
                        on_problem(DependencyError(error.code, f"{key_id}: {error.detail}"))

    def _opened(self) -> DynamoDbClient:
        if self._client is None:
            self._client = open_client(operator_config(ATTEMPTS))
        return self._client

    def _new_item(self, record: KeyRecord) -> dict[str, Any]:
        text = json.dumps(dump_record(record), separators=(",", ":"))
        parse_record(text, self.place)  # what cannot be read is not written
        item = {
            KEY: {"S": record.key_id},
            RECORD: {"S": text},
            VERSION: {"N": str(record.version)},
        }
        if record.expires_at is not None:
            item[TTL] = {"N": str(record.expires_at + KEPT_SECONDS)}
        return item

    def _put(self, item: dict[str, Any], **condition: Any) -> bool:
        with aws_errors(self.place, "written"):
            from botocore.exceptions import ClientError  # noqa: PLC0415 - may not be there

            try:
                self._opened().put_item(
                    TableName=self._name,
                    Item=item,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
            except ClientError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    return _was_written(item, error.response)
                raise
        return True

    def _there(self, ids: list[str]) -> set[str]:
        """Return those of `ids` that have an item, whatever it holds."""
        found: set[str] = set()

        def ask(keys: list[Any]) -> list[Any]:
            answer = self._opened().batch_get_item(RequestItems={self._name: _asking(keys)})
            found.update(item[KEY]["S"] for item in answer["Responses"].get(self._name, []))
            left: list[Any] = answer["UnprocessedKeys"].get(self._name, {}).get("Keys", [])
            return left

        with aws_errors(self.place):
            self._in_batches([{KEY: {"S": key_id}} for key_id in ids], BATCH_KEYS, ask)
        return found

    def _write(self, items: list[Any]) -> None:
        def put(requests: list[Any]) -> list[Any]:
            answer = self._opened().batch_write_item(RequestItems={self._name: requests})
            left: list[Any] = answer["UnprocessedItems"].get(self._name, [])
            return left

        with aws_errors(self.place, "written"):
            self._in_batches([{"PutRequest": {"Item": item}} for item in items], BATCH_ITEMS, put)

    def _in_batches(
        self, work: list[Any], size: int, attempt: Callable[[list[Any]], list[Any]]
    ) -> None:
        """
        Let `attempt` do all `work`; it returns what is left of its batch.

        Raises:
            DependencyError: the table took nothing in spite of all pauses.
        """
        pauses = iter(PAUSES_SECONDS)
        while work:
            batch = work[:size]
            left = _unless_throttled(attempt, batch)
            work = left + work[size:]
            if len(left) < len(batch):
                pauses = iter(PAUSES_SECONDS)
            if left:
                self._pause(self._next(pauses))

    def _next(self, pauses: Iterator[float]) -> float:
        pause = next(pauses, None)
        if pause is None:
            raise DependencyError("store_unavailable", f"{self.place} is throttled for too long")
        return pause


def _asking(keys: list[Any]) -> dict[str, Any]:
    return {
        "Keys": keys,
        "ConsistentRead": True,
        "ProjectionExpression": "#id",
        "ExpressionAttributeNames": {"#id": KEY},
    }


def _unless_throttled(attempt: Callable[[list[Any]], list[Any]], batch: list[Any]) -> list[Any]:
    """Return what is left of `batch`: all of it where DynamoDB refuses all."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - may not be there

    try:
        return attempt(batch)
    except ClientError as error:
        if error_code(error) in _THROTTLED:
            return batch
        raise


def _was_written(item: dict[str, Any], response: Any) -> bool:
    """
    Return whether a refused write is there: its first attempt had been taken, only the answer was
    lost, and boto3 tried again.
    """
    retried = response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
    return bool(retried and response.get("Item") == item)

"""
A table of Amazon DynamoDB that holds the records of keys.

    key_id (S, partition key)   record (S)                 version (N)   ttl (N)
    7Fh3kQ9ZpLm2                {"id":"7Fh3kQ9ZpLm2",…     3             1801267200

`record` is the JSON of every store. `ttl` is when DynamoDB may remove the item, and says nothing
else: whether a key has expired stands in its record.
"""

import re
from collections.abc import Mapping
from typing import Any

from authorizers.api_key.record import KeyRecord, parse_record
from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors
from authorizers.stores.dynamodb import DynamoDbTable

KEY = "key_id"
RECORD = "record"
VERSION = "version"
TTL = "ttl"
_COUNT = re.compile("[1-9][0-9]{0,15}")

Item = Mapping[str, Mapping[str, Any]]


class DynamoDbKeys(DynamoDbTable):
    """
    The keys in a table, for functions: a `KeyStore`. `DynamoDbKeyRegistry` is for operators.

    A read costs the same whether the table holds one key or a million, and is strongly
    consistent, so that a revocation is seen by every read that begins after it; a global table's
    replicas follow one another when they can.
    """

    __slots__ = ()

    def find(self, key_id: str) -> KeyRecord | None:
        """
        Return the record as it is now, or None if there is none, by one call of GetItem.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied`, `store_unavailable` or
                `key_record_malformed`.
            ConfigurationError: boto3 is missing.
        """
        item = self._item(key_id)
        return None if item is None else record_in(item, key_id, self.place)

    def _item(self, key_id: str) -> Item | None:
        with aws_errors(self.place):
            answer = self._opened().get_item(
                TableName=self._name, Key={KEY: {"S": key_id}}, ConsistentRead=True
            )
        item: Item | None = answer.get("Item")
        return item


def record_in(item: Item, key_id: str, place: str) -> KeyRecord:
    """
    Return the record that `item` of `place` holds of the key `key_id`.

    Raises:
        DependencyError: `key_record_malformed`, also if it is the record of another key: who can
            copy a text from item to item would choose whose secret opens what.
    """
    version = item.get(VERSION, {}).get("N", "")
    if not _COUNT.fullmatch(version):
        detail = f"{place} has a key whose version is no number that counts up from 1"
        raise DependencyError("key_record_malformed", detail)
    record = parse_record(item.get(RECORD, {}).get("S", ""), place, int(version))
    if record.key_id != key_id or item.get(KEY) != {"S": key_id}:
        detail = f"{place} has the record of the key {record.key_id} in the item of another"
        raise DependencyError("key_record_malformed", detail)
    return record

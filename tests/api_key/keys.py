"""Keys, records and a store that counts, for the tests of this folder."""

import json
from typing import Any

from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord
from authorizers.errors import DependencyError
from authorizers.issuing.issue import IssuedKey, issue_key

NOW = 1_800_000_000
PREFIX = "orders_live"
PEPPERS_TEXT = json.dumps({"current": "2", "1": "one" * 12, "2": "two" * 12})
PEPPERS = parse_peppers(PEPPERS_TEXT, "test")


def issued(owner: str = "acme", prefix: str = PREFIX, **members: Any) -> IssuedKey:
    """Return a new key of `owner`, with these members of its record."""
    return issue_key(KeyRecord("", owner, (), NOW, **members), prefix, PEPPERS)


class CountedStore:
    """A store of these records that counts the calls, and can be away."""

    place = "the counted store"

    def __init__(self, *keys: IssuedKey) -> None:
        self.records = {key.record.key_id: key.record for key in keys}
        self.calls: list[str] = []
        self.away = False

    def find(self, key_id: str) -> KeyRecord | None:
        self.calls.append(key_id)
        if self.away:
            raise DependencyError("store_unavailable", "the counted store is away")
        return self.records.get(key_id)

    def put(self, record: KeyRecord) -> None:
        self.records[record.key_id] = record

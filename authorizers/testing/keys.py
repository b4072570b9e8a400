"""
API keys for tests: issued as `authorizers keys` does, under a pepper that nobody else has.

    keys = FakeKeys("orders_test")
    text = keys.issue("acme", scopes=("orders:read",))     # what the client sends

    {"records": keys.records()}                            # `keys` of a document, with
    {"AUTHORIZERS_PEPPER": keys.pepper}                    # `pepper: environment`

    keys.store()                                           # or the records as a KeyStore
"""

from typing import Any, Final

from authorizers.api_key.format import ALPHABET, generate_key, generate_key_id, parse_key
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord, dump_record
from authorizers.issuing.issue import issue_key, stored_secret
from authorizers.issuing.new_pepper import first_pepper
from authorizers.issuing.rotation import rotated
from authorizers.model.clock import Clock, SystemClock
from authorizers.stores.keys_in_memory import KeysInMemory

_IN_A_DAY: Final = 86_400


class FakeKeys:
    """The keys of one prefix. They live as long as this object; `pepper` is its peppers' JSON."""

    def __init__(self, prefix: str = "test", *, clock: Clock | None = None) -> None:
        self.prefix = prefix
        self.pepper = first_pepper()
        self._peppers = parse_peppers(self.pepper, "a throwaway pepper")
        self._clock = clock or SystemClock()
        self._records: dict[str, KeyRecord] = {}

    def issue(self, owner: str = "acme", **members: Any) -> str:
        """
        Return a new key of `owner`; `members` are those of its record, such as `scopes`, `roles`,
        `routes`, `networks`, `expires_at` or `usage_plan` (`authorizers.api_key.record.KeyRecord`).
        """
        draft = KeyRecord("", owner, (), self._now(), **members)
        key, record = issue_key(draft, self.prefix, self._peppers)
        self._records[record.key_id] = record
        return key.reveal()

    def change(self, key: str, **members: Any) -> None:
        """Change the record of `key`: `keys.change(key, revoked_at=now)`."""
        record = self.record(key)
        self._records[record.key_id] = record._replace(**members)

    def rotate(self, key: str, *, old_until: int | None = None) -> str:
        """Return a second key of the same record; the old one counts until `old_until`."""
        record, end = self.record(key), self._now() + _IN_A_DAY if old_until is None else old_until
        new = generate_key(self.prefix, record.key_id)
        secret = stored_secret(new, self._peppers)
        self._records[record.key_id] = rotated(record, secret, self._now(), end)
        return new

    def forge(self, key: str | None = None) -> str:
        """Return a well-formed key with the id of `key`, or one that nobody has, and no record."""
        key_id = generate_key_id() if key is None else parse_key(key).key_id
        return generate_key(self.prefix, key_id)

    def record(self, key: str) -> KeyRecord:
        """Return the record of `key` as it is now."""
        return self._records[parse_key(key).key_id]

    def records(self) -> list[dict[str, Any]]:
        """Return all records, as a document or a file of keys has them."""
        return [dump_record(record) for record in self._records.values()]

    def store(self) -> KeysInMemory:
        """Return a store with all records as they are now."""
        return KeysInMemory(self._records.values())

    def _now(self) -> int:
        return int(self._clock.wall())


def mistyped(key: str) -> str:
    """Return `key` with another last character, as a person mistypes it."""
    last = ALPHABET[(ALPHABET.index(key[-1]) + 1) % len(ALPHABET)]
    return key[:-1] + last

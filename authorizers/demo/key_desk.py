"""The operator of the demonstration: issues, rotates and revokes keys while a function is warm."""

import time
from pathlib import Path
from typing import Any

from authorizers.api_key.format import generate_key, generate_key_id
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord
from authorizers.issuing.issue import issue_key
from authorizers.issuing.new_pepper import first_pepper
from authorizers.issuing.revocation import revoke_key
from authorizers.issuing.rotation import rotate_key
from authorizers.stores.keys_in_file import KeysInFile

PREFIX = "orders_live"
HOUR = 3600


class KeyDesk:
    """Changes the keys in the file `path`, as `authorizers keys` does; `pepper` is thrown away."""

    def __init__(self, path: Path) -> None:
        self.pepper = first_pepper()
        self._peppers = parse_peppers(self.pepper, "the demonstration")
        self._registry = KeysInFile(str(path))

    @staticmethod
    def now() -> int:
        """Return the time, in seconds since 1970."""
        return int(time.time())

    def issue(self, owner: str = "acme", *, prefix: str = PREFIX, **members: Any) -> str:
        """Return a new key of `owner`, who may read orders unless `members` say otherwise."""
        draft = KeyRecord("", owner, (), self.now(), **{"scopes": ("orders:read",)} | members)
        key, record = issue_key(draft, prefix, self._peppers)
        self._registry.add(record)
        return key.reveal()

    def rotate(self, key: str, *, overlap: int) -> str:
        """Return another secret for `key`; the old one counts for `overlap` seconds."""
        now = self.now()
        rotation = rotate_key(
            self._registry, key_id(key), PREFIX, self._peppers, now=now, old_ends_at=now + overlap
        )
        return rotation.issued.key.reveal()

    def revoke(self, key: str) -> None:
        """End `key` at once."""
        revoke_key(self._registry, key_id(key), self.now())


def key_id(key: str) -> str:
    """Return the id in `key`."""
    return key.rsplit("_", 2)[1]


def guessed(key: str) -> str:
    """Return a well-formed key with the id of `key`, and a secret that nobody was given."""
    return generate_key(PREFIX, key_id(key))


def invented() -> str:
    """Return a well-formed key that nobody has issued."""
    return generate_key(PREFIX, generate_key_id())

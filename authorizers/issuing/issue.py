"""A new key: its text, which is shown once, and the record that is stored instead of it."""

from typing import NamedTuple

from authorizers.api_key.format import RandomNumber, generate_key, generate_key_id, system_random
from authorizers.api_key.pepper import Peppers
from authorizers.api_key.record import KeyRecord, StoredSecret
from authorizers.model.credential import PresentedApiKey


class IssuedKey(NamedTuple):
    """A key and its record. The key's `repr` is masked; `key.reveal()` is its text."""

    key: PresentedApiKey
    record: KeyRecord


def issue_key(
    draft: KeyRecord, prefix: str, peppers: Peppers, random: RandomNumber = system_random
) -> IssuedKey:
    """
    Make a key of `draft`, a record whose id and secrets are filled in here.

    Raises:
        ValueError: no key can begin with `prefix`.
    """
    key_id = generate_key_id(random)
    text = generate_key(prefix, key_id, random)
    record = draft._replace(key_id=key_id, secrets=(stored_secret(text, peppers),))
    return IssuedKey(PresentedApiKey(text), record)


def stored_secret(text: str, peppers: Peppers) -> StoredSecret:
    """Return what is stored of the key `text`: its digest under the current pepper."""
    return StoredSecret(peppers.digest(peppers.current, text), peppers.current)

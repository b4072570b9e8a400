"""A new secret for a key: both count until the old one ends, so that nobody has to hurry."""

from typing import NamedTuple

from authorizers.api_key.format import RandomNumber, generate_key, system_random
from authorizers.api_key.pepper import Peppers
from authorizers.api_key.record import KeyRecord, StoredSecret
from authorizers.api_key.store import KeyRegistry
from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.issuing.change import UNCERTAIN, change_record, found_record
from authorizers.issuing.issue import IssuedKey, stored_secret
from authorizers.issuing.state import USABLE, live_secrets, state_of
from authorizers.model.credential import PresentedApiKey


class Rotation(NamedTuple):
    """
    The key with its new secret, and when the old one ends, in seconds since 1970.

    `doubt` is what the store said, if nobody knows whether it was written: the new key may count,
    so it is handed out all the same.
    """

    issued: IssuedKey
    old_ends_at: int
    doubt: DependencyError | None = None


def rotate_key(  # noqa: PLR0913 - the clock and the randomness are arguments
    registry: KeyRegistry,
    key_id: str,
    prefix: str,
    peppers: Peppers,
    *,
    now: int,
    old_ends_at: int,
    random: RandomNumber = system_random,
) -> Rotation:
    """
    Give the key `key_id` a new secret, under the current pepper, and let the old one end.

    With `old_ends_at` not after `now`, every old secret ends at once; else a key that still has
    two is refused.

    Raises:
        ConfigurationError: `key_not_found`, or `key_not_rotatable`.
        DependencyError: the store's: nothing was changed.
    """
    text = generate_key(prefix, key_id, random)
    new = stored_secret(text, peppers)

    before = found_record(registry, key_id)
    known = {secret.digest for secret in before.secrets}

    def change(record: KeyRecord) -> KeyRecord | None:
        if new in record.secrets:
            return None
        if not known.issuperset(secret.digest for secret in record.secrets):
            raise _refused(record, "was rotated by somebody else at the same time")
        return rotated(record, new, now, old_ends_at)

    doubt = None
    try:
        record = change_record(registry, key_id, change)
    except DependencyError as error:
        if error.code != UNCERTAIN:
            raise
        record, doubt = rotated(before, new, now, old_ends_at), error
    return Rotation(IssuedKey(PresentedApiKey(text), record), _end_of_old(record, now), doubt)


def rotated(record: KeyRecord, new: StoredSecret, now: int, old_ends_at: int) -> KeyRecord:
    """
    Return `record` with the secret `new`, and its old one until `old_ends_at` at the latest.

    Raises:
        ConfigurationError: `key_not_rotatable`: revoked, expired, or with two live secrets.
    """
    state = state_of(record, now)
    if state not in USABLE:
        raise _refused(record, f"is {state}; create another")
    end = old_ends_at if record.expires_at is None else min(old_ends_at, record.expires_at)
    old = tuple(_ending(secret, end) for secret in live_secrets(record, now))
    old = live_secrets(record._replace(secrets=old), now)
    if len(old) > 1:
        raise _refused(record, "is rotating: it has two secrets until the older one ends")
    return record._replace(secrets=(*old, new))


def _ending(secret: StoredSecret, end: int) -> StoredSecret:
    ends = end if secret.not_after is None else min(secret.not_after, end)
    return secret._replace(not_after=ends)


def _end_of_old(record: KeyRecord, now: int) -> int:
    return max((s.not_after for s in record.secrets if s.not_after is not None), default=now)


def _refused(record: KeyRecord, why: str) -> ConfigurationError:
    return ConfigurationError(
        Problem("", f"the key {record.key_id} {why}"), code="key_not_rotatable"
    )

"""A new key, issued and stored."""

from authorizers.api_key.format import RandomNumber, system_random
from authorizers.api_key.pepper import Peppers
from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.errors import DependencyError
from authorizers.issuing.change import CERTAINLY_NOT_WRITTEN
from authorizers.issuing.issue import IssuedKey, issue_key

ATTEMPTS = 3  # ids have 71 random bits: not even a second one is ever needed


def create_key(
    registry: KeyRegistry,
    draft: KeyRecord,
    prefix: str,
    peppers: Peppers,
    random: RandomNumber = system_random,
) -> IssuedKey:
    """
    Issue a key of `draft`, a checked record, and store its record.

    Raises:
        DependencyError: the store's: nothing was created; or `key_creation_uncertain`.
    """
    for _ in range(ATTEMPTS):
        issued = issue_key(draft, prefix, peppers, random)
        if _add(registry, issued.record) or _is_stored(registry, issued.record):
            return issued
    raise DependencyError("key_id_taken", f"{registry.place}: every new key's id is taken")


def _add(registry: KeyRegistry, record: KeyRecord) -> bool:
    try:
        return registry.add(record)
    except DependencyError as error:
        if error.code in CERTAINLY_NOT_WRITTEN or not _arrived(registry, record, error):
            raise
        return True


def _arrived(registry: KeyRegistry, record: KeyRecord, error: DependencyError) -> bool:
    try:
        return _is_stored(registry, record)
    except DependencyError:
        detail = (
            f"it is not known whether the key {record.key_id} was created in {registry.place};"
            f" its secret was shown to nobody: revoke it, and create another: {error.detail}"
        )
        raise DependencyError("key_creation_uncertain", detail) from error


def _is_stored(registry: KeyRegistry, record: KeyRecord) -> bool:
    """Return whether the store has this very record: a write may be repeated on the way."""
    found = registry.find(record.key_id)
    return found is not None and found.secrets == record.secrets

"""The end of a key, at once."""

from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.issuing.change import change_record, found_record


def revoke_key(registry: KeyRegistry, key_id: str, now: int) -> tuple[KeyRecord, bool]:
    """
    Revoke the key `key_id`; return its record, and whether it was not revoked before.

    Raises:
        ConfigurationError: `key_not_found`.
        DependencyError: the store's, or `key_change_uncertain`; doing it again is safe.
    """
    was_revoked = found_record(registry, key_id).revoked_at is not None

    def change(record: KeyRecord) -> KeyRecord | None:
        return record._replace(revoked_at=now) if record.revoked_at is None else None

    return change_record(registry, key_id, change), not was_revoked

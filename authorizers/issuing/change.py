"""One change to a record that others may be changing too, and what is known after an error."""

from collections.abc import Callable

from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.errors import ConfigurationError, DependencyError, Problem

ATTEMPTS = 5
UNCERTAIN = "key_change_uncertain"
# After these nothing was written; after any other error it may have been.
CERTAINLY_NOT_WRITTEN = (
    "key_file_malformed",
    "key_file_too_large",
    "key_record_malformed",
    "store_access_denied",
    "store_busy",
    "store_not_found",
)


def change_record(
    registry: KeyRegistry, key_id: str, change: Callable[[KeyRecord], KeyRecord | None]
) -> KeyRecord:
    """
    Replace the record of `key_id` by what `change` makes of it, and return it as it is now.

    `change` returns None where nothing is left to do: it is asked again about the newest record
    when another operator was faster, and when nobody knows whether the last write arrived.

    Raises:
        ConfigurationError: `key_not_found`, or what `change` raises.
        DependencyError: the store's; `key_contended`; or `key_change_uncertain`.
    """
    doubt: DependencyError | None = None
    for _ in range(ATTEMPTS):
        record = _read(registry, key_id, doubt)
        changed = change(record)
        if changed is None:
            return record
        try:
            if registry.replace(changed):
                return changed._replace(version=record.version + 1)
        except DependencyError as error:
            if error.code in CERTAINLY_NOT_WRITTEN:
                raise
            doubt = error
    if doubt is not None:
        raise _uncertain(registry, key_id, doubt)
    detail = f"{registry.place}: the key {key_id} is being changed by others; try again"
    raise DependencyError("key_contended", detail)


def found_record(registry: KeyRegistry, key_id: str) -> KeyRecord:
    """
    Return the record of `key_id`.

    Raises:
        ConfigurationError: `key_not_found`.
        DependencyError: the store's.
    """
    record = registry.find(key_id)
    if record is None:
        problem = Problem(registry.place, "there is no such key")
        raise ConfigurationError(problem, code="key_not_found")
    return record


def _read(registry: KeyRegistry, key_id: str, doubt: DependencyError | None) -> KeyRecord:
    try:
        return found_record(registry, key_id)
    except DependencyError:
        if doubt is None:
            raise
        raise _uncertain(registry, key_id, doubt) from None


def _uncertain(registry: KeyRegistry, key_id: str, doubt: DependencyError) -> DependencyError:
    detail = f"it is not known whether the key {key_id} was changed in {registry.place}"
    return DependencyError(UNCERTAIN, f"{detail}: {doubt.detail}")

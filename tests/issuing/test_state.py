"""In which state a key is."""

from typing import Any

import pytest

from authorizers.api_key.record import KeyRecord, StoredSecret
from authorizers.issuing.state import STATES, ends_at, live_secrets, state_of
from tests.issuing.keys import NOW

FIRST, SECOND = StoredSecret(b"1" * 32, "1"), StoredSecret(b"2" * 32, "2")


def record(*secrets: StoredSecret, **members: Any) -> KeyRecord:
    return KeyRecord("0" * 12, "acme", secrets or (FIRST,), NOW, **members)


def ending(secret: StoredSecret, seconds: int) -> StoredSecret:
    return secret._replace(not_after=NOW + seconds)


@pytest.mark.parametrize(
    ("key", "state"),
    [
        (record(), "active"),
        (record(expires_at=NOW + 1), "active"),
        (record(not_before=NOW), "active"),
        (record(ending(FIRST, 0), SECOND), "active"),
        (record(ending(FIRST, 1), SECOND), "rotating"),
        (record(not_before=NOW + 1), "not-yet"),
        (record(ending(FIRST, 1), SECOND, not_before=NOW + 1), "not-yet"),
        (record(expires_at=NOW), "expired"),
        (record(expires_at=NOW, not_before=NOW + 1), "expired"),
        (record(ending(FIRST, 0)), "expired"),
        (record(revoked_at=NOW), "revoked"),
        (record(revoked_at=NOW + 60), "revoked"),
        (record(revoked_at=NOW - 60, expires_at=NOW - 90, not_before=NOW + 9), "revoked"),
    ],
)
def test_a_key_is_in_one_state(key: KeyRecord, state: str) -> None:
    assert state_of(key, NOW) == state
    assert state in STATES


def test_a_secret_that_has_ended_is_not_live() -> None:
    key = record(ending(FIRST, 5), SECOND)
    assert live_secrets(key, NOW + 4.9) == key.secrets
    assert live_secrets(key, NOW + 5) == (SECOND,)


@pytest.mark.parametrize(
    ("key", "end"),
    [
        (record(), None),
        (record(expires_at=NOW + 9), NOW + 9),
        (record(ending(FIRST, 5), SECOND), None),
        (record(ending(FIRST, 5)), NOW + 5),
        (record(ending(FIRST, 5), ending(SECOND, 7), expires_at=NOW + 9), NOW + 7),
        (record(ending(FIRST, 5), SECOND, expires_at=NOW + 3), NOW + 3),
    ],
)
def test_a_key_ends_with_its_record_or_with_its_last_secret(
    key: KeyRecord, end: int | None
) -> None:
    assert ends_at(key) == end

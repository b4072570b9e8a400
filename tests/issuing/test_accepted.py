"""What operators are told of a key is what a function makes of it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import KeyRecord, StoredSecret
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.errors import CredentialError, RejectedCredential
from authorizers.issuing.creation import create_key
from authorizers.issuing.issue import issue_key, stored_secret
from authorizers.issuing.revocation import revoke_key
from authorizers.issuing.rotation import rotate_key
from authorizers.issuing.state import live_secrets, state_of
from authorizers.model.credential import PresentedApiKey
from authorizers.stores.keys_in_memory import KeysInMemory
from authorizers.testing.clock import FrozenClock
from tests.issuing.keys import NEXT_PEPPERS, NOW, PEPPERS, PREFIX, TroubledKeys, draft

PEPPER_TEXT = json.dumps({"current": "2", "1": "one" * 12, "2": "two" * 12})


def accepts(keys: KeysInMemory, key: PresentedApiKey, *, after: float = 0) -> bool:
    """Return whether a function accepts `key`; it remembers nothing."""
    clock = FrozenClock(NOW + after)
    scheme = ApiKeyScheme(
        "machines",
        PREFIX,
        keys,
        PepperSource(lambda: PEPPER_TEXT, "test", clock),
        clock=clock,
        lives_seconds=(0, 0),
        cache_size=0,
        routes_per_key=True,
    )
    try:
        scheme.authenticate(key, key.reveal().split("_")[2])
    except CredentialError:
        return False
    return True


def test_a_key_is_good_until_its_rotation_is_over_and_the_new_one_until_it_is_revoked() -> None:
    keys = TroubledKeys()
    first = create_key(keys, draft(), PREFIX, PEPPERS)
    key_id = first.record.key_id
    assert accepts(keys, first.key)
    second = rotate_key(keys, key_id, PREFIX, NEXT_PEPPERS, now=NOW, old_ends_at=NOW + 60).issued
    assert [accepts(keys, first.key, after=s) for s in (0, 59.9, 60)] == [True, True, False]
    assert [accepts(keys, second.key, after=s) for s in (0, 59.9, 60)] == [True, True, True]
    third = rotate_key(keys, key_id, PREFIX, NEXT_PEPPERS, now=NOW, old_ends_at=NOW).issued
    assert [accepts(keys, i.key) for i in (first, second, third)] == [False, False, True]
    revoke_key(keys, key_id, NOW)
    assert not accepts(keys, third.key)


MOMENTS = st.none() | st.integers(NOW - 2, NOW + 2)


@given(MOMENTS, MOMENTS, MOMENTS, st.lists(MOMENTS, min_size=1, max_size=2))
def test_a_state_is_what_a_function_says(
    starts: int | None, ends: int | None, revoked: int | None, secrets: list[int | None]
) -> None:
    issued = [issue_key(draft(), PREFIX, PEPPERS).key for _ in secrets]
    key_id = issued[0].reveal().split("_")[2]
    stored: tuple[StoredSecret, ...] = tuple(
        stored_secret(key.reveal(), PEPPERS)._replace(not_after=end)
        for key, end in zip(issued, secrets, strict=True)
    )
    record = draft()._replace(
        key_id=key_id, secrets=stored, not_before=starts, expires_at=ends, revoked_at=revoked
    )
    live = [secret in live_secrets(record, NOW) for secret in stored]
    good = state_of(record, NOW) in ("active", "rotating")
    assert accepted(record, issued) == [good and is_live for is_live in live]


def accepted(record: KeyRecord, keys: list[PresentedApiKey]) -> list[bool]:
    """Return which of `keys` are accepted as that of `record`, whatever id they carry."""
    store, clock = KeysInMemory([record]), FrozenClock(NOW)
    source = PepperSource(lambda: PEPPER_TEXT, "test", clock)
    scheme = ApiKeyScheme(
        "machines", PREFIX, store, source,
        clock=clock, lives_seconds=(0, 0), cache_size=0, routes_per_key=True,
    )  # fmt: skip
    results = []
    for key in keys:
        try:
            scheme.authenticate(key, record.key_id)
        except RejectedCredential:
            results.append(False)
        else:
            results.append(True)
    return results


def test_the_secret_of_one_key_is_not_that_of_another() -> None:
    keys = TroubledKeys()
    issued = create_key(keys, draft(), PREFIX, PEPPERS)
    other = issue_key(draft(), PREFIX, PEPPERS)
    text = other.key.reveal().replace(other.record.key_id, issued.record.key_id)
    assert not accepts(keys, PresentedApiKey(text))

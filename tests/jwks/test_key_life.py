"""The life of a fetched set: when it is fetched again, and what becomes of its keys then."""

from collections.abc import Callable, Mapping

import pytest

from authorizers.errors import UntrustedCredential
from authorizers.jwks.cache import DEFAULT_TIMES
from authorizers.jwks.source import RemoteKeys
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

Events = list[tuple[str, Mapping[str, object]]]
Remote = Callable[..., RemoteKeys]

STALE_LIMIT = DEFAULT_TIMES.stale_limit_seconds
LIFE = DEFAULT_TIMES.default_life_seconds


def not_found(keys: RemoteKeys, key_id: str | None, algorithm: str = "ES256") -> str:
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, algorithm)
    return raised.value.code


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        (None, 600),
        ("max-age=1200", 1200),
        ("max-age=86400", 3600),
        ("max-age=5", 60),
        ("no-store", 60),
        ("no-cache, max-age=3000", 60),
        ("public", 600),
    ],
)
def test_the_life_of_a_set_has_a_floor_a_ceiling_and_a_default(
    issuer: FakeIssuer,
    remote: Remote,
    clock: FrozenClock,
    cache_control: str | None,
    seconds: float,
) -> None:
    issuer.cache_control = cache_control
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    clock.advance(seconds - 1)
    assert key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 1
    clock.advance(1)
    assert not key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 2


def test_a_frozen_environment_does_not_make_a_life_longer(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    clock.freeze_environment(LIFE)
    assert not key.usable(clock)
    keys.find("first", "ES256")
    assert keys.fetches == 2


def test_a_set_that_has_not_changed_is_revalidated_by_its_etag(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock, events: Events
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    for refresh in (1, 2):
        clock.advance(LIFE)
        assert keys.find("first", "ES256") is key
        assert key.usable(clock)
        assert issuer.requests[refresh].if_none_match is not None
    assert [fields["modified"] for name, fields in events if name == "keys_fetched"] == [
        True,
        False,
        False,
    ]


def test_an_etag_is_not_sent_once_the_set_has_been_given_up(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    clock.advance(STALE_LIMIT)
    assert keys.find("first", "ES256").usable(clock)
    assert issuer.requests[1].if_none_match is None


def test_a_key_that_stays_is_the_same_object_with_a_longer_life(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    key = keys.find("first", "ES256")
    new = issuer.rotate()
    clock.advance(LIFE)
    assert keys.find(new.key_id, "ES256").usable(clock)
    assert keys.find("first", "ES256") is key
    assert key.usable(clock)


def test_a_new_key_is_usable_after_one_refresh(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    new = issuer.rotate()
    assert keys.find(new.key_id, "ES256").key_id == new.key_id
    assert keys.fetches == 2


def test_a_withdrawn_key_dies_at_the_next_refresh(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    """Whoever remembers the key, such as a cache of verified tokens, sees it die."""
    keys = remote(issuer.jwks_uri)
    withdrawn = keys.find("first", "ES256")
    issuer.withdraw(issuer.key())
    new = issuer.rotate("ES256")
    assert withdrawn.usable(clock)
    assert keys.find(new.key_id, "ES256").usable(clock)
    assert not withdrawn.usable(clock)
    assert not_found(keys, "first") == "key_not_found"


def test_a_key_replaced_under_its_kid_dies(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    replaced = keys.find("first", "ES256")
    issuer.withdraw(issuer.key())
    issuer.rotate(key=SigningKey.generate("ES256", "first"))
    clock.advance(LIFE)
    assert keys.find("first", "ES256") is not replaced
    assert not replaced.usable(clock)

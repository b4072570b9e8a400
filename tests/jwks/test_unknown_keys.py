"""A kid that nobody knows: worth one fetch in the cooldown, and nothing is kept of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authorizers.errors import UntrustedCredential
from authorizers.jwks.cache import DEFAULT_TIMES
from authorizers.jwks.source import RemoteKeys
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import JWKS_PATH, FakeIssuer

Events = list[tuple[str, Mapping[str, object]]]
Remote = Callable[..., RemoteKeys]


def not_found(keys: RemoteKeys, key_id: str | None, algorithm: str = "ES256") -> str:
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, algorithm)
    return raised.value.code


def paths(issuer: FakeIssuer) -> list[str]:
    return [request.path for request in issuer.requests]


def holdings(value: Any, depth: int = 4) -> int:
    """Return how many containers' entries hang on an object."""
    if depth == 0:
        return 0
    if isinstance(value, dict | list | tuple | set):
        inner = list(value.values()) if isinstance(value, dict) else list(value)
        return len(inner) + sum(holdings(item, depth - 1) for item in inner)
    return holdings(getattr(value, "__dict__", ()), depth - 1)


def test_an_unknown_kid_is_fetched_for_once_in_the_cooldown(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    for n in range(50):
        assert not_found(keys, f"invented-{n}") == "key_not_found"
    assert keys.fetches == 2
    assert keys.state.cooling_down
    clock.advance(DEFAULT_TIMES.cooldown_seconds - 1)
    not_found(keys, "invented")
    assert keys.fetches == 2
    clock.advance(1)
    not_found(keys, "invented")
    assert keys.fetches == 3


def test_an_unknown_kid_at_a_cold_start_costs_no_second_fetch(
    issuer: FakeIssuer, remote: Remote
) -> None:
    keys = remote(issuer.jwks_uri)
    assert not_found(keys, "invented") == "key_not_found"
    assert not_found(keys, "invented") == "key_not_found"
    assert keys.fetches == 1


def test_an_unknown_algorithm_counts_as_an_unknown_key(issuer: FakeIssuer, remote: Remote) -> None:
    keys = remote(issuer.jwks_uri)
    for algorithm in ("RS256", "HS256", "none", ""):
        assert not_found(keys, "first", algorithm) == "key_not_found"
        assert not_found(keys, None, algorithm) == "key_not_found"
    assert keys.fetches == 1


def test_a_rotation_does_not_use_up_the_cooldown(issuer: FakeIssuer, remote: Remote) -> None:
    """A refresh that found its key was worth it: the next new key is fetched for at once."""
    keys = remote(issuer.jwks_uri)
    for _ in range(3):
        new = issuer.rotate()
        assert keys.find(new.key_id, "ES256").key_id == new.key_id
    assert not keys.state.cooling_down


def test_a_rotation_in_the_cooldown_is_seen_after_it(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    keys = remote(issuer.jwks_uri)
    not_found(keys, "invented")
    new = issuer.rotate()
    assert not_found(keys, new.key_id) == "key_not_found"
    clock.advance(DEFAULT_TIMES.cooldown_seconds)
    assert keys.find(new.key_id, "ES256").key_id == new.key_id


def test_an_ambiguous_key_is_no_reason_to_fetch(issuer: FakeIssuer, remote: Remote) -> None:
    issuer.rotate()
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    assert not_found(keys, None) == "key_ambiguous"
    assert not_found(keys, None) == "key_ambiguous"
    assert keys.fetches == 1


@pytest.mark.parametrize(
    "key_id",
    [
        "../../etc/passwd",
        "' OR 1=1 --",
        "$(reboot)",
        "http://evil.example/jwks",
        "\r\nX: y",
        "\ud800",
        "\x00",
        "k" * 100_000,
    ],
    ids=lambda key_id: repr(key_id)[:24],
)
def test_a_kid_is_data_and_nothing_else(
    issuer: FakeIssuer, remote: Remote, events: Events, key_id: str
) -> None:
    """RFC 8725 §3.10: it reaches no address, no error text and no log."""
    keys = remote(issuer.jwks_uri)
    with pytest.raises(UntrustedCredential) as raised:
        keys.find(key_id, "ES256")
    assert key_id not in str(raised.value)
    assert key_id not in repr(events)
    assert paths(issuer) == [JWKS_PATH]


def test_nothing_is_remembered_of_unknown_kids(
    issuer: FakeIssuer, remote: Remote, clock: FrozenClock
) -> None:
    """A negative cache would be filled by whoever invents kids; there is none."""
    keys = remote(issuer.jwks_uri)
    keys.find("first", "ES256")
    held = holdings(keys)
    for n in range(200):
        not_found(keys, f"invented-{n}")
        clock.advance(7)
    assert holdings(keys) == held

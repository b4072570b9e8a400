"""Keys at the address that the issuer's metadata names, fetched with it or after it."""

import pytest

from authorizers.errors import DependencyError
from authorizers.jwks.address import Discovery
from authorizers.jwks.cache import DEFAULT_TIMES
from authorizers.jwks.source import RemoteKeys
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import FaultyServer
from authorizers.testing.issuer import JWKS_PATH, METADATA_PATH, FakeIssuer
from authorizers.testing.signing_key import SigningKey

FIRST = SigningKey.generate("ES256", "first")
GOOD = faulty.respond_json({"keys": [FIRST.jwk()]})
LIFE = DEFAULT_TIMES.default_life_seconds


def unavailable(keys: RemoteKeys, key_id: str = "first") -> str:
    with pytest.raises(DependencyError) as raised:
        keys.find(key_id, "ES256")
    assert raised.value.code == "keys_unavailable"
    return raised.value.detail


def paths(issuer: FakeIssuer) -> list[str]:
    return [request.path for request in issuer.requests]


def discovered(issuer: FakeIssuer, clock: FrozenClock) -> RemoteKeys:
    address = Discovery(issuer.issuer, clock=clock, insecure_loopback_http="a test")
    return RemoteKeys(address, algorithms=["ES256"], clock=clock)


class SlowAddress:
    """An address that is found only after the deadline."""

    insecure_loopback_http = None

    def __init__(self, url: str) -> None:
        self.clock = FrozenClock()
        self.url = url
        self.seconds = 0.0

    def locate(self, fetch: object, seconds: float) -> str:
        self.seconds = seconds
        self.clock.advance(seconds)
        return self.url

    def forget(self) -> None:
        pass


def test_an_etag_is_not_sent_to_another_address(issuer: FakeIssuer, clock: FrozenClock) -> None:
    """Two addresses may use the same ETag for different sets."""
    keys = discovered(issuer, clock)
    keys.find("first", "ES256")
    issuer.metadata["jwks_uri"] = issuer.jwks_uri + "?moved"
    clock.advance(3600)
    assert keys.find("first", "ES256").key_id == "first"
    asked = issuer.requests[-1]
    assert (asked.path, asked.if_none_match) == (JWKS_PATH + "?moved", None)


def test_keys_are_discovered_from_the_issuer(issuer: FakeIssuer, clock: FrozenClock) -> None:
    keys = discovered(issuer, clock)
    keys.find("first", "ES256")
    clock.advance(LIFE)
    keys.find("first", "ES256")
    assert paths(issuer) == [METADATA_PATH, JWKS_PATH, JWKS_PATH]


def test_metadata_of_another_issuer_keeps_the_last_good_set(
    issuer: FakeIssuer, clock: FrozenClock
) -> None:
    keys = discovered(issuer, clock)
    key = keys.find("first", "ES256")
    issuer.metadata["issuer"] = "https://evil.example"
    clock.advance(3600)
    assert keys.find("first", "ES256") is key
    assert "another issuer" in str(keys.last_error)


def test_a_key_set_that_moved_is_found_by_discovering_again(
    issuer: FakeIssuer, clock: FrozenClock
) -> None:
    keys = discovered(issuer, clock)
    issuer.metadata["jwks_uri"] = issuer.jwks_uri + "/gone"
    unavailable(keys)
    del issuer.metadata["jwks_uri"]
    clock.advance(1)
    assert keys.find("first", "ES256").key_id == "first"


def test_one_deadline_covers_the_metadata_and_the_key_set() -> None:
    """The real clock: a server that is slow twice gets no second deadline."""
    with FaultyServer(GOOD) as server:
        address = SlowAddress(server.url)
        times = DEFAULT_TIMES._replace(fetch_deadline_seconds=0.5)
        keys = RemoteKeys(address, algorithms=["ES256"], times=times, clock=address.clock)
        with pytest.raises(DependencyError):
            keys.find("first", "ES256")
        assert address.seconds == 0.5
        assert server.requests == []

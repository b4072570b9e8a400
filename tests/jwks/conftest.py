"""An issuer over real HTTP, a clock that stands still, and a key source between them."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from authorizers.jwks.address import JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, RefreshTimes
from authorizers.jwks.source import RemoteKeys
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

LOOPBACK = "the issuer of this test is on this machine"


class Events(list[tuple[str, Mapping[str, object]]]):
    """What a key source told about itself."""

    def __call__(self, name: str, fields: Mapping[str, object]) -> None:
        self.append((name, fields))

    def named(self, name: str) -> list[Mapping[str, object]]:
        return [fields for seen, fields in self if seen == name]


Remote = Callable[..., RemoteKeys]


@pytest.fixture(scope="session")
def rsa_key() -> SigningKey:
    return SigningKey.generate("RS256", "rsa")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def issuer(clock: FrozenClock) -> Iterator[FakeIssuer]:
    key = SigningKey.generate("ES256", "first")
    with FakeIssuer(keys=(key,), clock=clock) as issuer:
        yield issuer


@pytest.fixture
def remote(clock: FrozenClock, events: Events) -> Remote:
    """Make a key source for an address, with the frozen clock and the recorded events."""

    def make(url: str, times: RefreshTimes = DEFAULT_TIMES) -> RemoteKeys:
        address = JwksUri(url, insecure_loopback_http=LOOPBACK)
        return RemoteKeys(
            address, algorithms=["ES256", "RS256"], clock=clock, times=times, on_event=events
        )

    return make

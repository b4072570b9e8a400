"""An issuer over real HTTP, a clock that stands still, and a key source between them."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from authorizers.jwks.address import JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, RefreshTimes
from authorizers.jwks.source import RemoteKeys
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey

PATIENT = DEFAULT_TIMES._replace(fetch_deadline_seconds=8)  # for a busy machine

Events = list[tuple[str, Mapping[str, object]]]


@pytest.fixture(scope="session")
def rsa_key() -> SigningKey:
    return SigningKey.generate("RS256", "rsa")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def events() -> Events:
    """What the key source of `remote` told about itself."""
    return []


@pytest.fixture
def issuer(clock: FrozenClock) -> Iterator[FakeIssuer]:
    key = SigningKey.generate("ES256", "first")
    with FakeIssuer(keys=(key,), clock=clock) as issuer:
        yield issuer


@pytest.fixture
def remote(clock: FrozenClock, events: Events) -> Callable[..., RemoteKeys]:
    """Make a key source for an address, with the frozen clock and the recorded events."""

    def make(url: str, times: RefreshTimes = PATIENT) -> RemoteKeys:
        return RemoteKeys(
            JwksUri(url, insecure_loopback_http="the issuer of this test is on this machine"),
            algorithms=["ES256", "RS256"],
            clock=clock,
            times=times,
            on_event=lambda name, fields: events.append((name, fields)),
        )

    return make

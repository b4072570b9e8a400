"""When the peppers are read, and what happens when they cannot be."""

import json

import pytest

from authorizers.api_key.pepper_source import RETRY_SECONDS, PepperSource
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.testing.clock import FrozenClock

OLD = {"current": "1", "1": "1" * 32}
NEW = {"current": "2", "1": "1" * 32, "2": "2" * 32}


class Secret:
    """A secret that counts who reads it; without a content, nobody can."""

    def __init__(self, content: object = None) -> None:
        self.content = content
        self.reads = 0

    def read(self) -> str:
        self.reads += 1
        if self.content is None:
            raise DependencyError("store_unavailable", "away")
        return json.dumps(self.content)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def test_peppers_are_read_once(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    assert secret.reads == 0
    assert source.digest(None, "text") == source.digest("1", "text")
    clock.advance(1_000_000)
    assert source.digest("1", "text")
    assert secret.reads == 1


def test_peppers_that_were_away_are_asked_for_at_the_next_request(clock: FrozenClock) -> None:
    secret = Secret()
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    for _ in range(2):
        with pytest.raises(DependencyError, match="store_unavailable"):
            source.digest(None, "text")
    secret.content = OLD
    assert source.digest(None, "text")
    assert secret.reads == 3


def test_a_new_pepper_is_found_when_a_digest_names_it(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    before = source.digest("1", "text")
    secret.content = NEW
    assert source.knows("2", look=True)
    assert source.digest("2", "text") == source.digest(None, "text")
    assert source.digest("1", "text") == before
    assert secret.reads == 2


def test_a_pepper_that_nobody_has_is_looked_for_once_in_a_while(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    assert not any(source.knows("9", look=False) for _ in range(5))
    assert secret.reads == 1
    assert not any(source.knows("9", look=True) for _ in range(5))
    assert secret.reads == 2
    clock.advance(RETRY_SECONDS)
    assert not source.knows("9", look=True)
    assert secret.reads == 3


@pytest.mark.parametrize("content", [None, {"current": "2", "2": "short"}], ids=["away", "invalid"])
def test_peppers_that_cannot_be_read_again_stay_as_they_are(
    clock: FrozenClock, content: object
) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    source.current()
    secret.content = content
    assert not source.knows("2", look=True)
    assert source.knows("1", look=True)
    assert source.digest("1", "text")


def test_without_any_peppers_nothing_is_known(clock: FrozenClock) -> None:
    with pytest.raises(DependencyError):
        PepperSource(Secret().read, "ssm:/pepper", clock).knows("1", look=True)
    with pytest.raises(ConfigurationError, match="pepper_invalid"):
        PepperSource(Secret({}).read, "ssm:/pepper", clock).knows("1", look=True)

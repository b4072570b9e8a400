"""When the peppers are read, and what happens when they cannot be."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from authorizers.api_key.pepper_source import RETRY_SECONDS, PepperSource
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
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
    assert source.made_up("text") == source.digest("1", "text", look=True)
    clock.advance(1_000_000)
    assert source.digest("1", "text", look=True)
    assert secret.reads == 1


def test_peppers_that_were_away_are_asked_for_at_the_next_request(clock: FrozenClock) -> None:
    secret = Secret()
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    for ask in (source.made_up, lambda text: source.digest("1", text, look=False)):
        with pytest.raises(DependencyError, match="store_unavailable"):
            ask("text")
    secret.content = OLD
    assert source.made_up("text")
    assert secret.reads == 3


def test_a_new_pepper_is_found_when_a_digest_names_it(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    before = source.digest("1", "text", look=True)
    secret.content = NEW
    assert source.digest("2", "text", look=False) is None
    assert source.digest("2", "text", look=True) == source.made_up("text")
    assert source.digest("1", "text", look=True) == before
    assert secret.reads == 2


def test_a_pepper_that_nobody_has_is_looked_for_once_in_a_while(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    assert all(source.digest("9", "text", look=False) is None for _ in range(5))
    assert secret.reads == 1
    assert all(source.digest("9", "text", look=True) is None for _ in range(5))
    assert secret.reads == 2
    clock.advance(RETRY_SECONDS)
    assert source.digest("9", "text", look=True) is None
    assert secret.reads == 3


@pytest.mark.parametrize("content", [None, {"current": "2", "2": "short"}], ids=["away", "invalid"])
def test_peppers_that_cannot_be_read_again_stay_as_they_are(
    clock: FrozenClock, content: object
) -> None:
    secret, told = Secret(OLD), list[AuthorizersError]()
    source = PepperSource(secret.read, "ssm:/pepper", clock, told.append)
    source.current()
    secret.content = content
    assert all(source.digest("2", "text", look=True) is None for _ in range(5))
    assert secret.reads == 2
    assert len(told) == 1
    assert source.digest("1", "text", look=True)


def test_without_any_peppers_there_is_no_digest(clock: FrozenClock) -> None:
    for content, error in ((None, DependencyError), ({}, ConfigurationError)):
        with pytest.raises(error):
            PepperSource(Secret(content).read, "ssm:/pepper", clock).digest("1", "x", look=True)


def test_threads_that_find_a_new_pepper_all_find_it(clock: FrozenClock) -> None:
    secret = Secret(OLD)
    source = PepperSource(secret.read, "ssm:/pepper", clock)
    source.current()
    secret.content = NEW
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: source.digest("2", "text", look=True), range(200)))
    assert None not in made
    assert secret.reads == 2

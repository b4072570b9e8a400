"""The keys that are shipped for tests: real ones, under a pepper that nobody else has."""

import json
from typing import Any

import pytest

from authorizers import Answers, build_authorizer, compile_document
from authorizers.api_key.format import parse_key
from authorizers.api_key.pepper import parse_peppers
from authorizers.errors import ConfigurationError, MalformedCredential
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import http_2_event
from authorizers.testing.keys import FakeKeys, mistyped

CLOCK = FrozenClock()
NOW = int(CLOCK.wall())


@pytest.fixture
def keys() -> FakeKeys:
    return FakeKeys("orders_test", clock=CLOCK)


def answered(keys: FakeKeys, key: str, pepper: str | None = None) -> bool:
    """Ask an authorizer whose document has the records of `keys`, as a user's test does."""
    api_key = {
        "prefix": keys.prefix,
        "pepper": "environment",
        "keys": {"records": keys.records()},
    }
    document = {
        "version": 1,
        "authenticate": {"machines": {"api_key": api_key}},
        "routes": {"GET /orders": {"scopes": {"any_of": ["orders:read"]}}},
    }
    authorizer = build_authorizer(
        compile_document(json.dumps(document)),
        answers=Answers("simple_uncached", "exception"),
        pepper=pepper or keys.pepper,
        clock=CLOCK,
    )
    answer: Any = authorizer(http_2_event(path="/orders", api_key=key))
    allowed: bool = answer["isAuthorized"]
    return allowed


def test_a_key_is_let_in_by_what_its_record_has(keys: FakeKeys) -> None:
    good, other = keys.issue(scopes=("orders:read",)), keys.issue(scopes=("profile",))

    assert answered(keys, good)
    assert not answered(keys, other)


def test_a_changed_record_counts_from_then_on(keys: FakeKeys) -> None:
    key = keys.issue(scopes=("orders:read",))
    keys.change(key, revoked_at=NOW)

    assert not answered(keys, key)
    assert keys.record(key).revoked_at == NOW


def test_both_keys_of_a_rotation_count_until_the_old_one_ends(keys: FakeKeys) -> None:
    old = keys.issue(scopes=("orders:read",))
    new = keys.rotate(old)

    assert old != new
    assert keys.record(old) == keys.record(new)
    assert answered(keys, old)
    assert answered(keys, new)


def test_after_a_rotation_at_once_the_old_one_is_nothing(keys: FakeKeys) -> None:
    old = keys.issue(scopes=("orders:read",))
    new = keys.rotate(old, old_until=NOW)

    assert not answered(keys, old)
    assert answered(keys, new)


def test_a_forged_key_is_well_formed_and_no_more(keys: FakeKeys) -> None:
    good = keys.issue(scopes=("orders:read",))
    invented, stolen_id = keys.forge(), keys.forge(good)

    assert parse_key(stolen_id).key_id == parse_key(good).key_id
    assert parse_key(invented).key_id not in {record["id"] for record in keys.records()}
    assert not answered(keys, invented)
    assert not answered(keys, stolen_id)


def test_a_mistyped_key_is_found_out_by_its_checksum(keys: FakeKeys) -> None:
    with pytest.raises(MalformedCredential, match="key_mistyped"):
        parse_key(mistyped(keys.issue()))


def test_no_two_have_the_same_pepper(keys: FakeKeys) -> None:
    key = keys.issue(scopes=("orders:read",))

    assert parse_peppers(keys.pepper, "it").current == "1"
    assert not answered(keys, key, pepper=FakeKeys().pepper)


def test_a_record_has_nothing_of_the_key_but_its_id(keys: FakeKeys) -> None:
    key = keys.issue(scopes=("orders:read",))

    assert key.rpartition("_")[2] not in json.dumps(keys.records())


def test_the_store_has_the_records_as_they_are_when_it_is_asked_for(keys: FakeKeys) -> None:
    key = keys.issue()
    before = keys.store()
    keys.change(key, owner="other")
    key_id = parse_key(key).key_id

    assert getattr(before.find(key_id), "owner", None) == "acme"
    assert getattr(keys.store().find(key_id), "owner", None) == "other"


def test_a_revoked_key_is_not_rotated(keys: FakeKeys) -> None:
    key = keys.issue(revoked_at=NOW)

    with pytest.raises(ConfigurationError, match="key_not_rotatable"):
        keys.rotate(key)


def test_a_key_of_another_is_not_known(keys: FakeKeys) -> None:
    with pytest.raises(KeyError):
        keys.record(FakeKeys("orders_test").issue())


def test_no_key_begins_with_what_is_no_prefix() -> None:
    with pytest.raises(ValueError, match="prefix"):
        FakeKeys("Orders-").issue()

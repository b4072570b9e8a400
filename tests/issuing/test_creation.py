"""A new key, and what is known of it after an error."""

import pytest

from authorizers.errors import DependencyError
from authorizers.issuing.creation import create_key
from authorizers.issuing.issue import IssuedKey, stored_secret
from tests.issuing.keys import AWAY, DENIED, PEPPERS, PREFIX, TroubledKeys, draft, raising

OTHER = draft("other")._replace(key_id="0" * 12, secrets=(stored_secret("other", PEPPERS),))


def created(keys: TroubledKeys) -> IssuedKey:
    return create_key(keys, draft(), PREFIX, PEPPERS)


def test_what_is_stored_is_the_digest_of_the_key() -> None:
    keys = TroubledKeys()
    issued = created(keys)
    stored = keys.find(issued.record.key_id)
    assert stored == issued.record
    assert stored.secrets[0].digest == PEPPERS.digest("1", issued.key.reveal())
    assert issued.key.reveal().startswith(f"{PREFIX}_{issued.record.key_id}_")


def test_a_taken_id_is_not_taken_again() -> None:
    """The first id is the one of a key that is there, the next one is not."""
    numbers = iter([*[0] * 44, *[0] * 12, *[1] * 44])
    keys = TroubledKeys([OTHER])
    issued = create_key(keys, draft(), PREFIX, PEPPERS, lambda _: next(numbers, 2))
    assert issued.record.key_id != "0" * 12
    other = keys.find("0" * 12)
    assert other is not None
    assert other.owner == "other"


def test_ids_that_are_always_taken_are_a_failure() -> None:
    keys = TroubledKeys([OTHER])
    with pytest.raises(DependencyError) as caught:
        create_key(keys, draft(), PREFIX, PEPPERS, lambda _: 0)
    assert caught.value.code == "key_id_taken"


def test_a_write_whose_answer_was_lost_has_created_the_key() -> None:
    keys = TroubledKeys()
    keys.after = raising(AWAY)
    issued = created(keys)
    assert keys.find(issued.record.key_id) == issued.record
    assert len(list(keys.all())) == 1


@pytest.mark.parametrize("error", [AWAY, DENIED], ids=["away", "denied"])
def test_a_write_that_did_not_happen_is_the_store_s_error(error: DependencyError) -> None:
    keys = TroubledKeys()
    keys.before = raising(error)
    with pytest.raises(DependencyError) as caught:
        created(keys)
    assert caught.value is error
    assert list(keys.all()) == []


def test_a_write_that_nobody_knows_of_names_the_id_and_no_secret() -> None:
    keys = TroubledKeys()
    keys.after = raising(AWAY)
    keys.reading = raising(AWAY)
    with pytest.raises(DependencyError) as caught:
        created(keys)
    assert caught.value.code == "key_creation_uncertain"
    (stored,) = keys.all()
    assert stored.key_id in caught.value.detail
    assert PREFIX not in str(caught.value)

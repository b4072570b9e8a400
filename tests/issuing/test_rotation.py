"""A new secret for a key, while others change it and while the store is in trouble."""

from typing import Any

import pytest

from authorizers.api_key.record import KeyRecord
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.issuing.issue import IssuedKey, issue_key
from authorizers.issuing.revocation import revoke_key
from authorizers.issuing.rotation import Rotation, rotate_key
from authorizers.issuing.state import state_of
from tests.issuing.keys import (
    AWAY,
    DENIED,
    NEXT_PEPPERS,
    NOW,
    PEPPERS,
    PREFIX,
    TroubledKeys,
    draft,
    raising,
)  # fmt: skip

HOUR = 3600


def stored(**members: Any) -> tuple[TroubledKeys, IssuedKey]:
    issued = issue_key(draft(), PREFIX, PEPPERS)
    record = issued.record._replace(**members)
    return TroubledKeys([record]), issued._replace(record=record)


def rotation(keys: TroubledKeys, key_id: str, **changes: Any) -> Rotation:
    times = {"now": NOW, "old_ends_at": NOW + HOUR, **changes}
    return rotate_key(keys, key_id, PREFIX, NEXT_PEPPERS, **times)


def found(keys: TroubledKeys, key_id: str) -> KeyRecord:
    record = keys.find(key_id)
    assert record is not None
    return record


def test_the_new_secret_is_under_the_current_pepper_and_the_old_one_ends() -> None:
    keys, old = stored()
    done = rotation(keys, old.record.key_id)
    first, second = found(keys, old.record.key_id).secrets
    assert first == old.record.secrets[0]._replace(not_after=NOW + HOUR)
    assert (second.pepper, second.not_after) == ("2", None)
    assert second.digest == NEXT_PEPPERS.digest("2", done.issued.key.reveal())
    assert done.issued.key.reveal() != old.key.reveal()
    assert (done.old_ends_at, done.doubt) == (NOW + HOUR, None)
    assert done.issued.record == found(keys, old.record.key_id)


def test_a_third_secret_is_refused_until_the_first_has_ended() -> None:
    keys, old = stored()
    key_id = old.record.key_id
    rotation(keys, key_id)
    before = found(keys, key_id)
    with pytest.raises(ConfigurationError, match="has two secrets") as caught:
        rotation(keys, key_id, now=NOW + HOUR - 1, old_ends_at=NOW + 2 * HOUR)
    assert caught.value.code == "key_not_rotatable"
    assert found(keys, key_id) == before
    rotation(keys, key_id, now=NOW + HOUR, old_ends_at=NOW + 2 * HOUR)
    secrets = found(keys, key_id).secrets
    assert [s.not_after for s in secrets] == [NOW + 2 * HOUR, None]
    assert secrets[0].digest == before.secrets[1].digest


def test_at_once_ends_every_old_secret() -> None:
    keys, old = stored()
    key_id = old.record.key_id
    rotation(keys, key_id)
    done = rotation(keys, key_id, old_ends_at=NOW)
    (only,) = found(keys, key_id).secrets
    assert only.digest == NEXT_PEPPERS.digest("2", done.issued.key.reveal())


def test_an_overlap_never_makes_a_secret_last_longer() -> None:
    keys, old = stored()
    key_id = old.record.key_id
    ending = old.record.secrets[0]._replace(not_after=NOW + 60)
    keys.replace(old.record._replace(secrets=(ending,)))
    assert rotation(keys, key_id).old_ends_at == NOW + 60


@pytest.mark.parametrize(
    "members",
    [{"revoked_at": NOW}, {"expires_at": NOW}, {"revoked_at": NOW + HOUR}],
    ids=["revoked", "expired", "revoked-later"],
)
def test_what_cannot_be_used_is_not_rotated(members: dict[str, int]) -> None:
    keys, old = stored(**members)
    with pytest.raises(ConfigurationError) as caught:
        rotation(keys, old.record.key_id)
    assert caught.value.code == "key_not_rotatable"
    assert keys.writes == []


def test_a_key_that_is_not_there_is_not_rotated() -> None:
    keys, _ = stored()
    with pytest.raises(ConfigurationError) as caught:
        rotation(keys, "0" * 12)
    assert caught.value.code == "key_not_found"


def test_what_another_operator_changed_meanwhile_stays_changed() -> None:
    keys, old = stored()
    key_id = old.record.key_id

    def interfere(_: str) -> None:
        keys.before = lambda _: None
        keys.replace(found(keys, key_id)._replace(labels={"team": "new"}))

    keys.before = interfere
    rotation(keys, key_id)
    record = found(keys, key_id)
    assert (record.labels, len(record.secrets), record.version) == ({"team": "new"}, 2, 3)


def test_a_key_that_is_revoked_meanwhile_stays_revoked() -> None:
    keys, old = stored()

    def interfere(_: str) -> None:
        keys.before = lambda _: None
        revoke_key(keys, old.record.key_id, NOW)

    keys.before = interfere
    with pytest.raises(ConfigurationError, match="is revoked"):
        rotation(keys, old.record.key_id)
    assert state_of(found(keys, old.record.key_id), NOW) == "revoked"


def test_a_key_that_is_changed_all_the_time_is_given_up() -> None:
    keys, old = stored()

    def interfere(_: str) -> None:
        super(TroubledKeys, keys).replace(found(keys, old.record.key_id))

    keys.before = interfere
    with pytest.raises(DependencyError) as caught:
        rotation(keys, old.record.key_id)
    assert caught.value.code == "key_contended"
    assert keys.writes == ["replace"] * 5


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_rotates_once(moment: str) -> None:
    keys, old = stored()
    setattr(keys, moment, raising(AWAY))
    done = rotation(keys, old.record.key_id)
    assert done.doubt is None
    assert len(found(keys, old.record.key_id).secrets) == 2
    new = found(keys, old.record.key_id).secrets[1]
    assert new.digest == NEXT_PEPPERS.digest("2", done.issued.key.reveal())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_rotation_that_nobody_knows_of_hands_out_the_key_and_says_so(moment: str) -> None:
    keys, old = stored()
    setattr(keys, moment, raising(AWAY))
    keys.reading = raising(None, None, AWAY)
    done = rotation(keys, old.record.key_id)
    assert done.doubt is not None
    assert old.record.key_id in done.doubt.detail
    assert done.issued.key.reveal() not in done.doubt.detail
    keys.reading = raising()
    written = len(found(keys, old.record.key_id).secrets) == 2
    assert written == (moment == "after")


def test_a_refused_write_has_no_doubt() -> None:
    keys, old = stored()
    keys.before = raising(DENIED)
    with pytest.raises(DependencyError) as caught:
        rotation(keys, old.record.key_id)
    assert caught.value is DENIED
    assert keys.writes == ["replace"]


def test_revoking_twice_keeps_the_first_moment() -> None:
    keys, old = stored()
    assert revoke_key(keys, old.record.key_id, NOW)[1] is True
    assert revoke_key(keys, old.record.key_id, NOW + 9)[1] is False
    assert found(keys, old.record.key_id).revoked_at == NOW


def test_a_revocation_whose_answer_was_lost_is_one() -> None:
    keys, old = stored()
    keys.after = raising(AWAY)
    record, changed = revoke_key(keys, old.record.key_id, NOW)
    assert (record.revoked_at, changed) == (NOW, True)


def test_a_revocation_that_nobody_knows_of_is_an_error() -> None:
    keys, old = stored()
    keys.after = raising(AWAY)
    keys.reading = raising(None, None, AWAY)
    with pytest.raises(DependencyError) as caught:
        revoke_key(keys, old.record.key_id, NOW)
    assert caught.value.code == "key_change_uncertain"


def test_a_revocation_survives_a_rotation_that_is_faster() -> None:
    keys, old = stored()

    def interfere(_: str) -> None:
        keys.before = lambda _: None
        rotation(keys, old.record.key_id)

    keys.before = interfere
    revoke_key(keys, old.record.key_id, NOW)
    record = found(keys, old.record.key_id)
    assert (record.revoked_at, len(record.secrets)) == (NOW, 2)


@pytest.mark.parametrize("end", [NOW, NOW + HOUR], ids=["at once", "later"])
def test_of_two_rotations_at_once_only_the_first_hands_out_a_key(end: int) -> None:
    keys, old = stored()
    key_id = old.record.key_id
    first: list[Rotation] = []

    def interfere(_: str) -> None:
        keys.before = lambda _: None
        first.append(rotation(keys, key_id, old_ends_at=NOW))

    keys.before = interfere
    with pytest.raises(ConfigurationError, match="rotated by somebody else") as caught:
        rotation(keys, key_id, old_ends_at=end)
    assert caught.value.code == "key_not_rotatable"
    (only,) = found(keys, key_id).secrets
    assert only.digest == NEXT_PEPPERS.digest("2", first[0].issued.key.reveal())


def test_the_old_secret_does_not_outlive_the_key() -> None:
    keys, old = stored(expires_at=NOW + 60)
    assert rotation(keys, old.record.key_id).old_ends_at == NOW + 60
    assert found(keys, old.record.key_id).secrets[0].not_after == NOW + 60

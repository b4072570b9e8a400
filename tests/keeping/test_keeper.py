"""What replaces the last good list, and what never does."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.keeping.keeper import MEDIA_TYPE
from authorizers.mtls.path.trust import Trust
from tests.keeping.world import (
    DAY,
    HOUR,
    LIST,
    NO_SIGN,
    NOW,
    ROOT,
    STRANGER,
    URL,
    World,
    published,
)

WEEK = 7 * 86_400


def scope(**changes: Any) -> x509.IssuingDistributionPoint:
    """Return a scope that leaves nothing out, but for what `changes` say."""
    whole: dict[str, Any] = dict.fromkeys(
        (
            "only_contains_user_certs",
            "only_contains_ca_certs",
            "indirect_crl",
            "only_contains_attribute_certs",
        ),
        False,
    )
    whole |= {"full_name": None, "relative_name": None, "only_some_reasons": None}
    return x509.IssuingDistributionPoint(**whole | changes)


def test_the_first_list_is_put_where_nothing_is(world: World) -> None:
    world.published[URL] = published(7)

    outcome = world.keep()

    assert (outcome.result, outcome.seconds_to_next_update) == ("replaced", WEEK)
    assert world.kept() == world.published[URL]
    found = world.client.head_object(Bucket=LIST.bucket, Key=LIST.key)
    assert found["ContentType"] == MEDIA_TYPE


def test_a_newer_list_replaces_the_last_one(world: World) -> None:
    world.put(published(7, days=1))
    world.published[URL] = published(7, 8, number=2)

    assert world.keep().result == "replaced"
    assert world.kept() == world.published[URL]


def test_a_list_that_is_kept_already_is_not_written(world: World) -> None:
    world.published[URL] = published(7)
    world.put(world.published[URL])

    outcome = world.keep()

    assert (outcome.result, outcome.seconds_to_next_update) == ("unchanged", WEEK)
    assert world.writes == 0


def test_a_list_of_the_anchor_itself_is_kept_too(world: World) -> None:
    world.published[URL] = published(7, authority=ROOT)

    assert world.keep().result == "replaced"


STRANGE = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b""), True)
WRONG: dict[str, tuple[bytes, str]] = {
    "of an authority that nobody trusts": (published(authority=STRANGER), "crl_issuer_unknown"),
    "forged under a trusted name": (published(signing_key=STRANGER.key), "crl_signature_invalid"),
    "of an authority that may not sign lists": (
        published(authority=NO_SIGN),
        "crl_issuer_may_not_sign",
    ),
    "expired": (published(life=(DAY * 2, -DAY)), "crl_expired"),
    "of tomorrow": (published(life=(-DAY, DAY * 7)), "crl_not_yet_valid"),
    "signed over SHA-224": (published(hash_algorithm=hashes.SHA224()), "crl_algorithm_weak"),
    "with an extension that nobody knows": (
        published(extensions=[STRANGE]),
        "crl_extension_unknown",
    ),
    "no list at all": (b"<html>Moved</html>", "crl_malformed"),
    "cut off": (published(7)[:-9], "crl_malformed"),
    "empty": (b"", "crl_malformed"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_list_never_replaces_a_good_one(world: World, what: str) -> None:
    data, code = WRONG[what]
    good = published(7, days=2)
    world.put(good)
    world.published[URL] = data

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", code)
    assert outcome.seconds_to_next_update == 2 * 86_400
    assert world.kept() == good


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_list_is_not_kept_where_nothing_is(world: World, what: str) -> None:
    world.published[URL], code = WRONG[what]

    outcome = world.keep()

    assert (outcome.result, outcome.code, outcome.seconds_to_next_update) == ("failed", code, 0)
    assert world.kept() is None


@pytest.mark.parametrize(
    "older",
    [
        {"number": 4},
        {"number": 5, "life": (DAY * 2, DAY * 30)},
        {"number": 6, "life": (DAY * 2, DAY * 30)},
    ],
    ids=["a lower number", "an earlier date", "a higher number of an earlier date"],
)
def test_an_older_list_is_refused_however_long_it_holds(
    world: World, older: dict[str, Any]
) -> None:
    """Over http anybody on the way can send a list again from before a certificate was revoked."""
    code = "crl_number_lower" if older["number"] < 5 else "crl_older"
    world.put(published(7, number=5))
    kept = world.kept()
    world.published[URL] = published(**{"days": 30} | older)

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", code)
    assert world.kept() == kept


def test_a_list_that_is_kept_and_cannot_be_used_is_replaced(world: World) -> None:
    for bad in (b"garbage", published(authority=STRANGER), published(life=(DAY * 9, -DAY))):
        world.put(bad)
        world.published[URL] = published(7)

        assert world.keep().result == "replaced"


@pytest.mark.parametrize(
    "bad",
    [b"garbage", published(authority=STRANGER), published(life=(DAY * 9, -DAY))],
    ids=["garbage", "stranger", "expired"],
)
def test_a_list_that_cannot_be_used_has_no_time_left(world: World, bad: bytes) -> None:
    """Authorizers do not use it either, whatever its date says."""
    world.put(bad)

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", "http_unavailable")
    assert outcome.seconds_to_next_update == 0


def test_when_fetching_fails_the_kept_list_still_tells_its_time(world: World) -> None:
    world.put(published(7, days=3))

    outcome = world.keep(now=NOW + 86_400)

    assert (outcome.result, outcome.code) == ("failed", "http_unavailable")
    assert outcome.seconds_to_next_update == 2 * 86_400


def test_what_changed_meanwhile_is_not_overwritten(world: World) -> None:
    world.put(published(7))
    newer = published(7, 8, number=9)

    class Meanwhile(dict[str, bytes]):
        def __contains__(self, url: object) -> bool:
            world.put(newer)
            return True

        def __getitem__(self, url: str) -> bytes:
            return published(7, number=2)

    world.published = Meanwhile()

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", "store_conflict")
    assert world.kept() == newer


def test_a_bucket_that_is_not_there_fails_the_list(world: World) -> None:
    world.published[URL] = published(7)

    outcome = world.keep(LIST._replace(bucket="no-such-bucket"))

    assert (outcome.result, outcome.code) == ("failed", "store_not_found")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DependencyError("store_unavailable", "away"), "store_unavailable"),
        (ConfigurationError(Problem("trust", "wrong")), "configuration_invalid"),
        (RuntimeError("secret"), "internal_error"),
    ],
    ids=["away", "wrong", "foreign"],
)
def test_without_trust_nothing_is_checked_or_replaced(
    world: World, error: Exception, code: str
) -> None:
    world.published[URL] = published(7)
    world.trust = error

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", code)
    assert "secret" not in outcome.detail
    assert world.kept() is None


def test_trust_that_changed_refuses_the_lists_of_before(world: World) -> None:
    world.put(published(7))
    world.published[URL] = published(7, number=2)
    world.trust = Trust([STRANGER.certificate])

    outcome = world.keep()

    assert (outcome.result, outcome.seconds_to_next_update) == ("failed", 0)


def test_an_expired_authority_signs_no_list(world: World) -> None:
    old = ROOT.subordinate("Old CA", life=(timedelta(days=20), -HOUR))
    world.trust = Trust([ROOT.certificate], [old.certificate])
    world.published[URL] = published(7, authority=old)

    assert world.keep().result == "failed"


FOR_AUTHORITIES = (scope(only_contains_ca_certs=True), True)
OTHERS: dict[str, bytes] = {
    "of another authority": published(7, number=9, authority=ROOT),
    "of another scope": published(
        7, number=9, extensions=[(scope(only_contains_ca_certs=True), True)]
    ),
    "of changes alone": published(7, number=9, extensions=[(x509.DeltaCRLIndicator(1), True)]),
}


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("days", [2, -0.5], ids=["while it holds", "when it has expired"])
def test_another_good_list_does_not_replace_the_one_of_this_place(
    world: World, what: str, days: float
) -> None:
    """Whoever swaps two lists on the way hides all that only one of them says."""
    kept = published(7, days=days)
    world.put(kept)
    world.published[URL] = OTHERS[what]

    outcome = world.keep()

    assert (outcome.result, outcome.code) == ("failed", "crl_other_list")
    assert world.kept() == kept

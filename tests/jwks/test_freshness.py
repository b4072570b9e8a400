"""How long a response stays fresh, by RFC 9111; what cannot be read is stale."""

import pytest

from authorizers.jwks.freshness import lifetime_seconds

NOW = 1_800_000_000.0
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
HOUR_LATER = "Sun, 06 Nov 1994 09:49:37 GMT"


def lifetime(**headers: str) -> float | None:
    return lifetime_seconds({k.replace("_", "-"): v for k, v in headers.items()}, NOW)


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("max-age=600", 600),
        ("public, max-age=19845, must-revalidate, no-transform", 19845),
        ("MAX-AGE=600", 600),
        ('max-age="600"', 600),
        ("max-age=600, max-age=5", 600),
        ("max-age=0", 0),
        ("max-age=99999999999999999999999", 2**31),
        ("max-age=" + "9" * 5000, 2**31),
        ("no-store", 0),
        ("no-cache", 0),
        ("max-age=600, no-cache", 0),
        ('no-cache="set-cookie", max-age=600', 0),
        ("No-Store, max-age=600", 0),
        ("max-age", 0),
        ("max-age=", 0),
        ("max-age=-1", 0),
        ("max-age=6e2", 0),
        ("max-age=1.5", 0),
        ("max-age=\u0661", 0),
        ("max-age = 600", 0),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_cache_control(cache_control: str, seconds: float) -> None:
    assert lifetime(Cache_Control=cache_control) == seconds


@pytest.mark.parametrize(
    "cache_control",
    ["", "public", "s-maxage=600", "x-max-age=600", 'ext="max-age=600"', ",,;;=", '"'],
)
def test_cache_control_that_says_nothing_about_the_life(cache_control: str) -> None:
    assert lifetime(Cache_Control=cache_control) is None


@pytest.mark.parametrize(("age", "seconds"), [("100", 500), ("601", 0), ("x", 600), ("-5", 600)])
def test_the_age_that_a_response_has_already_is_taken_off(age: str, seconds: float) -> None:
    assert lifetime(Cache_Control="max-age=600", Age=age) == seconds


def test_expires_counts_from_the_date_of_the_response_not_from_our_clock() -> None:
    assert lifetime(Expires=HOUR_LATER, Date=DATE) == 3600
    assert lifetime(Expires=HOUR_LATER, Date=DATE, Age="600") == 3000
    assert lifetime(Expires=DATE, Date=HOUR_LATER) == 0


def test_expires_counts_from_our_clock_when_the_response_has_no_date() -> None:
    assert lifetime(Expires="Fri, 15 Jan 2027 09:00:00 GMT") == 3600
    assert lifetime(Expires=HOUR_LATER) == 0


@pytest.mark.parametrize("expires", ["0", "-1", "", "tomorrow", "Sun, 99 Nov 1994 08:49:37 GMT"])
def test_expires_that_is_no_date_is_in_the_past(expires: str) -> None:
    assert lifetime(Expires=expires, Date=DATE) == 0


def test_max_age_is_stronger_than_expires() -> None:
    assert lifetime(Cache_Control="max-age=60", Expires=HOUR_LATER, Date=DATE) == 60


def test_a_response_may_say_nothing() -> None:
    assert lifetime() is None
    assert lifetime(Date=DATE, Age="7") is None

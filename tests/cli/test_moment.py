"""A moment as people write it."""

import pytest

from authorizers.api_key.record import problem_of_record
from authorizers.cli.moment import parse_moment, parse_time, render_moment

NOW = 1_800_000_000.5
LAST = 253_402_300_799  # 9999-12-31T23:59:59Z


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8h", 1_800_028_800),
        ("90d", 1_807_776_000),
        ("2998-01-01", 32_440_608_000),
        ("2998-01-01T00:00Z", 32_440_608_000),
        ("2998-01-01T02:00+02:00", 32_440_608_000),
        ("9999-12-31T23:59:59Z", LAST),
        ("9999-12-31T11:59:59-12:00", LAST),
    ],
)
def test_a_moment_is_seconds(text: str, seconds: int) -> None:
    assert parse_moment(text, NOW) == seconds
    record = {
        "id": "0" * 12,
        "owner": "a",
        "secrets": [{"hmac_sha256": "0" * 64, "pepper": "1"}],
        "created_at": 0,
    }
    assert problem_of_record({**record, "expires_at": seconds}) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0h",
        "-1h",
        "8",
        "8w",
        "1000000d",
        "2027-02-30",
        "2998-01-01T00:00",
        "2001-01-01",
        "2027-01-15T08:00:00Z",
        "9999-12-31T12:00:00-12:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31T23:59:59.5-23:59",
        "0001-01-01T00:00+23:59",
    ],
)
def test_what_is_no_moment_to_come_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a moment to come"):
        parse_moment(text, NOW)


def test_the_last_day_there_is_can_be_read_back() -> None:
    assert render_moment(LAST) == "9999-12-31T23:59:59Z"
    assert render_moment(LAST + 1) == str(LAST + 1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01", 0),
        ("2001-09-09T01:46:40Z", 1_000_000_000),
        ("2001-09-09T03:46:40+02:00", 1_000_000_000),
        ("2999-01-01", 32_472_144_000),
    ],
)
def test_a_time_may_lie_behind_or_ahead(text: str, seconds: int) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "now", "8h", "1969-12-31", "2001-09-09T01:46:40", "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a moment"):
        parse_time(text)

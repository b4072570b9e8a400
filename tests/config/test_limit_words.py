"""Rates and quotas in words: what is admitted is never more than what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from authorizers.config.document.limits import MAX_QUOTA, MAX_RATE_PER_SECOND, Limit

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}


def interval_us(rate: str) -> int:
    found = Limit.model_validate({"rate": rate, "burst": 1}).rate
    assert found is not None
    return found


@st.composite
def rates(draw: st.DrawFn) -> tuple[int, str]:
    unit = draw(st.sampled_from("smh"))
    return draw(st.integers(1, MAX_RATE_PER_SECOND * UNIT_SECONDS[unit])), unit


@given(rates())
def test_a_rate_never_admits_more_than_was_written(rate: tuple[int, str]) -> None:
    number, unit = rate
    assert interval_us(f"{number}/{unit}") * number >= 1_000_000 * UNIT_SECONDS[unit]


@given(rates())
def test_a_rate_admits_nearly_what_was_written(rate: tuple[int, str]) -> None:
    """One microsecond less between requests would be too many: no rate is rounded further."""
    number, unit = rate
    interval = interval_us(f"{number}/{unit}")
    assert (interval - 1) * number < 1_000_000 * UNIT_SECONDS[unit]
    assert interval * number <= 1_000_000 * UNIT_SECONDS[unit] * 1.001


@pytest.mark.parametrize(
    ("rate", "microseconds"),
    [
        ("1/s", 1_000_000),
        ("3/s", 333_334),
        ("1000/s", 1_000),
        ("7/m", 8_571_429),
        ("60000/m", 1_000),
        ("1/h", 3_600_000_000),
        ("3600000/h", 1_000),
        ("0005/s", 200_000),
    ],
)
def test_known_rates(rate: str, microseconds: int) -> None:
    assert interval_us(rate) == microseconds


@given(st.integers(1, MAX_QUOTA), st.sampled_from(["day", "week", "month"]))
def test_a_quota_is_what_was_written(number: int, period: str) -> None:
    limit = Limit.model_validate({"quota": f"{number}/{period}"})
    assert limit.quota == {"limit": number, "period": period}


@given(st.sampled_from("smh"), st.integers(min_value=1))
def test_a_rate_beyond_what_one_item_takes_is_refused(unit: str, more: int) -> None:
    with pytest.raises(ValidationError):
        interval_us(f"{MAX_RATE_PER_SECOND * UNIT_SECONDS[unit] + more}/{unit}")


@given(
    st.text(max_size=12)
    | st.from_regex(r"[+-]?[0-9 .]{1,4}/[a-z]{1,5}", fullmatch=True)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(st.just("5/s"), max_size=2)
)
def test_any_other_value_is_refused_in_one_way(value: object) -> None:
    """Whatever is taken has a number above nothing, in ASCII, and one of the units."""
    for name, units in (("rate", "smh"), ("quota", ("day", "week", "month"))):
        try:
            Limit.model_validate({name: value, "burst": 1})
        except ValidationError as error:
            assert error.error_count() == 1  # noqa: PT017 - what is taken is looked at as well
            continue
        number, _, unit = str(value).partition("/")
        assert number.isascii()
        assert int(number) > 0
        assert unit in units

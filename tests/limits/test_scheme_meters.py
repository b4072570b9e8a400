"""Meters of several schemes."""

import pytest

from authorizers.errors import ConfigurationError
from authorizers.limits.scheme_meters import SchemeMeters
from tests.limits.plans import compiled, plan, quota
from tests.limits.worlds import meter


@pytest.fixture
def meters() -> SchemeMeters:
    one, five = (compiled(free=plan(quota(limit))) for limit in (1, 5))
    return SchemeMeters({"robots": meter(one), "machines": meter(five)})


@pytest.mark.parametrize(("name", "expected"), [("robots|a|b", 1), ("machines|a", 5)])
def test_the_meter_of_the_scheme_counts(meters: SchemeMeters, name: str, expected: int) -> None:
    assert sum(meters.draw(name, "free", ()) is None for _ in range(9)) == expected
    assert meters.limits(name, "free")
    assert not meters.limits(name, None)


@pytest.mark.parametrize("name", ["staff|a", "robot|a", "robots2|a", "|robots", ""])
def test_a_scheme_without_limits_has_none(meters: SchemeMeters, name: str) -> None:
    assert all(meters.draw(name, "free", ()) is None for _ in range(9))
    assert not meters.limits(name, "free")


def test_a_plan_is_looked_for_in_the_scheme(meters: SchemeMeters) -> None:
    with pytest.raises(ConfigurationError):
        meters.limits("robots|a", "pro")

"""Stores that are down, under both choices."""

from typing import Any

import pytest

from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError, Problem
from tests.limits.plans import compiled, plan, quota, rate
from tests.limits.worlds import KEY, Down, Watched, admitted, meter


@pytest.mark.parametrize("code", ["store_unavailable", "store_not_found", "store_access_denied"])
def test_with_deny_nobody_is_admitted_who_cannot_be_counted(code: str) -> None:
    unmetered: list[AuthorizersError] = []
    down = meter(compiled("deny", free=plan(rate(1, 1))), Down(code), unmetered=unmetered)
    with pytest.raises(DependencyError) as caught:
        down.draw(KEY, "free", ())
    assert (caught.value.code, unmetered) == (code, [])


def test_with_allow_unmetered_an_outage_admits_everybody_and_each_is_told_of() -> None:
    unmetered: list[AuthorizersError] = []
    code = "store_unavailable"
    down = meter(compiled("allow_unmetered", free=plan(rate(1, 1))), Down(code), None, unmetered)
    assert admitted(down.draw, 3) == 3
    assert [error.code for error in unmetered] == [code] * 3


@pytest.mark.parametrize(
    "code", ["store_not_found", "store_access_denied", "usage_throttled", "usage_refused"]
)
def test_what_is_no_outage_admits_nobody_under_any_choice(code: str) -> None:
    unmetered: list[AuthorizersError] = []
    down = meter(compiled("allow_unmetered", free=plan(rate(1, 1))), Down(code), None, unmetered)
    with pytest.raises(DependencyError) as caught:
        down.draw(KEY, "free", ())
    assert (caught.value.code, unmetered) == (code, [])


def test_what_is_known_to_be_reached_is_refused_also_while_the_store_is_down() -> None:
    counters, unmetered = Watched(), list[AuthorizersError]()
    limits = compiled("allow_unmetered", free=plan(quota(1)))
    limited = meter(limits, counters, unmetered=unmetered)
    limited.draw(KEY, "free", ())
    counters.inner = Down()
    over = limited.draw(KEY, "free", ())
    assert over is not None
    assert over.code == "quota_exceeded"
    assert unmetered == []


def test_an_error_that_is_not_about_the_store_is_not_admitted_by_any_choice() -> None:
    class Missing(Down):
        def change(self, *_: object) -> Any:
            raise ConfigurationError(Problem("dynamodb:T", "needs boto3"))

    limited = meter(compiled("allow_unmetered", free=plan(rate(1, 1))), Missing())
    with pytest.raises(ConfigurationError):
        limited.draw(KEY, "free", ())

"""Which limits a key has, and limits that are not whole."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.limits.period import DAY_SECONDS
from authorizers.limits.plan import MAX_ITEM_BYTES, Plans
from tests.limits.plans import both, compiled, none, plan, quota, rate

FREE = plan(both(200_000, 10, 1000), POST_orders=quota(100))


def attributes(plans: Plans, name: str | None, route: str | None) -> list[str]:
    return [limit.attribute for limit in plans.limits(name, () if route is None else (route,))]


def test_a_route_is_limited_by_the_plan_and_by_its_own_limits() -> None:
    plans = Plans(compiled(free=FREE))
    everywhere = ["bucket/200000/10", "quota/day"]
    assert attributes(plans, "free", None) == everywhere
    assert attributes(plans, "free", "GET /orders") == everywhere
    assert attributes(plans, "free", "POST /orders") == [*everywhere, "quota/day POST /orders"]


def test_a_key_without_a_plan_has_the_one_that_the_document_names_or_none() -> None:
    named = Plans(compiled(without_plan="free", free=FREE))
    assert attributes(named, None, None) == attributes(named, "free", None)
    assert named.limit_anything(None)
    unlimited = Plans(compiled(free=FREE))
    assert attributes(unlimited, None, "POST /orders") == []
    assert not unlimited.limit_anything(None)
    assert unlimited.limit_anything("free")


def test_a_plan_of_routes_alone_limits_something() -> None:
    plans = Plans(compiled(free=plan(none(), GET_a=rate(1, 1))))
    assert plans.limits("free", ("GET /b",)) == ()
    assert plans.limit_anything("free")


@pytest.mark.parametrize("name", ["pro", "Free", "", "free "])
def test_a_plan_that_the_document_does_not_have_is_an_error_and_not_unlimited(name: str) -> None:
    plans = Plans(compiled(without_plan="free", free=FREE))
    for ask in (lambda: plans.limits(name, ()), lambda: plans.limit_anything(name)):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert caught.value.code == "usage_plan_unknown"


def test_counters_live_longer_than_any_period_and_than_it_takes_to_fill_a_bucket() -> None:
    short = Plans(compiled(free=plan(rate(1, 1)))).life_seconds
    assert short == 32 * DAY_SECONDS
    slow = plan(rate(1, 1), GET_a=rate(3_600_000_000, 1_000))
    assert Plans(compiled(free=slow)).life_seconds == 1_000 * 3600 + DAY_SECONDS


def broken(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    value = compiled(free=plan(both(5, 10, 1000), GET_a=quota(1)))
    change(value)
    return value


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("plans"),
        lambda d: d.update(plans={}),
        lambda d: d.update(plans=[]),
        lambda d: d.update(when_unavailable="allow"),
        lambda d: d.update(when_unavailable=None),
        lambda d: d.pop("when_unavailable"),
        lambda d: d.update(without_plan="pro"),
        lambda d: d.update(without_plan=False),
        lambda d: d.pop("without_plan"),
        lambda d: d.update(more=1),
        lambda d: d["plans"].update(free=None),
        lambda d: d["plans"].update(free=plan(none())),
        lambda d: d["plans"]["free"].pop("bucket"),
        lambda d: d["plans"]["free"].pop("quota"),
        lambda d: d["plans"]["free"].pop("routes"),
        lambda d: d["plans"]["free"].update(routes=None),
        lambda d: d["plans"]["free"].update(more=1),
        lambda d: d["plans"]["free"]["bucket"].pop("burst"),
        lambda d: d["plans"]["free"]["bucket"].update(burst=0),
        lambda d: d["plans"]["free"]["bucket"].update(burst=True),
        lambda d: d["plans"]["free"]["bucket"].update(burst=1.5),
        lambda d: d["plans"]["free"]["bucket"].update(interval_us=0),
        lambda d: d["plans"]["free"]["bucket"].update(interval_us=-5),
        lambda d: d["plans"]["free"]["bucket"].update(more=1),
        lambda d: d["plans"]["free"].update(bucket=[]),
        lambda d: d["plans"]["free"]["quota"].update(limit=0),
        lambda d: d["plans"]["free"]["quota"].update(limit=10**12),
        lambda d: d["plans"]["free"]["quota"].update(limit="1000"),
        lambda d: d["plans"]["free"]["quota"].update(period="year"),
        lambda d: d["plans"]["free"]["quota"].update(period=["day"]),
        lambda d: d["plans"]["free"]["quota"].pop("period"),
        lambda d: d["plans"]["free"].update(quota={}),
        lambda d: d["plans"]["free"]["routes"].update({"GET /a": none()}),
        lambda d: d["plans"]["free"]["routes"].update({"GET /a": None}),
        lambda d: d["plans"]["free"]["routes"].update({"": rate(1, 1)}),
        lambda d: d["plans"]["free"]["routes"].update({"GET /a": plan(rate(1, 1))}),
    ],
)  # fmt: skip
def test_limits_that_are_not_whole_are_refused(change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Plans(broken(change))
    assert caught.value.code == "configuration_invalid"


@pytest.mark.parametrize("value", [None, [], "limits", {}])
def test_what_is_no_object_of_limits_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError):
        Plans(value)


def test_a_plan_of_more_routes_than_an_item_holds_is_refused() -> None:
    def with_routes(number: int) -> dict[str, Any]:
        routes = {f"GET /{i:0100}": both(1, 1, 1) for i in range(number)}
        return compiled(free=none() | {"routes": routes})

    # Two counters a route: 105 bytes of its key, the kind, a space and a number.
    size = 2 * (105 + 21 + 1) + len("bucket/1/1quota/day")
    fits = MAX_ITEM_BYTES // size
    assert fits > 200
    Plans(with_routes(fits))
    with pytest.raises(ConfigurationError, match="more routes than one item can count"):
        Plans(with_routes(fits + 1))

"""
The limits of a compiled document: what each plan allows, on all routes together and on single ones.

What they mean was checked when the document was compiled; a limit that is not whole is refused
here all the same, because it would limit nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.limits.part import PER_DAY, Bucket, Limited, Quota
from authorizers.limits.period import DAY_SECONDS, LONGEST_DAYS, PERIODS

MAX_ITEM_BYTES = 64 * 1024  # DynamoDB takes 400 KB; a former document's counters are there for days
NUMBER_BYTES = 21  # Developer Guide, "DynamoDB Item sizes and formats": at most 38 digits
_CHOICES = ("deny", "allow_unmetered")


class Plan(NamedTuple):
    """The limits of one plan: on all routes together, and each route's own beside them."""

    everywhere: tuple[Limited, ...]
    by_route: Mapping[str, tuple[Limited, ...]]


class Plans:
    """
    The plans of one scheme.

    `life_seconds` is for how long counters matter after they were moved, and a day more. It is
    that of the longest period also where no plan has such a quota: another document's function may
    count in the same item.
    """

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        """
        `compiled` is the scheme's `limits` of the compiled document.

        Raises:
            ConfigurationError: it is not whole.
        """
        _require(_is_whole(compiled), "limits")
        self.allow_unmetered = compiled["when_unavailable"] == "allow_unmetered"
        self._plans = {name: _load_plan(name, plan) for name, plan in compiled["plans"].items()}
        self._without_plan: str | None = compiled["without_plan"]
        _require(self._without_plan in {None, *self._plans}, "limits.without_plan")
        buckets = [limits["bucket"] for limits in _all_limits(compiled) if limits["bucket"]]
        full_us = max((bucket["interval_us"] * bucket["burst"] for bucket in buckets), default=0)
        self.life_seconds = max(LONGEST_DAYS * DAY_SECONDS, full_us // 1_000_000) + DAY_SECONDS

    def limits(self, plan: str | None, routes: tuple[str, ...]) -> tuple[Limited, ...]:
        """
        Return what limits a key of `plan` on a request that may be for any of `routes`.

        Raises:
            ConfigurationError: `usage_plan_unknown`.
        """
        found = self._find(plan)
        if found is None:
            return ()
        own = [limit for r in dict.fromkeys(routes) for limit in found.by_route.get(r, ())]
        return (*found.everywhere, *own) if own else found.everywhere

    def limit_anything(self, plan: str | None) -> bool:
        """
        Return whether a key of `plan` is limited on any route.

        Raises:
            ConfigurationError: `usage_plan_unknown`.
        """
        found = self._find(plan)
        return found is not None and bool(found.everywhere or found.by_route)

    def _find(self, name: str | None) -> Plan | None:
        if name is None:
            name = self._without_plan
        if name is None:
            return None
        plan = self._plans.get(name)
        if plan is None:
            problem = "a key's record names a usage plan that the document does not have"
            raise ConfigurationError(Problem("limits.plans", problem), code="usage_plan_unknown")
        return plan


def _load_plan(name: str, plan: Any) -> Plan:
    place = f"limits.plans.{name}"
    _require(_is_limits(plan, {"bucket", "quota", "routes"}), place)
    _require(isinstance(plan["routes"], dict), place)
    everywhere = tuple(_load_limits(plan, ""))
    by_route = {}
    for route, limits in plan["routes"].items():
        _require(_is_limits(limits, {"bucket", "quota"}), place)
        of_route = tuple(_load_limits(limits, f" {route}"))
        _require(bool(route and of_route), place)
        by_route[route] = of_route
    _require(bool(everywhere or by_route), place)
    attributes = {
        limit.attribute for limits in (everywhere, *by_route.values()) for limit in limits
    }
    if sum(len(attribute.encode()) + NUMBER_BYTES for attribute in attributes) > MAX_ITEM_BYTES:
        raise ConfigurationError(Problem(place, "limits more routes than one item can count"))
    return Plan(everywhere, by_route)


def _load_limits(limits: Mapping[str, Any], suffix: str) -> Iterator[Limited]:
    bucket, quota = limits["bucket"], limits["quota"]
    if bucket is not None:
        yield Bucket(bucket["interval_us"], bucket["burst"], suffix)
    if quota is not None:
        yield Quota(quota["limit"], quota["period"], suffix)


def _all_limits(compiled: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for plan in compiled["plans"].values():
        yield plan
        yield from plan["routes"].values()


def _require(whole: bool, place: str) -> None:
    if not whole:
        raise ConfigurationError(Problem(place, "is not whole; compile the document again"))


def _is_whole(compiled: object) -> bool:
    return (
        isinstance(compiled, dict)
        and compiled.keys() == {"dynamodb", "when_unavailable", "without_plan", "plans"}
        and compiled["when_unavailable"] in _CHOICES
        and isinstance(compiled["without_plan"], str | None)
        and isinstance(compiled["plans"], dict)
        and bool(compiled["plans"])
    )


def _is_limits(limits: object, members: set[str]) -> bool:
    if not isinstance(limits, dict) or limits.keys() != members:
        return False
    bucket, quota = limits["bucket"], limits["quota"]
    return (bucket is None or _is_bucket(bucket)) and (quota is None or _is_quota(quota))


def _is_bucket(bucket: object) -> bool:
    return (
        isinstance(bucket, dict)
        and bucket.keys() == {"interval_us", "burst"}
        and all(type(number) is int and number >= 1 for number in bucket.values())
    )


def _is_quota(quota: object) -> bool:
    return (
        isinstance(quota, dict)
        and quota.keys() == {"limit", "period"}
        and type(quota["limit"]) is int
        and 1 <= quota["limit"] < PER_DAY
        and isinstance(quota["period"], str)
        and quota["period"] in PERIODS
    )

"""The `api_key` schemes of a compiled document: whether they are ours and whole."""

from collections.abc import Mapping
from typing import Any

_MEMBERS = (
    ("prefix", str),
    ("pepper", dict),
    ("keys", dict),
    ("life_seconds", int),
    ("miss_life_seconds", int),
    ("routes_per_key", bool),
)
_PEPPER_KINDS = ("ssm", "secretsmanager", "file", "environment")
_KEYS = {"dynamodb": str, "file": str, "records": list}
_KEY_FROM = {"header": str, "query": str}
_PERIODS = ("day", "week", "month")
_WHEN_UNAVAILABLE = ("deny", "allow_unmetered")


def is_key_from(value: object) -> bool:
    """Return whether `value` is the one place where a key is looked for."""
    return _is_one_of(value, _KEY_FROM)


def is_api_key(api_key: Mapping[str, Any]) -> bool:
    """Return whether a scheme of API keys is whole."""
    return (
        all(type(api_key.get(name)) is kind for name, kind in _MEMBERS)
        and api_key["prefix"] != ""
        and _is_pepper(api_key["pepper"])
        and _is_one_of(api_key["keys"], _KEYS)
        and min(api_key["life_seconds"], api_key["miss_life_seconds"]) >= 0
        and "limits" in api_key
        and (api_key["limits"] is None or _is_limits(api_key["limits"]))
    )


def _is_one_of(value: object, kinds: Mapping[str, type]) -> bool:
    """Return whether `value` has exactly one member, one of `kinds`, with something in it."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, inner),) = value.items()
    return type(inner) is kinds.get(name) and bool(inner)


def _is_pepper(pepper: Mapping[str, Any]) -> bool:
    name = pepper.get("name")
    return pepper.get("kind") in _PEPPER_KINDS and isinstance(name, str) and bool(name)


def _is_limits(limits: object) -> bool:
    if not isinstance(limits, dict) or not isinstance(limits.get("plans"), dict):
        return False
    plans = limits["plans"]
    return (
        isinstance(limits.get("dynamodb"), str)
        and bool(plans)
        and limits.get("when_unavailable") in _WHEN_UNAVAILABLE
        and "without_plan" in limits
        and limits["without_plan"] in [None, *plans]
        and all(map(_is_plan, plans.values()))
    )


def _is_plan(plan: object) -> bool:
    if not _is_limit(plan) or not isinstance(plan, dict):
        return False
    routes = plan.get("routes")
    return isinstance(routes, dict) and all(map(_is_limit, routes.values()))


def _is_limit(limit: object) -> bool:
    """Return whether `limit` limits anything, by a bucket, a quota, or both."""
    if not isinstance(limit, dict) or not {"bucket", "quota"} <= limit.keys():
        return False
    bucket, quota = limit["bucket"], limit["quota"]
    return (
        (bucket is not None or quota is not None)
        and (bucket is None or _are_positive(bucket, "interval_us", "burst"))
        and (quota is None or (_are_positive(quota, "limit") and quota.get("period") in _PERIODS))
    )


def _are_positive(value: object, *names: str) -> bool:
    return isinstance(value, dict) and all(
        type(value.get(name)) is int and value[name] > 0 for name in names
    )

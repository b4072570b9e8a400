"""Limits of a compiled document, written shortly."""

from typing import Any


def rate(interval_us: int, burst: int) -> dict[str, Any]:
    return {"bucket": {"interval_us": interval_us, "burst": burst}, "quota": None}


def quota(limit: int, period: str = "day") -> dict[str, Any]:
    return {"bucket": None, "quota": {"limit": limit, "period": period}}


def both(interval_us: int, burst: int, limit: int, period: str = "day") -> dict[str, Any]:
    return rate(interval_us, burst) | {"quota": quota(limit, period)["quota"]}


def none() -> dict[str, Any]:
    return {"bucket": None, "quota": None}


def plan(limits: dict[str, Any], **routes: dict[str, Any]) -> dict[str, Any]:
    """A plan; a route `POST /orders` is written `POST_orders`."""
    return limits | {"routes": {name.replace("_", " /"): of for name, of in routes.items()}}


def compiled(
    when_unavailable: str = "deny", without_plan: str | None = None, **plans: dict[str, Any]
) -> dict[str, Any]:
    return {
        "dynamodb": "ApiKeyUsage",
        "when_unavailable": when_unavailable,
        "without_plan": without_plan,
        "plans": plans,
    }

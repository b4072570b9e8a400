"""
What the API keys of a document must agree on: with one another, and with its routes and roles.

Works on the plain values, like `agreement`; what has the wrong shape is somebody else's finding.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from authorizers.config.document.limits import UNLIMITED
from authorizers.config.document.plain import listed, mapping, no_such, texts
from authorizers.config.document.record_agreement import Known, record_disagreements
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.text import KEY

_OF_OPERATORS = (
    "holds keys or bindings, and functions write the counters: give these a table of their own"
)


def key_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where the `api_key` schemes of a document, `root`, do not fit."""
    owners: dict[str, str] = {}
    tables = _tables_of_operators(root)
    routes, roles = declared_routes(root), mapping(root.get("roles"))
    for name, scheme in mapping(root.get("authenticate")).items():
        place, api_key = ("authenticate", name, "api_key"), mapping(mapping(scheme).get("api_key"))
        prefix = api_key.get("prefix")
        if isinstance(prefix, str) and owners.setdefault(prefix, name) != name:
            yield (*place, "prefix"), f"the scheme {owners[prefix]} has this prefix already"
        limits = mapping(api_key.get("limits"))
        if limits.get("dynamodb") in tables:
            yield (*place, "limits", "dynamodb"), _OF_OPERATORS
        yield from _limits((*place, "limits"), limits, routes)
        known = Known(
            name,
            routes if "routes_per_key" in api_key else None,
            roles,
            mapping(limits.get("plans")) if "limits" in api_key else None,
        )
        records = listed(mapping(api_key.get("keys")).get("records"))
        yield from record_disagreements((*place, "keys", "records"), records, known)


def _tables_of_operators(root: dict[str, Any]) -> list[str]:
    """Return the tables that say who may do what: functions must not write to them."""
    schemes = mapping(root.get("authenticate")).values()
    of_keys = [mapping(mapping(mapping(s).get("api_key")).get("keys")) for s in schemes]
    found = [value.get("dynamodb") for value in (*of_keys, mapping(root.get("bindings_table")))]
    return texts(found)


def _limits(place: Place, limits: dict[str, Any], routes: Mapping[str, Any]) -> Iterator[Finding]:
    plans, without_plan = mapping(limits.get("plans")), limits.get("without_plan")
    if isinstance(without_plan, str) and without_plan not in (UNLIMITED, *plans):
        yield (*place, "without_plan"), no_such("plan under plans", without_plan, plans)
    for name, plan in plans.items():
        of_plan = (*place, "plans", name)
        yield from _limit(of_plan, plan)
        for key, limit in mapping(mapping(plan).get("routes")).items():
            yield from _limit((*of_plan, "routes", key), limit)
            if key not in routes:
                sentence = no_such("route in the document", key, routes)
                yield (*of_plan, "routes", key, KEY), sentence


def _limit(place: Place, value: Any) -> Iterator[Finding]:
    if not isinstance(value, dict):
        return
    if "rate" not in value and "quota" not in value:
        yield place, "write a rate, a quota, or both"
    if "rate" in value and "burst" not in value:
        yield (*place, "rate", KEY), "needs burst: how many requests are admitted at once"
    if "burst" in value and "rate" not in value:
        yield (*place, "burst", KEY), "needs rate"

"""
The routes that an API key is for, as part of what each route requires.

A record that names routes narrows what the rules grant to its key; `routes` is then a claim of its
principal, `["*"]` where the record names none.
"""

from collections.abc import Sequence
from typing import Any

from authorizers.config.document.root import Document
from authorizers.config.document.scheme import Scheme
from authorizers.config.requirement import Compiled, any_of
from authorizers.model.route import ANY_ROUTE


def routes_differ_by_key(document: Document) -> bool:
    """Return whether a scheme of the document says `routes_per_key`."""
    return any(map(_has_routes, document.authenticate.values()))


def _has_routes(scheme: Scheme) -> bool:
    return scheme.api_key is not None and scheme.api_key.routes_per_key is True


def narrowed_to_routes_of_keys(
    routes: Sequence[dict[str, Any]], document: Document
) -> list[dict[str, Any]]:
    """Return compiled `routes`, narrowed where a scheme of the document says `routes_per_key`."""
    if not routes_differ_by_key(document):
        return list(routes)
    free = [name for name, scheme in document.authenticate.items() if not _has_routes(scheme)]
    return [{**route, "requirement": _narrowed(route, free)} for route in routes]


def _narrowed(route: dict[str, Any], free: Sequence[str]) -> Compiled:
    key, requirement = route["key"], route["requirement"]
    if requirement == ["never"]:
        return ["never"]
    ways: list[Compiled] = [["scheme", name] for name in free]
    ways += [["claim", "routes", "contains", name] for name in (ANY_ROUTE, key)]
    return ["all_of", [requirement, any_of(ways)]]

"""The names that a document knows: a record with others would be of no use, or refused."""

from collections.abc import Iterable, Iterator
from typing import Any

from authorizers.api_key.record import KeyRecord
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.plain import no_such
from authorizers.errors import Problem
from authorizers.rules.mentions import mentioned_scopes, parts_of

MAX_SHOWN_CHARS = 80


class KnownNames:
    """
    What a compiled `document` says of the keys of one of its schemes; `roles` are those that it
    declares, as far as the caller knows: compiled, it only has those that something requires.
    """

    def __init__(self, document: CompiledDocument, scheme: str, roles: Iterable[str] = ()) -> None:
        api_key: dict[str, Any] = document["schemes"][scheme]["api_key"]
        requirements = [route["requirement"] for route in document["routes"]]
        parts = [part for requirement in requirements for part in parts_of(requirement)]
        named = {name for part in parts if part[0] == "role" for name in part[1]}
        self._roles = sorted(named.union(document.get("bindings", {}).get("roles", ()), roles))
        self._scopes = sorted({scope for r in requirements for scope in mentioned_scopes(r)})
        self._routes = [route["key"] for route in document["routes"]]
        self._routes_count = bool(api_key.get("routes_per_key"))
        self._plans = sorted((api_key.get("limits") or {}).get("plans", ()))

    def problems_of(self, draft: KeyRecord) -> Iterator[Problem]:
        """Yield what no function with this document would accept, or look at."""
        for role in draft.roles:
            if role not in self._roles:
                yield Problem("roles", f"{_short(role)}: {no_such('role', role, self._roles)}")
        if draft.routes is not None and not self._routes_count:
            yield Problem("routes", "the document does not say routes_per_key: true")
        for route in draft.routes or ():
            if route not in self._routes:
                yield Problem("routes", f"{_short(route)}: {no_such('route', route, self._routes)}")
        plan = draft.usage_plan
        if plan is not None and self._plans and plan not in self._plans:
            yield Problem("usage_plan", f"{_short(plan)}: {no_such('plan', plan, self._plans)}")

    def warnings_of(self, draft: KeyRecord) -> Iterator[Problem]:
        """Yield what may be a slip of the pen: an integration may look at other scopes."""
        for scope in draft.scopes:
            if scope not in self._scopes:
                yield Problem("scopes", f"{_short(scope)}: {no_such('scope', scope, self._scopes)}")


def _short(name: str) -> str:
    return name if len(name) <= MAX_SHOWN_CHARS else f"{name[:MAX_SHOWN_CHARS]}…"

"""What the records of API keys that stand in a document itself must be."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from authorizers.api_key.record import problem_of_record
from authorizers.config.document.plain import no_such, texts
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.text import KEY
from authorizers.config.vocabulary import SCOPE_EXPECTED, is_scope
from authorizers.model.network import canonical_network
from authorizers.model.principal import names_principal
from authorizers.model.route import ANY_ROUTE

_NO_ROUTES = "needs routes_per_key: true in the scheme"


class Known(NamedTuple):
    """
    What a record may speak of: its scheme, and the document's routes, roles and plans.

    `routes` is None where keys have no routes of their own, `plans` where nothing is limited.
    """

    scheme: str
    routes: Collection[str] | None
    roles: Collection[str]
    plans: Collection[str] | None


def record_disagreements(place: Place, records: Sequence[Any], known: Known) -> Iterator[Finding]:
    """Yield what is wrong with `records`, those of one scheme."""
    ids: dict[Any, int] = {}
    for i, record in enumerate(records):
        if not isinstance(record, dict):
            continue
        problem = problem_of_record(record)
        if problem:
            name, _, rest = problem.partition(" ")
            yield ((*place, i, name), rest) if name in record else ((*place, i), problem)
            continue
        if ids.setdefault(record["id"], i) != i:
            yield (*place, i, "id"), f"records[{ids[record['id']]}] has this id already"
        if not names_principal(f"{known.scheme}|{record['owner']}"):
            yield (
                (*place, i, "owner"),
                "cannot identify a principal: it is too long, or not printable",
            )
        yield from _times((*place, i), record)
        yield from _texts((*place, i), record, known)


def _times(place: Place, record: dict[str, Any]) -> Iterator[Finding]:
    expires_at = record.get("expires_at")
    if expires_at is not None and expires_at <= record.get("not_before", -1):
        yield (*place, "expires_at"), "is not after not_before: the key would never be taken"


def _texts(place: Place, record: dict[str, Any], known: Known) -> Iterator[Finding]:
    for name, of_text in (("scopes", _of_scope), ("networks", _of_network)):
        for i, text in enumerate(texts(record.get(name))):
            if problem := of_text(text):
                yield (*place, name, i), problem
    for i, role in enumerate(texts(record.get("roles"))):
        if role not in known.roles:
            yield (*place, "roles", i), no_such("role under roles", role, known.roles)
    if "routes" in record and known.routes is None:
        yield (*place, "routes", KEY), _NO_ROUTES
    for i, route in enumerate(texts(record.get("routes"))):
        if known.routes is not None and route not in (ANY_ROUTE, *known.routes):
            yield (*place, "routes", i), no_such("route in the document", route, known.routes)
    plan = record.get("usage_plan")
    if plan is not None and known.plans is not None and plan not in known.plans:
        yield (*place, "usage_plan"), no_such("plan under limits.plans", plan, known.plans)


def _of_scope(text: str) -> str:
    return "" if is_scope(text) else SCOPE_EXPECTED


def _of_network(text: str) -> str:
    try:
        plain = canonical_network(text)
    except ValueError as error:
        return str(error)
    return "" if plain == text else f"write it as {plain}"

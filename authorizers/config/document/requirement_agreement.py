"""What a requirement must agree on with the document: its schemes, its roles, its routes."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from authorizers.config.certificate_facts import SPIFFE_FACTS, trust_domain_of
from authorizers.config.document.fact_agreement import NEEDS_SPIFFE, trust_domains
from authorizers.config.document.plain import listed, mapping, no_such, of_kind
from authorizers.config.document.text import KEY, Loc
from authorizers.model.route import Route
from authorizers.mtls.identity.spiffe_id import is_trust_domain

Place = tuple[str | int, ...]
Finding = tuple[Loc, str]


class Names(NamedTuple):
    """What a requirement may speak of: the document's schemes and roles, as plain values."""

    schemes: dict[str, Any]
    roles: dict[str, Any]


def requirement_disagreements(
    place: Place, value: Any, names: Names, route: Route | None, *, negated: bool = False
) -> Iterator[Finding]:
    """
    Yield what is wrong with the requirement `value` of `route`, or with that of a role (None).

    `negated` says that it stands under `not`.
    """
    requirement = mapping(value)
    scheme, role = requirement.get("scheme"), requirement.get("role")
    if isinstance(scheme, str) and scheme not in names.schemes:
        yield (*place, "scheme"), no_such("scheme under authenticate", scheme, names.schemes)
    if isinstance(role, str) and role not in names.roles:
        yield (*place, "role"), no_such("role under roles", role, names.roles)
    elif isinstance(role, str) and route is not None:
        yield from paths_of_role((*place, "role"), role, names, route, negated=negated)
    if "path" in requirement:
        yield from _path((*place, "path"), mapping(requirement["path"]), route, negated=negated)
    if "certificate" in requirement:
        match = mapping(requirement["certificate"])
        yield from _certificate((*place, "certificate"), match, names.schemes)
    if "not" in requirement:
        part = requirement["not"]
        yield from requirement_disagreements((*place, "not"), part, names, route, negated=True)
    for joined in ("all_of", "any_of"):
        for i, part in enumerate(listed(requirement.get(joined))):
            inner = (*place, joined, i)
            yield from requirement_disagreements(inner, part, names, route, negated=negated)


def _certificate(place: Place, match: dict[str, Any], schemes: dict[str, Any]) -> Iterator[Finding]:
    """Yield what no certificate of the document's schemes can meet."""
    taken = of_kind(schemes, "client_certificate")
    if not taken:
        yield (*place, KEY), "no scheme of this document takes certificates"
        return
    known = trust_domains(taken)
    domains = [domain for domain in known if isinstance(domain, str) and is_trust_domain(domain)]
    for name in SPIFFE_FACTS:
        if name in match and not known:
            yield (*place, name, KEY), NEEDS_SPIFFE
        elif name in match:
            yield from _domains((*place, name), match[name], domains)


def _domains(place: Place, value: Any, domains: list[str]) -> Iterator[Finding]:
    for i, text in enumerate(value if isinstance(value, list) else [value]):
        domain = trust_domain_of(text) if isinstance(text, str) else None
        if domain and domains and domain not in domains:
            inner = (*place, i) if isinstance(value, list) else place
            yield inner, no_such("trust domain in a scheme", domain, domains)


def paths_of_role(
    place: Place, role: str, names: Names, route: Route, *, negated: bool = False
) -> Iterator[Finding]:
    """Yield, for the `place` where `route` speaks of a role, which of its paths do not fit it."""
    for under_not, bound in _bound_by(role, names.roles, negated, set()):
        for where, sentence in _path((), bound, route, negated=under_not):
            yield place, f"{role} binds {where[0] if where else 'a path'}: {sentence}"


def _bound_by(
    role: str, roles: dict[str, Any], negated: bool, seen: set[tuple[str, bool]]
) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Yield whether it stands under `not`, and what it binds, of each path in a role."""
    if (role, negated) in seen:
        return
    seen.add((role, negated))
    for under_not, part in simple_parts(mapping(roles.get(role)).get("requirement")):
        if "path" in part:
            yield negated or under_not, mapping(part["path"])
        if isinstance(part.get("role"), str):
            yield from _bound_by(part["role"], roles, negated or under_not, seen)


def simple_parts(value: Any, *, negated: bool = False) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Yield whether it stands under `not`, and the part, of all parts of a requirement."""
    requirement = mapping(value)
    yield negated, requirement
    yield from simple_parts(requirement["not"], negated=True) if "not" in requirement else ()
    for joined in ("all_of", "any_of"):
        for part in listed(requirement.get(joined)):
            yield from simple_parts(part, negated=negated)


def _path(
    place: Place, bound: dict[str, Any], route: Route | None, *, negated: bool
) -> Iterator[Finding]:
    if negated:
        yield place, "cannot stand under not: no policy can name every value but one"
    if route is None:
        return
    greedy = [s[1:-2] for s in route.segments if s.endswith("+}")]
    for parameter in bound:
        if parameter in greedy:
            sentence = "takes several segments: bind a parameter that takes one"
            yield (*place, parameter, KEY), sentence
        elif parameter not in route.parameters:
            known = ", ".join(route.parameters) or "none"
            sentence = f"the route has no such parameter; it has: {known}"
            yield (*place, parameter, KEY), sentence

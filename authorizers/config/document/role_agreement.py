"""What roles must agree on with the rest of a document."""

from collections.abc import Iterator
from typing import Any

from authorizers.config.document.binding_agreement import binding_disagreements
from authorizers.config.document.plain import listed, mapping, of_kind
from authorizers.config.document.requirement_agreement import (
    Finding,
    Names,
    Place,
    paths_of_role,
    requirement_disagreements,
    simple_parts,
)
from authorizers.config.document.text import KEY
from authorizers.model.route import parse_route

MAX_ROLES = 200
_HELD_BY_NOBODY = (
    "nobody can hold this role: give it a requirement, or bind it under bindings or in a"
    " bindings_table"
)


def declared_routes(root: dict[str, Any]) -> dict[str, Place]:
    """Return the keys of all routes, of `routes` and of roles, and where each stands first."""
    declared: dict[str, Place] = {key: ("routes", key) for key in mapping(root.get("routes"))}
    for name, role in mapping(root.get("roles")).items():
        for i, key in enumerate(listed(mapping(role).get("routes"))):
            if isinstance(key, str):
                declared.setdefault(key, ("roles", name, "routes", i))
    return declared


def role_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where `root`, a document, has roles that do not fit, and what to write instead."""
    names = Names(mapping(root.get("authenticate")), mapping(root.get("roles")))
    if len(names.roles) > MAX_ROLES:
        yield ("roles", KEY), f"a document has at most {MAX_ROLES} roles"
        return
    held = [mapping(binding).get("role") for binding in listed(root.get("bindings"))]
    # Operators may bind roles in a table, and write them into the records of keys.
    anywhere = "bindings_table" in root or bool(of_kind(names.schemes, "api_key"))
    for name, role in names.roles.items():
        yield from _role(("roles", name), mapping(role), names)
        if not anywhere and name not in held and "requirement" not in mapping(role):
            yield ("roles", name, KEY), _HELD_BY_NOBODY
    yield from _circles(names.roles)
    yield from binding_disagreements(root, names)


def _role(place: Place, role: dict[str, Any], names: Names) -> Iterator[Finding]:
    inner = (*place, "requirement")
    yield from requirement_disagreements(inner, role.get("requirement"), names, None)
    routes = listed(role.get("routes"))
    for i, key in enumerate(routes):
        if key in routes[:i]:
            yield (*place, "routes", i), "stands here twice"
        try:
            route = parse_route(key) if isinstance(key, str) else None
        except ValueError:
            continue  # found where routes are looked at
        if route is not None:
            yield from paths_of_role((*place, "routes", i), str(place[-1]), names, route)


def _circles(roles: dict[str, Any]) -> Iterator[Finding]:
    """Yield one finding for each circle of roles that mention one another."""
    finished: set[str] = set()
    for name in roles:
        circle = _circle(name, roles, (), finished)
        if circle:
            finished.update(circle)
            way = " → ".join((*circle, circle[0]))
            yield (
                ("roles", circle[0], "requirement"),
                f"roles mention one another in a circle: {way}",
            )


def _circle(
    name: str, roles: dict[str, Any], way: tuple[str, ...], finished: set[str]
) -> tuple[str, ...]:
    """Return the circle that `name` leads into, unless that is known already, or nothing."""
    if name in finished:
        return ()
    if name in way:
        return way[way.index(name) :]
    parts = simple_parts(mapping(roles.get(name)).get("requirement"))
    for other in dict.fromkeys(p["role"] for _, p in parts if isinstance(p.get("role"), str)):
        circle = _circle(other, roles, (*way, name), finished)
        if circle:
            return circle
    finished.add(name)
    return ()

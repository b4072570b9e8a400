"""What roles, bindings and the table of bindings must agree on with the rest of a document."""

from collections.abc import Iterator
from typing import Any

from authorizers.config.document.plain import listed, mapping, no_such, texts
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
CERTIFICATE_KIND = "client_certificate"  # the kind of scheme whose principals are certificates
_CLAIMS = {"groups": "groups_claim", "clients": "client_claim"}  # where a scheme says who is what
_OF_ONE_SCHEME = ("groups", "scopes", "clients")
_HELD_BY_NOBODY = (
    "nobody can hold this role: give it a requirement, or bind it under bindings or in a"
    " bindings_table"
)
_OF_NO_KEY = "API keys have no {}: write principals or scopes, or the role into a key's record"


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
    bindings = listed(root.get("bindings"))
    held = [mapping(binding).get("role") for binding in bindings]
    # Operators may bind roles in a table, and write them into the records of keys.
    anywhere = "bindings_table" in root or any(map(_takes_keys, names.schemes.values()))
    for name, role in names.roles.items():
        yield from _role(("roles", name), mapping(role), names)
        if not anywhere and name not in held and "requirement" not in mapping(role):
            yield ("roles", name, KEY), _HELD_BY_NOBODY
    yield from _circles(names.roles)
    for i, binding in enumerate(bindings):
        yield from _binding(("bindings", i), mapping(binding), names)
    if "bindings_table" in root:
        yield from _table(mapping(root["bindings_table"]), names)


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


def _binding(place: Place, binding: dict[str, Any], names: Names) -> Iterator[Finding]:
    role = binding.get("role")
    if isinstance(role, str) and role not in names.roles:
        yield (*place, "role"), no_such("role under roles", role, names.roles)
    yield from _scheme_of(place, binding, names)
    for i, principal in enumerate(texts(binding.get("principals"))):
        scheme = principal.partition("|")[0]
        if "|" in principal and scheme not in names.schemes:
            sentence = no_such("scheme under authenticate", scheme, names.schemes)
            yield (*place, "principals", i), sentence
    if "certificates" in binding and not certificate_schemes(names.schemes):
        yield (*place, "certificates", KEY), "no scheme of this document takes certificates"


def _scheme_of(place: Place, binding: dict[str, Any], names: Names) -> Iterator[Finding]:
    scheme, kinds = binding.get("scheme"), [kind for kind in _OF_ONE_SCHEME if kind in binding]
    if isinstance(scheme, str) and scheme not in names.schemes:
        yield (*place, "scheme"), no_such("scheme under authenticate", scheme, names.schemes)
        return
    if scheme is not None and not kinds:
        yield (*place, "scheme", KEY), f"is for {', '.join(_OF_ONE_SCHEME)}; here is none of them"
    if scheme is None and kinds and len(names.schemes) > 1:
        yield place, f"say whose {kinds[0]} these are: scheme: {' or '.join(names.schemes)}"
        return
    of = scheme or next(iter(names.schemes), None)
    for kind, claim in _CLAIMS.items():
        if kind in binding and isinstance(of, str) and not _has_claim(names.schemes[of], claim):
            needed = f"needs {claim} in authenticate.{of}.jwt"
            sentence = _OF_NO_KEY.format(kind) if _takes_keys(names.schemes[of]) else needed
            yield (*place, kind, KEY), sentence


def _has_claim(scheme: Any, name: str) -> bool:
    return name in mapping(mapping(scheme).get("jwt"))


def _takes_keys(scheme: Any) -> bool:
    return "api_key" in mapping(scheme)


def certificate_schemes(schemes: dict[str, Any]) -> list[str]:
    """Return the names of the schemes whose principals are client certificates."""
    return [name for name, scheme in schemes.items() if CERTIFICATE_KIND in mapping(scheme)]


def _table(table: dict[str, Any], names: Names) -> Iterator[Finding]:
    if not names.roles:
        yield ("bindings_table", KEY), "binds roles, and this document has none under roles"
    subjects = listed(table.get("subjects"))
    for i, kind in enumerate(subjects):
        if kind in subjects[:i]:
            yield ("bindings_table", "subjects", i), "stands here twice"
        claim = _CLAIMS.get(kind) if isinstance(kind, str) else None
        schemes = names.schemes.values()
        if claim and not any(_has_claim(scheme, claim) for scheme in schemes):
            needed = f"needs {claim} in the jwt of a scheme"
            sentence = _OF_NO_KEY.format(kind) if any(map(_takes_keys, schemes)) else needed
            yield ("bindings_table", "subjects", i), sentence

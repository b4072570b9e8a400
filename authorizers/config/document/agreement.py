"""
What the parts of a document must agree on.

Works on the plain values, whatever their shape, so that everything that is wrong in a document
is reported at once; what has the wrong shape is somebody else's finding, and skipped here.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from authorizers.config.document.scheme import KEY_SOURCES
from authorizers.config.document.text import KEY, Loc
from authorizers.config.url import validate_issuer, validate_jwks_uri
from authorizers.config.vocabulary import CUSTOM
from authorizers.model.route import ANY_ROUTE, Route, parse_route

Finding = tuple[Loc, str]


def disagreements(document: Any) -> Iterator[Finding]:
    """Yield where in `document` something does not fit the rest, and what to write instead."""
    root = _mapping(document)
    schemes = _mapping(root.get("authenticate"))
    yield from _schemes(schemes)
    yield from _token_sources(_list(root.get("token_from")))
    yield from _routes(_mapping(root.get("routes")), list(schemes))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _schemes(schemes: dict[str, Any]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, scheme in schemes.items():
        loc = ("authenticate", name, "jwt")
        jwt = _mapping(_mapping(scheme).get("jwt"))
        issuer = jwt.get("issuer")
        if isinstance(issuer, str) and owners.setdefault(issuer, name) != name:
            yield (*loc, "issuer"), f"the scheme {owners[issuer]} has this issuer already"
        yield from _addresses(loc, jwt)
        yield from _key_source(loc, jwt)
        yield from _profile(loc, jwt)


def _addresses(loc: tuple[str, ...], jwt: dict[str, Any]) -> Iterator[Finding]:
    keys = _mapping(jwt.get("keys"))
    loopback_http = isinstance(keys.get("insecure_loopback_http"), str)
    checks: list[tuple[tuple[str, ...], Any, Callable[..., None]]] = [
        ((*loc, "issuer"), jwt.get("issuer"), validate_issuer),
        ((*loc, "keys", "jwks_uri"), keys.get("jwks_uri"), validate_jwks_uri),
    ]
    for place, address, validate in checks:
        try:
            if isinstance(address, str) and address:
                validate(address, loopback_http=loopback_http)
        except ValueError as error:
            yield place, str(error)


def _key_source(loc: tuple[str, ...], jwt: dict[str, Any]) -> Iterator[Finding]:
    keys = jwt.get("keys")
    if isinstance(keys, dict) and sum(name in keys for name in KEY_SOURCES) != 1:
        yield (*loc, "keys"), "write exactly one of discovery, jwks_uri, jwks_file and jwks"


def _profile(loc: tuple[str, ...], jwt: dict[str, Any]) -> Iterator[Finding]:
    profile = jwt.get("profile")
    if profile == CUSTOM and "custom_profile" not in jwt:
        yield (*loc, "profile"), "custom needs custom_profile"
    if profile != CUSTOM and "custom_profile" in jwt:
        yield (*loc, "custom_profile"), "is for profile: custom only"


def _token_sources(sources: list[Any]) -> Iterator[Finding]:
    for i, source in enumerate(sources):
        if source in sources[:i]:
            yield ("token_from", i), "stands here twice"
        header = _mapping(source).get("header")
        if isinstance(header, str) and header.lower() == "authorization":
            yield ("token_from", i), "write authorization for the Authorization header"


def _routes(routes: dict[str, Any], schemes: list[str]) -> Iterator[Finding]:
    if ANY_ROUTE in routes and len(routes) > 1:
        yield ("routes", ANY_ROUTE), "stands for every route, and must be the only one"
    seen: dict[tuple[Any, ...], str] = {}
    for key, requirement in routes.items():
        loc = ("routes", key)
        try:
            route = parse_route(key)
        except ValueError as error:
            yield loc, str(error)
            continue
        other = seen.setdefault(_shape(route), key)
        if other != key:
            yield loc, f"is the same route as {other}: only the parameter's name differs"
        yield from _requirement(loc, requirement, route, schemes)


def _shape(route: Route) -> tuple[Any, ...]:
    """Return what tells routes apart: API Gateway does not look at parameters' names."""
    segments = (("+" if s.endswith("+}") else "{}") if s[0] == "{" else s for s in route.segments)
    return (route.methods, *segments) if route.methods else (route.key,)


def _requirement(
    loc: tuple[str | int, ...],
    value: Any,
    route: Route,
    schemes: list[str],
    *,
    negated: bool = False,
) -> Iterator[Finding]:
    requirement = _mapping(value)
    scheme = requirement.get("scheme")
    if isinstance(scheme, str) and scheme not in schemes:
        yield (*loc, "scheme"), _unknown_scheme(scheme, schemes)
    if "path" in requirement:
        yield from _path((*loc, "path"), _mapping(requirement["path"]), route, negated=negated)
    if "not" in requirement:
        yield from _requirement((*loc, "not"), requirement["not"], route, schemes, negated=True)
    for joined in ("all_of", "any_of"):
        for i, part in enumerate(_list(requirement.get(joined))):
            yield from _requirement((*loc, joined, i), part, route, schemes, negated=negated)


def _unknown_scheme(name: str, schemes: list[str]) -> str:
    close = get_close_matches(name, schemes, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else f": {', '.join(schemes)}"
    return f"no such scheme under authenticate{hint}"


def _path(
    loc: tuple[str | int, ...], bound: dict[str, Any], route: Route, *, negated: bool
) -> Iterator[Finding]:
    if negated:
        yield loc, "cannot stand under not: no policy can name every value but one"
    greedy = [s[1:-2] for s in route.segments if s.endswith("+}")]
    for parameter in bound:
        if parameter in greedy:
            yield (*loc, parameter, KEY), "takes several segments: bind a parameter that takes one"
        elif parameter not in route.parameters:
            known = ", ".join(route.parameters) or "none"
            yield (*loc, parameter, KEY), f"the route has no such parameter; it has: {known}"

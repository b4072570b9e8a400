"""
What the parts of a document must agree on.

Works on the plain values, whatever their shape, so that everything that is wrong in a document
is reported at once; what has the wrong shape is somebody else's finding, and skipped here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from authorizers.config.document.certificate_agreement import certificate_disagreements
from authorizers.config.document.claim_agreement import claim_disagreements
from authorizers.config.document.example_agreement import example_disagreements
from authorizers.config.document.jwt import KEY_SOURCES
from authorizers.config.document.key_agreement import key_disagreements
from authorizers.config.document.plain import listed, mapping
from authorizers.config.document.requirement_agreement import (
    Finding,
    Names,
    requirement_disagreements,
)
from authorizers.config.document.role_agreement import declared_routes, role_disagreements
from authorizers.config.document.scheme import KINDS
from authorizers.config.document.text import KEY
from authorizers.config.url import validate_issuer, validate_jwks_uri
from authorizers.config.vocabulary import CUSTOM
from authorizers.model.route import ANY_ROUTE, Route, parse_route

_PLACES = {"token_from": "jwt", "key_from": "api_key"}  # where which kind is looked for


def disagreements(document: Any) -> Iterator[Finding]:
    """Yield where in `document` something does not fit the rest, and what to write instead."""
    root = mapping(document)
    yield from _schemes(mapping(root.get("authenticate")))
    yield from _places_of_credentials(root)
    yield from _token_sources(listed(root.get("token_from")))
    yield from key_disagreements(root)
    yield from certificate_disagreements(root)
    yield from claim_disagreements(root)
    yield from _routes(root)
    yield from role_disagreements(root)
    yield from example_disagreements(root)


def _places_of_credentials(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where credentials are looked for that no scheme takes."""
    schemes = mapping(root.get("authenticate")).values()
    kinds = {kind for scheme in schemes for kind in KINDS if kind in mapping(scheme)}
    for key, kind in _PLACES.items():
        if key in root and kinds and kind not in kinds:
            yield (key, KEY), f"is for {kind} schemes; here is none of them"


def _schemes(schemes: dict[str, Any]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, scheme in schemes.items():
        loc = ("authenticate", name, "jwt")
        jwt = mapping(mapping(scheme).get("jwt"))
        issuer = jwt.get("issuer")
        if isinstance(issuer, str) and owners.setdefault(issuer, name) != name:
            yield (*loc, "issuer"), f"the scheme {owners[issuer]} has this issuer already"
        yield from _addresses(loc, jwt)
        yield from _key_source(loc, jwt)
        yield from _profile(loc, jwt)


def _addresses(loc: tuple[str, ...], jwt: dict[str, Any]) -> Iterator[Finding]:
    keys = mapping(jwt.get("keys"))
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
        header = mapping(source).get("header")
        if isinstance(header, str) and header.lower() == "authorization":
            yield ("token_from", i), "write authorization for the Authorization header"


def _routes(root: dict[str, Any]) -> Iterator[Finding]:
    declared = declared_routes(root)
    names = Names(mapping(root.get("authenticate")), mapping(root.get("roles")))
    if root and not declared and "routes" not in root:
        yield (), "`routes` is required, unless roles have routes"
    if ANY_ROUTE in declared and len(declared) > 1:
        yield declared[ANY_ROUTE], "stands for every route, and must be the only one"
    seen: dict[tuple[Any, ...], str] = {}
    for key, place in declared.items():
        try:
            route = parse_route(key)
        except ValueError as error:
            yield place, str(error)
            continue
        other = seen.setdefault(_shape(route), key)
        if other != key:
            yield place, f"is the same route as {other}: only the parameter's name differs"
        if place[0] == "routes":
            requirement = root["routes"][key]
            yield from requirement_disagreements(place, requirement, names, route)


def _shape(route: Route) -> tuple[Any, ...]:
    """Return what tells routes apart: API Gateway does not look at parameters' names."""
    segments = (("+" if s.endswith("+}") else "{}") if s[0] == "{" else s for s in route.segments)
    return (route.methods, *segments) if route.methods else (route.key,)

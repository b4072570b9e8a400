"""
What `principals` and `expectations` must agree on with the rest of a document.

Works on the plain values, like `agreement`; what has the wrong shape is somebody else's finding.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from authorizers.config.document.example_certificate_agreement import (
    of_certificate_alone,
    of_certificate_beside,
)
from authorizers.config.document.examples import validate_request
from authorizers.config.document.plain import listed, mapping, no_such, texts
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.example_principal import example_principal
from authorizers.errors import CredentialError, EventError
from authorizers.model.arn import parse_arn
from authorizers.model.route import ROUTE_KEYS, parse_route
from authorizers.rules.routing import RouteTable

_ANY_STAGE = "arn:aws:execute-api:us-east-1:000000000000:any/any"  # routes are alike on all


def example_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where the examples of a document, `root`, do not fit its schemes and its routes."""
    principals = mapping(root.get("principals"))
    for name, principal in principals.items():
        if isinstance(principal, dict):
            yield from _principal(("principals", name), principal, root)
    table = RouteTable([key for key in declared_routes(root) if _is_route(key)])
    for i, expectation in enumerate(listed(root.get("expectations"))):
        place, parts = ("expectations", i), mapping(expectation)
        who = parts.get("principal")
        if isinstance(who, str) and who not in principals:
            yield (*place, "principal"), no_such("principal under principals", who, principals)
        yield from _requests(place, parts, table)


def _is_route(key: str) -> bool:
    try:
        return bool(parse_route(key))
    except ValueError:
        return False


def _is_request(text: str) -> bool:
    try:
        return bool(validate_request(text))
    except ValueError:
        return False


def _principal(place: Place, principal: dict[str, Any], root: dict[str, Any]) -> Iterator[Finding]:
    schemes, roles = mapping(root.get("authenticate")), mapping(root.get("roles"))
    for i, role in enumerate(texts(principal.get("roles"))):
        if role not in roles:
            yield (*place, "roles", i), no_such("role under roles", role, roles)
    scheme = principal.get("scheme")
    name = scheme if isinstance(scheme, str) else ""
    if name and name not in schemes:
        yield (*place, "scheme"), no_such("scheme under authenticate", name, schemes)
    if "client_certificate" in mapping(schemes.get(name)):
        yield from of_certificate_alone(place, name, principal, schemes)
        return
    if "claims" not in principal and (name in schemes or "certificate" not in principal):
        yield place, "`claims` is required"
    if name in schemes:
        if problem := _of_claims(name, mapping(schemes[name]), principal):
            yield (*place, "claims"), problem
        yield from of_certificate_beside(place, principal, schemes)


def _of_claims(name: str, scheme: dict[str, Any], principal: dict[str, Any]) -> str:
    claims = mapping(principal.get("claims"))
    if not claims:
        return ""
    try:
        example_principal(name, scheme, claims)
    except CredentialError as error:
        refused = "; a token like this would be refused"
        return error.detail if "api_key" in scheme else error.detail + refused
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # the scheme itself is wrong
    return ""


def _requests(place: Place, expectation: dict[str, Any], table: RouteTable) -> Iterator[Finding]:
    if expectation and "allow" not in expectation and "deny" not in expectation:
        yield place, "write what is expected: allow: [...], deny: [...], or both"
    allowed = texts(expectation.get("allow"))
    for name in ("allow", "deny"):
        for i, request in enumerate(listed(expectation.get(name))):
            problem = _of_request(request, name, table) if isinstance(request, str) else ""
            if name == "deny" and request in allowed:
                problem = "stands under allow too"
            if problem:
                yield (*place, name, i), problem


def _of_request(text: str, expected: str, table: RouteTable) -> str:
    """Return what is wrong with an expectation's request; what no route matches may be denied."""
    if text in table.keys or not _is_request(text):
        return ""
    if text in ROUTE_KEYS or "{" in text:
        return f"no such route in the document{_hint(text, table.keys)}"
    method, _, path = text.partition(" ")
    if method == "ANY":
        return "write one method: a request has one; ANY stands in routes of the document"
    try:
        found = table.find(parse_arn(f"{_ANY_STAGE}/{method}/{path.removeprefix('/')}"))
    except EventError:
        return "is too long for a request of API Gateway"
    if found is None and expected == "allow":
        return f"is denied to everybody: no route of the document fits{_hint(text, table.keys)}"
    return ""


def _hint(text: str, keys: Sequence[str]) -> str:
    close = get_close_matches(text, keys, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""

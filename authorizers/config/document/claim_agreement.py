"""
Which claims a document may speak of: keys and certificates have a few, and no others.

A claim that no caller has would be met by nobody, and under `not` by everybody. Works on the plain
values, like `agreement`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from authorizers.config.certificate_facts import CERTIFICATE, LIST_FACTS
from authorizers.config.document.fact_agreement import problem_of_fact, problem_of_fact_test
from authorizers.config.document.plain import listed, mapping, of_kind
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.text import KEY
from authorizers.config.document.words import CLAIMS
from authorizers.config.example_principal import KEY_CLAIMS
from authorizers.config.vocabulary import is_claim_path
from authorizers.model.claim_path import parse_claim_path
from authorizers.model.route import ANY_ROUTE

_OF_KEYS = "sub, owner, key_id, usage_plan, routes, labels or labels.NAME"
_NO_SUCH_CLAIM = {
    (True, False): f"API keys have no such claim: write {_OF_KEYS}",
    (False, True): "client certificates have no such claim: write sub, or certificate.NAME",
    (True, True): f"API keys have no such claim: write {_OF_KEYS}, or certificate.NAME",
}

_NO_TEXT = ("routes", "labels")
_NEVER_HOLDS = (
    "this holds for no key, and under `not` for every one: routes contain declared routes, and"
    " only with routes_per_key; labels have names (labels.NAME); and all else is text"
)
_NO_TEXT_SUBJECT = "this holds for no certificate, and under `not` for every one: sub is text"
_NO_SEGMENT = "a SPIFFE ID has several segments: it is never one of a path"
_NO_SCOPES = (
    "client certificates have no scopes: write `certificate: {…}` or a role that names them"
)


class _Callers(NamedTuple):
    """What the callers of a document present, and the routes that their keys may name."""

    tokens: bool
    keys: bool
    certificates: Mapping[str, dict[str, Any]]
    routes: set[str]


def claim_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where `root`, a document, speaks of claims that its callers do not have."""
    schemes = mapping(root.get("authenticate"))
    keys, certificates = of_kind(schemes, "api_key"), of_kind(schemes, "client_certificate")
    tokens = len(keys) + len(certificates) < len(schemes)  # or what is of no kind
    if not schemes or (tokens and not certificates):
        return
    routes = {*declared_routes(root), ANY_ROUTE} if _look_at_routes(keys.values()) else set()
    callers = _Callers(tokens, bool(keys), certificates, routes)
    for key, requirement in mapping(root.get("routes")).items():
        yield from _of_requirement(("routes", key), requirement, callers)
    for name, role in mapping(root.get("roles")).items():
        requirement = mapping(role).get("requirement")
        yield from _of_requirement(("roles", name, "requirement"), requirement, callers)
    yield from _of_references(("context",), root.get("context"), callers)


def _look_at_routes(keys: Iterable[dict[str, Any]]) -> bool:
    return any("routes_per_key" in api_key for api_key in keys)


def _of_requirement(place: Place, value: Any, callers: _Callers) -> Iterator[Finding]:
    requirement = mapping(value)
    if "scopes" in requirement and not callers.tokens and not callers.keys:
        yield (*place, "scopes", KEY), _NO_SCOPES
    for path, test in mapping(requirement.get("claim")).items():
        if problem := _of_path(path, callers):
            yield (*place, "claim", path, KEY), problem
        elif problem := _of_test(path, mapping(test), callers):
            yield (*place, "claim", path), problem
    yield from _of_references((*place, "path"), requirement.get("path"), callers)
    if "not" in requirement:
        yield from _of_requirement((*place, "not"), requirement["not"], callers)
    for joined in ("all_of", "any_of"):
        for i, part in enumerate(listed(requirement.get(joined))):
            yield from _of_requirement((*place, joined, i), part, callers)


def _of_path(path: str, callers: _Callers) -> str:
    """Return what is wrong with a claim; what is no path is somebody else's finding."""
    first, *more = parse_claim_path(path) if is_claim_path(path) else ("sub",)
    if first == CERTIFICATE and callers.certificates:
        return problem_of_fact(more, callers.certificates)
    if callers.tokens or (first == "sub" and not more):
        return ""
    if callers.keys and first in KEY_CLAIMS and len(more) <= (first == "labels"):
        return ""
    return _NO_SUCH_CLAIM[callers.keys, bool(callers.certificates)]


def _of_test(path: str, test: dict[str, Any], callers: _Callers) -> str:
    """Return why nobody's claim can be as `test` says; its shape is somebody else's finding."""
    if not is_claim_path(path):
        return ""
    first, *more = parse_claim_path(path)
    if first == CERTIFICATE and callers.certificates:
        return problem_of_fact_test(more[0], test)
    if callers.tokens or _may_hold(path, test, callers.routes):
        return ""
    return _NEVER_HOLDS if callers.keys else _NO_TEXT_SUBJECT


def _may_hold(path: str, test: dict[str, Any], routes: set[str]) -> bool:
    """Return whether a key's claim can be as `test` says."""
    if path == "labels":
        return False
    if path == "routes":
        said = [isinstance(value, str) and value in routes for value in test.values()]
        return test.keys() <= {"contains"} and all(said)
    values = [v for value in test.values() for v in (value if isinstance(value, list) else [value])]
    return test.keys() <= {"equals", "any_of"} and all(isinstance(value, str) for value in values)


def _of_references(place: Place, value: Any, callers: _Callers) -> Iterator[Finding]:
    in_path = place[-1] == "path"
    for name, reference in mapping(value).items():
        if not isinstance(reference, str):
            continue
        path = reference.removeprefix(CLAIMS)
        if problem := _of_path(path, callers) or _of_value(path, callers, in_path=in_path):
            yield (*place, name), problem


def _of_value(path: str, callers: _Callers, *, in_path: bool) -> str:
    """Return why the claim's value is of no use as text."""
    first, *more = parse_claim_path(path) if is_claim_path(path) else ("sub",)
    if callers.certificates and first == CERTIFICATE:
        if more[0] in LIST_FACTS:
            return "a certificate may have several of these: write claims.sub"
        return _NO_SEGMENT if in_path and more[0] == "spiffe_id" else ""
    if not callers.tokens and path in _NO_TEXT:
        return f"{path} is no text: write sub, owner, key_id or labels.NAME"
    return ""

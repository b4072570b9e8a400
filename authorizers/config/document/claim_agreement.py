"""
Which claims a document of API keys may speak of: keys have a few, and no others.

A claim that no key has would be met by nobody, and under `not` by everybody. Works on the plain
values, like `agreement`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from authorizers.config.document.plain import listed, mapping
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.text import KEY
from authorizers.config.document.words import CLAIMS
from authorizers.config.example_principal import KEY_CLAIMS
from authorizers.config.vocabulary import is_claim_path
from authorizers.model.claim_path import parse_claim_path
from authorizers.model.route import ANY_ROUTE

_NO_SUCH_CLAIM = (
    "API keys have no such claim: write sub, owner, key_id, usage_plan, routes, labels or"
    " labels.NAME"
)

_NO_TEXT = ("routes", "labels")
_NEVER_HOLDS = (
    "this holds for no key, and under `not` for every one: routes contain declared routes, and"
    " only with routes_per_key; labels have names (labels.NAME); and all else is text"
)


def claim_disagreements(root: dict[str, Any]) -> Iterator[Finding]:
    """Yield where `root`, a document of API keys, speaks of claims that keys do not have."""
    schemes = mapping(root.get("authenticate")).values()
    if not schemes or not all("api_key" in mapping(scheme) for scheme in schemes):
        return
    routes = {*declared_routes(root), ANY_ROUTE} if _look_at_routes(schemes) else set()
    for key, requirement in mapping(root.get("routes")).items():
        yield from _of_requirement(("routes", key), requirement, routes)
    for name, role in mapping(root.get("roles")).items():
        requirement = mapping(role).get("requirement")
        yield from _of_requirement(("roles", name, "requirement"), requirement, routes)
    yield from _of_references(("context",), root.get("context"))


def _look_at_routes(schemes: Iterable[Any]) -> bool:
    return any("routes_per_key" in mapping(mapping(s).get("api_key")) for s in schemes)


def _of_requirement(place: Place, value: Any, routes: set[str]) -> Iterator[Finding]:
    requirement = mapping(value)
    for path, test in mapping(requirement.get("claim")).items():
        if not _is_claim_of_keys(path):
            yield (*place, "claim", path, KEY), _NO_SUCH_CLAIM
        elif not _may_hold(path, mapping(test), routes):
            yield (*place, "claim", path), _NEVER_HOLDS
    yield from _of_references((*place, "path"), requirement.get("path"))
    if "not" in requirement:
        yield from _of_requirement((*place, "not"), requirement["not"], routes)
    for joined in ("all_of", "any_of"):
        for i, part in enumerate(listed(requirement.get(joined))):
            yield from _of_requirement((*place, joined, i), part, routes)


def _may_hold(path: str, test: dict[str, Any], routes: set[str]) -> bool:
    """Return whether a key's claim can be as `test` says; its shape is somebody else's finding."""
    if path == "labels":
        return False
    if path == "routes":
        said = [isinstance(value, str) and value in routes for value in test.values()]
        return test.keys() <= {"contains"} and all(said)
    values = [v for value in test.values() for v in (value if isinstance(value, list) else [value])]
    return test.keys() <= {"equals", "any_of"} and all(isinstance(value, str) for value in values)


def _of_references(place: Place, value: Any) -> Iterator[Finding]:
    for name, reference in mapping(value).items():
        if not isinstance(reference, str):
            continue
        path = reference.removeprefix(CLAIMS)
        if not _is_claim_of_keys(path):
            yield (*place, name), _NO_SUCH_CLAIM
        elif path in _NO_TEXT:
            yield (*place, name), f"{path} is no text: write sub, owner, key_id or labels.NAME"


def _is_claim_of_keys(path: str) -> bool:
    """Return whether keys have the claim at `path`; what is no path is somebody else's finding."""
    if not is_claim_path(path):
        return True
    first, *more = parse_claim_path(path)
    return first in KEY_CLAIMS and len(more) <= (first == "labels")

"""
Whether any request can carry what a route requires.

A request carries one credential that says who calls, a token or a key, and a client certificate
beside it or alone. WebSocket APIs have no certificates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from authorizers.config.certificate_facts import CERTIFICATE
from authorizers.config.requirement import Compiled
from authorizers.errors import Problem
from authorizers.model.claim_path import parse_claim_path
from authorizers.rules.satisfiable import NEVER, satisfiable

_BOTH = (
    "needs a token and an API key in one request, and a request that presents both is refused: a"
    " client certificate may stand beside either"
)
_NO_CERTIFICATE = (
    "can only be met with a client certificate, and WebSocket APIs have none: mutual TLS is for"
    " REST and HTTP APIs"
)
_CONNECT = "$connect"


def unpresentable(
    routes: Sequence[Mapping[str, Any]], schemes: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield the compiled `routes` that no request can ever meet, by their keys."""
    of_keys = {name for name, scheme in schemes.items() if "api_key" in scheme}
    of_certificates = {name for name, scheme in schemes.items() if "client_certificate" in scheme}
    if not of_certificates and (not of_keys or of_keys >= schemes.keys()):
        return  # one kind of credential, and nothing to stand beside it
    for route in routes:
        key, requirement = route["key"], route["requirement"]
        if not satisfiable([requirement]):
            if satisfiable([_with_keys_apart(requirement, of_keys)]):
                yield Problem(key, _BOTH)
        elif key == _CONNECT and of_certificates:
            only = of_certificates >= schemes.keys()
            if only or not satisfiable([_without_certificates(requirement, of_certificates)]):
                yield Problem(key, _NO_CERTIFICATE)


def _with_keys_apart(requirement: Compiled, of_keys: set[str]) -> Compiled:
    """Return what would be required if a key could stand beside a token."""

    def apart(part: Compiled) -> Compiled:
        by_key = part[0] == "scheme" and part[1] in of_keys
        return ["scheme_of_key", part[1]] if by_key else part

    return _changed(requirement, apart)


def _without_certificates(requirement: Compiled, schemes: set[str]) -> Compiled:
    """Return what is left of a requirement where nobody has a certificate."""

    def without(part: Compiled) -> Compiled:
        kind, *arguments = part
        if kind in ("scheme", "certificate_scheme"):
            return NEVER if arguments[0] in schemes else part
        if kind == "claim":
            return NEVER if _is_fact(arguments[0]) else part
        if kind == "path":
            return NEVER if any(map(_is_fact, arguments[0].values())) else part
        if kind == "principal":
            others = [p for p in arguments[0] if p.partition("|")[0] not in schemes]
            return ["principal", others] if others else NEVER
        return part

    return _changed(requirement, without)


def _is_fact(path: str) -> bool:
    return parse_claim_path(path)[0] == CERTIFICATE


def _changed(requirement: Compiled, change: Callable[[Compiled], Compiled]) -> Compiled:
    """Return the requirement with each of its simple parts changed."""
    kind = requirement[0]
    if kind in ("all_of", "any_of"):
        return [kind, [_changed(part, change) for part in requirement[1]]]
    return ["not", _changed(requirement[1], change)] if kind == "not" else change(requirement)

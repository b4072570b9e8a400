"""
Whether a principal meets a compiled requirement on one concrete request: yes or no.

Read from the document's reference (docs/configuration.md), one form after the other, with none of
the product's alternatives, networks or bindings.
"""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from authorizers.model.principal import Principal


def satisfies(
    principal: Principal,
    requirement: Any,
    parameters: Mapping[str, str],
    source_ip: str | None = None,
) -> bool:
    """Join what the parts say of this one request."""

    def met(part: Any) -> bool:
        return satisfies(principal, part, parameters, source_ip)

    match requirement:
        case ["all_of", parts]:
            return all(map(met, parts))
        case ["any_of", parts]:
            return any(map(met, parts))
        case ["not", part]:
            return not met(part)
        case ["path", bound]:
            return all(
                spelled(claim(principal, path)) == parameters[name] for name, path in bound.items()
            )
        case ["source_ip", networks]:
            return source_ip is not None and any(
                ip_address(source_ip) in ip_network(network) for network in networks
            )
    return is_one(principal, requirement)


def is_one(principal: Principal, requirement: Any) -> bool:
    """Answer what depends on the principal alone."""
    match requirement:
        case ["authenticated"]:
            return True
        case ["certificate_scheme", name]:
            return bool(principal.certificate_scheme == name)
        case ["scheme", name]:
            return bool(principal.scheme == name)
        case ["scopes_any", scopes]:
            return any(scope in principal.scopes for scope in scopes)
        case ["scopes_all", scopes]:
            return all(scope in principal.scopes for scope in scopes)
        case ["claim", path, operator, wanted]:
            return claim_is(claim(principal, path), operator, wanted)
        case ["principal", names]:
            return principal.principal_id in names
        case ["role", names]:
            return any(name in principal.roles for name in names)
    raise AssertionError(f"a requirement that is not known: {requirement[0]}")


def claim(principal: Principal, path: str) -> Any:
    value: Any = principal.claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def claim_is(value: Any, operator: str, wanted: Any) -> bool:
    def same(one: Any, other: Any) -> bool:
        return bool(one == other) and (type(one) is bool) == (type(other) is bool)

    if operator == "equals":
        return same(value, wanted)
    if operator == "contains":
        return isinstance(value, list) and any(same(item, wanted) for item in value)
    return any(same(value, one) for one in wanted)


def spelled(value: Any) -> str | None:
    """Return what a claim is as a segment of a path; None where it is not plain text there."""
    if type(value) not in (str, int):
        return None
    text = str(value)
    plain = all("!" <= c <= "~" and c not in "*?${}:/%\\" for c in text)
    return text if plain and 0 < len(text) <= 256 and text not in (".", "..") else None

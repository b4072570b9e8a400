"""All rules of a document: what each route requires, asked of one principal at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from authorizers.model.arn import ExecuteApiArn
from authorizers.model.grant import Grant
from authorizers.model.principal import Principal
from authorizers.rules.claim_path import claim_at, parse_claim_path
from authorizers.rules.requirement import YES, load_requirement, path_text
from authorizers.rules.routing import RoutedTo, RouteTable


class RuleSet:
    """The rules of a compiled document. An empty one grants nothing."""

    def __init__(self, routes: Sequence[Mapping[str, Any]]) -> None:
        self.routing = RouteTable([route["key"] for route in routes])
        self._rules = [(load_requirement(r["requirement"]), Grant(i)) for i, r in enumerate(routes)]
        self._bound = [
            (route["key"], parse_claim_path(path))
            for route in routes
            for path in _bound_claims(route["requirement"])
        ]

    def grants(self, principal: Principal) -> tuple[Grant, ...]:
        """Return everything that `principal` may do on the API, whatever was asked for."""
        grants: list[Grant] = []
        for requirement, whole in self._rules:
            answer = requirement(principal)
            if answer is YES:
                grants.append(whole)
            elif answer:
                grants += [Grant(whole.route, *alternative) for alternative in answer]
        return tuple(grants)

    def dropped(self, principal: Principal) -> tuple[str, ...]:
        """Return the routes not granted because a claim's value is no plain segment of a path."""
        values = [(key, claim_at(principal.claims, path)) for key, path in self._bound]
        return tuple(key for key, v in values if v is not None and path_text(v) is None)

    def route_key(self, routed: RoutedTo | None) -> str | None:
        """Return the key of the route as the document has it, for the audit record."""
        return None if routed is None else self.routing.keys[routed.route]

    def allow(
        self, grants: Sequence[Grant], routed: RoutedTo | None, source_ip: str | None
    ) -> bool:
        """Return whether `grants` cover the request. A request of no declared route is denied."""
        return routed is not None and any(
            grant.route == routed.route and _covers(grant, routed, source_ip) for grant in grants
        )

    def find(self, arn: ExecuteApiArn) -> RoutedTo | None:
        """Return the declared route that the request of `arn` is sent to."""
        return self.routing.find(arn)


def _covers(grant: Grant, routed: RoutedTo, source_ip: str | None) -> bool:
    if any(routed.parameters.get(name) != text for name, text in grant.bindings):
        return False
    if grant.networks is None:
        return True
    from authorizers.rules.networks import contains  # noqa: PLC0415 only documents with networks pay

    return contains(grant.networks, source_ip)


def _bound_claims(requirement: Sequence[Any]) -> list[str]:
    kind, *arguments = requirement
    if kind == "path":
        return list(arguments[0].values())
    parts = arguments[0] if kind in ("all_of", "any_of") else ()
    return [path for part in parts for path in _bound_claims(part)]

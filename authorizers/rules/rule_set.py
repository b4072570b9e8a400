"""All rules of a document: what each route requires, asked of one principal at once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from authorizers.model.arn import ExecuteApiArn
from authorizers.model.claim_path import claim_at, parse_claim_path
from authorizers.model.grant import Grant, Networks
from authorizers.model.principal import Principal
from authorizers.model.route import ANY_ROUTE
from authorizers.rules.index import Index, Presented
from authorizers.rules.mentions import mentioned_claims, mentioned_scopes, mentions, parts_of
from authorizers.rules.requirement import YES, Requirement, load_requirement, path_text
from authorizers.rules.routing import RoutedTo, RouteTable

_NO_ROLES: frozenset[str] = frozenset()
_route_of = itemgetter(0)


class Facts(NamedTuple):
    """All that a document's rules look at in a principal: who shares them shares all grants."""

    scheme: str
    scopes: frozenset[str]
    claims: tuple[Any, ...]
    principal_id: str | None
    roles: frozenset[str]
    certificate_scheme: str | None


class _Rule(NamedTuple):
    """A requirement, and the whole grants of the routes that have it."""

    requirement: Requirement
    grants: list[Grant]


class RuleSet:
    """The rules of a compiled document. An empty one grants nothing."""

    def __init__(self, routes: Sequence[Mapping[str, Any]]) -> None:
        self.routing = RouteTable([route["key"] for route in routes])
        distinct: dict[str, tuple[Sequence[Any], list[int]]] = {}
        for i, route in enumerate(routes):
            requirement = route["requirement"]
            distinct.setdefault(repr(requirement), (requirement, []))[1].append(i)
        requirements = [requirement for requirement, _ in distinct.values()]
        self._rules = [
            _Rule(load_requirement(r), [Grant(i) for i in numbers])
            for r, numbers in distinct.values()
        ]
        self._index = Index(requirements)
        scopes = frozenset(s for r in requirements for s in mentioned_scopes(r))
        self._relevant = lru_cache(maxsize=256)(scopes.intersection)
        paths = {path: None for r in requirements for path in mentioned_claims(r)}
        self._claims = [(path, parse_claim_path(path)) for path in paths]
        self._named = frozenset(
            name
            for r in requirements
            for part in parts_of(r)
            if part[0] == "principal"
            for name in part[1]
        )
        self._by_role = any(mentions(r, "role") for r in requirements)
        self._bound: dict[str, list[int]] = {}
        for requirement, numbers in distinct.values():
            for path in mentioned_claims(requirement, "path"):
                self._bound.setdefault(path, []).extend(numbers)

    def facts(self, principal: Principal) -> Facts:
        """Return what the grants of `principal` depend on, and nothing else."""
        claims = principal.claims
        return Facts(
            principal.scheme,
            self._relevant(principal.scopes),
            tuple([_hashable(claim_at(claims, path)) for _, path in self._claims]),
            principal.principal_id if principal.principal_id in self._named else None,
            principal.roles if self._by_role else _NO_ROLES,
            principal.certificate_scheme,
        )

    def grants(self, principal: Principal) -> tuple[Grant, ...]:
        """Return everything that `principal` may do on the API, whatever was asked for."""
        grants: list[Grant] = []
        for number in self._index.candidates(self._presented(principal)):
            requirement, whole = self._rules[number]
            answer = requirement(principal)
            if answer is YES:
                grants += whole
            else:
                grants += [Grant(grant.route, *terms) for terms in answer for grant in whole]
        grants.sort(key=_route_of)  # of rules it is nearly done: they are in order
        return tuple(grants)

    def _presented(self, principal: Principal) -> Presented:
        claims = principal.claims
        return Presented(
            principal.scheme,
            self._relevant(principal.scopes),
            {path: claim_at(claims, names) for path, names in self._claims},
            principal.principal_id,
            principal.roles,
            principal.certificate_scheme,
        )

    def everything(self, granted: "Granted") -> bool:
        """Return whether nothing on the API is not granted, wherever a request comes from."""
        whole = granted.grants == (Grant(0),) and granted.networks is None
        return whole and self.routing.keys == (ANY_ROUTE,)

    def dropped(self, principal: Principal) -> tuple[str, ...]:
        """Return the routes not granted because a claim's value is no plain segment of a path."""
        unusable = {
            route
            for path, routes in self._bound.items()
            if (value := claim_at(principal.claims, parse_claim_path(path))) is not None
            and path_text(value) is None
            for route in routes
        }
        return tuple(self.routing.keys[route] for route in sorted(unusable))

    def find(self, arn: ExecuteApiArn, route_key: str | None = None) -> RoutedTo | None:
        """Return the declared route of a request, by its ARN and by the event's own words."""
        return self.routing.named(route_key, self.routing.find(arn), arn.method)

    def route_keys(self, routed: RoutedTo | None) -> tuple[str, ...]:
        """Return the keys of all routes that a request may be for; gateways differ on some."""
        if routed is None:
            return ()
        return (self.routing.keys[routed.route], *self.route_keys(routed.or_to))

    def route_key(self, routed: RoutedTo | None) -> str | None:
        """Return the key of the route as the document has it, for the audit record."""
        return None if routed is None else self.routing.keys[routed.route]


class Granted:
    """
    The grants of one principal, ready to be asked about requests; all of them for callers from
    its `networks` only, where it has some.
    """

    __slots__ = ("_partial", "_whole", "bound", "conditional", "grants", "networks")

    def __init__(self, grants: tuple[Grant, ...], networks: Networks | None = None) -> None:
        self.grants = grants if networks is None or networks else ()  # no network is nowhere
        grants = self.grants
        self.networks = networks
        self._whole = frozenset(g.route for g in grants if not g.bindings and g.networks is None)
        self._partial = [grant for grant in grants if grant.route not in self._whole]
        self.bound = frozenset(grant.route for grant in self._partial if grant.bindings)
        self.conditional = frozenset(g.route for g in self._partial if g.networks is not None)

    def allow(self, routed: RoutedTo | None, source_ip: str | None) -> bool:
        """Return whether the request is covered. A request of no declared route is not."""
        if routed is None or not (self.networks is None or _holds(source_ip, self.networks)):
            return False
        if routed.or_to is not None and not self.allow(routed.or_to, source_ip):
            return False
        return routed.route in self._whole or any(
            grant.networks is None or _holds(source_ip, grant.networks)
            for grant in self._partial
            if _is_about(grant, routed)
        )

    def somewhere(self, routed: RoutedTo | None) -> bool:
        """Return whether the request is covered, at least for callers from some networks."""
        if routed is None:
            return False
        if routed.or_to is not None and not self.somewhere(routed.or_to):
            return False
        return routed.route in self._whole or any(_is_about(g, routed) for g in self._partial)


def _is_about(grant: Grant, routed: RoutedTo) -> bool:
    return grant.route == routed.route and all(
        routed.parameters.get(name) == text for name, text in grant.bindings
    )


def _holds(source_ip: str | None, networks: Networks) -> bool:
    from authorizers.rules.networks import contains  # noqa: PLC0415 only documents with networks pay

    return contains(networks, source_ip)


def _hashable(value: Any) -> Any:
    """Tell `true` from 1 and 1 from 1.0, and nothing from text that looks like it."""
    return (type(value).__name__, value if isinstance(value, str | int | float) else repr(value))

"""
Grants → the policy document of one principal on one API stage.

It names everything the principal may do there, not only what was asked for, because API Gateway
caches the document and applies it to the next request, whichever route that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.grant import Grant, Networks
from authorizers.model.policy import Effect, PolicyDocument, Statement
from authorizers.model.route import ANY_ROUTE, Route, parse_route, specificity

INVOKE = "execute-api:Invoke"

# How the rest is denied: all that is not granted, by NotResource; or the routes of the document
# that are not granted, by name, for readers of policies that do not know NotResource.
RestDeny = Literal["everything_else", "listed_routes"]


class _Cut(NamedTuple):
    route: int
    methods: frozenset[str]
    resources: tuple[str, ...]
    deep: bool


class _Entry(NamedTuple):
    route: Route
    methods: tuple[str, ...]
    resources: tuple[str, ...]
    beyond: tuple[str, ...]
    odd: tuple[str, ...]
    within: tuple[int, ...]
    deeper: frozenset[int]
    cuts: tuple[_Cut, ...]


def _under(methods: Iterable[str], patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{method}/{pattern}" for method in methods for pattern in patterns)


def _entry(raw: Mapping[str, Any]) -> _Entry:
    key, methods = raw["key"], tuple(raw["methods"])
    resources = _under(methods, [raw["pattern"]])
    if key.startswith("$") or key == ANY_ROUTE:
        resources += (key,)
    return _Entry(
        parse_route(key),
        methods,
        resources,
        _under(methods, raw["beyond"]),
        _under(methods, raw["odd"]),
        tuple(raw["within"]),
        frozenset(raw["deeper"]),
        tuple(
            _Cut(
                cut["route"],
                frozenset(cut["methods"]),
                _under(cut["methods"], cut["patterns"]),
                cut["deep"],
            )
            for cut in raw["cuts"]
        ),
    )


def _bound(route: Route, bindings: Mapping[str, str]) -> list[str]:
    """Put the values of bound parameters, already proven to be harmless text, into the segments."""
    if not bindings.keys() <= set(route.parameters):
        return []
    return [
        bindings.get(s[1:-1].removesuffix("+"), "?*") if s.startswith("{") else s
        for s in route.segments
    ]


def _crossings(segments: Sequence[str]) -> list[str]:
    """
    Return patterns of a greedy route's paths in which an open parameter would hold a slash, and a
    bound one thus another segment than its own.
    """
    last = max(i for i, segment in enumerate(segments) if segment != "?*")
    return [
        "/".join([*segments[:i], "*/*", *segments[i + 1 :]])
        for i, segment in enumerate(segments[:last])
        if segment == "?*"
    ]


def _matches(segments: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether a route of `segments` matches a path of literal segments."""
    if segments and segments[-1].endswith("+}") and len(path) >= len(segments):
        segments, path = segments[:-1], path[: len(segments) - 1]
    return len(segments) == len(path) and all(
        s.startswith("{") or s == text for s, text in zip(segments, path, strict=True)
    )


class PolicyAssembler:
    """
    Builds policy documents over one table of routes, made by `authorizers.policy.table`.

    Raises:
        ConfigurationError: the table is of another release, or broken.
    """

    def __init__(self, table: Mapping[str, Any], rest_deny: RestDeny = "everything_else") -> None:
        try:
            self.exact: bool = table["exact"]
            self._entries = [_entry(raw) for raw in table["routes"]]
        except (KeyError, TypeError, ValueError):
            problem = Problem("table", "is not whole; compile the document again")
            raise ConfigurationError(problem) from None
        self._rest_deny = rest_deny

    def assemble(
        self, grants: Sequence[Grant], stage_arn: str, *, websocket: bool, deny_the_rest: bool
    ) -> PolicyDocument:
        """
        Build the document. Without a grant it is one explicit Deny of the whole stage.

        `deny_the_rest` adds an explicit Deny of everything that is not granted: on a REST API a
        resource policy's Allow overrules an authorizer's silence ("API Gateway resource policy
        evaluation", https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
        """
        draft = _Draft(self._entries, [g for g in grants if self._speaks_of(g, websocket)])
        if deny_the_rest and self._rest_deny == "listed_routes":
            deny_the_rest = not draft.cut_off_the_ungranted()
        return {"Version": "2012-10-17", "Statement": draft.statements(stage_arn, deny_the_rest)}

    def _speaks_of(self, grant: Grant, websocket: bool) -> bool:
        key = self._entries[grant.route].route.key
        return key == ANY_ROUTE or (key == "$connect") == websocket


class _Draft:
    """The resources of one document, collected before they are written as statements."""

    def __init__(self, entries: Sequence[_Entry], grants: Sequence[Grant]) -> None:
        self._entries = entries
        self._granted = {g.route for g in grants}
        self._whole = {g.route: g.networks for g in grants if not g.bindings}
        self.allowed: dict[Networks | None, dict[str, None]] = {}
        self.limited: dict[Networks, dict[str, None]] = {}
        self.cut_off: dict[str, None] = {}
        for grant in grants:
            self._add(grant)

    def _add(self, grant: Grant) -> None:
        entry, networks = self._entries[grant.route], grant.networks
        resources: Sequence[str] = entry.resources
        if grant.bindings:
            resources, around = self._bound_resources(entry, dict(grant.bindings)), set()
        else:
            around = {self._whole[wide] for wide in entry.within if wide in self._whole}
            if around.isdisjoint((None, networks)):
                self._cut_off_what_it_reaches(entry)
        if resources and around.isdisjoint((None, networks)):
            self.allowed.setdefault(networks, {}).update(dict.fromkeys(resources))
        if resources and networks is not None and networks not in around:
            odd = () if grant.bindings else entry.odd
            self.limited.setdefault(networks, {}).update(dict.fromkeys((*resources, *odd)))

    def _bound_resources(self, entry: _Entry, bindings: Mapping[str, str]) -> Sequence[str]:
        segments = _bound(entry.route, bindings)
        if any("*" in segment for segment in segments):
            self._cut_off_what_it_reaches(entry)
            crossing = _crossings(segments) if entry.route.key.endswith("+}") else ()
            self.cut_off.update(dict.fromkeys(_under(entry.methods, crossing)))
            return _under(entry.methods, ["/".join(segments)])
        elsewhere = {
            method
            for cut in entry.cuts
            if self._is_sent_elsewhere(entry, cut, segments)
            for method in cut.methods
        }
        methods = [method for method in entry.methods if method not in elsewhere]
        return _under(methods, ["/".join(segments)]) if segments else ()

    def _is_sent_elsewhere(self, entry: _Entry, cut: _Cut, segments: Sequence[str]) -> bool:
        """Return whether a single path that `entry` matches too is another route's."""
        other = self._entries[cut.route].route
        surely = specificity(other) < specificity(entry.route)
        return (surely or cut.route not in self._whole) and _matches(other.segments, segments)

    def _cut_off_what_it_reaches(self, entry: _Entry) -> None:
        deeper_is_granted = not self._granted.isdisjoint(entry.deeper)
        if not deeper_is_granted:
            self.cut_off.update(dict.fromkeys(entry.beyond))
        for cut in entry.cuts:
            if cut.route not in self._whole and (deeper_is_granted or not cut.deep):
                self.cut_off.update(dict.fromkeys(cut.resources))

    def cut_off_the_ungranted(self) -> bool:
        """
        Deny each route that is not granted, by its own pattern, and return whether that was
        possible: a pattern that reaches a granted route would take it away.
        """
        ungranted = [
            entry
            for route, entry in enumerate(self._entries)
            if route not in self._whole and entry.methods
        ]
        partly = self._granted - self._whole.keys()
        if partly or any(self._reaches_granted(entry) for entry in ungranted):
            return False
        for entry in ungranted:
            self.cut_off.update(dict.fromkeys((*entry.resources, *entry.odd)))
        return True

    def _reaches_granted(self, entry: _Entry) -> bool:
        reached = entry.deeper.union(cut.route for cut in entry.cuts)
        return not reached.isdisjoint(self._granted)

    def statements(self, stage_arn: str, deny_the_rest: bool) -> list[Statement]:
        def arns(resources: Iterable[str]) -> list[str]:
            return [f"{stage_arn}/{resource}" for resource in resources]

        if not self.allowed:
            return [_statement("Deny", [f"{stage_arn}/*"])]
        statements = [
            _statement("Allow", arns(resources), networks)
            for networks, resources in self.allowed.items()
        ]
        if self.cut_off:
            statements.append(_statement("Deny", arns(self.cut_off)))
        statements += [
            _statement("Deny", arns(resources), networks, outside=True)
            for networks, resources in self.limited.items()
        ]
        granted = dict.fromkeys(r for resources in self.allowed.values() for r in resources)
        if deny_the_rest and ANY_ROUTE not in granted:  # `*` leaves nothing on the stage to deny
            statements.append({"Effect": "Deny", "Action": INVOKE, "NotResource": arns(granted)})
        return statements


def _statement(
    effect: Effect, resources: list[str], networks: Networks | None = None, *, outside: bool = False
) -> Statement:
    statement: Statement = {"Effect": effect, "Action": INVOKE, "Resource": resources}
    if networks is not None:
        operator = "NotIpAddress" if outside else "IpAddress"
        statement["Condition"] = {operator: {"aws:SourceIp": list(networks)}}
    return statement

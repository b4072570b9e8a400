"""
Grants → the policy document of one principal on one API stage.

It names everything the principal may do there, not only what was asked for, because API Gateway
caches the document and applies it to the next request, whichever route that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.model.grant import Grant, Networks
from authorizers.model.policy import Effect, PolicyDocument, Statement
from authorizers.model.route import ANY_ROUTE, parse_route
from authorizers.policy import glob

INVOKE = "execute-api:Invoke"


class _Cut(NamedTuple):
    route: int
    resources: tuple[str, ...]
    deep: bool


class _Entry(NamedTuple):
    key: str
    methods: tuple[str, ...]
    segments: tuple[str, ...]
    resources: tuple[str, ...]
    beyond: tuple[str, ...]
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
        key,
        methods,
        parse_route(key).segments,
        resources,
        _under(methods, raw["beyond"]),
        tuple(raw["within"]),
        frozenset(raw["deeper"]),
        tuple(
            _Cut(cut["route"], _under(cut["methods"], cut["patterns"]), cut["deep"])
            for cut in raw["cuts"]
        ),
    )


def _bound(entry: _Entry, bindings: Mapping[str, str]) -> tuple[str, ...]:
    """Put the values of bound parameters, already proven to be harmless text, into the pattern."""
    segments = [
        bindings.get(s[1:-1].removesuffix("+"), "?*") if s.startswith("{") else s
        for s in entry.segments
    ]
    return _under(entry.methods, ["/".join(segments)])


class PolicyBuilder:
    """Builds policy documents over one table of routes, made by `authorizers.policy.table`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.exact: bool = table["exact"]
        self._entries = [_entry(raw) for raw in table["routes"]]

    def build(
        self, grants: Sequence[Grant], stage_arn: str, *, websocket: bool, deny_the_rest: bool
    ) -> PolicyDocument:
        """
        Build the document. Without a grant it is one explicit Deny of the whole stage.

        `deny_the_rest` adds an explicit Deny of everything that is not granted: on a REST API a
        resource policy's Allow overrules an authorizer's silence ("API Gateway resource policy
        evaluation", https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
        """
        draft = _Draft(self._entries, [g for g in grants if self._speaks_of(g, websocket)])
        return {"Version": "2012-10-17", "Statement": draft.statements(stage_arn, deny_the_rest)}

    def _speaks_of(self, grant: Grant, websocket: bool) -> bool:
        key = self._entries[grant.route].key
        return key == ANY_ROUTE or (key == "$connect") == websocket


class _Draft:
    """The resources of one document, collected before they are written as statements."""

    def __init__(self, entries: Sequence[_Entry], grants: Sequence[Grant]) -> None:
        self._entries = entries
        self._granted = {g.route for g in grants}
        self._whole = {g.route for g in grants if not g.bindings}
        self._unconditional = {g.route for g in grants if not g.bindings and g.networks is None}
        self.allowed: dict[Networks | None, dict[str, None]] = {}
        self.cut_off: dict[str, None] = {}
        for grant in grants:
            self._add(grant)

    def _add(self, grant: Grant) -> None:
        entry = self._entries[grant.route]
        if grant.bindings:
            resources = _bound(entry, dict(grant.bindings))
            self._cut_off_bound(entry, resources)
        elif self._unconditional.isdisjoint(entry.within):
            resources = entry.resources
            self._cut_off_what_it_reaches(entry)
        else:
            return
        self.allowed.setdefault(grant.networks, {}).update(dict.fromkeys(resources))

    def _cut_off_what_it_reaches(self, entry: _Entry) -> None:
        deeper_is_granted = not self._granted.isdisjoint(entry.deeper)
        if not deeper_is_granted:
            self.cut_off.update(dict.fromkeys(entry.beyond))
        for cut in entry.cuts:
            if cut.route not in self._whole and (deeper_is_granted or not cut.deep):
                self.cut_off.update(dict.fromkeys(cut.resources))

    def _cut_off_bound(self, entry: _Entry, resources: Sequence[str]) -> None:
        if any("*" in resource for resource in resources):
            self._cut_off_what_it_reaches(entry)
            return
        for cut in entry.cuts:
            if cut.route not in self._whole and any(
                glob.matches(pattern, resource)
                for pattern in cut.resources
                for resource in resources
            ):
                self.cut_off.update(dict.fromkeys(cut.resources))

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
            for networks, resources in self.allowed.items()
            if networks is not None
        ]
        if deny_the_rest:
            granted = dict.fromkeys(r for resources in self.allowed.values() for r in resources)
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

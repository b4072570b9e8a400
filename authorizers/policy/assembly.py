"""
Grants → the policy document of one principal on one API stage.

It names everything the principal may do there, not only what was asked for, because API Gateway
caches the document and applies it to the next request, whichever route that is.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Literal

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.grant import Grant, Networks
from authorizers.model.policy import PolicyDocument, Statement
from authorizers.model.route import ANY_ROUTE
from authorizers.policy.document import (
    ENDS_IN_TWO_SLASHES,
    EVERY_METHOD,
    document,
    method_patterns,
    statement,
)
from authorizers.policy.entry import Entry, Tails

# How the rest is denied: all that is not granted, by NotResource; or the routes of the document
# that are not granted, by name, for readers of policies that do not know NotResource.
RestDeny = Literal["everything_else", "listed_routes"]


class PolicyAssembler:
    """
    Assembles policy documents over one table of routes, made by `authorizers.policy.table`.

    Raises:
        ConfigurationError: the table is of another release, or broken.
    """

    def __init__(self, table: Mapping[str, Any], rest_deny: RestDeny = "everything_else") -> None:
        try:
            self.exact: bool = table["exact"]
            self._rows: Sequence[Mapping[str, Any]] = table["routes"]
            self.keys = tuple([row["key"] for row in self._rows])
        except (KeyError, TypeError):
            raise _broken() from None
        self._entries: list[Entry | None] = [None] * len(self._rows)
        self._rest_deny = rest_deny

    def entry(self, route: int) -> Entry:
        """Return what the table says of a route; most of a large table is never asked for."""
        try:
            known = self._entries[route]
            if known is None:
                known = self._entries[route] = Entry(self._rows[route], len(self._rows))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise _broken() from None
        return known

    def assemble(
        self, grants: Sequence[Grant], stage_arn: str, *, websocket: bool, deny_the_rest: bool
    ) -> PolicyDocument:
        """
        Assemble the document. Without a grant it is one explicit Deny of the whole stage.

        `deny_the_rest` adds an explicit Deny of everything that is not granted: on a REST API a
        resource policy's Allow overrules an authorizer's silence ("API Gateway resource policy
        evaluation", https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
        """
        pairs = [(grant, self.entry(grant.route)) for grant in grants]
        draft = _Draft(self, [pair for pair in pairs if websocket in pair[1].websocket])
        if deny_the_rest and self._rest_deny == "listed_routes":
            deny_the_rest = not draft.cut_off_the_ungranted(range(len(self._rows)))
        return document(draft.statements(f"{stage_arn}/", deny_the_rest))


def _broken() -> ConfigurationError:
    return ConfigurationError(Problem("table", "is not whole; compile the document again"))


class _Draft:
    """The resources of one document, collected before they are written as statements."""

    def __init__(self, assembler: PolicyAssembler, pairs: Sequence[tuple[Grant, Entry]]) -> None:
        self._entry = assembler.entry
        self._granted = {grant.route for grant, _ in pairs}
        self._whole = {grant.route: grant.networks for grant, _ in pairs if not grant.bindings}
        self.allowed: dict[Networks | None, Tails] = {}
        self.limited: dict[Networks, Tails] = {}
        self.cut_off: Tails = {}
        for grant, entry in pairs:
            if grant.bindings:
                self._add_bound(grant, entry)
            else:
                self._add_whole(entry, grant.networks)

    def _add_whole(self, entry: Entry, networks: Networks | None) -> None:
        around: Sequence[Networks | None] = ()
        if entry.within:
            around = [self._whole[wide] for wide in entry.within if wide in self._whole]
        if None not in around and networks not in around:  # else a wider grant says it already
            if entry.reaches:
                self._cut_off_what_it_reaches(entry)
            self._allow(networks, entry.allow)
        if networks is not None and networks not in around:
            self.limited.setdefault(networks, {}).update(entry.allow | entry.odd)

    def _add_bound(self, grant: Grant, entry: Entry) -> None:
        resources = self._bound_resources(entry, dict(grant.bindings))
        if resources:
            tails = dict.fromkeys(resources)
            self._allow(grant.networks, tails)
            if grant.networks is not None:
                self.limited.setdefault(grant.networks, {}).update(tails)

    def _allow(self, networks: Networks | None, tails: Tails) -> None:
        known = self.allowed.get(networks)
        if known is None:
            self.allowed[networks] = dict(tails)
        else:
            known.update(tails)

    def _bound_resources(self, entry: Entry, bindings: Mapping[str, str]) -> Sequence[str]:
        segments = entry.bound(bindings)
        if any("*" in segment for segment in segments):
            self._cut_off_what_it_reaches(entry)
            self.cut_off.update(dict.fromkeys(entry.crossings(segments)))
            return entry.resources(segments)
        elsewhere = frozenset(
            method
            for cut in entry.cuts
            if self._takes_path(self._entry(cut.route), cut.route, entry, segments)
            for method in self._entry(cut.route).methods
        )
        return entry.resources(segments, without=elsewhere) if segments else ()

    def _takes_path(self, other: Entry, route: int, entry: Entry, path: Sequence[str]) -> bool:
        """Return whether a single path of `entry` is sent to the other route, maybe ungranted."""
        may = other.outranks(entry) or (route not in self._whole and other.may_outrank(entry))
        return may and other.takes_path_of(entry, path)

    def _cut_off_what_it_reaches(self, entry: Entry) -> None:
        cut_off, granted, whole = self.cut_off, self._granted, self._whole
        cut_off.update(entry.guard)
        in_force = []
        for place, (deny, deeper) in enumerate(entry.beyond):
            if granted.isdisjoint(deeper):
                in_force.append(place)
                cut_off.update(deny)
            else:
                cut_off[ENDS_IN_TWO_SLASHES] = None
        for route, deny, via in entry.cuts:
            if route not in whole and via.isdisjoint(in_force):
                cut_off.update(deny)

    def cut_off_the_ungranted(self, routes: Iterable[int]) -> bool:
        """
        Deny each route that is not granted, by its own pattern, and return whether that was
        possible: a pattern that reaches a granted route would take it away.
        """
        ungranted = [self._entry(i) for i in routes if i not in self._whole]
        ungranted = [entry for entry in ungranted if entry.methods]
        partly = self._granted - self._whole.keys()
        if partly or any(self._reaches_granted(entry) for entry in ungranted):
            return False
        for entry in ungranted:
            self.cut_off.update(entry.allow | entry.odd)
            self.cut_off.update(dict.fromkeys(f"{t}/" for t in entry.allow if t[-1:] != "*"))
        # A slash too many at the beginning: a resource policy might allow it.
        self.cut_off.update(dict.fromkeys(f"{m}//*" for m in method_patterns(EVERY_METHOD)))
        return True

    def _reaches_granted(self, entry: Entry) -> bool:
        return not (
            self._granted.isdisjoint(cut.route for cut in entry.cuts)
            and all(self._granted.isdisjoint(deeper) for _, deeper in entry.beyond)
        )

    def statements(self, stage: str, deny_the_rest: bool) -> list[Statement]:
        """Return the statements; `stage` is the stage's ARN and a slash."""
        if not self.allowed:
            return [statement("Deny", [f"{stage}*"])]
        allowed = {networks: _merged(tails) for networks, tails in self.allowed.items()}
        statements = [
            statement("Allow", [stage + tail for tail in tails], _from(networks, "IpAddress"))
            for networks, tails in allowed.items()
        ]
        if self.cut_off:
            statements.append(statement("Deny", [stage + tail for tail in self.cut_off]))
        statements += [
            statement("Deny", [stage + t for t in _merged(tails)], _from(networks, "NotIpAddress"))
            for networks, tails in self.limited.items()
        ]
        granted = dict.fromkeys(chain(*allowed.values()))
        if deny_the_rest and ANY_ROUTE not in granted:  # `*` leaves nothing on the stage to deny
            statements.append(statement("Deny", [stage + t for t in granted], outside=True))
        return statements


def _merged(tails: Mapping[str, None]) -> Iterable[str]:
    """Write GET and PUT of one path in one word; they are the only methods that can share one."""
    puts = [tail for tail in tails if tail.startswith("PUT/") and f"GET/{tail[4:]}" in tails]
    if not puts:
        return tails
    both = {f"GET/{tail[4:]}": f"??T/{tail[4:]}" for tail in puts}
    puts_too = set(puts)
    return [both.get(tail, tail) for tail in tails if tail not in puts_too]


def _from(networks: Networks | None, operator: str) -> dict[str, Any] | None:
    return None if networks is None else {operator: {"aws:SourceIp": networks}}

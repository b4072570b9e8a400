"""
Finds the requirements that a principal may meet, without asking all of them.

Most requirements need one thing of a caller that can be looked up: a scope, a scheme, a value of
a claim. They stand under those; whoever has none of them is not asked about.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Compiled = Sequence[Any]
Handle = tuple[Any, ...]  # ("scope", "orders:read"), ("claim", "team", "red"), ("scheme", "staff")

_EVERYBODY = None  # no handle: it must be asked of all


class Presented(NamedTuple):
    """What of a principal can be looked up; `claims` by all claim paths that are mentioned."""

    scheme: str
    scopes: Iterable[str]
    claims: Mapping[str, Any]
    principal_id: str
    roles: Iterable[str]
    certificate_scheme: str | None


def handles_of(requirement: Compiled) -> Collection[Handle] | None:
    """Return what a caller must have one of to meet the requirement, or None for no such thing."""
    kind = requirement[0]
    if kind in ("all_of", "any_of"):
        return _joined(kind, [handles_of(part) for part in requirement[1]])
    if kind == "scopes_all":
        return [("scope", requirement[1][0])]
    if kind in _BY_NAME:
        return [(_BY_NAME[kind], name) for name in requirement[1]]
    if kind in _SCHEMES:
        return [(kind, requirement[1])]
    if kind == "claim":
        _, path, operator, wanted = requirement
        return [("claim", path, value) for value in (wanted if operator == "any_of" else [wanted])]
    return [] if kind == "never" else _EVERYBODY


_SCHEMES = ("scheme", "certificate_scheme")
_BY_NAME = {"scopes_any": "scope", "principal": "principal", "role": "role"}


def _joined(kind: str, parts: Sequence[Collection[Handle] | None]) -> Collection[Handle] | None:
    if kind == "any_of":
        if _EVERYBODY in parts:
            return _EVERYBODY
        return [handle for part in parts if part is not None for handle in part]
    narrow = [part for part in parts if part is not _EVERYBODY]
    return min(narrow, key=_breadth) if narrow else _EVERYBODY


def _breadth(handles: Collection[Handle]) -> tuple[bool, int]:
    """Whole schemes hold many callers: anything else tells more."""
    return any(handle[0] in _SCHEMES for handle in handles), len(handles)


class Index:
    """Requirements by their handles; they are numbered as they were given."""

    def __init__(self, requirements: Iterable[Compiled]) -> None:
        self._for_all: list[int] = []
        self._under: dict[Handle, list[int]] = {}
        self._claims: set[str] = set()
        for number, requirement in enumerate(requirements):
            handles = handles_of(requirement)
            if handles is _EVERYBODY:
                self._for_all.append(number)
                continue
            for handle in handles:
                self._under.setdefault(handle, []).append(number)
                if handle[0] == "claim":
                    self._claims.add(handle[1])

    def candidates(self, presented: Presented) -> set[int]:
        """Return the numbers of all requirements that may be met, and of few others."""
        found, under = set(self._for_all), self._under
        found.update(under.get(("scheme", presented.scheme), ()))
        found.update(under.get(("certificate_scheme", presented.certificate_scheme), ()))
        found.update(under.get(("principal", presented.principal_id), ()))
        for scope in presented.scopes:
            found.update(under.get(("scope", scope), ()))
        for role in presented.roles:
            found.update(under.get(("role", role), ()))
        for path in self._claims:
            value = presented.claims[path]
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, str | int | float):  # a list or an object equals no value
                    found.update(under.get(("claim", path, item), ()))
        return found

"""What a compiled requirement mentions: the kinds of its parts, its scopes, its claims."""

from collections.abc import Iterator, Sequence
from typing import Any

Compiled = Sequence[Any]


def parts_of(requirement: Compiled) -> Iterator[Compiled]:
    """Yield the requirement and every requirement inside it."""
    yield requirement
    kind = requirement[0]
    children = (
        requirement[1]
        if kind in ("all_of", "any_of")
        else [requirement[1]]
        if kind == "not"
        else ()
    )
    for child in children:
        yield from parts_of(child)


def mentions(requirement: Compiled, kind: str) -> bool:
    """Return whether a requirement of `kind`, such as `path`, is part of this one."""
    return any(part[0] == kind for part in parts_of(requirement))


def mentioned_scopes(requirement: Compiled) -> Iterator[str]:
    """Yield every scope that the requirement looks for."""
    for part in parts_of(requirement):
        if part[0] in ("scopes_any", "scopes_all"):
            yield from part[1]


def mentioned_claims(requirement: Compiled, kind: str | None = None) -> Iterator[str]:
    """Yield every claim path that the requirement reads, or those of parts of `kind`."""
    for part in parts_of(requirement):
        if part[0] == "claim" and kind in (None, "claim"):
            yield part[1]
        if part[0] == "path" and kind in (None, "path"):
            yield from part[1].values()

"""
Which requirement implies which, whoever asks and from wherever. Used where documents are compiled.

A sound answer, not a complete one: True is always right, False may only mean "not seen".
"""

from collections.abc import Sequence
from typing import Any

from authorizers.rules.mentions import mentions

Compiled = Sequence[Any]

NEVER = ["never"]  # met by nobody; no document can say it


def without_paths(requirement: Compiled) -> Compiled:
    """Return what is left of a requirement for those to whom no path belongs."""
    kind = requirement[0]
    if kind == "path":
        return NEVER
    if kind in ("all_of", "any_of"):
        return [kind, [without_paths(part) for part in requirement[1]]]
    return requirement


def implies(one: Compiled, other: Compiled) -> bool:
    """Return whether every request that satisfies `one` is seen to satisfy `other`."""
    return (
        one == NEVER
        or _same(one, other)
        or other[0] == "authenticated"
        or _by_parts(one, other)
        or _by_scopes(one, other)
    )


def _same(one: Compiled, other: Compiled) -> bool:
    """Compare as text: to Python `true` equals 1. A path belongs to its own route's parameters."""
    return repr(one) == repr(other) and not mentions(one, "path")


def _by_parts(one: Compiled, other: Compiled) -> bool:
    return (
        (one[0] == "any_of" and all(implies(part, other) for part in one[1]))
        or (other[0] == "all_of" and all(implies(one, part) for part in other[1]))
        or (one[0] == "all_of" and any(implies(part, other) for part in one[1]))
        or (other[0] == "any_of" and any(implies(one, part) for part in other[1]))
    )


def _by_scopes(one: Compiled, other: Compiled) -> bool:
    if not (one[0].startswith("scopes_") and other[0].startswith("scopes_")):
        return False
    held, wanted = set(one[1]), set(other[1])
    if one[0] == "scopes_all":
        return bool(held & wanted) if other[0] == "scopes_any" else wanted <= held
    return held <= wanted if other[0] == "scopes_any" else len(wanted) == 1 and held == wanted

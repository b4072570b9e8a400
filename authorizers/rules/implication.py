"""
What follows from what in a document's rules, whoever asks. Used where documents are compiled.

Sound answers, not complete ones: what is called impossible is, the rest may be.
"""

from collections.abc import Sequence
from typing import Any

from authorizers.rules.mentions import parts_of
from authorizers.rules.satisfiable import NEVER

Compiled = Sequence[Any]

ALWAYS = ["authenticated"]


def without_paths(requirement: Compiled) -> Compiled:
    """Return what is left of a requirement for those to whom no path belongs."""
    kind = requirement[0]
    if kind == "path":
        return NEVER
    if kind in ("all_of", "any_of"):
        return [kind, [without_paths(part) for part in requirement[1]]]
    return requirement


def somewhere(requirement: Compiled) -> Compiled:
    """Return what is demanded at least of whoever meets a requirement from some network."""
    return _placed(requirement, inside=ALWAYS, outside=NEVER)


def surely_somewhere(requirement: Compiled) -> Compiled:
    """Return what is enough to meet a requirement from some network."""
    networks = {repr(part) for part in parts_of(requirement) if part[0] == "source_ip"}
    negated = any(p[0] == "not" and _has_networks(p) for p in parts_of(requirement))
    if len(networks) <= 1 and not negated:
        return somewhere(requirement)
    return _placed(requirement, inside=NEVER, outside=ALWAYS)


def _has_networks(requirement: Compiled) -> bool:
    return any(part[0] == "source_ip" for part in parts_of(requirement))


def _placed(requirement: Compiled, inside: Compiled, outside: Compiled) -> Compiled:
    """Put `inside` where an address must be in networks, and `outside` under an odd `not`."""
    kind = requirement[0]
    if kind == "source_ip":
        return inside
    if kind == "not":
        return [kind, _placed(requirement[1], outside, inside)]
    if kind in ("all_of", "any_of"):
        return [kind, [_placed(part, inside, outside) for part in requirement[1]]]
    return requirement

"""
In which forms a requirement may be granted: bound to which parameters, for which networks.

Used where documents are compiled: the policy stage must know what a grant may look like before
there is a principal.
"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple

from authorizers.rules.mentions import mentions, parts_of
from authorizers.rules.networks import complement

Compiled = Sequence[Any]


class Form(NamedTuple):
    """The parameters a grant is bound to, and a name for the networks it holds for (none: all)."""

    bound: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()


Forms = frozenset[Form]
WHOLE = Form()
MAX_FORMS = 64  # they multiply where alternatives are combined; people write a handful


def forms_of(requirement: Compiled) -> Forms:
    """
    Return the forms that a grant by `requirement` may have.

    Raises:
        ValueError: there are more than `MAX_FORMS`.
    """
    kind = requirement[0]
    if kind == "path":
        return frozenset({Form(bound=frozenset(requirement[1]))})
    if kind == "source_ip":
        return frozenset({Form(networks=frozenset({repr(requirement)}))})
    if kind == "not":
        conditional = any(form.networks for form in forms_of(requirement[1]))
        negated = Form(networks=frozenset({repr(requirement)}))
        return frozenset({WHOLE, negated}) if conditional else frozenset({WHOLE})
    if kind == "any_of":
        return frozenset().union(*map(forms_of, requirement[1]))
    if kind == "all_of":
        return _joined(map(forms_of, requirement[1]))
    return frozenset({WHOLE})


def _joined(parts: Iterable[Forms]) -> Forms:
    joined: Forms = frozenset({WHOLE})
    for forms in parts:
        joined = frozenset(
            Form(one.bound | other.bound, one.networks | other.networks)
            for one in joined
            for other in forms
        )
        if len(joined) > MAX_FORMS:
            raise ValueError("its alternatives of paths and networks have too many combinations")
    return joined


def is_open(forms: Forms, parameters: frozenset[str]) -> bool:
    """Return whether a grant may hold for more than single paths of a route with `parameters`."""
    return any(form.bound < parameters or not parameters for form in forms)


def binds_behind_an_open_one(forms: Forms, segments: Sequence[str]) -> bool:
    """Return whether, before a greedy parameter, one may be bound and one to its left be open."""
    if not segments or not segments[-1].endswith("+}"):
        return False
    names = [s[1:-1] for s in segments[:-1] if s.startswith("{")]
    return any(form.bound and not set(names[: len(form.bound)]) <= form.bound for form in forms)


def is_tangled(forms: Forms) -> bool:
    """
    Return whether one principal may have two grants that overlap, for different networks.

    Grants bound to the same parameters are for the same path and joined, or for different paths.
    A whole grant for all networks makes every other one void.
    """
    partial = forms - {WHOLE}
    return any(
        one.bound != other.bound and one.networks != other.networks
        for one in partial
        for other in partial
    )


def single_paths_of(requirement: Compiled) -> int:
    """Return how many single paths of one route the requirement grants to one caller, at most."""
    kind = requirement[0]
    if kind == "path":
        return 1
    if kind == "any_of":
        return sum(map(single_paths_of, requirement[1]))
    if kind == "all_of":
        return prod(single_paths_of(part) or 1 for part in requirement[1]) * mentions(
            requirement, "path"
        )
    return 0


def networks_text(requirement: Compiled) -> str:
    """Return all networks that a condition for the requirement may name, as they are written."""
    named = _networks_in(requirement)
    # One complement each: together they may be shorter, and never have more blocks than these.
    negated = [n for part in parts_of(requirement) if part[0] == "not" for n in _networks_in(part)]
    rest = [block for network in negated for block in complement((network,))]
    return ", ".join(f'"{network}"' for network in (*named, *rest))


def _networks_in(requirement: Compiled) -> list[str]:
    return [n for part in parts_of(requirement) if part[0] == "source_ip" for n in part[1]]

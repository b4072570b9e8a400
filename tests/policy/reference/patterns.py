"""
Patterns of IAM, read one atom at a time: slow, and plain enough to be checked by eye.

Sources, all in the IAM User Guide (https://docs.aws.amazon.com/IAM/latest/UserGuide/):
"Resource" (reference_policies_elements_resource.html) for the wildcards and what a colon does to
them; "Variables and tags" (reference_policies_variables.html) for `${...}`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto


class NotUnderstood(Exception):
    """The document says something that IAM's documentation gives no meaning to."""


class Wildcard(Enum):
    """What is no character of its own; the last two stay inside one segment of an ARN."""

    RUN = auto()
    ONE = auto()
    RUN_IN_SEGMENT = auto()
    ONE_IN_SEGMENT = auto()


Atom = str | Wildcard
Context = Mapping[str, str | Sequence[str]]

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
NAMED = re.compile(r"([A-Za-z0-9_-]+:[A-Za-z0-9_/.:-]+)(?:, '([^'*?${}]*)')?")
ESCAPES = {"*": "*", "?": "?", "$": "$"}


def matches(atoms: Iterable[Atom], text: str) -> bool:
    """Say whether the whole of `text` fits, by the places that can be reached after each atom."""
    reached = {0}
    for atom in atoms:
        if not reached:
            return False
        if atom is Wildcard.RUN:
            reached = set(range(min(reached), len(text) + 1))
        else:
            reached = {end for start in reached for end in ends(atom, text, start)}
    return len(text) in reached


def ends(atom: Atom, text: str, start: int) -> Iterable[int]:
    if atom is Wildcard.RUN_IN_SEGMENT:
        colon = text.find(":", start)
        return range(start, (len(text) if colon < 0 else colon) + 1)
    if start == len(text):
        return ()
    if isinstance(atom, str):
        fits = text[start] == atom
    else:
        fits = atom is Wildcard.ONE or text[start] != ":"
    return (start + 1,) if fits else ()


def substituted(text: str, context: Context | None) -> list[str | list[str]] | None:
    """
    Split `text` into pieces: what is written, as text, and what a variable stands for, as a list of
    one, so that a wildcard in a value of the request is never taken for one of the policy.

    Without a context (a document of 2008) nothing is a variable. None where one has no value.
    """
    if context is None:
        return [text]
    pieces: list[str | list[str]] = []
    place = 0
    for variable in VARIABLE.finditer(text):
        value = value_of(variable[1], context)
        if value is None:
            return None
        pieces += [text[place : variable.start()], [value]]
        place = variable.end()
    if "${" in text[place:] or any("${" in piece for piece in pieces if isinstance(piece, str)):
        raise NotUnderstood("a variable without an end")
    return [*pieces, text[place:]]


def value_of(variable: str, context: Context) -> str | None:
    if variable in ESCAPES:
        return ESCAPES[variable]
    named = NAMED.fullmatch(variable)
    if named is None:
        raise NotUnderstood("a variable that names no key")
    value = {key.lower(): value for key, value in context.items()}.get(named[1].lower())
    values = [value] if isinstance(value, str) else value or []
    if len(values) > 1:
        raise NotUnderstood("a key of many values is no variable")
    return named[2] if list(values) in ([], [""]) else values[0]


def pattern(text: str, context: Context | None) -> list[Atom] | None:
    """Read `text` of a StringLike: wildcards stand for any character."""
    pieces = substituted(text, context)
    if pieces is None:
        return None
    wild = {"*": Wildcard.RUN, "?": Wildcard.ONE}
    return [
        atom
        for piece in pieces
        for atom in (piece[0] if isinstance(piece, list) else [wild.get(c, c) for c in piece])
    ]


def arn_pattern(text: str, context: Context | None) -> list[Atom] | None:
    """
    Read `text` of a Resource.

    Wildcards stay within a segment, the parts separated by colons, but a `*` that ends one may go
    on beyond it. The sixth part is the resource, and its colons separate nothing.
    """
    head, resource = text.split(":")[:5], ":".join(text.split(":")[5:])
    if context is not None and any("${" in segment for segment in head):
        raise NotUnderstood("a variable before the fifth colon")
    tail = pattern(resource, context)
    if tail is None:
        return None
    before = [atom for segment in head for atom in [*in_segment(segment), ":"]]
    return [*before, *tail] if text.count(":") >= 5 else before[:-1]


def in_segment(segment: str) -> list[Atom]:
    wild: dict[str, Atom] = {"*": Wildcard.RUN_IN_SEGMENT, "?": Wildcard.ONE_IN_SEGMENT}
    atoms = [wild.get(c, c) for c in segment]
    return [*atoms[:-1], Wildcard.RUN] if segment.endswith("*") else atoms

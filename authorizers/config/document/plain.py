"""The plain values of a document that is not known to be right: whatever has the wrong shape is
empty here, and somebody else's finding."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """Return the texts of a list."""
    return [item for item in listed(value) if isinstance(item, str)]


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """
    Return the sentence for a name that is not among `known`, with the nearest of them that can be
    printed.
    """
    names = [each for each in known if each.isprintable()]
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean `{close[0]}`?" if close else f": {', '.join(names) or 'there is none'}"
    return f"no such {what}{hint}"


def of_kind(schemes: Any, kind: str) -> dict[str, dict[str, Any]]:
    """Return what the schemes of one kind say, by their names."""
    return {
        name: mapping(scheme[kind])
        for name, scheme in mapping(schemes).items()
        if kind in mapping(scheme)
    }

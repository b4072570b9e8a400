"""JSON, read strictly: what two parsers may read differently is refused (RFC 8259 §4, §6)."""

import json
from typing import Any, NoReturn


def unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """
    Return the object of these members, for a decoder's `object_pairs_hook`.

    Raises:
        ValueError: a name is there twice.
    """
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member's name is repeated")
    return members


def no_constant(_: str) -> NoReturn:
    """Refuse NaN and Infinity, for a decoder's `parse_constant`: they are no JSON."""
    raise ValueError("a constant is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=unique_members, parse_constant=no_constant)


def parse_json(text: bytes | str) -> Any:
    """
    Parse JSON text, or its UTF-8.

    Raises:
        ValueError: it is none, a name is there twice, or it is too deep.
    """
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except RecursionError:
        raise ValueError("it is too deep") from None

"""The value of a claim, which may lie inside others: `realm_access.roles`, `"cognito:groups"`."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

_SEGMENT = re.compile(r'"([^"]+)"|([^".]+)')
_PATH = re.compile(r'(?:"[^"]+"|[^".]+)(?:\.(?:"[^"]+"|[^".]+))*')


@lru_cache(maxsize=256)  # a document's own words
def parse_claim_path(text: str) -> tuple[str, ...]:
    """
    Split a claim path at its dots; a name that holds a dot stands in quotation marks.

    Raises:
        ValueError: says what to write instead.
    """
    if not _PATH.fullmatch(text):
        raise ValueError(
            'write claim names joined by dots, with "quotation marks" around one that has dots'
        )
    return tuple(match[1] or match[2] for match in _SEGMENT.finditer(text))


def claim_at(claims: Mapping[str, Any], path: Sequence[str]) -> Any:
    """Return the value at `path`, or None where the claims have no such member."""
    value: Any = claims
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value

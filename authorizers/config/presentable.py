"""
Whether any request can carry what a route requires.

A request carries one credential that says who calls, a token or a key; a client certificate may
stand beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.config.requirement import Compiled
from authorizers.errors import Problem
from authorizers.rules.satisfiable import satisfiable

_BOTH = (
    "needs a token and an API key in one request, and a request that presents both is refused: a"
    " client certificate may stand beside either"
)


def unpresentable(
    routes: Sequence[Mapping[str, Any]], schemes: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield the compiled `routes` that only a token together with a key would meet."""
    of_keys = {name for name, scheme in schemes.items() if "api_key" in scheme}
    if not of_keys or not any("jwt" in scheme for scheme in schemes.values()):
        return
    for route in routes:
        requirement = route["requirement"]
        if not satisfiable([requirement]) and satisfiable([_with_keys_apart(requirement, of_keys)]):
            yield Problem(route["key"], _BOTH)


def _with_keys_apart(requirement: Compiled, of_keys: set[str]) -> Compiled:
    """Return what would be required if a key could stand beside a token."""
    kind = requirement[0]
    if kind in ("all_of", "any_of"):
        return [kind, [_with_keys_apart(part, of_keys) for part in requirement[1]]]
    if kind == "not":
        return ["not", _with_keys_apart(requirement[1], of_keys)]
    by_key = kind == "scheme" and requirement[1] in of_keys
    return ["scheme_of_key", requirement[1]] if by_key else requirement

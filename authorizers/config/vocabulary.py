"""The closed lists and spellings that the document and the environment share."""

import re
from collections.abc import Iterable

from authorizers.jwt.algorithms import ALGORITHMS
from authorizers.jwt.profiles import PROFILES as VERIFIED_PROFILES

CUSTOM = "custom"
PROFILES = (*VERIFIED_PROFILES, CUSTOM)
DEFAULT_LEEWAY_SECONDS = 30
MAX_LEEWAY_SECONDS = 300  # more hides a broken clock; RFC 7519 §4.1.4 speaks of a few minutes

_SCOPE = r"[\x21\x23-\x5b\x5d-\x7e]+"  # RFC 6749 §3.3, scope-token
_SEGMENT = r"(?:[A-Za-z0-9_-]+|\"[^\"\\\x00-\x1f\x7f]+\")"
_CLAIM_PATH = rf"{_SEGMENT}(?:\.{_SEGMENT})*"

SCOPE_EXPECTED = 'a scope is one word of printable ASCII without " and \\ (RFC 6749 §3.3)'
CLAIM_PATH_EXPECTED = (
    "write a claim's path, such as realm_access.roles; a name with other characters than"
    ' letters, digits, _ and - stands in double quotes: "cognito:groups"'
)


def is_scope(text: str) -> bool:
    """Return whether `text` is one scope-token (RFC 6749 §3.3)."""
    return re.fullmatch(_SCOPE, text) is not None


def is_claim_path(text: str) -> bool:
    """Return whether `text` is a claim's path: `sub`, `realm_access.roles`, `"cognito:groups"`."""
    return re.fullmatch(_CLAIM_PATH, text) is not None


def validate_algorithm(name: str) -> None:
    """
    Accept one name of a signature algorithm that a token may be signed with.

    Raises:
        ValueError: says why the name is refused.
    """
    if name.lower() == "none" or name.upper().startswith("HS"):
        raise ValueError(
            "unsigned tokens and shared secrets (none, HS256 …) are never accepted;"
            " name an asymmetric algorithm, such as RS256"
        )
    if name not in ALGORITHMS:
        raise ValueError(f"write one of {one_of(ALGORITHMS)}")


def one_of(names: Iterable[str]) -> str:
    """Return `names` as people list them."""
    return ", ".join(names)

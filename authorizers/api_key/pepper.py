"""
The secrets that digests of keys are made with: several, so that they can be replaced.

    {"current": "2", "2": "…at least 32 characters…", "1": "…"}

New digests use the current one; each digest names the one it was made with. AWS Secrets Manager
makes such a secret by itself (`GenerateSecretString`, with `{"current": "1"}` as its template).
"""

import re
from hmac import digest as hmac_digest
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.strict_json import parse_json

MIN_CHARS = 32
MAX_PEPPERS = 16
_CURRENT = "current"
_NAME = "[A-Za-z0-9._-]{1,32}"


class Peppers:
    """Makes the digests of keys. Its `repr` names the peppers and shows none."""

    __slots__ = ("_peppers", "current")

    def __init__(self, current: str, peppers: dict[str, bytes]) -> None:
        self.current = current
        self._peppers = peppers

    def __contains__(self, name: object) -> bool:
        return name in self._peppers

    def digest(self, name: str, text: str) -> bytes:
        """
        Return the HMAC-SHA-256 of a key's `text` under the pepper `name` (RFC 2104).

        A key has 190 random bits of its own: a slow function would make guessing no harder, and
        every request dearer.

        Raises:
            KeyError: there is no such pepper.
        """
        return hmac_digest(self._peppers[name], text.encode("utf-8", "surrogatepass"), "sha256")

    def __repr__(self) -> str:
        return f"Peppers({', '.join(self._peppers)}; current: {self.current})"

    def __reduce__(self) -> str:
        raise TypeError("Peppers are not pickled")


def parse_peppers(data: bytes | str, place: str) -> Peppers:
    """
    Parse what a secret holds; `place` is what messages call it.

    Raises:
        ConfigurationError: `pepper_invalid`; the message holds nothing of the secret.
    """
    try:
        value = parse_json(data)
    except ValueError:
        value = None
    problem = _problem_of(value)
    if problem:
        raise ConfigurationError(Problem(place, problem), code="pepper_invalid")
    peppers = {name: text.encode() for name, text in value.items() if name != _CURRENT}
    return Peppers(value[_CURRENT], peppers)


def _is_pepper(text: object) -> bool:
    return (
        isinstance(text, str) and len(text) >= MIN_CHARS and text.isascii() and text.isprintable()
    )


def _problem_of(value: Any) -> str:
    if not isinstance(value, dict) or not isinstance(value.get(_CURRENT), str):
        return 'write {"current": "1", "1": "at least 32 random characters"}'
    names = [name for name in value if name != _CURRENT]
    if value[_CURRENT] not in names:
        return "current names no pepper that is there"
    if len(names) > MAX_PEPPERS or not all(re.fullmatch(_NAME, name) for name in names):
        return f"at most {MAX_PEPPERS} peppers, named by letters, digits and . _ -"
    texts = [value[name] for name in names]
    if not all(map(_is_pepper, texts)):
        return f"each pepper is text of at least {MIN_CHARS} printable ASCII characters"
    return "" if len(set(texts)) == len(texts) else "two peppers are the same"

"""
Which declared route a gateway sends a request to, read from API Gateway's documentation.

REST APIs look level by level, literal text before `{name}` before `{name+}`, and go on to a less
specific resource where one lacks the method. HTTP APIs take a full match before a greedy one, and
`$default` last (API Gateway Developer Guide, "Create routes for HTTP APIs",
http-api-develop-routes.html). On one path a specific method comes before ANY. A document does not
say which kind its API is, so that a request has one reading for each.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Match(NamedTuple):
    """A route that a request may be sent to, and the text of the path's parameters."""

    key: str
    parameters: dict[str, str]


def readings(keys: Sequence[str], method: str, path: str) -> list[Match]:
    """
    Return every declared route that a gateway may take for `method` on `path`.

    REST APIs route a path without its trailing slash and without a second one in front; what
    others do with it is not documented, so that the path as it stands is a reading too.
    """
    found: list[Match] = []
    texts = {path, path.removesuffix("/"), path.removeprefix("/")}
    if path != "//":  # one slash too many for the root, and then one more
        texts.add(path.removeprefix("/").removesuffix("/"))
    for text in sorted(texts):
        for match in (rest_route(keys, method, text), http_route(keys, method, text)):
            if match is not None and match not in found:
                found.append(match)
    return found


def is_ordinary(path: str) -> bool:
    """Say whether every gateway reads `path` as it stands, so that its route is no question."""
    return not path.startswith("/") and not path.endswith("/")


def rest_route(keys: Sequence[str], method: str, path: str) -> Match | None:
    def order(match: Match) -> tuple[object, ...]:
        return (levels(match.key), match.key.startswith("ANY "))

    return min(candidates(keys, method, path), key=order, default=None)


def http_route(keys: Sequence[str], method: str, path: str) -> Match | None:
    def order(match: Match) -> tuple[object, ...]:
        ranks = levels(match.key)
        return (
            max(ranks, default=0) if max(ranks, default=0) > 1 else 0,
            ranks,
            match.key.startswith("ANY "),
        )

    return min(candidates(keys, method, path), key=order, default=None)


def levels(key: str) -> tuple[int, ...]:
    """Literal text is 0, `{name}` 1, `{name+}` 2 and `$default` 3."""
    if key == "$default":
        return (3,)
    return tuple(2 if part.endswith("+}") else int(part.startswith("{")) for part in parts_of(key))


def parts_of(key: str) -> list[str]:
    path = key.partition(" /")[2]
    return path.split("/") if path else []


def candidates(keys: Sequence[str], method: str, path: str) -> Iterable[Match]:
    for key in keys:
        if key == "$default":
            yield Match(key, {})
        elif key.split(" ")[0] in ("ANY", method):
            parameters = parameters_of(parts_of(key), path.split("/") if path else [])
            if parameters is not None:
                yield Match(key, parameters)


def parameters_of(parts: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    """Return what the parameters stand for, or None where the path is not of this shape."""
    if not parts:
        return None if segments else {}
    if parts[0].endswith("+}"):
        rest = "/".join(segments)
        return {parts[0][1:-2]: rest} if rest else None
    if not segments:
        return None
    if not parts[0].startswith("{"):
        return parameters_of(parts[1:], segments[1:]) if parts[0] == segments[0] else None
    later = parameters_of(parts[1:], segments[1:])
    return {parts[0][1:-1]: segments[0]} | later if segments[0] and later is not None else None

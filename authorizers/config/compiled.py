"""
The compiled document, as a function reads it: JSON, checked for being ours and whole.

What the document means was checked when it was compiled (`authorizers compile`).
"""

import json
from typing import Any, NoReturn, cast

from authorizers.errors import ConfigurationError, Problem

FORMAT = 2  # 1 had tables of another shape, which would grant nothing
MAX_COMPILED_BYTES = 1024 * 1024  # the largest table seen in tests is below a tenth of this

CompiledDocument = dict[str, Any]
"""
`format`, `schemes`, `token_from` or `key_from`, `routes`, `table`, `context`, and `bindings` where
a table binds roles; made of JSON values.
"""

_MEMBERS = (("schemes", dict), ("routes", list), ("context", dict))
_BINDINGS_MEMBERS = (
    ("dynamodb", str),
    ("life_seconds", int),
    ("roles", list),
    ("kinds", list),
    ("claims", dict),
)
_JWT_MEMBERS = frozenset(("issuer", "audience", "profile", "algorithms", "keys", "leeway_seconds"))


def load_compiled_file(path: str) -> CompiledDocument:
    """
    Read the compiled document from the file at `path`.

    Raises:
        ConfigurationError: there is no such file, or it is no compiled document.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a cold start
            data = file.read(MAX_COMPILED_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = "cannot be read; AUTHORIZERS_CONFIG names a compiled document in the package"
        raise ConfigurationError(Problem(path, reason)) from error
    return parse_compiled(data, path)


def parse_compiled(data: bytes, place: str) -> CompiledDocument:
    """
    Parse `data`, which was read from `place`.

    Raises:
        ConfigurationError: wrong, foreign, truncated, too large, or of another format.
    """
    if len(data) > MAX_COMPILED_BYTES:
        raise ConfigurationError(Problem(place, f"is larger than {MAX_COMPILED_BYTES} bytes"))
    document = _parse_json(data)
    problem = _problem_of_format(document) or _problem_of_members(document)
    if problem:
        raise ConfigurationError(Problem(place, problem))
    return cast("CompiledDocument", document)


def _parse_json(data: bytes) -> Any:
    """Return the JSON value, or `None` for what is no JSON: no error of the parser escapes."""
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259 §6)


def _problem_of_format(document: Any) -> str:
    number = document.get("format") if isinstance(document, dict) else None
    if type(number) is not int:
        return "is no compiled document; make one with `authorizers compile`"
    if number != FORMAT:
        return (
            f"has another format than {FORMAT}; compile the document again with the release of"
            " this package that the function runs"
        )
    return ""


def _problem_of_members(document: CompiledDocument) -> str:
    for name, kind in _MEMBERS:
        if not isinstance(document.get(name), kind):
            return f"has no proper member {name}; compile the document again"
    if "table" not in document or not document["schemes"]:
        return "is not whole; compile the document again"
    problem = _problem_of_schemes(document)
    if problem:
        return f"{problem}; compile the document again"
    if not document["routes"] or not all(map(_is_route, document["routes"])):
        return "has a route that is not whole; compile the document again"
    if "bindings" in document and not _is_bindings(document["bindings"]):
        return "has bindings that are not whole; compile the document again"
    return ""


def _problem_of_schemes(document: CompiledDocument) -> str:
    """Return what is wrong with the schemes, all of one kind, and with where they look."""
    schemes = document["schemes"].values()
    if any(isinstance(scheme, dict) and "api_key" in scheme for scheme in schemes):
        # Imported here: a function that verifies tokens needs none of it.
        from authorizers.config.compiled_api_key import problem_of_api_keys  # noqa: PLC0415

        return problem_of_api_keys(document)
    if not all(map(_is_jwt, schemes)):
        return "has a scheme that is not whole"
    token_from = document.get("token_from")
    if not isinstance(token_from, list) or not token_from or "key_from" in document:
        return "has no proper member token_from"
    return ""


def _is_jwt(scheme: object) -> bool:
    jwt = scheme.get("jwt") if isinstance(scheme, dict) else None
    return isinstance(jwt, dict) and jwt.keys() >= _JWT_MEMBERS and bool(jwt["audience"])


def _is_route(route: object) -> bool:
    if not isinstance(route, dict) or not isinstance(route.get("key"), str):
        return False
    requirement = route.get("requirement")
    return isinstance(requirement, list) and bool(requirement)


def _is_bindings(bindings: object) -> bool:
    return (
        isinstance(bindings, dict)
        and all(type(bindings.get(name)) is kind for name, kind in _BINDINGS_MEMBERS)
        and bindings["life_seconds"] >= 0
        and bool(bindings["kinds"])
    )

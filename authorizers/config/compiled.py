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
`format`, `schemes`, `routes`, `table`, `context`; `token_from` where schemes take tokens, and
`key_from` where they take API keys; `bindings` where a table binds roles. Made of JSON values.
"""

_MEMBERS = (("schemes", dict), ("routes", list), ("context", dict))
_PLACES = {"token_from": "jwt", "key_from": "api_key"}  # each is there for schemes of its kind
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
    """Return what is wrong with the schemes, and with where credentials are looked for."""
    schemes = document["schemes"].values()
    if not all(map(_is_scheme, schemes)):
        return "has a scheme that is not whole"
    kinds = {kind for scheme in schemes for kind in scheme}
    for name, kind in _PLACES.items():
        wanted = kind in kinds
        if (name in document) is not wanted or (wanted and not _is_place(name, document[name])):
            return f"has no proper member {name}"
    return ""


def _is_place(name: str, value: object) -> bool:
    if name == "token_from":
        return isinstance(value, list) and bool(value)
    from authorizers.config.compiled_api_key import is_key_from  # noqa: PLC0415

    return is_key_from(value)


def _is_scheme(scheme: object) -> bool:
    """Return whether it is of one kind, and whole."""
    if not isinstance(scheme, dict) or len(scheme) != 1:
        return False
    ((kind, inner),) = scheme.items()
    if not isinstance(inner, dict):
        return False
    # Imported where they are needed: a function that verifies tokens needs nothing of keys.
    if kind == "api_key":
        from authorizers.config.compiled_api_key import is_api_key  # noqa: PLC0415

        return is_api_key(inner)
    if kind == "client_certificate":
        from authorizers.config.compiled_client_certificate import (  # noqa: PLC0415
            is_client_certificate,
        )

        return is_client_certificate(inner)
    return kind == "jwt" and inner.keys() >= _JWT_MEMBERS and bool(inner["audience"])


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

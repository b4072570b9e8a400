"""
A document's YAML text → the compiled document that functions read.

Same text, same bytes. Runs where a function is built, never in one.
"""

import json
from typing import Any

from pydantic import ValidationError

from authorizers.config.compiled import FORMAT, MAX_COMPILED_BYTES, CompiledDocument
from authorizers.config.document.agreement import disagreements
from authorizers.config.document.problems import problem_at, problems_of
from authorizers.config.document.role_agreement import declared_routes
from authorizers.config.document.root import Document, NamedTokenSource
from authorizers.config.document.text import DocumentText, parse_document_text
from authorizers.config.escapable import escapable
from authorizers.config.key_routes import narrowed_to_routes_of_keys, routes_differ_by_key
from authorizers.config.presentable import unpresentable
from authorizers.config.roles import RoleRequirements, compile_bindings_table
from authorizers.config.scheme import compile_scheme
from authorizers.config.table import MAX_KEY_NETWORKS_BYTES, compile_route_table
from authorizers.errors import ConfigurationError, Problem
from authorizers.limits.plan import Plans

_BY_KEY = " (with routes_per_key no two routes have the same: a key may be for one of them alone)"


def compile_document(text: str | bytes) -> CompiledDocument:
    """
    Compile `text`, the YAML of a document.

    Raises:
        ConfigurationError: everything that is wrong with it, in the order of the text; a
            problem's place is `line:column`.
    """
    parsed = parse_document_text(text)
    document = _validate(parsed)
    schemes = _schemes(parsed, document)
    routes = _routes(parsed, document, schemes)
    compiled = {
        "format": FORMAT,
        "schemes": schemes,
        **_place_of_credentials(document),
        "routes": routes,
        "table": _table(parsed, routes, document),
        "context": dict(document.context),
    }
    if document.bindings_table is not None:
        compiled["bindings"] = compile_bindings_table(document, document.bindings_table)
    return compiled


def render_compiled(document: CompiledDocument) -> bytes:
    """
    Return the JSON of a compiled document: small, since a parameter holds 4 KB, and always
    the same bytes for the same document.

    Raises:
        ConfigurationError: it is larger than functions read.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if len(text) >= MAX_COMPILED_BYTES:
        message = f"the compiled document would be larger than {MAX_COMPILED_BYTES} bytes"
        raise ConfigurationError(Problem("1:1", message))
    return text.encode() + b"\n"


def _schemes(parsed: DocumentText, document: Document) -> dict[str, Any]:
    compiled = {name: compile_scheme(scheme) for name, scheme in document.authenticate.items()}
    for name, scheme in compiled.items():
        limits = scheme.get("api_key", {}).get("limits")
        try:
            if limits is not None:
                Plans(limits)  # as the function does at its start
        except ConfigurationError as error:
            place = ("authenticate", name, "api_key", "limits")
            problems = [problem_at(parsed, place, str(problem)) for problem in error.problems]
            raise ConfigurationError(*problems, code=error.code) from error
    return compiled


def _place_of_credentials(document: Document) -> dict[str, Any]:
    places: dict[str, Any] = {}
    if document.takes_tokens:
        places["token_from"] = [_token_source(source) for source in document.token_from]
    if document.takes_keys:
        places["key_from"] = document.key_from.model_dump(exclude_none=True)
    return places


def _validate(parsed: DocumentText) -> Document:
    problems = list(parsed.problems)
    problems += [problem_at(parsed, loc, s) for loc, s in disagreements(parsed.value)]
    try:
        document = Document.model_validate(parsed.value)
    except ValidationError as error:
        problems += problems_of(error, parsed)
    else:
        if not problems:
            return document
    raise ConfigurationError(*sorted(_without_echoes(parsed, problems), key=_position))


def _without_echoes(parsed: DocumentText, problems: list[Problem]) -> set[Problem]:
    """Leave out what was only found because the text itself is wrong at that place."""
    places = {problem.place for problem in parsed.problems}
    return {p for p in problems if p in parsed.problems or p.place not in places}


def _position(problem: Problem) -> tuple[int, int, str]:
    line, _, column = problem.place.partition(":")
    return int(line), int(column), problem.message


def _routes(
    parsed: DocumentText, document: Document, schemes: dict[str, Any]
) -> list[dict[str, Any]]:
    try:
        routes = narrowed_to_routes_of_keys(RoleRequirements(document).routes(), document)
    except ConfigurationError as error:
        problems = [problem_at(parsed, ("roles", p.place), p.message) for p in error.problems]
        raise ConfigurationError(*problems, code=error.code) from error
    if problems := [*unpresentable(routes, schemes), *escapable(routes, schemes)]:
        raise _placed(parsed, ConfigurationError(*problems))
    return routes


def _table(parsed: DocumentText, routes: list[dict[str, Any]], document: Document) -> Any:
    inexact, oversized = document.inexact == "deny", document.oversized == "fail"
    # A record may narrow whatever its key is granted to some networks.
    reserved = MAX_KEY_NETWORKS_BYTES if document.takes_keys else 0
    try:
        return compile_route_table(routes, inexact=inexact, oversized=oversized, reserved=reserved)
    except ConfigurationError as error:
        inexact_for_keys = error.code == "configuration_inexact" and routes_differ_by_key(document)
        raise _placed(parsed, error, _BY_KEY if inexact_for_keys else "") from error


def _placed(parsed: DocumentText, error: ConfigurationError, hint: str = "") -> ConfigurationError:
    """Return the error of the policy stage, which names routes, with their places in the text."""
    places = declared_routes(parsed.value)
    problems = [
        problem_at(parsed, places.get(p.place, ("routes", p.place)), p.message + hint)
        for p in error.problems
    ]
    return ConfigurationError(*problems, code=error.code)


def _token_source(source: str | NamedTokenSource) -> Any:
    return source if isinstance(source, str) else source.model_dump(exclude_none=True)


def find_losses(text: str | bytes, document: CompiledDocument) -> tuple[Problem, ...]:
    """
    Return the routes of which `inexact: deny` takes a part away, with their places in `text`.

    `document` is what `text` compiles to.
    """
    if document["table"]["exact"]:
        return ()
    try:
        compile_route_table(document["routes"], inexact=False, oversized=True)
    except ConfigurationError as error:
        return _placed(parse_document_text(text), error).problems
    return ()

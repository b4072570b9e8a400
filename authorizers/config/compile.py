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
from authorizers.config.document.requirement import Requirement
from authorizers.config.document.root import Document, NamedTokenSource
from authorizers.config.document.scheme import AnyAudience, CustomProfile, Jwt
from authorizers.config.document.text import DocumentText, parse_document_text
from authorizers.config.table import compile_route_table
from authorizers.errors import ConfigurationError, Problem


def compile_document(text: str | bytes) -> CompiledDocument:
    """
    Compile `text`, the YAML of a document.

    Raises:
        ConfigurationError: everything that is wrong with it, in the order of the text; a
            problem's place is `line:column`.
    """
    parsed = parse_document_text(text)
    document = _validate(parsed)
    routes = [
        {"key": key, "requirement": _requirement(requirement)}
        for key, requirement in document.routes.items()
    ]
    return {
        "format": FORMAT,
        "schemes": {n: {"jwt": _jwt(scheme.jwt)} for n, scheme in document.authenticate.items()},
        "token_from": [_token_source(source) for source in document.token_from],
        "routes": routes,
        "table": _table(parsed, routes, document.inexact),
        "context": dict(document.context),
    }


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


def _table(parsed: DocumentText, routes: list[dict[str, Any]], inexact: str) -> Any:
    try:
        return compile_route_table(routes, inexact=inexact == "deny")
    except ConfigurationError as error:
        # The policy stage names routes; here they get their places in the text.
        problems = [problem_at(parsed, ("routes", p.place), p.message) for p in error.problems]
        raise ConfigurationError(*problems, code=error.code) from error


def _jwt(jwt: Jwt) -> dict[str, Any]:
    audience = jwt.audience
    return {
        "issuer": jwt.issuer,
        "audience": {"any": audience.any} if isinstance(audience, AnyAudience) else list(audience),
        "profile": jwt.profile,
        "algorithms": list(dict.fromkeys(jwt.algorithms)),
        "keys": jwt.keys.model_dump(exclude_none=True),
        "leeway_seconds": jwt.leeway,
        "max_age_seconds": jwt.max_age,
        "principal_claim": jwt.principal_claim,
        "custom_profile": _custom_profile(jwt.custom_profile),
    }


def _custom_profile(profile: CustomProfile | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    # Media types are compared without case and without `application/` (RFC 7515 §4.1.9).
    types = [text.lower().removeprefix("application/") for text in profile.types]
    return {**profile.model_dump(), "types": types, "client_claims": profile.client_claims or []}


def _token_source(source: str | NamedTokenSource) -> Any:
    return source if isinstance(source, str) else source.model_dump(exclude_none=True)


def _requirement(requirement: Requirement) -> list[Any]:
    """Return the nested list for a requirement, of which exactly one field is set."""
    (name,) = requirement.model_fields_set
    value: Any = getattr(requirement, name)
    if name in ("all_of", "any_of"):
        return [name, [_requirement(part) for part in value]]
    if name == "not_":
        return ["not", _requirement(value)]
    if name == "scopes":
        return ["scopes_any", value.any_of] if value.any_of else ["scopes_all", value.all_of]
    if name == "claim":
        return _claim(value)
    return [name] if name == "authenticated" else [name, value]


def _claim(claim: dict[str, Any]) -> list[Any]:
    ((path, test),) = claim.items()
    (operator,) = test.model_fields_set
    return ["claim", path, operator, getattr(test, operator)]


def find_losses(text: str | bytes, document: CompiledDocument) -> tuple[Problem, ...]:
    """
    Return the routes of which `inexact: deny` takes a part away, with their places in `text`.

    `document` is what `text` compiles to.
    """
    if document["table"]["exact"]:
        return ()
    try:
        _table(parse_document_text(text), document["routes"], "refuse")
    except ConfigurationError as error:
        return error.problems
    return ()

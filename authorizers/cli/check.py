"""`authorizers check`: everything wrong or dangerous in a document and the APIs it is for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import TypeAdapter, ValidationError

from authorizers.analysis.check.checking import File, Surroundings, check_document
from authorizers.analysis.check.finding import RULES, Finding
from authorizers.analysis.template.reading import is_openapi
from authorizers.analysis.template.template import read_template
from authorizers.cli.console import fail, say_json
from authorizers.cli.document import read_file
from authorizers.cli.files import read_beside
from authorizers.cli.findings import exit_code, findings_as_json, show_findings
from authorizers.config.document.words import Seconds
from authorizers.errors import ConfigurationError


def check(  # noqa: PLR0913, PLR0917 each is an option
    document: Annotated[
        Path | None, typer.Argument(help="The YAML document; - for standard input.")
    ] = None,
    template: Annotated[
        list[Path] | None,
        typer.Option(help="A SAM or CloudFormation template, YAML or JSON; may be repeated."),
    ] = None,
    openapi: Annotated[
        list[Path] | None,
        typer.Option(help="An OpenAPI 3 or Swagger 2 file, YAML or JSON; may be repeated."),
    ] = None,
    token_life: Annotated[
        str | None,
        typer.Option(help="How long tokens live, such as 5m, where the document has no max_age."),
    ] = None,
    http_responses: Annotated[
        Literal["simple", "simple_uncached", "iam"] | None,
        typer.Option(
            help="What the function answers to HTTP APIs, where it lives in another stack"
            " (its AUTHORIZERS_HTTP_RESPONSES)."
        ),
    ] = None,
    authorizer: Annotated[
        list[str] | None,
        typer.Option(
            help="The name of an authorizer that the document is for; may be repeated. Default:"
            " every one that is not visibly another function."
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="A rule whose warnings are no failure; may be repeated."),
    ] = None,
    allow_warnings: Annotated[bool, typer.Option(help="No warning is a failure.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """
    Find everything that is wrong or dangerous in a document, and in the APIs it
    is for.

    In the document: what does not compile, rules that nobody meets or that are
    never chosen, rules that a wider one opens, policies that outgrow API
    Gateway. Between the document and the APIs: routes without a rule, rules
    without a route, routes that ask nobody. In templates and OpenAPI files:
    authorizers attached wrongly, answers cached for the wrong requests or for
    too long, limits of API keys that limit nothing. Either side can be checked
    alone. docs/tools.md lists every rule.

    A template's parameters count with their defaults; what only CloudFormation
    can compute is left alone.

    Examples:

      authorizers check authorizers.yaml --template template.yaml

      authorizers check authorizers.yaml --openapi api.yaml --token-life 5m

      authorizers check --template template.yaml --http-responses simple

      authorizers check authorizers.yaml --allow any-audience --json

    Exit codes: 0 nothing but information, or allowed warnings; 1 errors or
    warnings; 2 called wrongly, or a file that cannot be read.
    """
    allowed = _allowed(allow or [], allow_warnings=allow_warnings)
    surroundings = Surroundings(_seconds(token_life), http_responses, tuple(authorizer or ()))
    described = [_described(path, openapi=False) for path in template or []]
    described += [_described(path, openapi=True) for path in openapi or []]
    found = _check(_document(document, described), described, surroundings)
    if as_json:
        say_json(findings_as_json(found, allowed))
    else:
        show_findings(found, allowed)
    raise typer.Exit(exit_code(found, allowed))


def _allowed(names: Sequence[str], *, allow_warnings: bool) -> frozenset[str]:
    warnings = frozenset(name for name, severity in RULES.items() if severity == "warning")
    for name in names:
        if name not in RULES:
            raise fail(f"--allow {name}: no such rule; docs/tools.md lists them")
        if name not in warnings:
            raise fail(f"--allow {name}: only warnings can be allowed")
    return warnings if allow_warnings else frozenset(names)


def _seconds(text: str | None) -> int | None:
    try:
        return None if text is None else TypeAdapter(Seconds).validate_python(text)
    except ValidationError:
        raise fail("--token-life: write a duration: whole seconds, or 30s, 5m, 12h, 1d") from None


def _described(path: Path, *, openapi: bool) -> File:
    file = File(str(path), read_file(path))
    try:
        found = is_openapi(read_template(file.data, file.path))
    except ConfigurationError as error:
        raise fail(f"{path}:{error.problems[0]}") from None
    if found != openapi:
        kind, option = ("an OpenAPI file", "openapi") if found else ("a template", "template")
        raise fail(f"{path} is {kind}: give it with --{option}")
    return file


def _document(path: Path | None, described: Sequence[File]) -> File | None:
    if path is None:
        if not described:
            raise fail("name a document, or a --template or --openapi file, or several of them")
        return None
    file = File(str(path), read_file(path))
    try:
        root = read_template(file.data).root
    except ConfigurationError:
        return file  # what is wrong with it will be said
    if "Resources" in root:
        raise fail(f"{path} is a template: give it with --template")
    if not root.keys().isdisjoint(("openapi", "swagger")):
        raise fail(f"{path} is an OpenAPI file: give it with --openapi")
    return file


def _check(
    document: File | None, described: Sequence[File], surroundings: Surroundings
) -> list[Finding]:
    try:
        return check_document(document, described, surroundings, read=read_beside)
    except ConfigurationError as error:
        raise fail(str(error.problems[0])) from None

"""`authorizers routes`: a document to begin with, from the routes of an API."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from authorizers.analysis.skeleton import (
    ListedRoute,
    keys_skeleton,
    routes_of,
    skeleton,
)
from authorizers.analysis.template.api import Api
from authorizers.analysis.template.reading import read_apis
from authorizers.analysis.template.template import read_template
from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.cli.document import read_file
from authorizers.cli.files import read_beside
from authorizers.errors import ConfigurationError


def routes(  # noqa: PLR0913, PLR0917 each is an option
    template: Annotated[
        Path, typer.Argument(help="A SAM or CloudFormation template, or an OpenAPI file.")
    ],
    issuer: Annotated[
        str | None, typer.Option(help="The issuer of the tokens; to be filled in if not given.")
    ] = None,
    audience: Annotated[
        list[str] | None,
        typer.Option(help="An audience of this API; may be repeated."),
    ] = None,
    scheme: Annotated[
        Literal["jwt", "api_key"], typer.Option(help="What callers have: tokens, or API keys.")
    ] = "jwt",
    prefix: Annotated[
        str | None, typer.Option(help="What the API keys begin with, such as orders_live.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write. Default: standard output."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Overwrite the file at --output.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the routes as JSON, and no document.")
    ] = False,
) -> None:
    """
    Write a document to begin with: every route of an API, and nothing granted.

    Each route requires `nobody: true` until someone says otherwise. What an
    OpenAPI file says about scopes stands beside it as a comment; routes that
    ask no authorizer, or another one, are named in comments only. What is
    not given, such as --issuer, is left empty, and the document compiles
    once that is filled in.

    Examples:

      authorizers routes template.yaml -o authorizers.yaml

      authorizers routes api.yaml --issuer https://login.example.com/ --audience https://api.example.com

      authorizers routes template.yaml --scheme api_key --prefix orders_live

      authorizers routes template.yaml --json

    Exit codes: 0 written; 1 no routes were found, or not all can be seen; 2
    called wrongly, or a file that cannot be read.
    """
    if as_json and output is not None:
        raise fail("--json prints routes, and -o writes a document: use one of them")
    if scheme == "jwt" and prefix is not None:
        raise fail("--prefix is for API keys: write --scheme api_key")
    if scheme == "api_key" and (issuer or audience):
        raise fail("--issuer and --audience are for tokens: leave out --scheme api_key")
    apis = _read(template)
    found = routes_of(apis)
    if not found and not any(api.unseen for api in apis):
        say((f"{template}: ", "bold"), "no routes were found", error=True)
        raise typer.Exit(PROBLEMS_FOUND)
    if as_json:
        say_json({"routes": [_as_json(route) for route in found]})
    else:
        made = (
            keys_skeleton(found, prefix=prefix)
            if scheme == "api_key"
            else skeleton(found, issuer=issuer, audience=audience or ())
        )
        _write(output, made, force=force)
    _say_unseen(apis)
    raise typer.Exit(PROBLEMS_FOUND if any(api.unseen for api in apis) else 0)


def _read(path: Path) -> tuple[Api, ...]:
    try:
        return read_apis(read_template(read_file(path), str(path)), read_beside)
    except ConfigurationError as error:
        raise fail(f"{path}:{error.problems[0]}") from None


def _as_json(route: ListedRoute) -> dict[str, Any]:
    return {
        "key": route.key,
        "api": route.api,
        "asks": route.asks,
        "scopes": list(route.scopes),
        "why_not": route.why_not or None,
        "file": route.place.file,
        "line": route.place.line,
        "column": route.place.column,
    }


def _write(output: Path | None, text: str, *, force: bool) -> None:
    if output is None or str(output) == "-":
        typer.echo(text, nl=False)
        return
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise fail(f"{output} exists: use --force to overwrite it") from None
    except OSError as error:
        raise fail(f"{output}: {error.strerror}") from None


def _say_unseen(apis: Sequence[Api]) -> None:
    for api in apis:
        if api.unseen is not None:
            say(
                (f"{api.place}: ", "bold"),
                ("warning: ", "bold yellow"),
                f"{api.name}: {api.unseen}: its routes are not listed",
                error=True,
            )

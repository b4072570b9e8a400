"""`authorizers explain`: one request, stage by stage, and what a cached answer would open."""

import json
import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from authorizers.analysis.caller import AskedRequest
from authorizers.analysis.explain import explain as explain_request
from authorizers.analysis.explain import explain_event
from authorizers.analysis.probe import SAMPLE_STAGE_ARN
from authorizers.cli.caller import Given, caller_of
from authorizers.cli.console import PROBLEMS_FOUND, fail, say_json
from authorizers.cli.document import load_document, read_file
from authorizers.cli.files import beside
from authorizers.cli.story import as_json as story_as_json
from authorizers.cli.story import show
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.plain import no_such
from authorizers.config.variables import PEPPER_VARIABLE
from authorizers.errors import ConfigurationError, EventError
from authorizers.model.arn import METHODS, parse_arn
from authorizers.model.request import ApiKind
from authorizers.rules.mentions import parts_of


def explain(  # noqa: PLR0913, PLR0917 each is an option
    document: Annotated[
        Path, typer.Argument(help="The YAML document, or the compiled JSON of a function.")
    ],
    request: Annotated[
        list[str] | None,
        typer.Argument(help="What is asked for: 'GET /users/42', '$connect'.", show_default=False),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="A file that holds the bearer token; - for standard input."),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option(help="The environment variable that holds the bearer token."),
    ] = None,
    principal: Annotated[
        str | None, typer.Option(help="One of the document's principals, taken for proven.")
    ] = None,
    claims: Annotated[
        str | None, typer.Option(help="Claims taken for proven: a file of JSON, or {...}.")
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(help="The scheme of --claims or --key-id, where the document has several."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="A role that a table binds to the caller, or its key has; repeatable."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="A file that holds the API key; - for standard input.")
    ] = None,
    key_env: Annotated[
        str | None, typer.Option(help="The environment variable that holds the API key.")
    ] = None,
    key_id: Annotated[
        str | None, typer.Option(help="The id of an API key, taken for proven but for its record.")
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(help="The client's certificate, PEM; alone, or with a token or a key."),
    ] = None,
    event: Annotated[
        Path | None, typer.Option(help="A whole Lambda event, JSON, instead of all this.")
    ] = None,
    source_ip: Annotated[
        str | None, typer.Option("--from", help="The address that the request comes from.")
    ] = None,
    api: Annotated[
        Literal["rest", "http", "websocket"] | None,
        typer.Option(help="The kind of API. Default: rest, and websocket for $connect."),
    ] = None,
    stage_arn: Annotated[str, typer.Option(help="The stage that is asked.")] = SAMPLE_STAGE_ARN,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the explanation as JSON, with the policy.")
    ] = False,
) -> None:
    """
    Explain one request: which rule decides, which statement, and why.

    Says what each stage finds, and then what a cached copy of the same
    answer says about every other route. A token is verified with the keys
    that the document names, an API key in the stores that it names, and a
    certificate with the trust and the revocation lists that it names, as the
    function does. Tokens and keys are never printed, nor taken from the command
    line, where others could read it. Relative paths are below the document.

    Examples:

      authorizers explain authorizers.yaml 'GET /users/42' --principal alice

      authorizers explain authorizers.yaml 'GET /orders' --token-file a.jwt

      authorizers explain authorizers.yaml '$connect' --token-env TOKEN

      authorizers explain authorizers.yaml 'GET /orders' --key-file key.txt

      authorizers explain authorizers.yaml 'GET /orders' --key-id 7Fh3kQ9ZpLm2

      authorizers explain authorizers.yaml 'POST /orders'
      --certificate client.pem --token-file a.jwt

      authorizers explain authorizers.yaml 'GET /admin/keys'
      --claims claims.json --from 10.0.0.1

      authorizers explain authorizers.json --event event.json --json

    Exit codes: 0 the request is allowed; 1 it is not, or the document has
    problems; 2 called wrongly.
    """
    given = Given(token_file, token_env, principal, claims, key_file, key_env, key_id, certificate)
    if event is not None and (request or any(given)):
        raise fail("an event says it all: leave out the request and the caller")
    if scheme is not None and claims is None and key_id is None:
        raise fail("--scheme says whose --claims or --key-id it is: leave it out without them")
    if str(document) == "-" and "-" in map(str, (token_file, event, key_file, certificate)):
        raise fail("standard input can be one of them only")
    read = load_document(document)
    roles, address = _roles(role or [], read.document), _address(source_ip)
    compiled, pepper = beside(document.parent, read.document), os.environ.get(PEPPER_VARIABLE)
    try:
        if event is not None:
            made = explain_event(
                compiled, _event(event), source_ip=address, roles=roles, pepper=pepper
            )
        else:
            asked = _asked(" ".join(request or ()), api, stage_arn, address)
            caller = caller_of(given, read, scheme)
            made = explain_request(compiled, asked, caller, roles=roles, pepper=pepper)
    except EventError as error:
        raise fail(error.detail) from None
    except ConfigurationError as error:
        raise fail("; ".join(map(str, error.problems))) from None
    say_json(story_as_json(made)) if as_json else show(made)
    raise typer.Exit(0 if made.allowed else PROBLEMS_FOUND)


def _asked(text: str, api: ApiKind | None, stage_arn: str, source_ip: str | None) -> AskedRequest:
    method, _, path = text.partition(" ")
    if text == "$connect" and api in (None, "websocket"):
        return AskedRequest("GET", "/", "websocket", _stage(stage_arn), source_ip)
    if api == "websocket":
        raise fail("a WebSocket API asks its authorizer about $connect only")
    path = path.partition("?")[0]
    if method not in METHODS or not path.startswith("/"):
        raise fail("write what is asked for as METHOD /path, such as 'GET /orders', or '$connect'")
    return AskedRequest(method, path, api or "rest", _stage(stage_arn), source_ip)


def _roles(names: list[str], document: CompiledDocument) -> frozenset[str]:
    parts = (part for route in document["routes"] for part in parts_of(route["requirement"]))
    known = {name for part in parts if part[0] == "role" for name in part[1]}
    known.update(document["bindings"]["roles"] if "bindings" in document else ())
    for name in names:
        if name not in known:
            asked = "role that a table binds or a key has"
            raise fail(f"--role {name}: {no_such(asked, name, sorted(known))}")
    return frozenset(names)


def _address(text: str | None) -> str | None:
    try:
        return None if text is None else str(ip_address(text))
    except ValueError:
        raise fail("--from: write one address, such as 10.0.0.1 or 2001:db8::1") from None


def _stage(arn: str) -> dict[str, str]:
    try:
        return parse_arn(f"{arn.removesuffix('/*')}/$connect").api._asdict()
    except EventError:
        raise fail(f"write the stage like {SAMPLE_STAGE_ARN}") from None


def _event(path: Path) -> Any:
    try:
        return json.loads(read_file(path))
    except (ValueError, RecursionError):
        raise fail(f"{path}: this is not JSON") from None

"""`authorizers check`: what is wrong with the way a template attaches authorizers."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from authorizers.cli.checks.attachment import Finding
from authorizers.cli.checks.inspection import inspect_template
from authorizers.cli.checks.template import read_template
from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json
from authorizers.errors import ConfigurationError


def check(
    templates: Annotated[
        list[Path], typer.Argument(help="SAM or CloudFormation templates, YAML or JSON.")
    ],
    http_responses: Annotated[
        Literal["simple", "iam"] | None,
        typer.Option(
            help="What the function answers to HTTP APIs, where it lives in another stack"
            " (its AUTHORIZERS_HTTP_RESPONSES)."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """
    Find what is wrong with the way templates attach Lambda authorizers to APIs.

    Looks at AWS::Serverless::Api, HttpApi and WebSocketApi, and at the Authorizer resources of
    AWS::ApiGateway and AWS::ApiGatewayV2: answers that the API does not expect, results cached
    for the wrong requests, missing permissions, authorizers on preflight requests. A parameter
    counts with its default; what only CloudFormation can compute is left alone.

    Examples:

      authorizers check template.yaml

      authorizers check api.yaml --http-responses simple

      authorizers check *.yaml --json

    Exit codes: 0 nothing found, 1 findings, 2 called wrongly or not a template.
    """
    findings = {path: _inspect(path, http_responses) for path in templates}
    if as_json:
        say_json(
            {"findings": [_as_json(path, f) for path, found in findings.items() for f in found]}
        )
    else:
        _explain(findings)
    raise typer.Exit(PROBLEMS_FOUND if any(findings.values()) else 0)


def _inspect(path: Path, http_responses: str | None) -> list[Finding]:
    try:
        return inspect_template(read_template(path.read_bytes()), http_responses)
    except OSError as error:
        raise fail(f"{path}: {error.strerror}") from None
    except ConfigurationError as error:
        raise fail(f"{path}:{error.problems[0]}") from None


def _as_json(path: Path, finding: Finding) -> dict[str, Any]:
    line, _, column = finding.place.partition(":")
    return {
        "template": str(path),
        "line": int(line),
        "column": int(column),
        "rule": finding.rule,
        "message": finding.message,
    }


def _explain(findings: dict[Path, list[Finding]]) -> None:
    for path, found in findings.items():
        for place, rule, message in found:
            say((f"{path}:{place}: ", "bold"), message, (f" [{rule}]", "dim"))
    count = sum(map(len, findings.values()))
    if count:
        say((f"{count} finding{'s' if count > 1 else ''}", "bold red"), error=True)
    else:
        say(("ok ", "bold green"), "nothing found", error=True)

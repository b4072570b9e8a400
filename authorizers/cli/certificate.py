"""`authorizers certificate`: one client's certificate, and what a scheme makes of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.analysis.certificates.inspection import (
    Inspection,
    bundle_scheme,
    inspect_certificate,
)
from authorizers.analysis.certificates.result_lines import fact_lines, label, value_text
from authorizers.cli.certificate_options import At, OptionalDocument, Scheme, scheme_meant, time_of
from authorizers.cli.console import PROBLEMS_FOUND, fail, say, say_json, wrapped
from authorizers.cli.document import read_file
from authorizers.cli.keys_place import failed
from authorizers.cli.moment import render_moment
from authorizers.errors import AuthorizersError, ConfigurationError, EventError
from authorizers.events.event import parse_event
from authorizers.model.clock import SystemClock
from authorizers.mtls.inspection import StepResult

_HELP = """
Certificates of clients, as a scheme of a document verifies them.

Examples:

  authorizers certificate inspect client.pem --document authorizers.yaml

  authorizers certificate inspect client.pem --trust partners.pem
"""
certificate = typer.Typer(help=_HELP, no_args_is_help=True)
_MARGIN = 3
_NAME_CELLS = 16
_OUTCOMES = {
    "passed": ("passed", "green"),
    "failed": ("refused", "bold red"),
    "skipped": ("not looked at", "yellow"),
}


@certificate.callback()
def _group() -> None:
    pass


@certificate.command("inspect")
def inspect(  # noqa: PLR0913, PLR0917 each is an option
    file: Annotated[
        Path | None, typer.Argument(help="The certificate, PEM; - for standard input.")
    ] = None,
    document: OptionalDocument = None,
    scheme: Scheme = None,
    trust: Annotated[
        Path | None,
        typer.Option(help="Without a document: the authorities to trust, a PEM bundle."),
    ] = None,
    intermediates: Annotated[
        Path | None,
        typer.Option(help="With --trust: certificates that lead to them, a PEM bundle."),
    ] = None,
    event: Annotated[
        Path | None,
        typer.Option(help="Take the certificate out of this Lambda event, JSON, instead."),
    ] = None,
    at: At = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Ask S3, distribution points and OCSP, where the document does."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """
    Take every step of a certificate's verification, and say what each finds.

    The steps are those of the function, and each is taken whatever the others
    said; then it is said who the caller would be, and what rules can look at.
    Without --online no network is used: what is in S3, distribution points and
    OCSP are left out, and that is said. With --trust there is no document, and
    nothing but the certificate and its path is looked at.

    Examples:

      authorizers certificate inspect client.pem --document authorizers.yaml

      authorizers certificate inspect client.pem --trust partners.pem
      --at 2027-01-01

      authorizers certificate inspect --event event.json
      --document authorizers.yaml --scheme partners --online --json

    Exit codes: 0 every step that was taken is passed; 1 the certificate is
    refused; 2 called wrongly, or a file that cannot be read.
    """
    if (file is None) == (event is None):
        raise fail("name a certificate, or an --event that carries one")
    if (document is None) == (trust is None) or (document is not None and intermediates):
        raise fail("say who is trusted: --document, or --trust with or without --intermediates")
    name, settings = _scheme(document, scheme, trust, intermediates)
    pem, now = _certificate(file, event), time_of(at)
    try:
        made = inspect_certificate(
            name, settings, pem, now, clock=SystemClock(), online=online or document is None
        )
    except ConfigurationError as error:
        raise failed(error) from None
    except AuthorizersError as error:
        raise fail(f"{error.code}: {error.detail}") from None
    subject = str(file or event)
    say_json(_as_json(made, name, now)) if as_json else _show(made, subject, name)
    raise typer.Exit(PROBLEMS_FOUND if made.refused_by else 0)


def _scheme(
    document: Path | None, scheme: str | None, trust: Path | None, intermediates: Path | None
) -> tuple[str, Mapping[str, Any]]:
    meant = scheme_meant(document, scheme)
    if meant is not None:
        return meant.name, meant.settings
    between = None if intermediates is None else str(intermediates)
    return "trust", bundle_scheme(str(trust), between)


def _certificate(file: Path | None, event: Path | None) -> str:
    """Return the certificate as API Gateway hands it over, but for white space around a file's."""
    if event is not None:
        return _of_event(event)
    assert file is not None  # noqa: S101 one of them is given
    return read_file(file).decode("utf-8", "replace").strip() + "\n"


def _of_event(path: Path) -> str:
    try:
        found = parse_event(json.loads(read_file(path))).client_certificate
    except (ValueError, RecursionError):
        raise fail(f"{path}: this is not JSON") from None
    except EventError as error:
        raise fail(f"{path}: {error.detail}") from None
    if not found:
        raise fail(f"{path}: the event carries no client certificate")
    return found


def _show(made: Inspection, subject: str, scheme: str) -> None:
    refused = made.refused_by
    if refused is None:
        if_not_revoked = ", unless it is revoked" if made.left_open else ""
        taken = f" by the scheme {scheme}{if_not_revoked}"
        say((f"{subject}: ", "bold"), ("taken", "bold green"), taken)
    else:
        say((f"{subject}: ", "bold"), ("refused", "bold red"), f" ({refused.code})")
    for result in made.results:
        _show_step(result)
    if refused is None:
        _show_principal(made)


def _show_step(result: StepResult) -> None:
    word, style = _OUTCOMES[result.outcome]
    code = f" ({result.code})" if result.code else ""
    said = f": {result.sentence}" if result.sentence else ""
    say("")
    name = f"{result.number}  {result.name:<{_NAME_CELLS}}  "
    say((name, "bold"), (word, style), f"{code}{said}")
    _indented(*fact_lines(result))


def _show_principal(made: Inspection) -> None:
    say("")
    say((f"{'principal':<{_NAME_CELLS + 5}}", "bold"), json.dumps(made.principal_id))
    facts = ((name, value) for name, value in made.facts.items() if value != [])
    _indented(*(f"{label(name)}: {value_text(name, value)}" for name, value in facts))


def _indented(*texts: str) -> None:
    for text in texts:
        for line in wrapped(text, _MARGIN):
            say(" " * _MARGIN, line)


def _as_json(made: Inspection, scheme: str, now: int) -> dict[str, Any]:
    refused = made.refused_by
    return {
        "scheme": scheme,
        "at": render_moment(now),
        "taken": refused is None,
        "code": None if refused is None else refused.code,
        "steps": [{**result._asdict(), "facts": dict(result.facts)} for result in made.results],
        "not_asked": list(made.not_asked),
        "principal_id": made.principal_id,
        "certificate": dict(made.facts),
    }

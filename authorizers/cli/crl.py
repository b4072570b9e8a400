"""`authorizers crl`: what an operator asks about a certificate revocation list."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.analysis.certificates.contents import Times
from authorizers.analysis.certificates.crl import CheckedCrl, check_list, scope_texts
from authorizers.analysis.certificates.entry import Entry
from authorizers.analysis.certificates.truststore import certificates_in
from authorizers.analysis.certificates.words import name_text, seconds_text
from authorizers.cli.certificate_options import (
    At,
    OptionalDocument,
    Scheme,
    files_of,
    scheme_meant,
    time_of,
    until,
)
from authorizers.cli.console import counted, fail, say, say_json
from authorizers.cli.document import read_file
from authorizers.cli.findings import exit_code, findings_as_json, show_findings
from authorizers.mtls.crl.crl import Crl

_HELP = """
Certificate revocation lists, as authorizers read them.

Examples:

  authorizers crl check issuing.crl --issuer issuing.pem

  authorizers crl check issuing.crl --document authorizers.yaml
"""
crl = typer.Typer(help=_HELP, no_args_is_help=True)
_MARGIN = 15


@crl.callback()
def _group() -> None:
    pass


@crl.command("check")
def check(  # noqa: PLR0913, PLR0917 each is an option
    file: Annotated[Path, typer.Argument(help="The list, DER or PEM; - for standard input.")],
    issuer: Annotated[
        Path | None, typer.Option(help="Its issuer's certificate, or a bundle that has it, PEM.")
    ] = None,
    document: OptionalDocument = None,
    scheme: Scheme = None,
    at: At = None,
    within: Annotated[
        str, typer.Option(help="Warn of a list that ends so soon, such as 12h.")
    ] = "12h",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """
    Say what a revocation list is about, and everything that is wrong with it.

    Its signature is checked with the key of --issuer, or of one of the
    authorities that a scheme of --document names; without either it is said
    that it was not. Who may sign it is asked as the function asks.

    Examples:

      authorizers crl check issuing.crl --issuer issuing.pem

      authorizers crl check issuing.crl --issuer issuing.pem --at 2027-01-01

      authorizers crl check issuing.crl --document authorizers.yaml --json

    Exit codes: 0 nothing but information; 1 errors or warnings; 2 called
    wrongly, or a file that cannot be read.
    """
    if issuer is not None and document is not None:
        raise fail("say who may have issued it in one way: --issuer or --document")
    issuers = _issuers(issuer, document, scheme)
    now = time_of(at)
    found = check_list(read_file(file), str(file), issuers, Times(now, until(within, now)))
    if as_json:
        say_json(_as_json(found))
    else:
        _show(found)
    raise typer.Exit(exit_code(found.findings))


def _issuers(
    issuer: Path | None, document: Path | None, scheme: str | None
) -> Sequence[Entry] | None:
    meant = scheme_meant(document, scheme)
    if meant is not None:
        paths = files_of(meant, "trust", "intermediates")
        return [entry for path in paths for entry in certificates_in(read_file(path))]
    return None if issuer is None else certificates_in(read_file(issuer))


def _show(found: CheckedCrl) -> None:
    if found.crl is not None:
        for name, text in _lines(found.crl, found):
            say((f"{name:<{_MARGIN}}", "bold"), text)
        say("")
    show_findings(found.findings)


def _lines(crl: Crl, found: CheckedCrl) -> Iterator[tuple[str, str]]:
    yield "issuer", name_text(crl.issuer)
    yield "number", "none" if crl.number is None else str(crl.number)
    if crl.is_delta:
        yield "changes", f"those since the list with the number {crl.base_number} (a delta list)"
    yield "this update", seconds_text(crl.this_update)
    yield "next update", "none" if crl.next_update is None else seconds_text(crl.next_update)
    for i, text in enumerate(scope_texts(crl)):
        yield "" if i else "about", text
    yield "entries", _entries(found)
    if found.signed_by is None:
        yield "signed by", "another key" if found.checked else "not checked"
    else:
        yield "signed by", name_text(found.signed_by.certificate.subject)
        yield "", f"SHA-256 {found.signed_by.fingerprint}"


def _entries(found: CheckedCrl) -> str:
    reasons = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in found.reasons.items())
    total = sum(found.reasons.values())
    text = counted(total, "certificate")
    return f"{text}: {reasons}" if reasons else text


def _as_json(found: CheckedCrl) -> dict[str, Any]:
    report = findings_as_json(found.findings)
    return report if found.crl is None else {**report, "crl": _crl_json(found.crl, found)}


def _crl_json(crl: Crl, found: CheckedCrl) -> dict[str, Any]:
    signer = found.signed_by
    return {
        "issuer": name_text(crl.issuer),
        "number": crl.number,
        "base_number": crl.base_number,
        "this_update": seconds_text(crl.this_update),
        "next_update": None if crl.next_update is None else seconds_text(crl.next_update),
        "indirect": crl.is_indirect,
        "about": scope_texts(crl),
        "entries": len(crl.entries),
        "reasons": found.reasons,
        "signed_by": None if signer is None else signer.fingerprint,
    }

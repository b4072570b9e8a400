"""`authorizers truststore`: what an operator asks about a truststore before it is uploaded."""

from pathlib import Path
from typing import Annotated, Any

import typer

from authorizers.analysis.certificates.agreement import compared
from authorizers.analysis.certificates.contents import Times
from authorizers.analysis.certificates.entry import Entry
from authorizers.analysis.certificates.truststore import Truststore, check_truststore
from authorizers.analysis.certificates.words import (
    key_text,
    moment_text,
    name_text,
    short_name,
    signature_text,
)
from authorizers.analysis.check.finding import Finding
from authorizers.cli.certificate_options import (
    At,
    OptionalDocument,
    Scheme,
    files_of,
    scheme_meant,
    time_of,
    until,
)
from authorizers.cli.console import say, say_json
from authorizers.cli.document import read_file
from authorizers.cli.findings import STYLES, counts, exit_code, findings_as_json, show_findings
from authorizers.cli.keys_place import failed
from authorizers.cli.table import say_table, shortened
from authorizers.errors import ConfigurationError
from authorizers.mtls.path.trust_bundle import parse_anchors

_HELP = """
Truststores of API Gateway's mutual TLS: one file of authorities' certificates.

Examples:

  authorizers truststore check truststore.pem

  authorizers truststore check truststore.pem --document authorizers.yaml
"""
truststore = typer.Typer(help=_HELP, no_args_is_help=True)
_HEAD = ("#", "SUBJECT", "ISSUER", "KEY", "SIGNED", "UNTIL", "PROBLEMS")
_NAME_CELLS = 24  # so that the whole line fits on 80 columns


@truststore.callback()
def _group() -> None:
    pass


@truststore.command("check")
def check(  # noqa: PLR0913, PLR0917 each is an option
    bundle: Annotated[Path, typer.Argument(help="The PEM file; - for standard input.")],
    document: OptionalDocument = None,
    scheme: Scheme = None,
    at: At = None,
    within: Annotated[
        str, typer.Option(help="Warn of certificates that end so soon, such as 30d.")
    ] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """
    Find everything that is wrong with a truststore, before API Gateway has it.

    API Gateway only warns of certificates that it cannot use, and says nothing
    when one ends: clients meet it. Its limits and algorithms are checked here,
    every signature, every chain up to its root, what each certificate may do,
    and when each ends. With --document, also whether API Gateway lets in whom
    the document trusts. docs/tools.md lists every rule.

    Examples:

      authorizers truststore check truststore.pem

      authorizers truststore check truststore.pem --within 90d

      authorizers truststore check truststore.pem --at 2027-01-01 --json

      authorizers truststore check truststore.pem
      --document authorizers.yaml --scheme partners

    Exit codes: 0 nothing but information; 1 errors or warnings; 2 called
    wrongly, or a file that cannot be read.
    """
    meant = scheme_meant(document, scheme)
    now = time_of(at)
    times = Times(now, until(within, now))
    found = check_truststore(read_file(bundle), str(bundle), times)
    if meant is not None:
        trust = files_of(meant, "trust")[0]
        octets = read_file(trust)
        try:  # of a bundle that the authorizer would not take, nothing can be compared
            parse_anchors(octets, str(trust))
        except ConfigurationError as error:
            raise failed(error) from None
        found = compared(found, str(bundle), meant.name, octets)
    say_json(_as_json(found)) if as_json else _show(found)
    raise typer.Exit(exit_code(found.findings))


def _show(found: Truststore) -> None:
    if found.entries:
        say_table(_HEAD, [_row(found, entry) for entry in found.entries])
        say("")
    show_findings(found.findings)


def _row(found: Truststore, entry: Entry) -> list[str | tuple[str, str]]:
    problems = found.findings_at(entry)
    certificate = entry.certificate
    return [
        str(entry.number),
        shortened(short_name(certificate.subject), _NAME_CELLS),
        _issuer(found, entry),
        key_text(certificate),
        signature_text(certificate),
        moment_text(certificate.not_valid_after_utc)[: len("2026-12-31")],
        _worst(problems),
    ]


def _issuer(found: Truststore, entry: Entry) -> str:
    numbers = [issuer.number for issuer in found.chains.issuers[entry.number]]
    if entry.number in numbers:
        return "itself"
    return ", ".join(map(str, numbers)) or "not here"


def _worst(problems: list[Finding]) -> str | tuple[str, str]:
    for severity in ("error", "warning"):
        worst = [finding for finding in problems if finding.severity == severity]
        if worst:
            return counts(worst), STYLES[severity]
    return "-"


def _as_json(found: Truststore) -> dict[str, Any]:
    return {
        **findings_as_json(found.findings),
        "certificates": [_entry_json(found, entry) for entry in found.entries],
    }


def _entry_json(found: Truststore, entry: Entry) -> dict[str, Any]:
    certificate = entry.certificate
    return {
        "number": entry.number,
        "line": entry.line,
        "subject": name_text(certificate.subject),
        "issuer": name_text(certificate.issuer),
        "issued_by": [issuer.number for issuer in found.chains.issuers[entry.number]],
        "depth": found.chains.depth[entry.number],
        "serial": f"{certificate.serial_number:x}",
        "fingerprint_sha256": entry.fingerprint,
        "key": key_text(certificate),
        "signature": signature_text(certificate),
        "not_before": moment_text(certificate.not_valid_before_utc),
        "not_after": moment_text(certificate.not_valid_after_utc),
        "authority": entry.is_authority,
        "problems": list(dict.fromkeys(f.rule for f in found.findings_at(entry))),
    }

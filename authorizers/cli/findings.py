"""What was found in files: a line each, that editors and CI can read, or JSON."""

from collections.abc import Collection, Sequence
from typing import Any

from authorizers.analysis.check.finding import Finding
from authorizers.cli.console import PROBLEMS_FOUND, say

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}


def exit_code(found: Sequence[Finding], allowed: Collection[str] = ()) -> int:
    """Return 1 if there is an error, or a warning whose rule is not `allowed`; else 0."""
    return PROBLEMS_FOUND if any(_fails(finding, allowed) for finding in found) else 0


def _fails(finding: Finding, allowed: Collection[str]) -> bool:
    return finding.severity != "info" and finding.rule not in allowed


def findings_as_json(found: Sequence[Finding], allowed: Collection[str] = ()) -> dict[str, Any]:
    """Return the findings as values of JSON."""
    return {
        "ok": not exit_code(found, allowed),
        "findings": [
            {
                "file": finding.place.file,
                "line": finding.place.line,
                "column": finding.place.column,
                "rule": finding.rule,
                "severity": finding.severity,
                "allowed": not _fails(finding, allowed),
                "message": finding.message,
            }
            for finding in found
        ],
    }


def show_findings(found: Sequence[Finding], allowed: Collection[str] = ()) -> None:
    """Print the findings, and how many there are."""
    for finding in found:
        severity = finding.severity
        ignored = " (allowed)" if severity == "warning" and finding.rule in allowed else ""
        say(
            (f"{finding.place}: ", "bold"),
            (f"{severity}{ignored}: ", STYLES[severity]),
            finding.message,
            (f" [{finding.rule}]", "dim"),
        )
    _count(found, allowed)


def _count(found: Sequence[Finding], allowed: Collection[str]) -> None:
    text = counts(found)
    if exit_code(found, allowed):
        say((text, "bold red"), error=True)
    else:
        nothing = "nothing wrong" if found else "nothing found"
        say(("ok ", "bold green"), f"{text}, allowed" if text else nothing, error=True)


def counts(found: Sequence[Finding]) -> str:
    """Return how many errors and warnings there are, in words; nothing where there are none."""
    numbers = {s: sum(f.severity == s for f in found) for s in ("error", "warning")}
    return ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s, n in numbers.items() if n)

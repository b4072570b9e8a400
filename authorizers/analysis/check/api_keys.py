"""What is dangerous in a document's schemes of API keys, whatever API it is for."""

from collections.abc import Iterator

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding


def key_findings(document: CheckedDocument) -> Iterator[Finding]:
    """Yield what the schemes of API keys give up by name."""
    yield from _in_query(document)
    for name, scheme in document.key_schemes.items():
        loc = ("authenticate", name, "api_key")
        if scheme["pepper"]["kind"] == "environment":
            yield Finding(
                document.place(*loc, "pepper"),
                "pepper-in-environment",
                f"{name}: whoever may read the function's configuration reads the pepper: keep it"
                " in Secrets Manager (secretsmanager:) or as a SecureString (ssm:)",
            )
        if scheme["limits"] and scheme["limits"]["when_unavailable"] == "allow_unmetered":
            yield Finding(
                document.place(*loc, "limits", "when_unavailable"),
                "allow-unmetered",
                f"{name}: while the table of counters cannot be reached, nothing is limited: be"
                " sure that what is behind the API bears it, or write deny",
            )


def _in_query(document: CheckedDocument) -> Iterator[Finding]:
    key_from = (document.compiled or {}).get("key_from", {})
    if "query" in key_from:
        yield Finding(
            document.place("key_from"),
            "key-in-query",
            "an address with its query is written into access logs, browsers' histories and"
            " Referer headers, and the key with it: take the key from a header",
        )

"""The facts of a step, in lines for people. Names of certificates are untrusted text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.mtls.inspection import StepResult


def fact_lines(result: StepResult) -> Iterator[str]:
    """Yield what a step looked at, line by line."""
    if not result.facts:
        return
    own = _OF_STEPS.get(result.name)
    if own is not None:
        yield from own(result.facts)
        return
    for name, value in result.facts.items():
        yield f"{label(name)}: {value_text(name, value)}"


def value_text(name: str, value: Any) -> str:
    """Return a fact for people: a moment, a list, a text."""
    if name in ("not_before", "not_after"):
        return moment(value)
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def moment(seconds: float) -> str:
    """Return a moment in UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "without end"


def label(name: str) -> str:
    """Return what people call a fact."""
    return _NAMES.get(name, name.replace("_", " "))


def _along(texts: Iterable[str]) -> Iterator[str]:
    """Say of each certificate of a path what is to be said, from the client's to the anchor's."""
    for i, text in enumerate(texts):
        who = "certificate" if i == 0 else f"authority {i}"
        yield f"{who}: {text}"


def _usages(facts: Mapping[str, Any]) -> Iterator[str]:
    usage, extended = facts.get("key_usage"), facts.get("extended_key_usage")
    words = None if usage is None else [name.replace("_", " ") for name in usage]
    yield f"key usage: {'not said' if words is None else value_text('', words)}"
    named = None if extended is None else [_USAGES.get(oid, oid) for oid in extended]
    yield f"extended key usage: {'not said' if named is None else value_text('', named)}"


def _strength(facts: Mapping[str, Any]) -> Iterator[str]:
    return _along(facts.get("path", ()))


def _validity(facts: Mapping[str, Any]) -> Iterator[str]:
    dates = facts.get("path", ())
    return _along((f"{moment(start)} to {moment(end)}" for start, end in dates))


def _path(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from _along(facts.get("path", ()))
    if facts.get("policies"):
        yield f"policies: {', '.join(facts['policies'])}"


def _revocation(facts: Mapping[str, Any]) -> Iterator[str]:
    return _along(_statuses(each) for each in facts.get("path", ()))


def _statuses(statuses: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(map(_status, statuses)) or "nobody was asked"


def _status(status: Mapping[str, Any]) -> str:
    source = f" by {status['source']}" if status["source"] else ""
    if status["outcome"] == "good":
        return f"good{source}, until {moment(status['until'])}"
    return f"{status['outcome']}{source} ({status['code']})"


def _identity(facts: Mapping[str, Any]) -> Iterator[str]:
    """The rest is told with the principal."""
    if facts.get("identity"):
        yield f"identity: {facts['identity']}"


_NAMES = {
    "ca": "authority",
    "fingerprint_sha256": "SHA-256",
    "san_uri": "URI",
    "san_dns": "DNS name",
    "san_email": "e-mail address",
    "spiffe_id": "SPIFFE ID",
}
_USAGES = {
    Usage.CLIENT_AUTH.dotted_string: "clientAuth",
    Usage.SERVER_AUTH.dotted_string: "serverAuth",
    Usage.CODE_SIGNING.dotted_string: "codeSigning",
    Usage.EMAIL_PROTECTION.dotted_string: "emailProtection",
    Usage.OCSP_SIGNING.dotted_string: "OCSPSigning",
    Usage.ANY_EXTENDED_KEY_USAGE.dotted_string: "anyExtendedKeyUsage",
}
_OF_STEPS = {
    "for clients": _usages,
    "strength": _strength,
    "validity": _validity,
    "path": _path,
    "revocation": _revocation,
    "identity": _identity,
}

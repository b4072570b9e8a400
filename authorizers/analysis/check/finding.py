"""One thing that is wrong or dangerous, and every rule that can find one."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from authorizers.analysis.template.template import Place

Severity = Literal["error", "warning", "info"]

RULES: dict[str, Severity] = {
    "document-problem": "error",
    "policy-too-large": "warning",
    "met-by-nobody": "error",
    "rule-never-chosen": "warning",
    "rule-opened-by-sibling": "warning",
    "rule-continued-by-sibling": "info",
    "inexact-deny": "warning",
    "any-audience": "warning",
    "loopback-http": "warning",
    "key-in-query": "warning",
    "pepper-in-environment": "warning",
    "allow-unmetered": "warning",
    "revocation-not-checked": "warning",
    "revocation-best-effort": "warning",
    "any-extended-key-usage": "warning",
    "route-without-rule": "error",
    "route-not-nameable": "error",
    "rule-without-route": "warning",
    "rule-not-asked": "error",
    "routes-not-seen": "warning",
    "no-api-found": "warning",
    "authorizer-not-found": "error",
    "root-security-ignored": "error",
    "route-opened-by-sibling": "warning",
    "http-responses-mismatch": "error",
    "simple-response-cached-for-all-routes": "error",
    "simple-response-cached-for-all-paths": "error",
    "simple-response-cached-for-all-addresses": "error",
    "payload-format": "error",
    "no-invoke-permission": "error",
    "no-identity-source": "error",
    "websocket-cache": "error",
    "ttl-too-long": "error",
    "ttl-outlives-token": "warning",
    "ttl-may-outlive-token": "info",
    "revocation-delayed": "warning",
    "revocation-waits-for-ttl": "info",
    "credential-not-identity-source": "error",
    "identity-source-not-credential": "warning",
    "handler-of-one-kind": "error",
    "certificate-never-sent": "error",
    "certificate-not-identity-source": "error",
    "certificate-as-identity-source": "warning",
    "no-mutual-tls": "warning",
    "domain-without-mutual-tls": "warning",
    "default-endpoint-open": "warning",
    "crl-kept-by-nobody": "warning",
    "limits-cached": "error",
    "limits-simple-response": "error",
    "limits-without-usage-plan": "warning",
    "limits-count-connections": "info",
    "usage-key-ignored": "error",
    "authorizer-on-preflight": "error",
}
"""Every rule by its stable name: `error` is wrong, `warning` dangerous, `info` to be known."""

FILE_RULES: dict[str, Severity] = {
    "truststore-too-large": "error",
    "too-many-certificates": "error",
    "no-certificate": "error",
    "block-unfinished": "error",
    "text-outside": "info",
    "private-key": "error",
    "not-a-certificate": "error",
    "certificate-unreadable": "error",
    "certificate-twice": "warning",
    "certificate-version": "error",
    "not-an-authority": "error",
    "authority-cannot-sign": "error",
    "authority-not-for-clients": "warning",
    "weak-key": "error",
    "key-not-listed": "error",
    "weak-signature": "error",
    "certificate-expired": "error",
    "certificate-expires-soon": "warning",
    "certificate-not-yet-valid": "warning",
    "name-constraints": "info",
    "issuer-missing": "error",
    "issuer-did-not-sign": "error",
    "no-root": "error",
    "chain-too-long": "error",
    "path-length-exceeded": "error",
    "subject-conflict": "error",
    "subject-with-another-key": "warning",
    "anchor-not-in-truststore": "error",
    "authority-not-trusted": "info",
    "crl-malformed": "error",
    "crl-too-large": "error",
    "crl-not-yet-valid": "error",
    "crl-without-next-update": "error",
    "crl-expired": "error",
    "crl-ends-soon": "warning",
    "crl-extension-unknown": "error",
    "crl-indirect-unmarked": "error",
    "crl-without-number": "error",
    "crl-algorithm-weak": "error",
    "crl-issuer-mismatch": "error",
    "crl-issuer-may-not-sign": "error",
    "crl-key-weak": "error",
    "crl-signature-invalid": "error",
    "crl-issuer-not-found": "error",
    "crl-signature-not-checked": "info",
}
"""The rules for files of certificates, which `authorizers truststore check` and its like find."""


class Finding(NamedTuple):
    """One thing that a rule found, at the place that must change, and what to write instead."""

    place: Place
    rule: str
    message: str

    @property
    def severity(self) -> Severity:
        """How bad it is: a matter of the rule alone."""
        return RULES.get(self.rule) or FILE_RULES[self.rule]


def in_order(findings: Iterable[Finding], files: Sequence[str]) -> list[Finding]:
    """Return each finding once, in the order of `files` and of the text."""
    places = {file: i for i, file in reversed(list(enumerate(files)))}
    return sorted(
        dict.fromkeys(findings),
        key=lambda f: (places.get(f.place.file, len(files)), *f.place, f.rule),
    )

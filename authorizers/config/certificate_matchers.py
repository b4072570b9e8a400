"""
What a requirement may ask of a client certificate: one small function for each fact.

Each takes one configured text, brings it into the form that facts have, and returns the test of a
claim; a `ValueError` says what to write instead.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from authorizers.config import certificate_facts as facts
from authorizers.config.certificate_facts import CERTIFICATE

Compiled = list[Any]
Matcher = Callable[[str], Compiled]


def trust_domain(text: str) -> Compiled:
    """Match the trust domain of a verified SPIFFE ID."""
    return _equals("trust_domain", facts.trust_domain(text))


def spiffe_id(text: str) -> Compiled:
    """Match a verified SPIFFE ID."""
    return _equals("spiffe_id", facts.spiffe_id(text))


def san_dns(text: str) -> Compiled:
    """Match one of the DNS names that the certificate is for; a wildcard is never expanded."""
    return _contains("san_dns", facts.dns_name(text))


def san_uri(text: str) -> Compiled:
    """Match one of the URIs that the certificate is for."""
    return _contains("san_uri", facts.uri(text))


def san_email(text: str) -> Compiled:
    """Match one of the mail addresses that the certificate is for."""
    return _contains("san_email", facts.email(text))


def common_name(text: str) -> Compiled:
    """Match the one common name of the subject."""
    return _equals("common_name", facts.common_name(text))


def subject(text: str) -> Compiled:
    """Match the whole distinguished name of the subject."""
    return _equals("subject", facts.distinguished_name(text))


def issuer(text: str) -> Compiled:
    """Match the whole distinguished name of the authority that issued the certificate."""
    return _equals("issuer", facts.distinguished_name(text))


def fingerprint_sha256(text: str) -> Compiled:
    """Match one certificate."""
    return _equals("fingerprint_sha256", facts.fingerprint(text))


def serial(text: str) -> Compiled:
    """Match a serial number, which is unique within one issuer only (RFC 5280 §4.1.2.2)."""
    return _equals("serial", facts.serial(text))


MATCHERS: Mapping[str, Matcher] = {
    matcher.__name__: matcher
    for matcher in (
        trust_domain,
        spiffe_id,
        san_dns,
        san_uri,
        san_email,
        common_name,
        subject,
        issuer,
        fingerprint_sha256,
        serial,
    )
}


def any_match(tests: Sequence[Compiled]) -> Compiled:
    """Return the test that holds if one of `tests`, all of one matcher, holds."""
    _, path, operator, _ = tests[0]
    values = list(dict.fromkeys(test[3] for test in tests))
    if operator == "equals" and len(values) > 1:
        return ["claim", path, "any_of", values]
    each: list[Compiled] = [["claim", path, operator, value] for value in values]
    return each[0] if len(each) == 1 else ["any_of", each]


def _equals(fact: str, value: str) -> Compiled:
    return ["claim", f"{CERTIFICATE}.{fact}", "equals", value]


def _contains(fact: str, value: str) -> Compiled:
    return ["claim", f"{CERTIFICATE}.{fact}", "contains", value]

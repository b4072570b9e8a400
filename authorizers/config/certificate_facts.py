"""
What is known of a verified client certificate, and how each fact is written.

The facts stand under the claim `certificate` of a principal. A document is compared with them, so
what it says is brought into the same form, or refused.
"""

import re
from collections.abc import Callable, Mapping

from cryptography.x509 import Name
from cryptography.x509.oid import NameOID

from authorizers.mtls.identity.alternative_name import clean_dns, clean_email, clean_uri
from authorizers.mtls.identity.distinguished_name import MAX_COMMON_NAME_CHARS
from authorizers.mtls.identity.spiffe_id import (
    MAX_TRUST_DOMAIN_CHARS,
    is_trust_domain,
    parse_spiffe_id,
)

CERTIFICATE = "certificate"  # the claim that holds the facts
TEXT_FACTS = (
    "fingerprint_sha256",
    "serial",
    "issuer",
    "subject",
    "common_name",
    "spiffe_id",
    "trust_domain",
)
NUMBER_FACTS = ("not_before", "not_after")
LIST_FACTS = ("san_dns", "san_uri", "san_email")
IDENTITY = "identity"  # what the scheme reads as who the caller is: it follows from the others
FACTS = (IDENTITY, *TEXT_FACTS, *NUMBER_FACTS, *LIST_FACTS)
SPIFFE_FACTS = ("trust_domain", "spiffe_id")  # of schemes with `identity: spiffe` only
FINGERPRINT_PATTERN = "[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}"
SERIAL_PATTERN = "[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{2}){0,19}|[0-9A-Fa-f]{1,40}"  # at most 20 bytes
_MORE_ATTRIBUTES = {  # as OpenSSL writes them; RFC 4514 §3 has no names for these
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "serialNumber": NameOID.SERIAL_NUMBER,
}


def trust_domain(text: str) -> str:
    """
    Return `text` if it is the name of a SPIFFE trust domain.

    Raises:
        ValueError: says what to write instead, as all functions here do.
    """
    if not is_trust_domain(text):
        raise ValueError(
            "a trust domain is small letters, digits and . _ -, at most"
            f" {MAX_TRUST_DOMAIN_CHARS} characters, without spiffe://: example.org"
        )
    return text


def spiffe_id(text: str) -> str:
    """Return `text` if it is the SPIFFE ID of a workload, which has a path (X509-SVID §5.2)."""
    found = parse_spiffe_id(text)
    if found is None or not found.path:
        raise ValueError("write a workload's SPIFFE ID, such as spiffe://example.org/billing/api")
    return text


def trust_domain_of(spiffe_id: str) -> str:
    """Return the trust domain that a SPIFFE ID is of."""
    return spiffe_id.removeprefix("spiffe://").partition("/")[0]


def dns_name(text: str) -> str:
    """Return a host's name in small letters."""
    return _known(
        clean_dns(text), "write one host's name, without a port or a wildcard: billing.example.org"
    )


def uri(text: str) -> str:
    """Return `text` if it is an absolute URI, and its only spelling."""
    return _known(
        clean_uri(text), "write a whole URI in plain characters, such as urn:example:billing"
    )


def email(text: str) -> str:
    """Return an address with its host in small letters."""
    return _known(clean_email(text), "write an address such as billing@example.org")


def _known(text: str | None, expected: str) -> str:
    if text is None:
        raise ValueError(expected)
    return text


def common_name(text: str) -> str:
    """Return `text` if it can be the common name of a subject; it is compared with case."""
    fits = 1 <= len(text) <= MAX_COMMON_NAME_CHARS and text.isprintable()
    if not fits or text != text.strip():
        raise ValueError(
            f"a common name has 1 to {MAX_COMMON_NAME_CHARS} characters, no space around it"
        )
    return text


def distinguished_name(text: str) -> str:
    """Return a distinguished name as RFC 4514 writes it, the most specific part first."""
    try:
        found = Name.from_rfc4514_string(text, _MORE_ATTRIBUTES).rfc4514_string()
    except (TypeError, ValueError):
        found = ""
    if not found or not found.isprintable():
        raise ValueError(
            "write a name as RFC 4514 does, without spaces after commas: CN=billing,O=Example,C=DE"
        )
    return found


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a certificate as 64 small hexadecimal digits."""
    if not re.fullmatch(FINGERPRINT_PATTERN, text):
        raise ValueError(
            "write the SHA-256 of the certificate: 64 hexadecimal digits, with colons or without"
        )
    return text.replace(":", "").lower()


def serial(text: str) -> str:
    """Return a serial number in small hexadecimal digits, without zeros in front."""
    if not re.fullmatch(SERIAL_PATTERN, text):
        raise ValueError(
            'write the serial number in hexadecimal, in quotes, at most 20 bytes: "0a:1b"'
        )
    return text.replace(":", "").lower().lstrip("0") or "0"


AS_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "fingerprint_sha256": fingerprint,
    "serial": serial,
    "issuer": distinguished_name,
    "subject": distinguished_name,
    "common_name": common_name,
    "spiffe_id": spiffe_id,
    "trust_domain": trust_domain,
    "san_dns": dns_name,
    "san_uri": uri,
    "san_email": email,
}
"""Every fact that is text, or a list of it, and what brings a text into its form."""

_IDENTITY_FACTS = {
    "spiffe": "spiffe_id",
    "uri": "san_uri",
    "dns": "san_dns",
    "email": "san_email",
    "common_name": "common_name",
    "fingerprint": "fingerprint_sha256",
}
_SERIAL_IDENTITY = "(?:0|[1-9a-f][0-9a-f]{0,39})@[0-9a-f]{32}"  # a number, and its issuer's digest


def identity_fact(kind: str) -> str | None:
    """Return the fact that is the identity of a scheme's callers, or None for a serial number."""
    return _IDENTITY_FACTS.get(kind)


def identity(kind: str, text: str) -> str:
    """Return the text by which a scheme with this kind of identity names a caller."""
    fact = identity_fact(kind)
    if fact is not None:
        return AS_WRITTEN[fact](text)
    if not re.fullmatch(_SERIAL_IDENTITY, text):
        raise ValueError("write a caller as logs name it, the serial number, @ and its issuer")
    return text

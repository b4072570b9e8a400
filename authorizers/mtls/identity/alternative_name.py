"""
Subject alternative names that say one thing only (RFC 5280 §4.2.1.6).

Each function returns the one spelling under which a name is compared, or None for what is no name
of that kind: a wildcard stands for many, and names nobody.
"""

import re
from typing import Final

from cryptography import x509

from authorizers.mtls.leaf import Leaf

MAX_DNS_CHARS: Final = 253  # RFC 1034 §3.1, as text
MAX_LOCAL_PART_CHARS: Final = 64  # RFC 5321 §4.5.3.1.1

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # RFC 1034 §3.5, RFC 1123 §2.1
_HOST: Final = rf"(?:{_LABEL}\.)*(?![0-9]+(?![a-z0-9.-])){_LABEL}"  # the last one is no number
_DNS = re.compile(_HOST, re.ASCII)
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322 §3.2.3
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
# RFC 3986 §3 without user, fragment and percent-encoding, and with one case where case is nothing.
_URI = re.compile(
    rf"[a-z][a-z0-9+.-]*:(?://{_HOST}(?::[0-9]+)?(?=[/?]|\Z))?(?!//)[A-Za-z0-9._~!$&'()*+,;=:@/?-]*",
    re.ASCII,
)


def clean_dns(name: str) -> str | None:
    """Return a DNS name in lower case (RFC 4343): letters, digits, hyphens, no dot at its end."""
    lower = name.lower() if name.isascii() else ""
    return lower if len(lower) <= MAX_DNS_CHARS and _DNS.fullmatch(lower) else None


def clean_email(address: str) -> str | None:
    """
    Return an address with its domain in lower case (RFC 5280 §7.5). The local part keeps its case:
    only its host knows what that means (RFC 5321 §2.4).
    """
    local, at, domain = address.rpartition("@")
    host = clean_dns(domain)
    if not at or host is None or len(local) > MAX_LOCAL_PART_CHARS:
        return None
    return f"{local}@{host}" if _LOCAL_PART.fullmatch(local) else None


def clean_uri(uri: str) -> str | None:
    """Return a URI that is absolute, and the only spelling of itself (RFC 3986 §6.2)."""
    if not _URI.fullmatch(uri) or uri.endswith(":"):
        return None
    path = uri.split("?", 1)[0]
    return None if any(part in {".", ".."} for part in re.split("[/:]", path)) else uri


def clean_names(leaf: Leaf) -> dict[str, list[str]]:
    """Return the names of each kind that are clean, in the order of the certificate."""
    kinds = (
        ("san_dns", x509.DNSName, clean_dns),
        ("san_uri", x509.UniformResourceIdentifier, clean_uri),
        ("san_email", x509.RFC822Name, clean_email),
    )
    return {
        fact: [name for name in map(clean, leaf.names(kind)) if name is not None]
        for fact, kind, clean in kinds
    }

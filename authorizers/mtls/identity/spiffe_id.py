"""
SPIFFE IDs, and the certificates that carry one.

https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md
"""

import re
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from authorizers.errors import RejectedCredential
from authorizers.mtls.leaf import Leaf

MAX_ID_CHARS: Final = 2048  # SPIFFE-ID §2.3
MAX_TRUST_DOMAIN_CHARS: Final = 255  # SPIFFE-ID §2.3

_ID = re.compile(r"spiffe://([a-z0-9._-]+)((?:/[A-Za-z0-9._-]+)*)", re.ASCII)
_TRUST_DOMAIN = re.compile(r"[a-z0-9._-]+", re.ASCII)
_BOTH_SIDES: Final = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH)


class SpiffeId(NamedTuple):
    """A SPIFFE ID: its trust domain, and its path with the leading slash, or "" for none."""

    trust_domain: str
    path: str

    def __str__(self) -> str:
        return f"spiffe://{self.trust_domain}{self.path}"


def parse_spiffe_id(text: str) -> SpiffeId | None:
    """
    Return the SPIFFE ID that `text` spells, or None (SPIFFE-ID §2). There is one spelling for each:
    no upper case in the trust domain, no port, user, query, fragment or percent-encoding, no empty
    or dot segment, and no slash at the end.
    """
    found = _ID.fullmatch(text) if len(text) <= MAX_ID_CHARS else None
    if found is None or not is_trust_domain(found[1]):
        return None
    if any(segment in {".", ".."} for segment in found[2].split("/")):
        return None
    return SpiffeId(found[1], found[2])


def is_trust_domain(text: str) -> bool:
    """Return whether `text` is the name of a trust domain (SPIFFE-ID §2.1)."""
    return len(text) <= MAX_TRUST_DOMAIN_CHARS and _TRUST_DOMAIN.fullmatch(text) is not None


def verify_svid(leaf: Leaf, trust_domain: str) -> SpiffeId:
    """
    Return the SPIFFE ID of `leaf`, which is no authority's (step 2) and whose path ends in an
    anchor of `trust_domain`.

    Raises:
        RejectedCredential: `svid_uri`, `spiffe_id_malformed`, `spiffe_id_without_path`,
            `trust_domain_mismatch`, `svid_key_usage`, `svid_extended_key_usage`,
            `svid_name_not_critical`.
    """
    uris = leaf.names(x509.UniformResourceIdentifier)
    if len(uris) != 1:  # X509-SVID §2
        raise RejectedCredential("svid_uri", "an X.509-SVID has exactly one URI among its names")
    found = parse_spiffe_id(uris[0])
    if found is None:
        raise RejectedCredential("spiffe_id_malformed", "the URI is no SPIFFE ID")
    if not found.path:  # X509-SVID §3.1, §5.2
        detail = "a SPIFFE ID without a path names a trust domain, and no client"
        raise RejectedCredential("spiffe_id_without_path", detail)
    if found.trust_domain != trust_domain:
        detail = "the SPIFFE ID is of another trust domain than the scheme's"
        raise RejectedCredential("trust_domain_mismatch", detail)
    _validate_usage(leaf)
    return found


def _validate_usage(leaf: Leaf) -> None:
    usage, extended = leaf.value(x509.KeyUsage), leaf.value(x509.ExtendedKeyUsage)
    critical = leaf.is_critical(x509.KeyUsage)
    if usage is None or not usage.digital_signature or not critical:  # X509-SVID §4.3
        detail = "an X.509-SVID has a critical key usage with digitalSignature"
        raise RejectedCredential("svid_key_usage", detail)
    if extended is not None and any(side not in extended for side in _BOTH_SIDES):  # §4.4
        detail = "an X.509-SVID that names extended usages has clientAuth and serverAuth"
        raise RejectedCredential("svid_extended_key_usage", detail)
    if leaf.subject.is_empty and not leaf.is_critical(x509.SubjectAlternativeName):  # §3.1
        detail = "an X.509-SVID without a subject has critical alternative names"
        raise RejectedCredential("svid_name_not_critical", detail)

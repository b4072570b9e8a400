"""
Who a verified certificate is of (step 8): one function for each kind of identity.

Kinds are never mixed: a scheme looks at one of them, and another kind that spells the same text is
not seen. Of the kind that is looked at there is exactly one, or nobody is named.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from authorizers.errors import RejectedCredential
from authorizers.mtls.identity.alternative_name import clean_dns, clean_email, clean_uri
from authorizers.mtls.identity.spiffe_id import verify_svid
from authorizers.mtls.leaf import Leaf
from authorizers.mtls.path.trusted_path import TrustedPath

ISSUER_HEX_CHARS: Final = 32  # 128 bits: nobody finds another issuer with the same

# (the leaf, its path, the identity of the scheme in its compiled form) → the text of the identity
_Identity = Callable[[Leaf, TrustedPath | None, Mapping[str, Any]], str]


def identify(leaf: Leaf, path: TrustedPath | None, identity: Mapping[str, Any]) -> str:
    """
    Return the text that names the holder of `leaf`, whose `path` is proven; None is for a leaf that
    is trusted by itself, as it is pinned.

    Raises:
        RejectedCredential: `identity_missing`, `identity_ambiguous`, `identity_malformed`,
            `common_name_not_clean`, `common_name_constrained`, `certificate_not_pinned`, and
            those of `verify_svid`.
    """
    return _KINDS[identity["kind"]](leaf, path, identity)


def is_pinned(fingerprint: str, identity: Mapping[str, Any]) -> bool:
    """
    Return whether the scheme names this very certificate, by the SHA-256 of all of it. Another
    one with the same key, subject or serial number is another certificate.
    """
    return identity["kind"] == "fingerprint" and fingerprint in identity["fingerprints"]


def is_common_name_safe(path: TrustedPath | None) -> bool:
    """
    Return whether no authority constrains names that a common name might be read as. Constraints
    of DNS names and addresses don't apply to it, so it would be a way around them.
    """
    return path is None or not any(one.beyond_directory for one in path.constraints)


def _spiffe(leaf: Leaf, _: TrustedPath | None, identity: Mapping[str, Any]) -> str:
    return str(verify_svid(leaf, identity["trust_domain"]))


def _uri(leaf: Leaf, _: TrustedPath | None, __: Mapping[str, Any]) -> str:
    return _only(leaf.names(x509.UniformResourceIdentifier), clean_uri)


def _dns(leaf: Leaf, _: TrustedPath | None, __: Mapping[str, Any]) -> str:
    return _only(leaf.names(x509.DNSName), clean_dns)


def _email(leaf: Leaf, _: TrustedPath | None, __: Mapping[str, Any]) -> str:
    return _only(leaf.names(x509.RFC822Name), clean_email)


def _common_name(leaf: Leaf, path: TrustedPath | None, _: Mapping[str, Any]) -> str:
    name = leaf.subject.common_name
    if name is None:
        detail = "the subject has not exactly one common name, alone and in plain characters"
        raise RejectedCredential("common_name_not_clean", detail)
    if not is_common_name_safe(path):
        detail = "an authority constrains names, and a common name could be a way around that"
        raise RejectedCredential("common_name_constrained", detail)
    return name


def _serial(leaf: Leaf, path: TrustedPath | None, _: Mapping[str, Any]) -> str:
    """A serial number means something with its issuer only, which is a name and a key."""
    return f"{leaf.certificate.serial_number:x}@{_issuer_id(leaf, path)}"


def _fingerprint(leaf: Leaf, _: TrustedPath | None, identity: Mapping[str, Any]) -> str:
    if not is_pinned(leaf.fingerprint, identity):
        detail = "the certificate is none of those that the scheme names"
        raise RejectedCredential("certificate_not_pinned", detail)
    return leaf.fingerprint


def _issuer_id(leaf: Leaf, path: TrustedPath | None) -> str:
    digest = hashlib.sha256(leaf.issuer_der)
    if path is not None:
        key = path.certificates[0].public_key()
        digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.hexdigest()[:ISSUER_HEX_CHARS]


def _only(names: list[str], clean: Callable[[str], str | None]) -> str:
    if not names:
        detail = "the certificate has no name of the kind that the scheme looks for"
        raise RejectedCredential("identity_missing", detail)
    if len(names) > 1:
        detail = "the certificate has several names of the kind that the scheme looks for"
        raise RejectedCredential("identity_ambiguous", detail)
    name = clean(names[0])
    if name is None:
        detail = "the name is a wildcard, or not written as a name of its kind is"
        raise RejectedCredential("identity_malformed", detail)
    return name


_KINDS: Final[Mapping[str, _Identity]] = {
    "spiffe": _spiffe,
    "uri": _uri,
    "dns": _dns,
    "email": _email,
    "common_name": _common_name,
    "serial": _serial,
    "fingerprint": _fingerprint,
}
KINDS: Final = frozenset(_KINDS)

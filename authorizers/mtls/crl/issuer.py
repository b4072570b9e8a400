"""Whose key a list is signed with: finding the certificate of its issuer (RFC 5280 §6.3.3 (f))."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    SubjectKeyIdentifier,
    UnrecognizedExtension,
)

from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.foreign import FOREIGN


class Issuer(NamedTuple):
    """
    A certificate that may be that of a list's issuer. `path` leads from it to an anchor if it has
    to be asked whether it is revoked itself; it is empty where that has been asked, or nobody can.
    """

    certificate: Certificate
    path: tuple[Certificate, ...] = ()


def issuers_of(
    crl: Crl,
    above: Sequence[Certificate],
    anchors: Sequence[Certificate],
    others: Sequence[Certificate],
    now: float,
) -> Iterator[Issuer]:
    """
    Yield the certificates with the name and the key identifier of the issuer of `crl`: of those
    `above` the certificate in its verified path, of the anchors, and of `others` those that one of
    them has issued.
    """
    trusted = (*above, *(anchor for anchor in anchors if anchor not in above))
    for certificate in trusted:
        if fits(crl, certificate):
            yield Issuer(certificate)
    for certificate in others:
        if certificate in trusted or not fits(crl, certificate) or not _stands(certificate, now):
            continue
        for place, parent in enumerate(trusted):
            if _has_issued(parent, certificate):
                rest = above[place:] if place < len(above) else (parent,)
                yield Issuer(certificate, (certificate, *rest))


def fits(crl: Crl, certificate: Certificate) -> bool:
    """Return whether the list has the certificate's name, and its key where it names one."""
    if certificate.subject != crl.issuer:
        return False
    try:
        own = certificate.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest
    except (ExtensionNotFound, *FOREIGN):
        return True  # the signature decides
    return crl.key_identifier is None or crl.key_identifier == own


def _stands(certificate: Certificate, now: float) -> bool:
    """Return whether a certificate is valid at `now`, and has no critical extension unknown."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    try:
        unknown = any(
            e.critical and isinstance(e.value, UnrecognizedExtension)
            for e in certificate.extensions
        )
    except FOREIGN:
        return False
    return begin.timestamp() <= now <= end.timestamp() and not unknown


def _has_issued(parent: Certificate, certificate: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(parent)
    except (InvalidSignature, *FOREIGN):
        return False
    return True

"""Why a list must not be believed: one after the other for a request, all at once for people."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from cryptography import x509

from authorizers.errors import MalformedCredential
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.foreign import FOREIGN
from authorizers.mtls.path.strength import is_strong_key


class Defect(NamedTuple):
    """`code` is stable; `message` is for people."""

    code: str
    message: str


_TEXTS: Final = {
    "crl_not_yet_valid": "thisUpdate is in the future",
    "crl_without_next_update": "there is no nextUpdate, and no greatest age is configured",
    "crl_expired": "nextUpdate has passed",
    "crl_extension_unknown": "a critical extension, of the list or of an entry, is not known here",
    "crl_indirect_unmarked": "entries name issuers, but the list does not say that it is indirect",
    "crl_without_number": "there is no CRL number, which a delta list and its base have to have",
    "crl_algorithm_weak": "the signature's algorithm is weaker than SHA-256, or not known",
    "crl_issuer_mismatch": "the certificate is not that of the list's issuer",
    "crl_issuer_may_not_sign": "the issuer's certificate has a key usage without cRLSign",
    "crl_key_weak": "the issuer's key is too small, or of a kind that is not used",
    "crl_signature_invalid": "the signature is not of the issuer's key",
    "crl_number_lower": "the CRL number is lower than that of the list it would replace",
    "crl_older": "thisUpdate is earlier than that of the list it would replace",
}


def defects_of_list(crl: Crl, now: float, max_age_seconds: float | None) -> Iterator[str]:
    """Yield the codes of what is wrong with `crl` at `now`, whoever has signed it."""
    if now < crl.this_update:
        yield "crl_not_yet_valid"
    next_update = next_update_of(crl, max_age_seconds)
    if next_update is None:
        yield "crl_without_next_update"
    elif now >= next_update:
        yield "crl_expired"
    if crl.unknown_critical:  # RFC 5280 §5.2, §5.3: such a list must not be used
        yield "crl_extension_unknown"
    if crl.names_issuers and not crl.is_indirect:  # RFC 5280 §5.3.3
        yield "crl_indirect_unmarked"
    if crl.is_delta and crl.number is None:  # RFC 5280 §5.2.4
        yield "crl_without_number"
    if not crl.strong_hash:
        yield "crl_algorithm_weak"


def defects_of_issuer(crl: Crl, certificate: x509.Certificate) -> Iterator[str]:
    """Yield the codes of what forbids `certificate` to be that of the issuer of `crl`."""
    if certificate.subject != crl.issuer:
        yield "crl_issuer_mismatch"
    if not may_sign(certificate):  # RFC 5280 §6.3.3 (f)
        yield "crl_issuer_may_not_sign"
    if not _has_strong_key(certificate):
        yield "crl_key_weak"
    elif not crl.verify_signature(certificate.public_key()):  # RFC 5280 §6.3.3 (g), (h)
        yield "crl_signature_invalid"


def check_crl(
    crl: Crl,
    issuer_certificate: x509.Certificate,
    now: float,
    *,
    replaces: Crl | None = None,
    max_age_seconds: float | None = None,
) -> list[Defect]:
    """
    Return everything that forbids to use `crl` at `now`, in seconds since 1970, or to put it in
    the place of the list that it `replaces`.
    """
    codes = [*defects_of_list(crl, now, max_age_seconds)]
    codes += defects_of_issuer(crl, issuer_certificate)
    if replaces is not None:
        if (crl.number or 0) < (replaces.number or 0):
            codes.append("crl_number_lower")
        if crl.this_update < replaces.this_update:
            codes.append("crl_older")
    return [Defect(code, _TEXTS[code]) for code in codes]


def next_update_of(crl: Crl, max_age_seconds: float | None) -> float | None:
    """Return until when `crl` may be used: its own date, or where it has none its greatest age."""
    if crl.next_update is not None or max_age_seconds is None:
        return crl.next_update
    return crl.this_update + max_age_seconds


def may_sign(certificate: x509.Certificate) -> bool:
    """Return whether a certificate's key usage, if it has one, includes cRLSign."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True
    except FOREIGN:  # extensions that cannot be read allow nothing
        return False


def _has_strong_key(certificate: x509.Certificate) -> bool:
    """Return whether the key of a certificate is strong; one of no kind that is known is not."""
    try:
        return is_strong_key(certificate)
    except MalformedCredential:
        return False

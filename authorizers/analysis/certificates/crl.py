"""Everything that is to be known of one revocation list, and everything that is wrong with it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cryptography import x509

from authorizers.analysis.certificates.contents import Times
from authorizers.analysis.certificates.entry import Entry, read
from authorizers.analysis.certificates.words import name_text, seconds_text
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.template.template import Place
from authorizers.errors import DependencyError
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.defects import check_crl, defects_of_list
from authorizers.mtls.crl.entry import REASONS
from authorizers.mtls.crl.pem import der_of

# reasonCode (RFC 5280 §5.3.1): its object identifier, perhaps `critical`, and one ENUMERATED.
_REASON = re.compile(
    rb"\x06\x03\x55\x1d\x15(?:\x01\x01\xff)?\x04\x03\x0a\x01([\x00-\x0a])", re.DOTALL
)
_WHAT_TO_DO = {
    "crl_malformed": "it is cut off, or no list in DER or PEM: fetch it again",
    "crl_too_large": "ask its issuer for a list in parts: functions do not read it",
    "crl_not_yet_valid": "thisUpdate is in the future: correct the clock here, or at its issuer",
    "crl_without_next_update": (
        "it has no nextUpdate, so nobody knows how long it holds: ask its issuer for one that has"
    ),
    "crl_expired": "nextUpdate has passed: fetch its successor",
    "crl_extension_unknown": (
        "a critical extension, of the list or of an entry, is not known here, so the list must not"
        " be used (RFC 5280 §5.2): ask its issuer for one without"
    ),
    "crl_indirect_unmarked": (
        "entries name issuers, and the list does not say that it is indirect (RFC 5280 §5.3.3): ask"
        " its issuer to correct it"
    ),
    "crl_without_number": (
        "a delta list, and the list it changes, have CRL numbers (RFC 5280 §5.2.4): ask its issuer"
        " for one that has"
    ),
    "crl_algorithm_weak": "signed with less than SHA-256: ask its issuer for a stronger signature",
    "crl_issuer_mismatch": "the certificate is not that of the list's issuer: give that one",
    "crl_issuer_may_not_sign": (
        "the issuer's keyUsage has no cRLSign (RFC 5280 §6.3.3 (f)): ask for a list of an issuer"
        " that may sign lists"
    ),
    "crl_key_weak": "the issuer's key is too weak, or of a kind that is not taken",
    "crl_signature_invalid": "the signature is not of the issuer's key: fetch it again",
}
_OTHERWISE = "it cannot be used"


class CheckedCrl(NamedTuple):
    """
    A list, None where it could not be read, and what was found. `reasons` are how many entries
    have each; `signed_by` is the certificate whose key made the signature, if that was `checked`.
    """

    crl: Crl | None
    reasons: dict[str, int]
    signed_by: Entry | None
    findings: tuple[Finding, ...]
    checked: bool = False


def check_list(data: bytes, file: str, issuers: Sequence[Entry] | None, times: Times) -> CheckedCrl:
    """
    Return what is in the list `data`, of the name `file`, and what is wrong with it. `issuers` are
    certificates of which one should be its issuer's; without them its signature is not checked.
    """
    try:
        crl = Crl.parse(data, file)
    except DependencyError as error:
        return CheckedCrl(None, {}, None, (_finding(file, error.code),))
    signer = None if issuers is None else _signer(crl, issuers)
    findings = [_finding(file, code) for code in _codes(crl, signer, times.now)]
    findings += _about_issuer(crl, file, issuers, signer)
    if crl.next_update is not None and times.now < crl.next_update <= times.until:
        message = f"ends on {seconds_text(crl.next_update)}: see that its successor comes in time"
        findings.append(Finding(Place(file, 1, 1), "crl-ends-soon", message))
    signed_by = signer if signer is not None and _has_signed(crl, signer) else None
    checked = signer is not None
    return CheckedCrl(crl, _reasons(crl, data), signed_by, tuple(findings), checked)


def _finding(file: str, code: str) -> Finding:
    return Finding(Place(file, 1, 1), code.replace("_", "-"), _WHAT_TO_DO.get(code, _OTHERWISE))


def _codes(crl: Crl, signer: Entry | None, now: float) -> Iterator[str]:
    if signer is None:
        yield from defects_of_list(crl, now, None)
        return
    found = read(lambda: check_crl(crl, signer.certificate, now))
    yield from ("crl_issuer_mismatch",) if found is None else (defect.code for defect in found)


def _signer(crl: Crl, issuers: Sequence[Entry]) -> Entry | None:
    """Return the certificate that signed the list, or else one with the name of its issuer."""
    named = [issuer for issuer in issuers if issuer.certificate.subject == crl.issuer]
    return next((issuer for issuer in named if _has_signed(crl, issuer)), next(iter(named), None))


def _has_signed(crl: Crl, issuer: Entry) -> bool:
    key = read(issuer.certificate.public_key)
    return key is not None and crl.verify_signature(key)


def _about_issuer(
    crl: Crl, file: str, issuers: Sequence[Entry] | None, signer: Entry | None
) -> Iterator[Finding]:
    if signer is not None:
        return
    rule, message = "crl-signature-not-checked", "its signature was not checked: give --issuer"
    if issuers is not None:
        rule = "crl-issuer-not-found"
        message = f"no certificate is that of its issuer, {name_text(crl.issuer)}: add that one"
    yield Finding(Place(file, 1, 1), rule, message)


def _reasons(crl: Crl, data: bytes) -> dict[str, int]:
    """Return how many entries have each reason, the most frequent first."""
    total = len(crl.entries)
    codes = Counter(_REASON.findall(der_of(data)) if total else ())
    counts = {REASONS[code[0]]: n for code, n in codes.most_common() if code[0] in REASONS}
    rest = total - sum(counts.values()) + counts.pop("unspecified", 0)
    return {**counts, "unspecified": rest} if rest > 0 else counts


def scope_texts(crl: Crl) -> list[str]:
    """Return what the list is about, in words (RFC 5280 §5.2.5)."""
    scope = crl.scope
    if scope is None:
        return ["all certificates of its issuer"]
    kinds = {
        "only_contains_user_certs": "certificates of no authorities only",
        "only_contains_ca_certs": "certificates of authorities only",
        "only_contains_attribute_certs": "attribute certificates only",
        "indirect_crl": "certificates of other issuers, too (indirect)",
    }
    texts = [text for name, text in kinds.items() if getattr(scope, name)]
    if scope.full_name or scope.relative_name:
        texts.append(f"those that name {', '.join(_point_names(scope))}")
    if scope.only_some_reasons is not None:
        texts.append(f"for some reasons only: {', '.join(_flags(scope.only_some_reasons))}")
    return texts or ["all certificates of its issuer"]


def _point_names(scope: x509.IssuingDistributionPoint) -> Iterator[str]:
    for name in scope.full_name or ():
        value = name.value
        yield name_text(value) if isinstance(value, x509.Name) else str(value)
    if scope.relative_name is not None:
        yield scope.relative_name.rfc4514_string()


def _flags(reasons: frozenset[x509.ReasonFlags]) -> list[str]:
    return sorted(reason.name for reason in reasons)

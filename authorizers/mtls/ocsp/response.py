"""The check of an answer, in the order in which it is made (RFC 6960 §3.2, §4.2)."""

from typing import NamedTuple

from cryptography.x509.ocsp import OCSPResponse, OCSPResponseStatus, load_der_ocsp_response

from authorizers.errors import DependencyError
from authorizers.mtls.ocsp.request import Subject
from authorizers.mtls.ocsp.responder import verify_signer
from authorizers.mtls.ocsp.single import LEEWAY_SECONDS, Single, about


class OcspAnswer(NamedTuple):
    """
    Whether a certificate is revoked, and why (RFC 5280 §5.3.1); so it is from `since` to `until`.
    """

    revoked: bool
    reason: str
    since: float
    until: float


def verify_response(data: bytes, subject: Subject, now: float) -> OcspAnswer:
    """
    Return what `data`, the untrusted DER of a response, proves about `subject` at `now`.

    Raises:
        DependencyError: it proves nothing, or that the responder does not know: `ocsp_malformed`,
            `ocsp_not_successful`, `ocsp_critical_extension`, `ocsp_produced_at`,
            `ocsp_other_certificate`, `ocsp_not_yet_valid`, `ocsp_expired`, `ocsp_unknown`, or
            what `verify_signer` says.
    """
    try:
        return _verify(data, subject, now)
    except (DependencyError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as foreign:
        raise DependencyError("ocsp_malformed", "the answer is no OCSP response") from foreign


def _verify(data: bytes, subject: Subject, now: float) -> OcspAnswer:
    # (1) §4.2.1: the responder has answered, and not said why it does not.
    response = load_der_ocsp_response(data)
    if response.response_status is not OCSPResponseStatus.SUCCESSFUL:
        reason = response.response_status.name.lower()
        raise DependencyError("ocsp_not_successful", f"the responder says {reason}")

    # (2) §4.4: nothing in it must be understood that is not. No extension is asked for.
    if any(extension.critical for extension in response.extensions):
        detail = "the answer has a critical extension that is not understood"
        raise DependencyError("ocsp_critical_extension", detail)

    # (3) §3.2 numbers 2 to 4: it is signed by the issuer, or by whom the issuer lets answer.
    verify_signer(response, subject.issuer, now)

    # (4) §3.2 number 1: it is about our certificate; of the current ones of those that are, the
    # worst counts.
    known = _validated(about(subject, response), now)
    worst = min(known, key=lambda single: ("revoked", "unknown", "good").index(single.outcome))

    # (5) §2.4: it was signed after what it says was known, and not in the future.
    _validate_produced_at(response, worst, now)

    # (6) §2.2: only "good" is good.
    if worst.outcome == "unknown":
        raise DependencyError("ocsp_unknown", "the responder does not know the certificate")
    return OcspAnswer(worst.outcome == "revoked", worst.reason, worst.since, worst.until)


def _validated(found: list[Single], now: float) -> list[Single]:
    """Return those that may be used now (§3.2 numbers 5 and 6), or say why none may."""
    if not found:
        raise DependencyError("ocsp_other_certificate", "the answer is about other certificates")
    if any(single.critical for single in found):
        detail = "what the answer says has a critical extension that is not understood"
        raise DependencyError("ocsp_critical_extension", detail)
    current = [single for single in found if single.is_current(now)]
    if current:
        return current
    if found[0].since > now:
        raise DependencyError("ocsp_not_yet_valid", "the answer's thisUpdate is in the future")
    raise DependencyError("ocsp_expired", "the answer's nextUpdate has passed")


def _validate_produced_at(response: OCSPResponse, single: Single, now: float) -> None:
    produced_at = response.produced_at_utc.timestamp()
    if not single.since - LEEWAY_SECONDS <= produced_at <= now + LEEWAY_SECONDS:
        detail = "the answer's producedAt is in the future, or before its thisUpdate"
        raise DependencyError("ocsp_produced_at", detail)

"""What an answer says about each certificate: its SingleResponses (RFC 6960 §4.2.1)."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponse, OCSPSingleResponse

from authorizers.mtls.der import SEQUENCE, read
from authorizers.mtls.ocsp.request import Subject

LEEWAY_SECONDS = 60  # by how much a responder's clock may be ahead of ours
# Without a nextUpdate newer information is there at any time (RFC 6960 §2.4), so it counts for as
# long as it takes to bring it here and use it; without an end it could be played back for ever.
WITHOUT_NEXT_UPDATE_SECONDS = 300

_BOOLEAN, _EXTENSIONS = 0x01, 0xA1
_OUTCOMES: dict[OCSPCertStatus, Literal["good", "revoked", "unknown"]] = {
    OCSPCertStatus.GOOD: "good",
    OCSPCertStatus.REVOKED: "revoked",
}


class Single(NamedTuple):
    """
    What is said about one certificate: `reason` is why it is revoked (RFC 5280 §5.3.1). It is so
    from `since` until `until`, in seconds since 1970. `critical`: it has a critical extension,
    none of which is understood here.
    """

    outcome: Literal["good", "revoked", "unknown"]
    reason: str
    since: float
    until: float
    critical: bool

    def is_current(self, now: float) -> bool:
        """Return whether it says how things are at `now` (RFC 6960 §4.2.2.1)."""
        return self.since <= now + LEEWAY_SECONDS and now < self.until


def about(subject: Subject, response: OCSPResponse) -> list[Single]:
    """Return what `response`, a successful one, says about `subject`."""
    critical = _has_critical_extensions(response.tbs_response_bytes)
    return [
        _read(single, flag)
        for single, flag in zip(response.responses, critical, strict=True)
        if _is_about(subject, single)
    ]


def _is_about(subject: Subject, single: OCSPSingleResponse) -> bool:
    try:
        algorithm = single.hash_algorithm
    except UnsupportedAlgorithm:
        return False
    names = single.issuer_name_hash, single.issuer_key_hash
    return subject.is_named(single.serial_number, *names, algorithm)


def _read(single: OCSPSingleResponse, critical: bool) -> Single:
    since = single.this_update_utc.timestamp()
    end = single.next_update_utc
    until = since + WITHOUT_NEXT_UPDATE_SECONDS if end is None else end.timestamp()
    outcome = _OUTCOMES.get(single.certificate_status, "unknown")
    return Single(outcome, _reason(single) if outcome == "revoked" else "", since, until, critical)


def _reason(single: OCSPSingleResponse) -> str:
    try:
        flag = single.revocation_reason
    except ValueError:  # a number that no reason has: it is revoked all the same
        flag = None
    return "unspecified" if flag is None else flag.name


def _has_critical_extensions(tbs_response: bytes) -> Iterator[bool]:
    """
    Yield for each SingleResponse whether any of its extensions is critical: `cryptography`, which
    has parsed all of this, does not hand out extensions of one among several.
    """
    ((_, response_data),) = _elements(tbs_response)
    (responses,) = [content for tag, content in _elements(response_data) if tag == SEQUENCE]
    for _, single in _elements(responses):
        after_status = _elements(single)[2:]  # certID and certStatus, which may be tagged [1] too
        yield any(
            tag == _BOOLEAN and any(value)
            for kind, wrapped in after_status
            if kind == _EXTENSIONS
            for _, extensions in _elements(wrapped)
            for _, extension in _elements(extensions)
            for tag, value in _elements(extension)
        )


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    """Return the tags and contents of the DER elements in `data`."""
    elements, at = [], 0
    while at < len(data):
        element = read(data, at, len(data))
        elements.append((element.tag, data[element.inner : element.end]))
        at = element.end
    return elements

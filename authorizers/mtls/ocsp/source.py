"""
Responders that certificates name, as a source of revocation.

- What is kept: the answer about one certificate, by its issuer and serial number.
- Its life: until its nextUpdate, but it is asked for again after `HOLD_SECONDS`, so that a
  responder that signs for days ahead does not delay a revocation by days.
- A failed question: an answer that is still in force stays in use. The certificate is not asked
  about again for `RETRY_SECONDS`, nor is a responder that cannot be reached asked about any.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import (
    AuthorityInformationAccess,
    Certificate,
    ExtensionNotFound,
    UniformResourceIdentifier,
)
from cryptography.x509.oid import AuthorityInformationAccessOID

from authorizers.errors import DependencyError, MalformedCredential
from authorizers.model.recent import Recent
from authorizers.mtls.certificate import read
from authorizers.mtls.ocsp.request import Subject
from authorizers.mtls.ocsp.response import OcspAnswer, verify_response
from authorizers.mtls.status import Status

HOLD_SECONDS = 3600  # ours: how much later than its responder a revocation may be seen
RETRY_SECONDS = 10
MAX_RESPONDERS = 2  # of one certificate: each may cost the caller a whole deadline
MAX_ANSWERS = 4096  # some hundred bytes each

_SOURCE = "ocsp"


class _Kept(NamedTuple):
    """The last good answer about a certificate, if there is one, and when to ask again."""

    answer: OcspAnswer | None
    asked_at: float
    ask_again_at: float
    code: str  # why there is no answer, or no new one

    def status(self, now: float) -> Status | None:
        """Return what is known without asking, or None when it is time to ask."""
        # A clock that was set back makes everything old: nothing may be kept beyond its life.
        return self.said(now) if self.asked_at <= now < self.ask_again_at else None

    def said(self, now: float) -> Status:
        """Return what the answer says at `now`, whether or not it is time to ask."""
        answer, until = self.answer, self.ask_again_at
        if answer is not None and answer.revoked:  # until another answer says otherwise
            return Status("revoked", _SOURCE, answer.reason, until)
        if answer is None or now >= answer.until:
            return Status("unknown", _SOURCE, self.code, until)
        return Status("good", _SOURCE, "", min(answer.until, until))


class OcspResponders:
    """
    A `RevocationSource`: asks the responders in a certificate's authorityInfoAccess (RFC 5280
    §4.2.2.1) that `normal` lets through, which returns the address to ask or None.

    `ask` sends a request to an address and returns the response, or raises `DependencyError`.
    """

    __slots__ = ("_ask", "_kept", "_normal", "_unreachable")

    def __init__(
        self, ask: Callable[[str, bytes], bytes], normal: Callable[[str], str | None]
    ) -> None:
        self._ask = ask
        self._normal = normal
        self._kept: Recent[tuple[bytes, int], _Kept] = Recent(MAX_ANSWERS)
        self._unreachable: Recent[str, _Kept] = Recent(MAX_ANSWERS)

    def material(self) -> tuple[object, ...]:
        """Return nothing: answers hold until their own dates."""
        return ()

    def status(self, path: Sequence[Certificate], index: int, now: float) -> Status:
        """Return the status of `path[index]` (`RevocationSource.status`)."""
        subject = Subject(path[index], path[index + 1])
        key = (subject.issuer.fingerprint(SHA256()), subject.certificate.serial_number)
        kept = self._kept.get(key)
        known = kept.status(now) if kept else None
        if known is not None:
            return known
        kept = self._asked(subject, kept.answer if kept else None, now)
        self._kept.keep(key, kept)
        return kept.said(now)

    def _asked(self, subject: Subject, last: OcspAnswer | None, now: float) -> _Kept:
        code = "ocsp_no_responder"
        for url in self._responders(subject.certificate):
            try:
                data = self._reach(url, subject.request(), now)
                answer = verify_response(data, subject, now)
                _check_not_replayed(answer, last)
            except DependencyError as error:
                code = error.code
            else:
                return _Kept(answer, now, min(answer.until, now + HOLD_SECONDS), "")
        return _Kept(last, now, now + RETRY_SECONDS, code)

    def _reach(self, url: str, request: bytes, now: float) -> bytes:
        failed = self._unreachable.get(url)
        if failed is not None and failed.status(now) is not None:
            raise DependencyError(failed.code, "the responder did not answer a moment ago")
        try:
            return self._ask(url, request)
        except DependencyError as error:
            self._unreachable.keep(url, _Kept(None, now, now + RETRY_SECONDS, error.code))
            raise

    def _responders(self, certificate: Certificate) -> list[str]:
        urls = map(self._normal, responder_urls(certificate))
        return list(dict.fromkeys(url for url in urls if url is not None))[:MAX_RESPONDERS]


def _check_not_replayed(answer: OcspAnswer, last: OcspAnswer | None) -> None:
    """
    Check that what was revoked is not good by an older answer: nobody signs the way over http.

    Raises:
        DependencyError: `ocsp_older`.
    """
    if last is not None and last.revoked and not answer.revoked and answer.since < last.since:
        detail = "the answer is older than the one by which the certificate is revoked"
        raise DependencyError("ocsp_older", detail)


def responder_urls(certificate: Certificate) -> list[str]:
    """Return the addresses of the responders that `certificate` names, whatever they are."""
    try:
        return read(lambda: _ocsp_addresses(certificate))
    except MalformedCredential:
        return []


def _ocsp_addresses(certificate: Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(AuthorityInformationAccess).value
    except ExtensionNotFound:
        return []
    return [
        description.access_location.value
        for description in access
        if description.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(description.access_location, UniformResourceIdentifier)
    ]

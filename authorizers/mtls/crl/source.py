"""
What lists say about a certificate: the procedure of RFC 5280 §6.3.3.

NOTE: the RFC stops at the first list that answers; here every list that may speak is asked, and
one that revokes is enough. Delta lists are always used where there are any. A list that has expired
says of nobody that he is good; whom it revokes counts as revoked while no other list answers.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from cryptography.x509 import Certificate

from authorizers.errors import AuthorizersError
from authorizers.model.recent import Recent
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.defects import defects_of_issuer, defects_of_list, next_update_of
from authorizers.mtls.crl.delta import updates
from authorizers.mtls.crl.entry import Entry
from authorizers.mtls.crl.foreign import FOREIGN
from authorizers.mtls.crl.issuer import fits, issuers_of
from authorizers.mtls.crl.scope import ALL_REASONS, Reasons, Subject, reasons_for, subject_of
from authorizers.mtls.status import Status

T = TypeVar("T")

_PAIRS: Final = 256  # of a list and a certificate that may have signed it
_MAX_DEPTH: Final = 2  # issuers of lists whose certificates are on lists of yet other issuers
_EXPIRED: Final = "crl_expired"
_MISSING: Final = Status("unknown", "", "crl_missing")
_UNREADABLE: Final = Status("unknown", "", "certificate_extensions_unreadable")


class _Question(NamedTuple):
    """The certificate that is asked about, those above it in its path, and when."""

    subject: Subject
    above: Sequence[Certificate]
    now: float
    asked: tuple[Certificate, ...] = ()


class Crls:
    """
    Lists as a `RevocationSource`. Each of `crls` returns its list in force, the same object while
    that is unchanged, or raises. A list is believed if it is signed by a certificate in the path
    of the one it speaks about, by one of `anchors`, or by one of `others` (trusted in nothing)
    that those have issued and have not revoked. Without `max_age_seconds` a list without
    nextUpdate is not used.
    """

    def __init__(
        self,
        crls: Sequence[Callable[[], Crl]],
        anchors: Callable[[], Sequence[Certificate]],
        others: Callable[[], Sequence[Certificate]] = tuple,
        *,
        max_age_seconds: float | None = None,
    ) -> None:
        self._crls = tuple(crls)
        self._anchors = anchors
        self._others = others
        self._max_age = max_age_seconds
        self._signed_by: Recent[tuple[int, int], tuple[Crl, Certificate, bool]] = Recent(_PAIRS)

    def status(self, path: Sequence[Certificate], index: int, now: float) -> Status:
        """Return what the lists say about `path[index]` at `now`; see `RevocationSource`."""
        try:
            subject = subject_of(path[index])
        except FOREIGN:
            return _UNREADABLE
        return self._status(_Question(subject, path[index + 1 :], now))

    def material(self) -> tuple[object, ...]:
        """Return the objects that answers rest on now."""
        sources: tuple[Callable[[], object], ...] = (*self._crls, self._anchors, self._others)
        return tuple([_call(source)[0] for source in sources])

    def _status(self, question: _Question) -> Status:
        subject, unknown = question.subject, _MISSING
        believed: list[tuple[Crl, Reasons]] = []
        expired: list[Crl] = []
        for source in self._crls:
            crl, code = _call(source)
            if crl is None:
                unknown = Status("unknown", "", code)
                continue
            reasons = reasons_for(crl, subject)  # (b), (d): issuer, scope and reasons
            if not reasons:
                continue
            defect = self._defect(crl, question)  # (a), (f), (g), (h): dates, issuer, signature
            if defect is None:
                believed.append((crl, reasons))
                continue
            unknown = Status("unknown", crl.place, defect)
            if defect == _EXPIRED:
                expired.append(crl)
        found = self._search(subject, believed, unknown)
        current = [crl for crl, _ in believed]
        if found.outcome == "good":  # a delta list that says more than its base
            expired = [crl for crl in expired if any(updates(crl, base) for base in current)]
        return _last_known(subject, expired, current) or found

    def _search(
        self, subject: Subject, believed: Sequence[tuple[Crl, Reasons]], unknown: Status
    ) -> Status:
        """Look for `subject` in lists that are believed to speak about it."""
        deltas = [crl for crl, _ in believed if crl.is_delta]
        covered: Reasons = frozenset()
        until, place = float("inf"), unknown.source
        for crl, reasons in believed:
            entry = crl.find(subject.issuer, subject.serial)  # (i), (j)
            until = min(until, next_update_of(crl, self._max_age) or 0)
            if entry is not None and not _is_taken_back(entry, crl, deltas, subject):  # (k)
                return Status("revoked", crl.place, entry.reason, until)
            if not crl.is_delta:
                covered |= reasons  # (l)
                place = crl.place
        if covered == ALL_REASONS:
            return Status("good", place, "", until)
        if covered and unknown is _MISSING:
            return Status("unknown", place, "crl_reasons_incomplete")
        if deltas and unknown is _MISSING:
            return Status("unknown", deltas[0].place, "crl_without_base")
        return unknown

    def _defect(self, crl: Crl, question: _Question) -> str | None:
        """Return why `crl` must not be believed, or None; that it has expired comes last."""
        codes = list(defects_of_list(crl, question.now, self._max_age))
        others = [code for code in codes if code != _EXPIRED]
        code = next(iter(others), None) or self._defect_of_issuer(crl, question)
        return code or next(iter(codes), None)

    def _defect_of_issuer(self, crl: Crl, question: _Question) -> str | None:
        if question.above and self._is_signed_by(crl, question.above[0]):
            return None
        code = "crl_issuer_unknown"
        anchors, others = _call(self._anchors)[0] or (), _call(self._others)[0] or ()
        for issuer in issuers_of(crl, question.above, anchors, others, question.now):
            found = next(defects_of_issuer(crl, issuer.certificate), None)
            if found is None and (not issuer.path or self._stands(issuer.path, question)):
                return None
            code = found or "crl_issuer_not_good"
        return code

    def _is_signed_by(self, crl: Crl, certificate: Certificate) -> bool:
        """
        Return whether `certificate`, which issued the one in question, is that of the issuer of the
        list, as it mostly is. Remembered: that depends on these two objects alone.
        """
        key = (id(crl), id(certificate))
        known = self._signed_by.get(key)
        if known is None or known[0] is not crl or known[1] is not certificate:
            is_so = fits(crl, certificate) and not any(defects_of_issuer(crl, certificate))
            known = (crl, certificate, is_so)
            self._signed_by.keep(key, known)
        return known[2]

    def _stands(self, path: Sequence[Certificate], question: _Question) -> bool:
        """Return whether the certificate of a list's issuer is good itself (§6.3.3 (f), §6.1.3)."""
        certificate = path[0]
        if certificate in question.asked or len(question.asked) >= _MAX_DEPTH:
            return False  # a list cannot vouch for the key that it is signed with
        asked = (*question.asked, certificate)
        try:
            subject = subject_of(certificate)
        except FOREIGN:
            return False
        return self._status(_Question(subject, path[1:], question.now, asked)).outcome == "good"


def _last_known(subject: Subject, expired: Sequence[Crl], current: Sequence[Crl]) -> Status | None:
    """
    Return that `subject` is revoked, if the `expired` lists say so: who keeps newer ones away must
    not make it forgotten where `best_effort` goes on without an answer.
    """
    deltas = [crl for crl in (*expired, *current) if crl.is_delta]
    for crl in expired:
        entry = crl.find(subject.issuer, subject.serial)
        if entry is not None and not _is_taken_back(entry, crl, deltas, subject):
            return Status("revoked", crl.place, entry.reason)
    return None


def _is_taken_back(entry: Entry, crl: Crl, deltas: Sequence[Crl], subject: Subject) -> bool:
    """
    Return whether `entry` of `crl` revokes nothing (any more): it says so in a delta list, or a
    delta list ends a hold. What was revoked for good stays so (RFC 5280 §5.3.1).
    """
    if crl.is_delta:
        return entry.removed
    if entry.reason != "certificate_hold":
        return False
    updating = [
        delta.find(subject.issuer, subject.serial) for delta in deltas if updates(delta, crl)
    ]
    return any(found is not None and found.removed for found in updating)


def _call(source: Callable[[], T]) -> tuple[T | None, str]:
    """Return what `source` has, or None and the code of the error."""
    try:
        return source(), ""
    except AuthorizersError as error:
        return None, error.code

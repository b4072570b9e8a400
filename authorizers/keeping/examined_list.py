"""A list, and what is wrong with it for a scheme at a moment."""

from typing import NamedTuple

from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.defects import Defect, check_crl
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.path.trusted_paths import TrustedPaths

MAX_INTERMEDIATES = 3  # API Gateway: four authorities in a path
_UNKNOWN = Defect("crl_issuer_unknown", "the list is of no authority that leads to an anchor")
_OTHER = Defect("crl_other_list", "the list is of another issuer or scope than the one kept")
_EXPIRED = "crl_expired"


class ExaminedList(NamedTuple):
    """A list and its `defects`: with none, authorizers can use it."""

    crl: Crl
    defects: tuple[Defect, ...]

    @property
    def is_genuine(self) -> bool:
        """Whether it was good once: at worst it is too old now."""
        return all(defect.code == _EXPIRED for defect in self.defects)

    def seconds_left(self, now: float) -> float:
        """Return for how long authorizers can use it: 0 if not at all."""
        if self.defects or self.crl.next_update is None:
            return 0.0
        return max(0.0, self.crl.next_update - now)


def examine_list(
    data: bytes, place: str, trust: Trust, now: float, replaces: Crl | None = None
) -> ExaminedList:
    """
    Read the list `data`, and find what forbids to use it or to put it in the place of the genuine
    list that it `replaces`: then it must also be of the same issuer and scope, since whoever
    swaps two lists on the way hides all that only one of them says.

    Raises:
        DependencyError: `crl_malformed`, `crl_too_large`.
    """
    crl = Crl.parse(data, place)
    paths = TrustedPaths(trust, MAX_INTERMEDIATES).issued_by(crl.issuer.public_bytes())
    found = [
        check_crl(crl, path.certificates[0], now, replaces=replaces)
        for path in paths
        if now <= path.not_after
    ]
    defects = min(found, key=len, default=[_UNKNOWN])
    if replaces is not None and _kind(crl) != _kind(replaces):
        defects = [*defects, _OTHER]
    return ExaminedList(crl, tuple(defects))


def _kind(crl: Crl) -> tuple[object, ...]:
    return crl.issuer, crl.scope, crl.is_delta

"""Client certificates of several schemes: each is verified by whoever may have issued it."""

from collections.abc import Sequence

from authorizers.errors import CredentialError, UntrustedCredential
from authorizers.model.clock import Clock
from authorizers.model.credential import ClientCertificate
from authorizers.model.proof import CacheState
from authorizers.model.recent import Recent
from authorizers.mtls.leaf import Leaf, parse_leaf
from authorizers.mtls.revocation_check import same
from authorizers.mtls.scheme import CertificateScheme, VerifiedCertificate

_Remembered = tuple[CertificateScheme, VerifiedCertificate, float]  # the last: since when


class CertificateAuthenticator:
    """
    Authenticates client certificates.

    A verified certificate is remembered under the SHA-256 of its exact text: until the first of its
    path expires or an answer about its revocation has to be asked again, and only while trust
    and revocation lists are the objects that it was verified with. `cache_size` are kept, the least
    recently used goes first; 0 keeps none. What is refused is never remembered, nor what one scheme
    has refused and the next one takes: the first may say at any time that it is revoked.
    """

    def __init__(
        self, schemes: Sequence[CertificateScheme], *, clock: Clock, cache_size: int
    ) -> None:
        self._schemes = tuple(schemes)
        self._clock = clock
        self._cache_size = cache_size
        self._remembered: Recent[bytes, _Remembered] = Recent(cache_size)

    def authenticate(
        self, certificate: ClientCertificate
    ) -> tuple[VerifiedCertificate, CacheState]:
        """
        Return what `certificate` proves, and whether it was remembered, verified now, or never
        kept.

        Raises:
            CredentialError: the certificate is refused.
            DependencyError: nobody can say whether it is revoked, or whom to trust.
        """
        now = self._clock.wall()
        known = self._remembered.get(certificate.digest)
        if known is not None and _holds(*known, now):
            return known[1], "hit"
        made, refused = self._verify(parse_leaf(certificate.reveal()), now)
        if not self._cache_size:
            return made[1], "off"
        if not refused:
            self._remembered.keep(certificate.digest, made)
        return made[1], "miss"

    def _verify(self, leaf: Leaf, now: float) -> tuple[_Remembered, bool]:
        """
        Verify by the first scheme that may have issued the leaf and takes it. One that says that it
        is revoked, or that cannot say, has the last word: no other scheme overrules it. Return also
        whether another one has refused it before.
        """
        refusal: CredentialError | None = None
        for scheme in self._schemes:
            if not scheme.may_have_issued(leaf):
                continue
            try:
                return (scheme, scheme.verify(leaf, now), now), refusal is not None
            except CredentialError as error:
                error.scheme = scheme.name
                if error.code == "certificate_revoked":
                    raise
                refusal = refusal or error
        raise refusal or UntrustedCredential(
            "certificate_issuer_unknown", "nobody who is trusted has issued the certificate"
        )


def _holds(
    scheme: CertificateScheme, verified: VerifiedCertificate, since: float, now: float
) -> bool:
    # A clock that was set back makes everything old.
    if not since <= now < verified.expires_at:
        return False
    return same(scheme.material(), verified.material)

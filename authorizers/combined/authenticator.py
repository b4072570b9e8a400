"""Authenticates everything that a request presents, and joins what is proven."""

from collections.abc import Callable
from typing import Any

from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.presented import Presented
from authorizers.model.principal import Principal
from authorizers.model.proof import CacheState, Proof
from authorizers.model.recent import Recent

CERTIFICATE = "certificate"  # the claim under which the facts of a verified certificate stand

Authenticate = Callable[[Any], tuple[Proof, CacheState]]


class JoinedProof(Proof):
    """What a token or a key proved, together with the certificate that came with it, or without."""

    __slots__ = ("certificate", "metered_as", "other", "plan", "usage_key")

    def __init__(self, other: Proof, certificate: Proof | None) -> None:
        shown = None if certificate is None else certificate.principal
        super().__init__(_joined(other.principal, shown))
        self.other = other
        self.certificate = certificate
        self.bound_to = other.bound_to
        self.usage_key = other.usage_key
        self.metered_as = other.metered_as
        self.plan = other.plan


def _joined(principal: Principal, certificate: Principal | None) -> Principal:
    """
    Return who the token or the key says it is, with the facts of the certificate.

    What a token itself says under that name is nothing that a certificate proved: it goes.
    """
    claims = {name: value for name, value in principal.claims.items() if name != CERTIFICATE}
    if certificate is None:
        return principal._replace(claims=claims)
    claims[CERTIFICATE] = certificate.claims[CERTIFICATE]
    return principal._replace(claims=claims, certificate_scheme=certificate.scheme)


class CombinedAuthenticator:
    """
    Authenticates the credentials of a request, each as its own kind is.

    Joined proofs are remembered under the digests of what was presented, for as long as the parts
    are the same objects: how long those hold is decided by their own authenticators, which are
    asked every time.
    """

    def __init__(
        self,
        *,
        certificate: Authenticate | None,
        token: Authenticate | None,
        key: Authenticate | None,
        cache_size: int,
    ) -> None:
        self._by_kind = {ClientCertificate: certificate, BearerToken: token, PresentedApiKey: key}
        self._joined: Recent[tuple[bytes, bytes], JoinedProof] = Recent(cache_size)

    def authenticate(self, presented: Presented) -> tuple[Proof, CacheState]:
        """
        Return what `presented` proves, all of it, and whether that was remembered.

        Raises:
            CredentialError: one of the credentials is refused, needed or not.
            DependencyError: nobody can say.
        """
        certificate, other = presented.certificate, presented.other
        shown = None if certificate is None else self._prove(certificate)
        if other is None:
            assert shown is not None  # noqa: S101 there is at least one credential
            return shown
        proof, state = self._prove(other)
        if shown is None:
            return self._join((other.digest, b""), proof, None), state
        assert certificate is not None  # noqa: S101 it was shown
        joined = self._join((other.digest, certificate.digest), proof, shown[0])
        return joined, state if shown[1] == "hit" else shown[1]

    def _prove(self, credential: Any) -> tuple[Proof, CacheState]:
        authenticate = self._by_kind[type(credential)]
        assert authenticate is not None  # noqa: S101 what extracts it is there
        return authenticate(credential)

    def _join(self, key: tuple[bytes, bytes], other: Proof, certificate: Proof | None) -> Proof:
        known = self._joined.get(key)
        if known is not None and known.other is other and known.certificate is certificate:
            return known
        joined = JoinedProof(other, certificate)
        self._joined.keep(key, joined)
        return joined

"""One scheme of client certificates: a leaf → what it proves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cryptography.x509 import Certificate

from authorizers.errors import RejectedCredential
from authorizers.model.principal import MAX_PRINCIPAL_ID_CHARS, Principal
from authorizers.model.proof import Proof
from authorizers.mtls.identity.facts import claims_of
from authorizers.mtls.identity.identity import is_pinned
from authorizers.mtls.leaf import Leaf
from authorizers.mtls.path.trust import Trust, TrustSource
from authorizers.mtls.path.trusted_paths import TrustedPaths
from authorizers.mtls.procedure import STEPS, Demands, Examination, certificates_of
from authorizers.mtls.revocation_check import RevocationCheck

if TYPE_CHECKING:
    from authorizers.mtls.inspection import StepResult


class VerifiedCertificate(Proof):
    """
    The principal that a certificate proved.

    `leaf_fingerprint` is the SHA-256 of the leaf, `path` goes from it to the anchor. The proof
    holds until `expires_at`, in seconds since 1970, as long as `material` is what it was made with.
    """

    __slots__ = ("expires_at", "leaf_fingerprint", "material", "path")

    def __init__(
        self,
        principal: Principal,
        leaf_fingerprint: bytes,
        path: tuple[Certificate, ...],
        expires_at: float,
        material: tuple[object, ...],
    ) -> None:
        super().__init__(principal)
        self.leaf_fingerprint = leaf_fingerprint
        self.path = path
        self.expires_at = expires_at
        self.material = material


class CertificateScheme:
    """
    Verifies the certificates that one scheme of the document takes.

    What does not depend on the leaf is worked out once for each `Trust` and kept as long as the
    source returns that object.
    """

    def __init__(  # noqa: PLR0913 each is a decision of the document, and none has a default
        self,
        name: str,
        trust: TrustSource,
        identity: Mapping[str, Any],
        *,
        max_intermediates: int,
        any_extended_key_usage: bool,
        policies: Sequence[str],
        revocation: RevocationCheck | None,
    ) -> None:
        """`identity` is in the form of a compiled document; no `revocation` checks nothing."""
        self.name = name
        self._trust = trust
        self._max_intermediates = max_intermediates
        self._revocation = revocation
        self._demands = Demands(identity, any_extended_key_usage, frozenset(policies), revocation)
        self._paths: TrustedPaths | None = None

    def material(self) -> tuple[object, ...]:
        """
        Return the objects that a proof rests on now: the trust, and those of revocation.

        Raises:
            DependencyError, ConfigurationError: the trust cannot be read.
        """
        return self._material(self._trust.current())

    def may_have_issued(self, leaf: Leaf) -> bool:
        """
        Return whether a certificate of the bundle has the name of the leaf's issuer, or the leaf is
        pinned. Nothing is proven by that.

        Raises:
            DependencyError, ConfigurationError: the trust cannot be read.
        """
        if self._current_paths(self._trust.current()).knows(leaf.issuer_der):
            return True
        return is_pinned(leaf.fingerprint, self._demands.identity)

    def verify(self, leaf: Leaf, now: float) -> VerifiedCertificate:
        """
        Return what `leaf`, which is untrusted, proves at `now`, in seconds since 1970.

        Raises:
            CredentialError: the certificate is refused, by the first step that it does not pass.
            DependencyError: nobody can say whether it is revoked, or the trust cannot be read.
            ConfigurationError: what was read is no trust.
        """
        trust = self._trust.current()
        # Taken before anything is checked: what changes meanwhile has not been checked against.
        material = self._material(trust)
        examination = self.examine(leaf, trust, now)
        for step in STEPS:
            step.run(examination)
        ends = [examination.until, examination.leaf.not_after]
        if examination.path is not None:
            ends.append(examination.path.not_after)
        return VerifiedCertificate(
            self.principal(examination),
            examination.leaf.digest,
            certificates_of(examination),
            min(ends),
            material,
        )

    def examine(self, leaf: Leaf, trust: Trust, now: float) -> Examination:
        """Return the examination of `leaf`, before its first step."""
        return Examination(leaf, self._current_paths(trust), self._demands, now)

    def principal(self, examination: Examination) -> Principal:
        """
        Return the principal of a leaf that has passed every step.

        Raises:
            RejectedCredential: `identity_too_long`.
        """
        leaf, path, text = examination.leaf, examination.path, examination.identity
        principal_id = f"{self.name}|{text}"
        if len(principal_id) > MAX_PRINCIPAL_ID_CHARS or not principal_id.isprintable():
            detail = (
                f"the identity does not fit into the {MAX_PRINCIPAL_ID_CHARS} characters of a name"
            )
            raise RejectedCredential("identity_too_long", detail)
        return Principal(
            principal_id,
            self.name,
            leaf.fingerprint if path is None else path.anchor.fingerprint,
            frozenset(),
            claims_of(leaf, path, self._demands.identity, text),
            leaf.fingerprint,
            certificate_scheme=self.name,
        )

    def inspect(self, pem: str, now: float) -> "list[StepResult]":
        """
        Return what each step of the procedure says about `pem` at `now`, also after one that it
        does not pass. For operators: the results hold text of the certificate.

        Raises:
            DependencyError, ConfigurationError: the trust cannot be read.
        """
        from authorizers.mtls.inspection import inspect  # noqa: PLC0415 no function needs it

        return inspect(self, pem, self._trust.current(), now)

    def _material(self, trust: Trust) -> tuple[object, ...]:
        return (trust, *(self._revocation.material() if self._revocation is not None else ()))

    def _current_paths(self, trust: Trust) -> TrustedPaths:
        paths = self._paths
        if paths is None or paths.trust is not trust:
            self._paths = paths = TrustedPaths(trust, self._max_intermediates)
        return paths

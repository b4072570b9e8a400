"""Who the caller is, and how that is known: the first stages of an explanation."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from authorizers.analysis.caller import (
    TAKEN_BY,
    AssumedPrincipal,
    Caller,
    CredentialKind,
    NamedKey,
    Presented,
    credential_places,
    fingerprint,
    kind_of_credential,
)
from authorizers.analysis.certificate_verification import verify_certificate
from authorizers.analysis.explanation import Fact, Stage
from authorizers.analysis.key_verification import verify_key, verify_key_id
from authorizers.analysis.stages import verification_stage
from authorizers.analysis.token_verification import verify_token
from authorizers.analysis.verification import Verification
from authorizers.combined.authenticator import JoinedProof
from authorizers.combined.extractor import CombinedExtractor
from authorizers.compose.combined import kinds_of
from authorizers.config.compiled import CompiledDocument
from authorizers.credentials.api_key import ApiKeyExtractor
from authorizers.credentials.bearer import BearerExtractor
from authorizers.credentials.client_certificate import CertificateExtractor
from authorizers.errors import AuthorizersError, ConfigurationError, CredentialError
from authorizers.model.clock import Clock
from authorizers.model.credential import (
    BearerToken,
    ClientCertificate,
    Credential,
    PresentedApiKey,
)
from authorizers.model.decision import Outcome
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof
from authorizers.model.request import Request

_KINDS: tuple[CredentialKind, ...] = ("bearer token", "API key")


class Proven(NamedTuple):
    """
    What is known of the caller. `outcome` and `code` are what comes of it where it is nobody;
    `proof` is None where nothing was verified.
    """

    stages: tuple[Stage, ...]
    principal: Principal | None = None
    proof: Proof | None = None
    outcome: Outcome = Outcome.UNAUTHORIZED
    code: str = "credential_missing"


class Prover:
    """Finds out who sends a request under a document, as its function does."""

    def __init__(self, document: CompiledDocument, clock: Clock, pepper: str | None) -> None:
        self._document = document
        self._clock = clock
        self._pepper = pepper
        self._takes = kinds_of(document)

    def prove(self, request: Request, caller: Caller | None) -> Proven:
        """
        Return who `caller` is, or who presents the credentials that `request` carries itself.

        Raises:
            ConfigurationError: keys that are written down, the peppers or a trust cannot be used.
        """
        if isinstance(caller, AssumedPrincipal):
            summary = f"none: {caller.said_by}, and nothing was verified"
            return Proven((Stage("credential", None, summary),), caller.principal)
        if isinstance(caller, NamedKey):
            return self._named(caller)
        for credential in self._untaken(caller) if caller is not None else ():
            return self._not_taken(kind_of_credential(credential), fingerprint(credential))
        return self._presented(request, given=caller is not None)

    def _untaken(self, caller: Presented) -> Iterator[Credential]:
        """Yield what no scheme takes. A token may be bound to a certificate that none takes."""
        credential, certificate = caller
        if credential is not None and TAKEN_BY[kind_of_credential(credential)] not in self._takes:
            yield credential
        unasked = "client_certificate" not in self._takes
        if certificate is not None and unasked and not isinstance(credential, BearerToken):
            yield certificate

    def _not_taken(self, kind: CredentialKind, name: str) -> Proven:
        facts = (
            Fact("note", f"presented: {kind} {name}"),
            Fact("note", f"the schemes of this document take: {', '.join(self._takes)}"),
        )
        summary = f"no scheme of the document takes this kind of credential: {kind}"
        return Proven((Stage("credential", False, summary, facts),))

    def _named(self, key: NamedKey) -> Proven:
        if "api_key" not in self._takes:
            return self._not_taken("API key", key.key_id)
        if key.certificate is not None and "client_certificate" not in self._takes:
            return self._not_taken("client certificate", fingerprint(key.certificate))
        summary = f"none: the id {key.key_id} was given, and no secret was verified"
        credential = Stage("credential", None, summary)
        certificate = self._certificate(key.certificate)
        found = verify_key_id(self._document, key, self._clock)
        stage = verification_stage("key", found, "taken for proven")
        return _joined([credential], certificate, (stage, found))

    def _presented(self, request: Request, *, given: bool) -> Proven:
        places = tuple(self._places())
        try:
            certificate, other = self._extracted(request)
        except (CredentialError, ConfigurationError) as error:
            stage = Stage("credential", False, f"{error.code}: {error.detail}", places)
            return Proven((stage,), outcome=_outcome(error), code=error.code)
        shown = [c for c in (certificate, other) if c is not None]
        summary = "; ".join(_in_words(credential, given=given) for credential in shown)
        credential_stage = Stage("credential", True, summary, places)
        return _joined([credential_stage], self._certificate(certificate), self._other(other))

    def _extracted(
        self, request: Request
    ) -> tuple[ClientCertificate | None, BearerToken | PresentedApiKey | None]:
        document, takes = self._document, self._takes
        token = BearerExtractor(document["token_from"]).extract if "jwt" in takes else None
        key = ApiKeyExtractor(document["key_from"]).extract if "api_key" in takes else None
        certificate = CertificateExtractor().extract if "client_certificate" in takes else None
        if len(takes) > 1:
            found = CombinedExtractor(certificate=certificate, token=token, key=key)
            presented = found.extract(request)
            return presented.certificate, presented.other
        if certificate is not None:
            return certificate(request), None
        return None, token(request) if token is not None else key(request) if key else None

    def _certificate(self, certificate: ClientCertificate | None) -> "_Part | None":
        if certificate is None:
            return None
        found = verify_certificate(self._document, certificate, self._clock)
        return verification_stage("certificate", found), found

    def _other(self, credential: BearerToken | PresentedApiKey | None) -> "_Part | None":
        if credential is None:
            return None
        if isinstance(credential, PresentedApiKey):
            found = verify_key(self._document, credential, self._clock, self._pepper)
            return verification_stage("key", found), found
        found = verify_token(self._document, credential, self._clock)
        return verification_stage("token", found), found

    def _places(self) -> Iterator[Fact]:
        """Yield where the document looks for what it takes."""
        places = [p for kind in _KINDS for p in credential_places(self._document, kind)]
        if places:
            yield _looked_for(places)
        if "client_certificate" in self._takes:
            yield Fact("note", "looked for in: the event's own clientCert, and in no header")


_Part = tuple[Stage, Verification]


def _joined(stages: Sequence[Stage], certificate: _Part | None, other: _Part | None) -> Proven:
    """Return what was proven: all that was presented must hold, the certificate first."""
    parts = [part for part in (certificate, other) if part is not None]
    shown = (*stages, *(stage for stage, _ in parts))
    proofs: list[Proof] = []
    for _, found in parts:
        if found.proof is None:
            code = "" if found.error is None else found.error.code
            return Proven(shown, outcome=_outcome(found.error), code=code)
        proofs.append(found.proof)
    proof = proofs[0] if len(proofs) == 1 else JoinedProof(proofs[1], proofs[0])
    return Proven(shown, proof.principal, proof)


def _outcome(error: AuthorizersError | None) -> Outcome:
    return Outcome.UNAUTHORIZED if isinstance(error, CredentialError) else Outcome.ERROR


def _in_words(credential: Credential, *, given: bool) -> str:
    size = f"{len(credential.reveal())} characters"
    where = "given" if given else "found in the event"
    return f"{kind_of_credential(credential)} {fingerprint(credential)}, {size}, {where}"


def _looked_for(places: Sequence[Any]) -> Fact:
    names = [p if isinstance(p, str) else " ".join(map(str, *p.items())) for p in places]
    return Fact("note", f"looked for in: {', '.join(names)}")

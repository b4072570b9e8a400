"""Who the caller is, and how that is known: the first stages of an explanation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.analysis.caller import (
    TAKEN_BY,
    AssumedPrincipal,
    Caller,
    NamedKey,
    Presented,
    UnknownCredential,
    credential_places,
    fingerprint,
    kind_of_credential,
)
from authorizers.analysis.explanation import Fact, Stage
from authorizers.analysis.key_verification import verify_key, verify_key_id
from authorizers.analysis.stages import verification_stage
from authorizers.analysis.token_verification import verify_token
from authorizers.analysis.verification import Verification
from authorizers.compose.authorizer import kind_of
from authorizers.config.compiled import CompiledDocument
from authorizers.credentials.api_key import ApiKeyExtractor
from authorizers.credentials.bearer import BearerExtractor
from authorizers.errors import CredentialError
from authorizers.model.clock import Clock
from authorizers.model.credential import BearerToken, Credential, PresentedApiKey
from authorizers.model.decision import Outcome
from authorizers.model.principal import Principal
from authorizers.model.proof import Proof
from authorizers.model.request import Request

_EXTRACTORS: Mapping[str, Callable[[CompiledDocument], BearerExtractor | ApiKeyExtractor]] = {
    "jwt": lambda document: BearerExtractor(document["token_from"]),
    "api_key": lambda document: ApiKeyExtractor(document["key_from"]),
}


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
        self._takes = kind_of(document)

    def prove(self, request: Request, caller: Caller | None) -> Proven:
        """
        Return who `caller` is, or who presents the credential that `request` carries itself.

        Raises:
            ConfigurationError: keys that are written down, or the peppers, cannot be used.
        """
        if isinstance(caller, AssumedPrincipal):
            summary = f"none: {caller.said_by}, and nothing was verified"
            return Proven((Stage("credential", None, summary),), caller.principal)
        if isinstance(caller, UnknownCredential):
            return self._not_taken(caller)
        if isinstance(caller, NamedKey):
            return self._named(caller)
        if isinstance(caller, Presented):
            kind = kind_of_credential(caller.credential)
            if TAKEN_BY[kind] != self._takes:
                return self._not_taken(UnknownCredential(kind, fingerprint(caller.credential)))
        return self._presented(request, given=caller is not None)

    def _not_taken(self, caller: UnknownCredential) -> Proven:
        facts = (
            Fact("note", f"presented: {caller.kind} {caller.fingerprint}"),
            Fact("note", f"the schemes of this document take: {self._takes}"),
        )
        summary = f"no scheme of the document takes this kind of credential: {caller.kind}"
        return Proven((Stage("credential", False, summary, facts),))

    def _named(self, key: NamedKey) -> Proven:
        if self._takes != "api_key":
            return self._not_taken(UnknownCredential("API key", key.key_id))
        summary = f"none: the id {key.key_id} was given, and no secret was verified"
        found = verify_key_id(self._document, key, self._clock)
        stage = verification_stage("key", found, "taken for proven")
        return _proven((Stage("credential", None, summary), stage), found)

    def _presented(self, request: Request, *, given: bool) -> Proven:
        places = _places(credential_places(self._document))
        try:
            credential = _EXTRACTORS[self._takes](self._document).extract(request)
        except CredentialError as error:
            stage = Stage("credential", False, f"{error.code}: {error.detail}", (places,))
            return Proven((stage,), code=error.code)
        stage = Stage("credential", True, _in_words(credential, given=given), (places,))
        verified, found = self._verified(credential)
        return _proven((stage, verified), found)

    def _verified(self, credential: BearerToken | PresentedApiKey) -> tuple[Stage, Verification]:
        if isinstance(credential, PresentedApiKey):
            found = verify_key(self._document, credential, self._clock, self._pepper)
            return verification_stage("key", found), found
        found = verify_token(self._document, credential, self._clock)
        return verification_stage("token", found), found


def _proven(stages: tuple[Stage, ...], found: Verification) -> Proven:
    if found.proof is not None:
        return Proven(stages, found.proof.principal, found.proof)
    refused = isinstance(found.error, CredentialError)
    code = "" if found.error is None else found.error.code
    return Proven(stages, outcome=Outcome.UNAUTHORIZED if refused else Outcome.ERROR, code=code)


def _in_words(credential: Credential, *, given: bool) -> str:
    size = f"{len(credential.reveal())} characters"
    where = "given" if given else "found in the event"
    return f"{kind_of_credential(credential)} {fingerprint(credential)}, {size}, {where}"


def _places(places: Sequence[Any]) -> Fact:
    names = [p if isinstance(p, str) else " ".join(map(str, *p.items())) for p in places]
    return Fact("note", f"looked for in: {', '.join(names)}")

"""A token, verified as the function does it, and the step at which it was refused."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.compose import build_verifiers
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import AuthorizersError, CredentialError
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.compact import parse_compact
from authorizers.model.clock import Clock
from authorizers.model.credential import BearerToken
from authorizers.model.decision import Decision
from authorizers.model.principal import Principal

# The steps of `JwtVerifier` and `JwtAuthenticator`, and the codes by which each refuses.
_STEPS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("form", "is a signed JWT in compact form", frozenset({"jwt_malformed"})),
    ("issuer", "comes from an issuer of the document", frozenset({"issuer_not_trusted"})),
    (
        "header",
        "has an algorithm and a type that the scheme takes",
        frozenset({"algorithm_not_allowed", "header_not_supported", "type_not_allowed"}),
    ),
    (
        "key",
        "names one of the issuer's keys",
        frozenset({"key_not_found", "key_ambiguous", "keys_unavailable"}),
    ),
    ("signature", "is signed with that key", frozenset({"signature_invalid"})),
    ("claims", "is of its profile's kind, in time, for this API", frozenset()),
)
_SAID = ("alg", "typ", "kid")
_CLAIMED = ("iss", "aud", "sub", "iat", "nbf", "exp")


class Step(NamedTuple):
    """One step of the verification: passed, refused, or (None) never reached."""

    name: str
    what: str
    passed: bool | None


class Verification(NamedTuple):
    """
    What a token proved, or why it proved nothing.

    `header` and `said` are what the token itself says, whether or not that was proven.
    """

    steps: tuple[Step, ...]
    principal: Principal | None
    error: AuthorizersError | None
    scheme: str | None
    header: Mapping[str, Any]
    said: Mapping[str, Any]
    notes: tuple[str, ...]


class _Notes:
    """A decision log that keeps what the deployer relaxed and what happened to key sets."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        why = details.get("why")
        self.names.append(f"{name}: {why}" if isinstance(why, str) else name)

    def decision(self, decision: Decision) -> None:
        """Take no decision: none is made here."""

    def failure(self, error: BaseException) -> None:
        """Take no failure: they are raised."""


def verify_token(document: CompiledDocument, token: BearerToken, clock: Clock) -> Verification:
    """
    Verify `token` by the schemes of `document`, and with the keys that it names.

    Raises:
        ConfigurationError: keys that are written down cannot be used.
    """
    notes = _Notes()
    verifiers = build_verifiers(document, clock=clock, log=notes)
    header, said = _unproven(token)
    try:
        verified, _ = JwtAuthenticator(verifiers, clock=clock, cache_size=0).authenticate(token)
    except AuthorizersError as error:
        scheme = error.scheme if isinstance(error, CredentialError) else None
        steps = tuple(_steps(error.code))
        return Verification(steps, None, error, scheme, header, said, tuple(notes.names))
    principal = verified.principal
    steps = tuple(Step(name, what, True) for name, what, _ in _STEPS)
    return Verification(
        steps, principal, None, principal.scheme, header, principal.claims, tuple(notes.names)
    )


def _steps(code: str) -> list[Step]:
    names = [codes for _, _, codes in _STEPS]
    refused = next((i for i, codes in enumerate(names) if code in codes), len(_STEPS) - 1)
    return [
        Step(name, what, True if i < refused else False if i == refused else None)
        for i, (name, what, _) in enumerate(_STEPS)
    ]


def _unproven(token: BearerToken) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        parsed = parse_compact(token.reveal())
    except CredentialError:
        return {}, {}
    return (
        {name: parsed.header[name] for name in _SAID if name in parsed.header},
        {name: parsed.claims[name] for name in _CLAIMED if name in parsed.claims},
    )

"""A token, verified as the function does it, and the step at which it was refused."""

from collections.abc import Iterator

from authorizers.analysis.verification import Notes, Procedure, Said, StepKind, Verification
from authorizers.compose.jwt import build_verifiers
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import AuthorizersError, CredentialError
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.compact import parse_compact
from authorizers.model.clock import Clock
from authorizers.model.credential import BearerToken

# The steps of `JwtVerifier` and `JwtAuthenticator`.
_STEPS = Procedure(
    (
        StepKind("form", "is a signed JWT in compact form", frozenset({"jwt_malformed"})),
        StepKind(
            "issuer", "comes from an issuer of the document", frozenset({"issuer_not_trusted"})
        ),
        StepKind(
            "header",
            "has an algorithm and a type that the scheme takes",
            frozenset({"algorithm_not_allowed", "header_not_supported", "type_not_allowed"}),
        ),
        StepKind(
            "key",
            "names one of the issuer's keys",
            frozenset({"key_not_found", "key_ambiguous", "keys_unavailable"}),
        ),
        StepKind("signature", "is signed with that key", frozenset({"signature_invalid"})),
        StepKind("claims", "is of its profile's kind, in time, for this API", frozenset()),
        StepKind(
            "binding",
            "is bound to no certificate, or to the one that came with it",
            frozenset({"proof_required", "certificate_required", "certificate_mismatch"}),
        ),
    ),
    "claims",
)
_HEADER = ("alg", "typ", "kid")
_CLAIMED = ("iss", "aud", "sub", "iat", "nbf", "exp")


def verify_token(document: CompiledDocument, token: BearerToken, clock: Clock) -> Verification:
    """
    Verify `token` by the schemes of `document`, and with the keys that it names.

    Raises:
        ConfigurationError: keys that are written down cannot be used.
    """
    notes = Notes()
    verifiers = build_verifiers(document, clock=clock, log=notes)
    try:
        verified, _ = JwtAuthenticator(verifiers, clock=clock, cache_size=0).authenticate(token)
    except AuthorizersError as error:
        return _STEPS.refused(error, _unproven(token), notes)
    claims = (Said("claim", name, value) for name, value in verified.principal.claims.items())
    return _STEPS.passed(verified, (*_header(token), *claims), notes)


def _header(token: BearerToken) -> Iterator[Said]:
    header = parse_compact(token.reveal()).header
    return (Said("header", name, header[name]) for name in _HEADER if name in header)


def _unproven(token: BearerToken) -> Iterator[Said]:
    """Yield what a refused token says of itself: nothing of it is believed."""
    try:
        claims = parse_compact(token.reveal()).claims
    except CredentialError:
        return
    yield from _header(token)
    for name in _CLAIMED:
        if name in claims:
            yield Said("it says", name, claims[name])

"""Tokens: what verifies those of each scheme of a compiled document."""

from collections.abc import Mapping
from typing import Any

from authorizers.compose.way import Log, Way, schemes_of
from authorizers.config.compiled import CompiledDocument
from authorizers.credentials.bearer import BearerExtractor
from authorizers.jwks.address import Discovery, JwksUri
from authorizers.jwks.source import RemoteKeys, StaticKeys
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import Expectation
from authorizers.jwt.profiles import ABSENT, PROFILES, Profile
from authorizers.jwt.verifier import JwtVerifier
from authorizers.model.clock import Clock
from authorizers.model.key import KeySource
from authorizers.responses.challenge import BEARER


def token_way(document: CompiledDocument, *, clock: Clock, log: Log, cache_size: int) -> Way:
    """
    Build what takes and verifies the tokens of a compiled `document`.

    Raises:
        ConfigurationError: keys that are written down cannot be used.
    """
    verifiers = build_verifiers(document, clock=clock, log=log)
    authenticator = JwtAuthenticator(verifiers, clock=clock, cache_size=cache_size)
    return Way(BearerExtractor(document["token_from"]), authenticator, BEARER)


def build_verifiers(document: CompiledDocument, *, clock: Clock, log: Log) -> list[JwtVerifier]:
    """
    Build what verifies the tokens of each scheme of a compiled `document`.

    Raises:
        ConfigurationError: keys that are written down cannot be used.
    """
    schemes = schemes_of(document, "jwt")
    return [_verifier(name, jwt, clock, log) for name, jwt in schemes.items()]


def _verifier(scheme: str, jwt: Mapping[str, Any], clock: Clock, log: Log) -> JwtVerifier:
    audience = jwt["audience"]
    if isinstance(audience, dict):
        log.event("audience_not_checked", {"scheme": scheme, "why": audience["any"]})
    return JwtVerifier(
        scheme=scheme,
        issuer=jwt["issuer"],
        algorithms=jwt["algorithms"],
        expected=Expectation(
            profile=_profile(jwt),
            audience=None if isinstance(audience, dict) else frozenset(audience),
            leeway_seconds=jwt["leeway_seconds"],
            max_age_seconds=jwt.get("max_age_seconds"),
            principal_claim=jwt.get("principal_claim") or "sub",
        ),
        keys=_keys(scheme, jwt, clock, log),
    )


def _profile(jwt: Mapping[str, Any]) -> Profile:
    custom = jwt.get("custom_profile")
    if custom is None:
        return PROFILES[jwt["profile"]]
    return Profile(
        "custom",
        "the document",
        types=frozenset(ABSENT if name == "absent" else name.lower() for name in custom["types"]),
        required=("iss", "exp", *custom["required_claims"]),
        one_of=tuple(custom["client_claims"]),
        exact=tuple(custom["exact"].items()),
        audience_claim=custom["audience_claim"],
        scope_claims=tuple(custom["scope_claims"]),
    )


def _keys(scheme: str, jwt: Mapping[str, Any], clock: Clock, log: Log) -> KeySource:
    keys, algorithms = jwt["keys"], jwt["algorithms"]
    reason = keys.get("insecure_loopback_http")
    if "jwks" in keys:
        return StaticKeys(
            keys["jwks"], algorithms=algorithms, place=f"authenticate.{scheme}.jwt.keys.jwks"
        )
    if "jwks_file" in keys:
        place = f"authenticate.{scheme}.jwt.keys.jwks_file"
        return StaticKeys.from_file(keys["jwks_file"], algorithms=algorithms, place=place)
    address = (
        JwksUri(keys["jwks_uri"], insecure_loopback_http=reason)
        if "jwks_uri" in keys
        else Discovery(jwt["issuer"], clock=clock, insecure_loopback_http=reason)
    )
    return RemoteKeys(
        address,
        algorithms=algorithms,
        clock=clock,
        on_event=lambda name, details: log.event(name, {"scheme": scheme, **details}),
    )

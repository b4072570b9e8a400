"""An API key, verified as the function does it, and the step at which it was refused."""

import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from authorizers.analysis.caller import NamedKey
from authorizers.analysis.verification import Notes, Procedure, Said, StepKind, Verification
from authorizers.api_key.authenticator import ApiKeyAuthenticator
from authorizers.api_key.format import generate_key, parse_key
from authorizers.api_key.known_keys import KnownKey
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord, dump_record
from authorizers.compose.api_key import build_key_schemes
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import (
    AuthorizersError,
    ConfigurationError,
    CredentialError,
    UntrustedCredential,
)
from authorizers.issuing.issue import stored_secret
from authorizers.issuing.place import place_in
from authorizers.model.clock import Clock
from authorizers.model.credential import PresentedApiKey

# The steps of `parse_key`, `ApiKeyAuthenticator` and `ApiKeyScheme`.
_STEPS = Procedure(
    (
        StepKind("form", "is of the form of an API key", frozenset({"key_malformed"})),
        StepKind("checksum", "has the right checksum", frozenset({"key_mistyped"})),
        StepKind("prefix", "begins with the prefix of a scheme", frozenset({"key_prefix_unknown"})),
        StepKind("record", "has a record in the store of that scheme", frozenset({"key_unknown"})),
        StepKind(
            "secret",
            "has a secret whose digest is in the record",
            frozenset({"key_wrong", "pepper_unknown"}),
        ),
        StepKind(
            "time",
            "is not revoked, not replaced, and in time",
            frozenset({"key_revoked", "key_replaced", "key_not_yet_valid", "key_expired"}),
        ),
        StepKind(
            "routes",
            "has routes of its own only where the document asks for them",
            frozenset({"key_routes_not_enabled"}),
        ),
    ),
    "record",
)
_OF_THE_RECORD = ("record", "time", "routes")
_SHOWN = (
    "created_at", "not_before", "expires_at", "revoked_at", "usage_plan", "routes", "networks"
)  # fmt: skip


def verify_key(
    document: CompiledDocument, key: PresentedApiKey, clock: Clock, pepper: str | None
) -> Verification:
    """
    Verify `key` by the schemes of `document`, in the stores that it names. `pepper` is the
    peppers' JSON, for schemes whose pepper is `environment`.

    Raises:
        ConfigurationError: records that are written down or peppers cannot be used.
    """
    notes = Notes()
    try:
        schemes = build_key_schemes(document, clock=clock, log=notes, cache_size=0, pepper=pepper)
        known, _ = ApiKeyAuthenticator(schemes, clock=clock, cache_size=0).authenticate(key)
    except AuthorizersError as error:
        _raise_misconfigured(error)
        return _STEPS.refused(error, _unproven(key), notes)
    return _STEPS.passed(known, _recorded(known.record), notes)


def verify_key_id(document: CompiledDocument, key: NamedKey, clock: Clock) -> Verification:
    """
    Verify all but the secret of `key`, of which only the id is known: its record, its times, its
    routes.

    Its record is given a secret that nobody has, and goes the way of every key with it.

    Raises:
        ConfigurationError: records that are written down cannot be used.
    """
    notes, steps = Notes(), _STEPS.only(*_OF_THE_RECORD)
    try:
        scheme, place, record = _find(document, key)
    except AuthorizersError as error:
        _raise_misconfigured(error)
        return steps.refused(error, (Said("it says", "id", key.key_id),), notes)
    pepper = {"current": "stand-in", "stand-in": secrets.token_hex(32)}
    peppers = parse_peppers(json.dumps(pepper), "stand-in")
    settings = document["schemes"][scheme]["api_key"]
    text = generate_key(settings["prefix"], key.key_id)
    alone = {
        **settings,
        "keys": {"records": [dump_record(_with_stand_in(record, stored_secret(text, peppers)))]},
        "pepper": {"kind": "environment", "name": "stand-in"},
    }
    schemes = build_key_schemes(
        {**document, "schemes": {scheme: {"api_key": alone}}},
        clock=clock,
        log=Notes(),
        cache_size=0,
        pepper=json.dumps(pepper),
    )
    try:
        known, _ = ApiKeyAuthenticator(schemes, clock=clock, cache_size=0).authenticate(
            PresentedApiKey(text)
        )
    except AuthorizersError as error:
        return steps.refused(error, _recorded(record), notes)
    principal = known.principal._replace(issuer=place)
    return steps.passed(KnownKey(known.record, principal, known.until), _recorded(record), notes)


def _raise_misconfigured(error: AuthorizersError) -> None:
    """Raise what is wrong with the function itself, and with no key."""
    if isinstance(error, ConfigurationError) and error.code != "key_routes_not_enabled":
        raise error


def _find(document: CompiledDocument, key: NamedKey) -> tuple[str, str, KeyRecord]:
    for scheme in document["schemes"] if key.scheme is None else [key.scheme]:
        store = place_in(document, scheme, Path())[1].registry()
        record = store.find(key.key_id)
        if record is not None:
            return scheme, store.place, record
    raise UntrustedCredential("key_unknown", "no store of the document has a key of this id")


def _with_stand_in(record: KeyRecord, secret: Any) -> KeyRecord:
    ends = [stored.not_after for stored in record.secrets]
    last = None if None in ends else max(end for end in ends if end is not None)
    return record._replace(secrets=(secret._replace(not_after=last),))


def _recorded(record: KeyRecord) -> Iterator[Said]:
    """Yield what people may see of a record: no digest, and no value of an API Gateway key."""
    yield Said("record", "id", record.key_id)
    yield Said("record", "owner", record.owner)
    for name in _SHOWN:
        value = getattr(record, name)
        if value is not None:
            yield Said("record", name, list(value) if isinstance(value, tuple) else value)
    labels: Mapping[str, str] = record.labels
    for name, text in labels.items():
        yield Said("record", f"label {name}", text)
    for secret in record.secrets:
        yield Said("record", "secret under the pepper", secret.pepper)
    if record.gateway_key.value is not None:
        yield Said("record", "API Gateway key", record.gateway_key.key_id or "set, without its id")


def _unproven(key: PresentedApiKey) -> Iterator[Said]:
    """Yield what a refused key says of itself: nothing of it is believed."""
    try:
        parts = parse_key(key.reveal())
    except CredentialError:
        return
    yield Said("it says", "prefix", parts.prefix)
    yield Said("it says", "id", parts.key_id)

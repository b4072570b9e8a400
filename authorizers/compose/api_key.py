"""API keys: what looks up and meters those of each scheme of a compiled document."""

from collections.abc import Mapping
from typing import Any

from authorizers.api_key.authenticator import ApiKeyAuthenticator
from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import load_record
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.api_key.store import KeyStore
from authorizers.compose.way import Log, Way, schemes_of
from authorizers.config.compiled import CompiledDocument
from authorizers.credentials.api_key import ApiKeyExtractor
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError, Problem
from authorizers.model.clock import Clock
from authorizers.model.meter import Meter
from authorizers.responses.challenge import API_KEY
from authorizers.stores.peppers import pepper_reader


def key_way(
    document: CompiledDocument, *, clock: Clock, log: Log, cache_size: int, pepper: str | None
) -> Way:
    """
    Build what takes, looks up and meters the keys of a compiled `document`.

    Raises:
        ConfigurationError: a key that is written down cannot be used, the peppers are invalid, or
            boto3 is missing.
        DependencyError: no client can be made for a table, or the peppers cannot be read.
    """
    authenticators = build_key_schemes(
        document, clock=clock, log=log, cache_size=cache_size, pepper=pepper
    )
    if "query" in document["key_from"]:
        log.event("keys_taken_from_query", {"why": "the document says so in key_from"})
    return Way(
        ApiKeyExtractor(document["key_from"]),
        ApiKeyAuthenticator(authenticators, clock=clock, cache_size=cache_size),
        API_KEY,
        _meter(schemes_of(document, "api_key"), clock, log),
    )


def build_key_schemes(
    document: CompiledDocument, *, clock: Clock, log: Log, cache_size: int, pepper: str | None
) -> list[ApiKeyScheme]:
    """
    Build what proves the keys of each scheme of a compiled `document`.

    Raises:
        ConfigurationError, DependencyError: as `key_way`.
    """
    return [
        _scheme(name, scheme, clock, log, cache_size, pepper)
        for name, scheme in schemes_of(document, "api_key").items()
    ]


def _scheme(  # noqa: PLR0913, PLR0917 each is one decision of the deployer
    name: str,
    scheme: Mapping[str, Any],
    clock: Clock,
    log: Log,
    cache_size: int,
    pepper: str | None,
) -> ApiKeyScheme:
    return ApiKeyScheme(
        name,
        scheme["prefix"],
        _store(name, scheme["keys"]),
        _peppers(name, scheme["pepper"], clock, log, pepper),
        clock=clock,
        lives_seconds=(scheme["life_seconds"], scheme["miss_life_seconds"]),
        cache_size=cache_size,
        routes_per_key=scheme["routes_per_key"],
    )


def _store(name: str, keys: Mapping[str, Any]) -> KeyStore:
    if "dynamodb" in keys:
        from authorizers.stores.dynamodb_keys import DynamoDbKeys  # noqa: PLC0415 paid by its user

        table = DynamoDbKeys(keys["dynamodb"])
        table.open()
        return table
    if "file" in keys:
        from authorizers.stores.keys_in_file import KeysInFile  # noqa: PLC0415 paid by its user

        return KeysInFile(keys["file"])
    from authorizers.stores.keys_in_memory import KeysInMemory  # noqa: PLC0415 paid by its user

    place = f"authenticate.{name}.api_key.keys.records"
    try:
        return KeysInMemory([load_record(record, place) for record in keys["records"]], place)
    except DependencyError as error:  # written down, so the deployer must act
        raise ConfigurationError(Problem(place, error.detail)) from None


def _peppers(
    name: str, pepper: Mapping[str, str], clock: Clock, log: Log, given: str | None
) -> PepperSource:
    if pepper["kind"] == "environment":
        log.event("pepper_in_environment", {"scheme": name})
    read, place = pepper_reader(pepper, given)
    source = PepperSource(read, place, clock, log.failure)
    source.current()
    return source


def _meter(schemes: Mapping[str, Any], clock: Clock, log: Log) -> Meter | None:
    limited = {name: scheme["limits"] for name, scheme in schemes.items() if scheme["limits"]}
    if not limited:
        return None
    from authorizers.limits.meter import KeyMeter  # noqa: PLC0415 paid by whoever uses it
    from authorizers.limits.scheme_meters import SchemeMeters  # noqa: PLC0415
    from authorizers.stores.dynamodb_usage import DynamoDbUsage  # noqa: PLC0415

    def unmetered(error: AuthorizersError) -> None:
        log.failure(error)
        log.event("request_not_metered", {"code": error.code})

    def meter(name: str, limits: Mapping[str, Any]) -> Meter:
        if limits["when_unavailable"] == "allow_unmetered":
            log.event("may_be_unmetered", {"scheme": name})
        counters = DynamoDbUsage(limits["dynamodb"])
        counters.open()
        return KeyMeter(limits, counters, clock=clock, on_unmetered=unmetered)

    return SchemeMeters({name: meter(name, limits) for name, limits in limited.items()})

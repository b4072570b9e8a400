"""How the callers of a document authenticate: by the kinds of credentials that its schemes take."""

from typing import cast

from authorizers.compose.way import Kind, Log, Way
from authorizers.config.compiled import CompiledDocument
from authorizers.model.clock import Clock


def kinds_of(document: CompiledDocument) -> tuple[Kind, ...]:
    """Return the kinds of a compiled document's schemes, each once, in alphabetical order."""
    kinds = {kind for scheme in document["schemes"].values() for kind in scheme}
    return tuple(sorted(cast("set[Kind]", kinds)))


def build_way(
    document: CompiledDocument, *, clock: Clock, log: Log, cache_size: int, pepper: str | None
) -> Way:
    """
    Build what takes and proves the credentials of a compiled `document`; of several kinds, each is
    taken beside the others.

    Raises:
        ConfigurationError, DependencyError: as for the single kinds.
    """
    # What a kind needs is imported when a document has it: that is paid at a cold start.
    ways: dict[Kind, Way] = {}
    kinds = kinds_of(document)
    if "jwt" in kinds:
        from authorizers.compose.jwt import token_way  # noqa: PLC0415

        ways["jwt"] = token_way(document, clock=clock, log=log, cache_size=cache_size)
    if "api_key" in kinds:
        from authorizers.compose.api_key import key_way  # noqa: PLC0415

        ways["api_key"] = key_way(
            document, clock=clock, log=log, cache_size=cache_size, pepper=pepper
        )
    if "client_certificate" in kinds:
        from authorizers.compose.client_certificate import certificate_way  # noqa: PLC0415

        ways["client_certificate"] = certificate_way(
            document, clock=clock, log=log, cache_size=cache_size
        )
    return ways[kinds[0]] if len(ways) == 1 else _combined(ways, cache_size)


def _combined(ways: dict[Kind, Way], cache_size: int) -> Way:
    from authorizers.combined.authenticator import CombinedAuthenticator  # noqa: PLC0415
    from authorizers.combined.extractor import CombinedExtractor  # noqa: PLC0415

    token, key = ways.get("jwt"), ways.get("api_key")
    certificate = ways.get("client_certificate")
    extractor = CombinedExtractor(
        certificate=certificate and certificate.extractor.extract,
        token=token and token.extractor.extract,
        key=key and key.extractor.extract,
    )
    authenticator = CombinedAuthenticator(
        certificate=certificate and certificate.authenticator.authenticate,
        token=token and token.authenticator.authenticate,
        key=key and key.authenticator.authenticate,
        cache_size=cache_size,
    )
    # A caller is told of the first kind that it can add to a request by itself.
    told = token or key or next(iter(ways.values()))
    return Way(extractor, authenticator, told.challenge, key and key.meter)

"""The authorizer of a deployed function: from its environment, and with the document in force."""

from collections.abc import Callable, Mapping
from typing import Any

from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer, Response
from authorizers.compose.authorizer import build_authorizer
from authorizers.compose.combined import kinds_of
from authorizers.compose.way import Kind, Log
from authorizers.config.compiled import CompiledDocument, load_compiled_file, parse_compiled
from authorizers.config.location import DocumentLocation
from authorizers.config.settings import Settings, load_settings
from authorizers.config.source import (
    ConfigurationSource,
    DocumentStore,
    FixedDocument,
    RefreshedDocument,
)
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError, Problem
from authorizers.model.clock import Clock, SystemClock
from authorizers.model.decision import Decision, Outcome

Accept = Callable[[CompiledDocument], None]


class ConfiguredAuthorizer:
    """
    The authorizer of a deployed function: its document may change while the function is warm.

    It is built when it is made, so that a wrong configuration fails the function's start, and
    again for each new document. One of which none can be built is refused, like one that cannot
    be read: the last good one stays in force, as long as its source allows.
    """

    def __init__(
        self,
        open_source: Callable[[Accept], ConfigurationSource],
        settings: Settings,
        *,
        takes: Kind | None,
        clock: Clock,
        log: Log,
    ) -> None:
        """`takes` is the kind of schemes that the function is for, None takes any."""
        self._settings = settings
        self._takes = takes
        self._clock = clock
        self._log = log
        self._authorizer: Authorizer | None = None
        self._source = open_source(self._accept)
        try:
            self._source.current()
        except DependencyError as error:  # the store may be back when the first request comes
            log.failure(error)

    def __call__(self, event: Mapping[str, Any], context: object = None) -> Response:
        """Answer `event` by the document in force; see `Authorizer.__call__`."""
        try:
            self._source.current()
        except AuthorizersError as error:
            decision = Decision(getattr(context, "aws_request_id", None))
            decision.made(Outcome.ERROR, error.code)
            self._log.failure(error)
            self._log.decision(decision)
            raise
        assert self._authorizer is not None  # noqa: S101 the source has one accepted
        return self._authorizer(event, context)

    def _accept(self, document: CompiledDocument) -> None:
        kinds = kinds_of(document)
        if self._takes is not None and kinds != (self._takes,):
            handler = kinds[0] if len(kinds) == 1 else "combined"
            message = (
                f"is for {' and '.join(kinds)}: deploy it with"
                f" authorizers.handlers.{handler}.handler"
            )
            raise ConfigurationError(Problem("document", message))
        try:
            self._authorizer = build_authorizer(
                document,
                answers=Answers(self._settings.http_responses, self._settings.unauthorized),
                clock=self._clock,
                log=self._log,
                token_cache_size=self._settings.token_cache_size,
                rest_deny=self._settings.rest_deny,
                pepper=self._settings.pepper,
            )
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            message = "is not whole; compile it again with the release that the function runs"
            raise ConfigurationError(Problem("document", message)) from None


def authorizer_from_environment(
    variables: Mapping[str, str], *, takes: Kind | None = None, clock: Clock | None = None
) -> ConfiguredAuthorizer:
    """
    Build the authorizer that a function's environment asks for; `takes` is the kind of schemes that
    the function is for, others are refused.

    Raises:
        ConfigurationError: every problem at once.
    """
    settings = load_settings(variables)
    clock = clock or SystemClock()
    log = AuditLog(
        namespace=settings.metrics_namespace,
        service=variables.get("POWERTOOLS_SERVICE_NAME") or "apigw-authorizer",
        clock=clock,
    )

    def open_source(accept: Accept) -> ConfigurationSource:
        return _source(settings, clock, log, accept)

    return ConfiguredAuthorizer(open_source, settings, takes=takes, clock=clock, log=log)


def _source(settings: Settings, clock: Clock, log: Log, accept: Accept) -> ConfigurationSource:
    location = settings.location
    if location is not None and location.kind in ("ssm", "s3"):
        return RefreshedDocument(
            open_document(location),
            clock,
            ttl_seconds=settings.config_ttl_seconds,
            accept=accept,
            on_failure=log.failure,
        )
    document = settings.document if location is None else fixed_document(location)
    assert document is not None  # noqa: S101 settings hold a location or a document
    return FixedDocument(document, accept)


def fixed_document(location: DocumentLocation) -> CompiledDocument:
    """
    Return the document that comes with the function, in its package or its environment.

    Raises:
        ConfigurationError: it is wrong.
    """
    if location.kind == "inline":
        return parse_compiled(location.name.encode(), "AUTHORIZERS_CONFIG")
    return load_compiled_file(location.name)


def open_document(location: DocumentLocation) -> DocumentStore:
    """Return the store of a document that is kept outside of the function."""
    if location.kind == "ssm":
        from authorizers.stores.ssm import SsmParameter  # noqa: PLC0415 paid by whoever uses it

        return SsmParameter(location.name)
    from authorizers.stores.s3 import S3Object  # noqa: PLC0415 paid by whoever uses it

    return S3Object(location.bucket, location.name)

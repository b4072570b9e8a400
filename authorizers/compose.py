"""
Puts an authorizer together: a compiled document and settings in, `Authorizer` out.

The only module that knows both the stages and the adapters.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer, Response
from authorizers.config.compiled import CompiledDocument, load_compiled_file
from authorizers.config.location import DocumentLocation
from authorizers.config.settings import Settings, load_settings
from authorizers.config.source import (
    ConfigurationSource,
    DocumentStore,
    FixedDocument,
    RefreshedDocument,
)
from authorizers.credentials.bearer import BearerExtractor
from authorizers.entitlements import BoundEntitlements, Entitlements
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError, Problem
from authorizers.jwks.address import Discovery, JwksUri
from authorizers.jwks.source import RemoteKeys, StaticKeys
from authorizers.jwt.authenticator import JwtAuthenticator
from authorizers.jwt.claims import Expectation
from authorizers.jwt.profiles import ABSENT, PROFILES, Profile
from authorizers.jwt.verifier import JwtVerifier
from authorizers.model.clock import Clock, SystemClock
from authorizers.model.decision import Decision, DecisionLog, Outcome
from authorizers.model.key import KeySource
from authorizers.model.role_source import RoleSource
from authorizers.policy.assembly import PolicyAssembler, RestDeny
from authorizers.rules.rule_set import RuleSet

DEFAULT_TOKEN_CACHE_SIZE = 1024


class Log(DecisionLog, Protocol):
    """The decision log, which is also told what an operator should know."""

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        """Record an operational event. Never raises."""
        ...


def build_authorizer(  # noqa: PLR0913 each is one decision of the deployer
    document: CompiledDocument,
    *,
    answers: Answers,
    clock: Clock | None = None,
    log: Log | None = None,
    token_cache_size: int = DEFAULT_TOKEN_CACHE_SIZE,
    rest_deny: RestDeny = "everything_else",
) -> Authorizer:
    """
    Build the authorizer of a compiled `document`.

    Without `log`, decisions are written to standard output under Powertools' default names.

    Raises:
        ConfigurationError: keys that are written down cannot be used, or boto3 is needed to read
            the table of bindings, and is not installed.
        DependencyError: no client can be made for that table.
    """
    clock = clock or SystemClock()
    log = log or AuditLog(
        namespace="ApiGatewayAuthorizers", service="service_undefined", clock=clock
    )
    if not document["table"]["exact"]:
        log.event("inexact_policies_accepted", {"why": "the document says inexact: deny"})
    verifiers = build_verifiers(document, clock=clock, log=log)
    return Authorizer(
        BearerExtractor(document["token_from"]),
        JwtAuthenticator(verifiers, clock=clock, cache_size=token_cache_size),
        _entitlements(document, clock, rest_deny),
        answers=answers,
        log=log,
    )


def _entitlements(document: CompiledDocument, clock: Clock, rest_deny: RestDeny) -> Entitlements:
    rules, assembler = RuleSet(document["routes"]), PolicyAssembler(document["table"], rest_deny)
    bindings = document.get("bindings")
    if bindings is None:
        return Entitlements(rules, assembler, document["context"])
    roles = _role_source(bindings, clock)
    return BoundEntitlements(rules, assembler, document["context"], roles=roles)


def _role_source(bindings: Mapping[str, Any], clock: Clock) -> RoleSource:
    from authorizers.model.subject import Subjects  # noqa: PLC0415 paid by whoever uses it
    from authorizers.stores.dynamodb import DynamoDbBindings  # noqa: PLC0415
    from authorizers.stores.remembered_roles import RememberedRoles  # noqa: PLC0415

    table = DynamoDbBindings(bindings["dynamodb"], clock=clock)
    table.open()
    return RememberedRoles(
        table,
        Subjects(bindings["kinds"], bindings["claims"]),
        bindings["roles"],
        clock=clock,
        life_seconds=bindings["life_seconds"],
    )


def build_verifiers(document: CompiledDocument, *, clock: Clock, log: Log) -> list[JwtVerifier]:
    """
    Build what verifies the tokens of each scheme of a compiled `document`.

    Raises:
        ConfigurationError: keys that are written down cannot be used.
    """
    schemes = document["schemes"].items()
    return [_verifier(name, scheme["jwt"], clock, log) for name, scheme in schemes]


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
        clock: Clock,
        log: Log,
    ) -> None:
        self._settings = settings
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
        try:
            self._authorizer = build_authorizer(
                document,
                answers=Answers(self._settings.http_responses, self._settings.unauthorized),
                clock=self._clock,
                log=self._log,
                token_cache_size=self._settings.token_cache_size,
                rest_deny=self._settings.rest_deny,
            )
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            message = "is not whole; compile it again with the release that the function runs"
            raise ConfigurationError(Problem("document", message)) from None


def authorizer_from_environment(
    variables: Mapping[str, str], *, clock: Clock | None = None
) -> ConfiguredAuthorizer:
    """
    Build the authorizer that a function's environment asks for.

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

    return ConfiguredAuthorizer(open_source, settings, clock=clock, log=log)


def _source(settings: Settings, clock: Clock, log: Log, accept: Accept) -> ConfigurationSource:
    location = settings.location
    if location is not None and location.kind != "file":
        return RefreshedDocument(
            _store(location),
            clock,
            ttl_seconds=settings.config_ttl_seconds,
            accept=accept,
            on_failure=log.failure,
        )
    document = settings.document if location is None else load_compiled_file(location.name)
    assert document is not None  # noqa: S101 settings hold a location or a document
    accept(document)
    return FixedDocument(document)


def _store(location: DocumentLocation) -> DocumentStore:
    if location.kind == "ssm":
        from authorizers.stores.ssm import SsmParameter  # noqa: PLC0415 paid by whoever uses it

        return SsmParameter(location.name)
    from authorizers.stores.s3 import S3Object  # noqa: PLC0415 paid by whoever uses it

    return S3Object(location.bucket, location.name)

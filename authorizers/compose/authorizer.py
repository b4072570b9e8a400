"""A compiled document in, the `Authorizer` that decides by it out."""

from collections.abc import Mapping
from typing import Any

from authorizers.audit.log import AuditLog
from authorizers.authorizer import Answers, Authorizer
from authorizers.compose.combined import build_way
from authorizers.compose.way import Log
from authorizers.config.compiled import CompiledDocument
from authorizers.entitlements import BoundEntitlements, Entitlements
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.clock import Clock, SystemClock
from authorizers.model.role_source import RoleSource
from authorizers.policy.assembly import PolicyAssembler, RestDeny
from authorizers.responses.challenge import Challenge
from authorizers.rules.rule_set import RuleSet

DEFAULT_CACHE_SIZE = 1024


def build_authorizer(  # noqa: PLR0913 each is one decision of the deployer
    document: CompiledDocument,
    *,
    answers: Answers,
    clock: Clock | None = None,
    log: Log | None = None,
    token_cache_size: int = DEFAULT_CACHE_SIZE,
    rest_deny: RestDeny = "everything_else",
    pepper: str | None = None,
) -> Authorizer:
    """
    Build the authorizer of a compiled `document`.

    Without `log`, decisions are written to standard output under Powertools' default names.
    `token_cache_size` is how many verified tokens, or records of keys, are remembered; `pepper`
    is the peppers' JSON, for documents whose pepper is `environment`.

    Raises:
        ConfigurationError: keys that are written down cannot be used, `answers` do not fit the
            document's limits, or boto3 is needed to read a table, and is not installed.
        DependencyError: no client can be made for a table, or a key's peppers cannot be read.
    """
    clock = clock or SystemClock()
    log = log or AuditLog(
        namespace="ApiGatewayAuthorizers", service="service_undefined", clock=clock
    )
    if not document["table"]["exact"]:
        log.event("inexact_policies_accepted", {"why": "the document says inexact: deny"})
    way = build_way(document, clock=clock, log=log, cache_size=token_cache_size, pepper=pepper)
    if way.meter is not None and answers.http_responses == "simple":
        message = (
            "write simple_uncached (with a TTL of 0) or iam: the document has limits, and nothing"
            " is counted while API Gateway repeats an answer"
        )
        raise ConfigurationError(Problem("AUTHORIZERS_HTTP_RESPONSES", message))
    return Authorizer(
        way.extractor,
        way.authenticator,
        _entitlements(document, clock, rest_deny, way.challenge),
        answers=answers,
        log=log,
        challenge=way.challenge,
        meter=way.meter,
    )


def _entitlements(
    document: CompiledDocument, clock: Clock, rest_deny: RestDeny, challenge: Challenge
) -> Entitlements:
    rules, assembler = RuleSet(document["routes"]), PolicyAssembler(document["table"], rest_deny)
    bindings = document.get("bindings")
    if bindings is None:
        return Entitlements(rules, assembler, document["context"], challenge)
    roles = _role_source(bindings, clock)
    return BoundEntitlements(rules, assembler, document["context"], challenge, roles=roles)


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

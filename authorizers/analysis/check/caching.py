"""
What API Gateway's cache makes of answers: for whom, for which requests, and for how long.

Sources: "Caching authorizer responses" (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html);
`rules/replay.py`, which refuses such answers when they are asked for.
"""

from collections.abc import Iterator, Sequence

from authorizers.analysis.check.attachments import MAX_TTL_SECONDS
from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.attachment import Attachment
from authorizers.model.route import parse_route
from authorizers.rules.mentions import mentions
from authorizers.rules.routing import same_template

_ROUTE, _METHOD, _PATH, _ADDRESS = (
    "context.routeKey",
    "context.httpMethod",
    "context.path",
    "context.identity.sourceIp",
)
_RULE = "simple-response-cached-for-all-"


def replay_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield the simple answers that would be replayed for requests with another answer."""
    for attachment in api.attachments:
        if _is_simple_and_cached(attachment):
            keys = {source.lstrip("$") for source in attachment.identity_sources}
            yield from _by_path(document, api, attachment, keys)
            yield from _by_address(document, api, attachment, keys)


def _is_simple_and_cached(attachment: Attachment) -> bool:
    is_simple = attachment.may_be_http and attachment.simple_responses is True
    return is_simple and attachment.may_be_cached


def _by_path(
    document: CheckedDocument, api: Ours, attachment: Attachment, keys: set[str]
) -> Iterator[Finding]:
    missing: dict[str, str] = {}
    for key in _routes(api, attachment):
        rule = _finer(document, key)
        if rule is not None:
            for source in _missing(key, keys):
                missing.setdefault(source, rule)
    if missing:
        yield Finding(
            attachment.place,
            f"{_RULE}paths",
            f"{attachment.name}: a simple response is cached for the whole route, and the rule"
            f" {next(iter(missing.values()))} tells its requests apart: add"
            f" {' and '.join(f'${source}' for source in missing)} to the identity sources, or set"
            " the TTL to 0",
        )


def _routes(api: Ours, attachment: Attachment) -> Sequence[str]:
    own = [route.key for route in api.asking if route.authorizer == attachment.name]
    return own or [route.key for route in api.asking]


def _finer(document: CheckedDocument, key: str) -> str | None:
    """Return a rule by which requests of the route `key` differ, if there is one."""
    routing = document.routing
    if routing.is_everything or (not parse_route(key).methods and key != "$default"):
        return None
    for i in routing.answering_some_of(key):
        rule = document.rules[i]
        bound = rule.requirement is not None and mentions(rule.requirement, "path")
        if bound or not same_template(key, rule.key) or not routing.is_alone(i):
            return rule.key
    return None


def _missing(key: str, keys: set[str]) -> Iterator[str]:
    says_method = _METHOD in keys or (_ROUTE in keys and len(parse_route(key).methods) == 1)
    if not says_method:
        yield _METHOD
    if _PATH not in keys:
        yield _PATH


def _by_address(
    document: CheckedDocument, api: Ours, attachment: Attachment, keys: set[str]
) -> Iterator[Finding]:
    if _ADDRESS in keys:
        return
    for key in _routes(api, attachment):
        for i in document.routing.answering_some_of(key):
            rule = document.rules[i]
            if rule.requirement is not None and mentions(rule.requirement, "source_ip"):
                yield Finding(
                    attachment.place,
                    f"{_RULE}addresses",
                    f"{attachment.name}: a simple response is cached for callers from everywhere,"
                    f" and the rule {rule.key} tells them apart by source_ip: add"
                    f" ${_ADDRESS} to the identity sources, or set the TTL to 0",
                )
                return


def ttl_findings(
    document: CheckedDocument | None, api: Ours, token_life_seconds: int | None
) -> Iterator[Finding]:
    """Yield the authorizers whose answers are kept longer than the tokens live."""
    lives = _lives(document, token_life_seconds)
    known = [(life, whose) for whose, life in lives.items() if life is not None]
    seconds, whose = min(known, default=(MAX_TTL_SECONDS, ""))
    for attachment in api.attachments:
        ttl = attachment.cached_seconds
        if ttl > seconds:
            yield Finding(
                attachment.place,
                "ttl-outlives-token",
                f"{attachment.name}: answers are kept for {ttl} s, and {whose} live for"
                f" {seconds} s: set the TTL to {seconds} or less",
            )
        elif ttl and len(known) < len(lives):
            yield Finding(
                attachment.place,
                "ttl-may-outlive-token",
                f"{attachment.name}: an answer may outlive its token by up to {ttl} s: say how long"
                " tokens live, with max_age in the document or with --token-life",
            )


def _lives(
    document: CheckedDocument | None, token_life_seconds: int | None
) -> dict[str, int | None]:
    """Return how long whose tokens live, None where nobody says."""
    compiled = document.compiled if document else None
    schemes = compiled["schemes"] if compiled else {}
    lives: dict[str, int | None] = {
        f"the tokens of {name}": scheme["jwt"].get("max_age_seconds") or token_life_seconds
        for name, scheme in schemes.items()
        if "jwt" in scheme
    }
    if token_life_seconds is not None and (lives or not schemes):
        lives["tokens"] = token_life_seconds
    return lives

"""
A document to begin with: every route of an API, and nothing granted until someone says otherwise.

Its requirements are `nobody: true`, which nobody meets. What is not given, such as the issuer, is
left empty, which no document may be: it compiles once that is filled in.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.api import Api
from authorizers.analysis.template.template import Place
from authorizers.analysis.template.values import Unknown
from authorizers.config.vocabulary import is_scope
from authorizers.model.route import parse_route

PROFILE, ALGORITHM = "rfc9068-access-token", "RS256"
MAX_COMMENT_CHARS = 200
_PLAIN = re.compile(r"(?:[A-Z]+ /|[A-Za-z$])[A-Za-z0-9._/{}+-]*(?::[A-Za-z0-9._/-]+)*")


class ListedRoute(NamedTuple):
    """
    A route of an API. `asks` is whether an authorizer is asked there that a document may be for,
    or will be, where the API has none yet; `why_not` says why a document has no rule for it.
    """

    key: str
    api: str
    place: Place
    asks: bool
    scopes: tuple[str, ...] = ()
    why_not: str = ""


def routes_of(apis: Sequence[Api]) -> list[ListedRoute]:
    """Return the routes of `apis`, in the order of the files."""
    return [route for api in apis for route in _routes(Ours(api))]


def _routes(api: Ours) -> Iterator[ListedRoute]:
    undecided = not api.api.planned and not api.api.attachments
    for route in api.api.routes:
        asks = api.is_asked(route) or (undecided and route.authorizer is None)
        scopes = tuple(scope for scope in route.scopes if is_scope(scope))
        why_not = _unnameable(route.key) or ("" if asks else _asked_instead(route.authorizer))
        place = route.place
        yield ListedRoute(route.key, api.name, place, asks and not why_not, scopes, why_not)


def _unnameable(key: str) -> str:
    try:
        parse_route(key)
    except ValueError as error:
        return f"no document can name it: {error}"
    return ""


def _asked_instead(authorizer: str | Unknown | None) -> str:
    if authorizer is None:
        return "public: it asks no authorizer, and needs no rule"
    return f"asks another authorizer, {authorizer}, and needs no rule"


def skeleton(
    routes: Sequence[ListedRoute], *, issuer: str | None = None, audience: Sequence[str] = ()
) -> str:
    """Return the YAML of a document for `routes`, with comments that say what to decide."""
    return _document("token", _jwt(issuer, audience), routes)


def keys_skeleton(routes: Sequence[ListedRoute], *, prefix: str | None = None) -> str:
    """Return the same for callers who have API keys, which begin with `prefix`."""
    return _document("key", _api_key(prefix), routes)


def _document(credential: str, scheme: Iterator[str], routes: Sequence[ListedRoute]) -> str:
    return "\n".join([*_head(credential), *scheme, "", "routes:", *_rules(routes), ""])


def _head(credential: str) -> Iterator[str]:
    yield "# Who may call what. Nobody may call anything until a requirement below is replaced:"
    yield "#   authenticated: true              every verified caller"
    yield f"#   scopes: {{all_of: [orders:read]}}  callers whose {credential} carries these scopes"
    yield "#   path: {user_id: claims.sub}      callers to whom this path belongs"
    yield "version: 1"
    yield ""
    yield "authenticate:"
    yield "  main:"


def _api_key(prefix: str | None) -> Iterator[str]:
    yield "    api_key:"
    yield "      # What the keys of this environment begin with, such as orders_live."
    yield f"      prefix: {_text(prefix or '')}"
    yield "      # Where the secret of their digests is, such as ssm:/orders/pepper."
    yield '      pepper: ""'
    yield "      # The table of the keys' records."
    yield '      keys: {dynamodb: ""}'


def _jwt(issuer: str | None, audience: Sequence[str]) -> Iterator[str]:
    yield "    jwt:"
    yield "      # Exactly as it stands in the tokens' `iss`."
    yield f"      issuer: {_text(issuer or '')}"
    yield "      # What tokens for this API name in `aud`."
    yield f"      audience: [{', '.join(map(_listed, audience))}]"
    yield f"      profile: {PROFILE}"
    yield f"      algorithms: [{ALGORITHM}]"
    yield "      keys: {discovery: true}"


def _text(text: str) -> str:
    """Return `text` as YAML has it, in quotes unless it cannot be taken for anything else."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null")
    return text if plain else _quoted(text)


def _listed(text: str) -> str:
    """Return `text` as it may stand in a list in brackets, where a brace is no text."""
    return _text(text) if "{" not in text and "}" not in text else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    plain = character.isprintable() and character not in '"\\'
    return character if plain else f"\\U{ord(character):08x}"  # YAML 1.2.2, §5.7


def _rules(routes: Sequence[ListedRoute]) -> Iterator[str]:
    first: dict[str, ListedRoute] = {}
    for route in routes:
        if route.asks:
            first.setdefault(_without_names(route.key), route)
    if not first:
        yield "  # No route asks an authorizer; a document needs one."
        yield "  GET /: {nobody: true}"
    for route in first.values():
        yield ""
        yield f"  # {_comment(_origin(route))}"
        if route.scopes:
            yield f"  # Its description asks for: {_comment(_scopes(route.scopes))}"
        yield f"  {_text(route.key)}: {{nobody: true}}"
    yield from _left_out([route for route in routes if not route.asks])


def _without_names(key: str) -> str:
    """Return what tells routes apart: API Gateway does not look at parameters' names."""
    route = parse_route(key)
    segments = ("{+}" if s.endswith("+}") else "{}" if s[0] == "{" else s for s in route.segments)
    return f"{key.partition(' ')[0]} {'/'.join(segments)}" if route.methods else key


def _scopes(scopes: Sequence[str]) -> str:
    return f"{{scopes: {{all_of: [{', '.join(map(_listed, scopes))}]}}}}"


def _left_out(routes: Sequence[ListedRoute]) -> Iterator[str]:
    if routes:
        yield ""
        yield "  # Left out:"
    for route in routes:
        yield f"  # {_comment(f'{route.key} ({_origin(route)}): {route.why_not}')}"


def _origin(route: ListedRoute) -> str:
    place = str(route.place)
    return place if route.api == route.place.file else f"{route.api}, {place}"


def _comment(text: str) -> str:
    """Return `text` as it may stand in a comment: on one line, without control characters."""
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return plain if len(plain) <= MAX_COMMENT_CHARS else f"{plain[:MAX_COMMENT_CHARS]}…"

"""A record whose key is still to be made: what an operator wrote, checked before anything is."""

import json
from collections.abc import Iterator, Sequence

from authorizers.api_key.format import ID_CHARS
from authorizers.api_key.record import (
    MAX_RECORD_BYTES,
    KeyRecord,
    StoredSecret,
    dump_record,
    problem_of_record,
)
from authorizers.config.vocabulary import SCOPE_EXPECTED, is_scope
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.network import canonical_network
from authorizers.model.principal import MAX_PRINCIPAL_ID_CHARS
from authorizers.model.route import ANY_ROUTE, parse_route
from authorizers.rules.networks import union

MAX_SCHEME_CHARS = 64  # a principal's identifier is the scheme, `|`, and the owner
MAX_OWNER_CHARS = MAX_PRINCIPAL_ID_CHARS - MAX_SCHEME_CHARS - 1
MAX_DRAFT_BYTES = MAX_RECORD_BYTES - 2048  # two secrets and the gateway's key come later
_NO_ID, _NO_SECRET = "0" * ID_CHARS, StoredSecret(bytes(32), "none")


def checked_draft(draft: KeyRecord) -> KeyRecord:
    """
    Return `draft`, a record without id and secrets, as it is stored: nothing twice, networks
    sorted and disjoint.

    Raises:
        ConfigurationError: `key_draft_invalid`, with every problem; their places are members.
    """
    problems = list(problems_of_draft(draft))
    if problems:
        raise ConfigurationError(*problems, code="key_draft_invalid")
    return _canonical(draft)


def problems_of_draft(draft: KeyRecord) -> Iterator[Problem]:
    """Yield everything that is wrong with `draft`; a problem's place is a member of the record."""
    problems = [*_problems(draft), *_problems_of_networks(draft.networks or ())]
    yield from problems
    if not problems:
        yield from _problems_of_record(_canonical(draft))


def _canonical(draft: KeyRecord) -> KeyRecord:
    return draft._replace(
        scopes=tuple(dict.fromkeys(draft.scopes)),
        roles=tuple(dict.fromkeys(draft.roles)),
        routes=None if draft.routes is None else tuple(dict.fromkeys(draft.routes)),
        networks=None if draft.networks is None else union(draft.networks, ()),
    )


def _problems(draft: KeyRecord) -> Iterator[Problem]:
    yield from _problems_of_owner(draft.owner)
    if not all(map(is_scope, draft.scopes)):
        yield Problem("scopes", SCOPE_EXPECTED)
    if not all(map(_is_word, draft.roles)):
        yield Problem("roles", "a role is one word of printable characters")
    yield from _problems_of_routes(draft.routes or ())
    starts, ends = draft.not_before, draft.expires_at
    if starts is not None and ends is not None and starts >= ends:
        yield Problem("expires_at", "the key would expire before it begins")
    if draft.usage_plan is not None and not _is_word(draft.usage_plan.replace(" ", "")):
        yield Problem("usage_plan", "a usage plan's name is printable text")
    for name, value in draft.labels.items():
        if not _is_word(name) or not value.isprintable():
            yield Problem("labels", "a label is a word and printable text: team=payments")


def _problems_of_owner(owner: str) -> Iterator[Problem]:
    if not owner or not owner.isprintable() or owner != owner.strip():
        message = "an owner is printable text without spaces around it"
        yield Problem("owner", message)
    elif len(owner) > MAX_OWNER_CHARS:
        yield Problem("owner", f"an owner has at most {MAX_OWNER_CHARS} characters")


def _problems_of_routes(routes: Sequence[str]) -> Iterator[Problem]:
    for route in routes:
        try:
            parse_route(route)
        except ValueError as error:
            yield Problem("routes", str(error))
        if route == ANY_ROUTE:
            yield Problem("routes", "name no route, and the key is for all that its rules grant")


def _problems_of_networks(networks: Sequence[str]) -> Iterator[Problem]:
    for network in networks:
        try:
            canonical_network(network)
        except ValueError as error:
            yield Problem("networks", str(error))


def _is_word(text: str) -> bool:
    return bool(text) and text.isprintable() and " " not in text


def _problems_of_record(draft: KeyRecord) -> Iterator[Problem]:
    """Yield what a store would refuse, once the record has an id and a secret."""
    record = dump_record(draft._replace(key_id=_NO_ID, secrets=(_NO_SECRET,)))
    member, _, problem = problem_of_record(record).partition(" ")
    if problem:
        yield Problem(member, problem)
    if len(json.dumps(record)) > MAX_DRAFT_BYTES:
        yield Problem("", f"the record would be larger than {MAX_DRAFT_BYTES} bytes")

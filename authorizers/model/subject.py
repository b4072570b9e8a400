"""Under which names a principal may be bound to roles in a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.claim_path import claim_at, parse_claim_path
from authorizers.model.principal import Principal

KINDS = {"principals": "principal", "groups": "group", "scopes": "scope", "clients": "client"}
"""What documents and commands call the kinds of subjects, and what a subject begins with."""

_IDENTITY = parse_claim_path("certificate.identity")  # a fact of a verified certificate

MAX_SUBJECT_BYTES = 2048  # DynamoDB: "Constraints", the length of a partition key's value


def subject(kind: str, scheme: str, name: str) -> str:
    """
    Return the name of one subject: `group#staff|ops`.

    It holds the scheme: a group, a scope or a client of one issuer is none of another's. Neither
    `#` is part of a kind nor `|` of a scheme's name, so two subjects never share a name.
    """
    return f"{kind}#{scheme}|{name}"


class Subjects:
    """
    Finds the subjects that principals are, of the `kinds` that are looked at.

    `claims` says, for each scheme, which claim lists the groups and which names the client.
    """

    __slots__ = ("_claims", "_kinds")

    def __init__(self, kinds: Sequence[str], claims: Mapping[str, Mapping[str, str]]) -> None:
        """
        Raises:
            ConfigurationError: a kind is not known: who is looked up as nobody would hold no role,
                not even one that takes something away.
        """
        if not set(kinds) <= set(KINDS.values()):
            known = ", ".join(KINDS.values())
            raise ConfigurationError(Problem("bindings", f"kinds of subjects are {known}"))
        self._kinds = frozenset(kinds)
        self._claims = {
            scheme: {kind: parse_claim_path(path) for kind, path in paths.items()}
            for scheme, paths in claims.items()
        }

    def of(self, principal: Principal) -> tuple[str, ...]:
        """Return the subjects that `principal` is, each once, always in the same order."""
        return tuple(sorted(set(filter(_can_be_a_key, self._all(principal)))))

    def _all(self, principal: Principal) -> Iterator[str]:
        if "principal" in self._kinds:
            yield f"principal#{principal.principal_id}"
            yield from _of_certificate(principal)
        if "scope" in self._kinds:
            yield from (subject("scope", principal.scheme, scope) for scope in principal.scopes)
        for kind in ("group", "client"):
            if kind in self._kinds:
                names = _names(kind, self._claim(principal, kind))
                yield from (subject(kind, principal.scheme, name) for name in names)

    def _claim(self, principal: Principal, kind: str) -> Any:
        path = self._claims.get(principal.scheme, {}).get(kind)
        return None if path is None else claim_at(principal.claims, path)


def _of_certificate(principal: Principal) -> Iterator[str]:
    """
    Yield whom the certificate names that came beside a token or a key, whose principal it is: who
    adds one must not leave a role behind.
    """
    identity = claim_at(principal.claims, _IDENTITY)
    if principal.certificate_scheme is not None and isinstance(identity, str):
        yield subject("principal", principal.certificate_scheme, identity)


def _names(kind: str, value: object) -> list[str]:
    """Return the names in a claim: groups are a list of texts, a client is one text."""
    values = value if kind == "group" else [value]
    return [n for n in values if isinstance(n, str) and n] if isinstance(values, list) else []


def _can_be_a_key(text: str) -> bool:
    """Return whether a table can hold it at all: to what it cannot hold nothing is bound."""
    try:
        return len(text.encode()) <= MAX_SUBJECT_BYTES
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can spell
        return False

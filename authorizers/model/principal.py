"""Who the caller is, once that has been proven. Only a verifier makes one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.model.grant import Networks

MAX_PRINCIPAL_ID_CHARS = 256


def names_principal(principal_id: object) -> bool:
    """Return whether it can name a principal in a log: not empty, not endless, printable."""
    return (
        isinstance(principal_id, str)
        and 0 < len(principal_id) <= MAX_PRINCIPAL_ID_CHARS
        and principal_id.isprintable()
    )


class Principal(NamedTuple):
    """
    An authenticated party.

    `principal_id` is `<scheme>|<subject>`: a subject is only unique within its issuer
    (RFC 7519 §4.1.2), and a scheme of the document has exactly one issuer.
    `scopes` are whole, case-sensitive tokens (RFC 6749 §3.3). `claims` are verified. `roles` are
    those that a store binds to it. It may call from `networks` only; None is from everywhere.
    `certificate_scheme` is the scheme by which the certificate was verified that it presented,
    alone or beside another credential, which then says who it is.
    """

    principal_id: str
    scheme: str
    issuer: str
    scopes: frozenset[str]
    claims: Mapping[str, Any]
    key_id: str | None = None
    roles: frozenset[str] = frozenset()
    networks: Networks | None = None
    certificate_scheme: str | None = None

    def __repr__(self) -> str:
        return f"Principal({self.principal_id!r}, scheme={self.scheme!r})"

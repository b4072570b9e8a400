"""
Roles and bindings of a document → requirements.

What the document itself says compiles away: who has a role is spelled out where the role is
required. Only a table of bindings, and the records of API keys, leave something to look up:
`["role", [name]]`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from authorizers.config.certificate_facts import CERTIFICATE, IDENTITY
from authorizers.config.document.requirement import Requirement
from authorizers.config.document.roles import Binding, BindingsTable
from authorizers.config.document.root import Document
from authorizers.config.requirement import Compiled, any_of, compile_requirement
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.subject import KINDS

MAX_ROLE_BYTES = 16 * 1024  # of JSON, and it is repeated in every route that requires the role
_CLAIM_OF = {"group": "groups", "client": "client"}


class RoleRequirements:
    """What the roles of a document demand, compiled; the document's parts agree."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._certificates = document.certificate_schemes
        self._compiled: dict[str, Compiled] = {}

    def of(self, name: str) -> Compiled:
        """
        Return what the role `name` demands.

        Raises:
            ConfigurationError: it would be too large; the problem's place is the role's name.
        """
        if name not in self._compiled:
            compiled = any_of(list(self._ways(name)))
            if len(json.dumps(compiled)) > MAX_ROLE_BYTES:
                message = (
                    f"has more than {MAX_ROLE_BYTES} bytes when it is compiled: bind it to groups"
                    " instead of single callers, or in a bindings_table"
                )
                raise ConfigurationError(Problem(name, message))
            self._compiled[name] = compiled
        return self._compiled[name]

    def routes(self) -> list[dict[str, Any]]:
        """
        Return all routes: those of `routes`, then those that only roles name, with who may use
        them.

        Raises:
            ConfigurationError: see `of`.
        """
        ways: dict[str, list[Compiled]] = {
            key: [self._compile(requirement)] for key, requirement in self._document.routes.items()
        }
        for name, role in self._document.roles.items():
            for key in role.routes or ():
                ways.setdefault(key, []).append(self.of(name))
        return [
            {"key": key, "requirement": any_of(found) if len(found) > 1 else found[0]}
            for key, found in ways.items()
        ]

    def _ways(self, name: str) -> Iterator[Compiled]:
        requirement = self._document.roles[name].requirement
        if requirement is not None:
            yield self._compile(requirement)
        bindings = [binding for binding in self._document.bindings if binding.role == name]
        principals = [p for p in _principals(bindings) if not self._is_of_certificate(p)]
        if principals:
            yield ["principal", _once(principals)]
        for scheme in self._certificates:
            yield from self._shown(scheme, bindings)
        schemes = list(self._document.authenticate)
        for scheme in schemes:
            of_scheme = [b for b in bindings if (b.scheme or schemes[0]) == scheme]
            ways = list(self._holders(scheme, of_scheme))
            if ways:
                held = any_of(ways)
                yield held if len(schemes) == 1 else ["all_of", [["scheme", scheme], held]]
        if self._document.bindings_table is not None or self._document.takes_keys:
            yield ["role", [name]]

    def _compile(self, requirement: Requirement) -> Compiled:
        return compile_requirement(requirement, self.of, self._certificates)

    def _shown(self, scheme: str, bindings: Sequence[Binding]) -> Iterator[Compiled]:
        """
        Yield how callers hold a role by a certificate of `scheme`, alone or beside a token: whose
        principal is the token's, and who must not leave a role behind by adding one.
        """
        # A single scheme of certificates need not be named, even beside that of groups.
        of_scheme = [
            binding
            for binding in bindings
            if binding.scheme == scheme or binding.scheme not in self._certificates
        ]
        named = [i for binding in of_scheme for i in binding.certificates or ()]
        own = f"{scheme}|"
        named += [p.removeprefix(own) for p in _principals(bindings) if p.startswith(own)]
        identities = _once(named)
        if identities:
            shown = ["claim", f"{CERTIFICATE}.{IDENTITY}", "any_of", identities]
            yield ["all_of", [["certificate_scheme", scheme], shown]]

    def _is_of_certificate(self, principal: str) -> bool:
        return principal.partition("|")[0] in self._certificates

    def _holders(self, scheme: str, bindings: Sequence[Binding]) -> Iterator[Compiled]:
        """Yield how the callers of one scheme hold a role by their scopes, groups and clients."""
        scopes = [s for binding in bindings for s in binding.scopes or ()]
        groups = [g for binding in bindings for g in binding.groups or ()]
        clients = [c for binding in bindings for c in binding.clients or ()]
        if scopes:
            yield ["scopes_any", _once(scopes)]
        claims = claims_of(self._document, scheme)
        for group in _once(groups):
            yield ["claim", claims["group"], "contains", group]
        if len(_once(clients)) == 1:
            yield ["claim", claims["client"], "equals", clients[0]]
        elif clients:
            yield ["claim", claims["client"], "any_of", _once(clients)]


def _principals(bindings: Sequence[Binding]) -> list[str]:
    return [principal for binding in bindings for principal in binding.principals or ()]


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def claims_of(document: Document, scheme: str) -> dict[str, str]:
    """Return the claims that say of which groups and which client a caller of `scheme` is."""
    jwt = document.authenticate[scheme].jwt
    # A scheme of another kind than jwt has neither groups nor clients.
    claims = {kind: getattr(jwt, f"{name}_claim", None) for kind, name in _CLAIM_OF.items()}
    return {kind: claim for kind, claim in claims.items() if claim is not None}


def compile_bindings_table(document: Document, table: BindingsTable) -> dict[str, Any]:
    """Return the member `bindings` of the compiled document: what functions look up, and where."""
    kinds = [KINDS[word] for word in table.subjects]
    claims = {
        scheme: {kind: c for kind, c in claims_of(document, scheme).items() if kind in kinds}
        for scheme in document.authenticate
    }
    return {
        "dynamodb": table.dynamodb,
        "life_seconds": table.life,
        "roles": sorted(document.roles),
        "kinds": kinds,
        "claims": {scheme: found for scheme, found in claims.items() if found},
    }

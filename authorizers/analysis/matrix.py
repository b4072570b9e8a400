"""Who may do what: every principal and every route of a document, and why."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from authorizers.analysis.judge import Judge
from authorizers.analysis.requirement import read_requirement
from authorizers.config.compiled import CompiledDocument
from authorizers.model.grant import Grant, Networks
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import Granted

Answer = Literal["allowed", "conditional", "denied"]


class Cell(NamedTuple):
    """
    What one principal may do with one route.

    `why` is one sentence: what is met, or what is missing. `conditions` says, for a conditional
    one, to which requests it is open: `{user_id} = alice`, `from 10.0.0.0/8`.
    """

    answer: Answer
    why: str
    conditions: str = ""


class Row(NamedTuple):
    """One route, and a cell for each principal, in the matrix's order."""

    route: str
    cells: tuple[Cell, ...]


class Matrix(NamedTuple):
    """Principals across, routes down. Whoever is not authenticated may do nothing at all."""

    principals: tuple[str, ...]
    rows: tuple[Row, ...]
    exact: bool


def matrix(document: CompiledDocument, principals: Mapping[str, Principal]) -> Matrix:
    """Return what each of `principals` may do with each route of a compiled `document`."""
    judge = Judge(document)
    granted = [judge.rights(principal).granted for principal in principals.values()]
    rows = (
        Row(
            key,
            tuple(
                _cell(judge, i, principal, rights)
                for principal, rights in zip(principals.values(), granted, strict=True)
            ),
        )
        for i, key in enumerate(judge.keys)
    )
    return Matrix(tuple(principals), tuple(rows), judge.exact)


def _cell(judge: Judge, route: int, principal: Principal, granted: Granted) -> Cell:
    why = read_requirement(judge.requirement_for(route, principal), principal).sentence
    grants = [grant for grant in granted.grants if grant.route == route]
    if not grants:
        return Cell("denied", why)
    tied = granted.networks
    if tied is None and any(not g.bindings and g.networks is None for g in grants):
        return Cell("allowed", why)
    return Cell("conditional", why, _conditions(grants, tied))


def _conditions(grants: Iterable[Grant], tied: Networks | None) -> str:
    return " or ".join(dict.fromkeys(_condition(grant, tied) for grant in grants))


def _condition(grant: Grant, tied: Networks | None) -> str:
    parts = [f"{{{name}}} = {value}" for name, value in grant.bindings]
    parts += [_from(networks) for networks in (grant.networks, tied) if networks is not None]
    return ", ".join(parts)


def _from(networks: Networks) -> str:
    return f"from {', '.join(networks[:3])}{', …' if len(networks) > 3 else ''}"

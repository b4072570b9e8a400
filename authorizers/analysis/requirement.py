"""
What a requirement says of one principal: which part of it is met, and what is missing.

Each part is asked itself, as a rule of its own, so that what is said here cannot differ from what
is decided; only the sentences are written here.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from authorizers.model.claim_path import claim_at, parse_claim_path
from authorizers.model.principal import Principal
from authorizers.rules.networks import contains
from authorizers.rules.requirement import YES, Answer, load_requirement, path_text

Met = Literal["met", "missing", "depends"]
MAX_SHOWN_CHARS = 60


class Reading(NamedTuple):
    """
    What one requirement, of a `kind` of the compiled form, comes to for one principal.

    `depends`: it holds for some requests, by their path or their address. `parts` are what it is
    joined from, in the document's order.
    """

    kind: str
    met: Met
    sentence: str
    parts: tuple["Reading", ...] = ()


class Circumstances(NamedTuple):
    """What the one request is about which is asked: its path's parameters, and its address."""

    parameters: Mapping[str, str]
    source_ip: str | None


def read_requirement(
    requirement: Sequence[Any], principal: Principal, circumstances: Circumstances | None = None
) -> Reading:
    """
    Read `requirement`, of the compiled form, for `principal`.

    With `circumstances` nothing depends any more: it is met by that request, or it is not.

    Raises:
        ConfigurationError: the form is not known.
    """
    met = _met(load_requirement(requirement)(principal), circumstances)
    kind = requirement[0]
    if kind in ("all_of", "any_of"):
        parts = tuple(read_requirement(r, principal, circumstances) for r in requirement[1])
        return Reading(kind, met, _joined(kind, met, parts), parts)
    if kind == "not":
        inner = read_requirement(requirement[1], principal, circumstances)
        return Reading(kind, met, _negated(met, inner), (inner,))
    return Reading(kind, met, _SENTENCES[kind](requirement, principal, met, circumstances))


def _met(answer: Answer, circumstances: Circumstances | None) -> Met:
    if not answer:
        return "missing"
    if answer is YES:
        return "met"
    if circumstances is None:
        return "depends"
    return "met" if any(_holds(a, circumstances) for a in answer) else "missing"


def _holds(alternative: Any, circumstances: Circumstances) -> bool:
    bindings, networks = alternative
    return all(circumstances.parameters.get(name) == text for name, text in bindings) and (
        networks is None or contains(networks, circumstances.source_ip)
    )


def _joined(kind: str, met: Met, parts: Sequence[Reading]) -> str:
    """Return what decides: of `all_of` what is missing, of `any_of` what is met."""
    decisive = list(dict.fromkeys(part.sentence for part in parts if part.met == met))
    if not decisive:
        return "its parts exclude one another"
    if kind == "all_of":
        return "; ".join(decisive) if met == "missing" else " and ".join(decisive)
    if met == "met":
        return decisive[0]
    return decisive[0] if len(decisive) == 1 else f"either {'; or '.join(decisive)}"


def _negated(met: Met, inner: Reading) -> str:
    if met == "depends":
        return f"except {inner.sentence}"
    if met == "met":
        return f"is not excluded; that {inner.sentence}"
    return f"is excluded: {inner.sentence}"


def shown(value: object) -> str:
    """Return a JSON value in printable ASCII, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[: MAX_SHOWN_CHARS - 1]}…"


def _list(names: Iterable[object], joint: str) -> str:
    *first, last = map(str, names)
    return f"{', '.join(first)} {joint} {last}" if first else last


Sentence = Callable[[Sequence[Any], Principal, Met, Circumstances | None], str]


def _authenticated(*_: object) -> str:
    return "is a verified caller"


def _never(*_: object) -> str:
    return "is for nobody"


def _scheme(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    if met == "met":
        return f"is of the scheme {r[1]}"
    return f"needs the scheme {r[1]} (is of {principal.scheme})"


def _certificate_scheme(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    if met == "met":
        return f"presents a certificate of the scheme {r[1]}"
    has = principal.certificate_scheme
    shows = "presents none" if has is None else f"presents one of {has}"
    return f"needs a certificate of the scheme {r[1]} ({shows})"


def _scopes_any(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    if met == "met":
        return f"has the scope {next(s for s in r[1] if s in principal.scopes)}"
    if len(r[1]) == 1:
        return f"needs the scope {r[1][0]}"
    return f"needs one of the scopes {_list(r[1], 'or')}"


def _scopes_all(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    scopes = r[1] if met == "met" else [s for s in r[1] if s not in principal.scopes]
    noun = "scope" if len(scopes) == 1 else "scopes"
    return f"{'has' if met == 'met' else 'needs'} the {noun} {_list(scopes, 'and')}"


def _claim(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    _kind, path, operator, wanted = r
    value = claim_at(principal.claims, parse_claim_path(path))
    named = f"in claims.{path}" if operator == "contains" else f"as claims.{path}"
    if met == "met":
        return f"has {shown(wanted if operator == 'contains' else value)} {named}"
    values = _list(map(shown, wanted if operator == "any_of" else [wanted]), "or")
    return f"needs {values} {named} (has {'none' if value is None else shown(value)})"


def _path(r: Sequence[Any], principal: Principal, met: Met, now: Circumstances | None) -> str:
    bindings = [_binding(name, path, principal, now) for name, path in sorted(r[1].items())]
    return f"{'where ' * (met == 'depends')}{' and '.join(bindings)}"


def _binding(name: str, path: str, principal: Principal, now: Circumstances | None) -> str:
    value = claim_at(principal.claims, parse_claim_path(path))
    if value is None:
        return f"{{{name}}} must be claims.{path} (has none)"
    text = path_text(value)
    if text is None:
        return f"{{{name}}} must be claims.{path} (whose value is no plain segment of a path)"
    if now is None or now.parameters.get(name) == text:
        return f"{{{name}}} is {text} (claims.{path})"
    return f"{{{name}}} must be {text} (claims.{path}), and is {shown(now.parameters.get(name))}"


def _source_ip(r: Sequence[Any], _: Principal, met: Met, now: Circumstances | None) -> str:
    networks = _list(r[1], "or")
    if now is None:
        return f"where it comes from {networks}"
    if met == "met":
        return f"comes from {networks}"
    address = "an address that is not known" if now.source_ip is None else shown(now.source_ip)
    return f"must come from {networks} (comes from {address})"


def _principal(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    if met == "met":
        return f"is {shown(principal.principal_id)}"
    return f"must be {_list(map(shown, r[1]), 'or')} (is {shown(principal.principal_id)})"


def _role(r: Sequence[Any], principal: Principal, met: Met, _: object) -> str:
    if met == "met":
        return f"has the role {next(name for name in r[1] if name in principal.roles)}"
    return f"needs the role {_list(r[1], 'or')}"


_SENTENCES: Mapping[str, Sentence] = {
    "authenticated": _authenticated,
    "never": _never,
    "scheme": _scheme,
    "certificate_scheme": _certificate_scheme,
    "scopes_any": _scopes_any,
    "scopes_all": _scopes_all,
    "claim": _claim,
    "path": _path,
    "source_ip": _source_ip,
    "principal": _principal,
    "role": _role,
}

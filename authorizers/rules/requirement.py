"""
What a rule demands of a principal, loaded from a compiled document.

A requirement answers with alternatives: each says for which values of path parameters and from
which source networks it holds. No alternative means no; one without terms means yes. What depends
on the request only (its path, its address) thus becomes part of the policy, and the answer
stays true for every request of the principal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.claim_path import claim_at, parse_claim_path
from authorizers.model.grant import Networks
from authorizers.model.principal import Principal

MAX_BOUND_VALUE_CHARS = 128


class Alternative(NamedTuple):
    """It holds for these values of path parameters, from these networks (None: everywhere)."""

    bindings: tuple[tuple[str, str], ...] = ()
    networks: Networks | None = None


Answer = tuple[Alternative, ...]
Requirement = Callable[[Principal], Answer]

NO: Answer = ()
YES: Answer = (Alternative(),)


def load_requirement(compiled: Sequence[Any]) -> Requirement:
    """
    Load a requirement of the compiled form, `["scopes_any", ["orders:read"]]`.

    Raises:
        ConfigurationError: the form is not known, or demands nothing.
    """
    try:
        kind, *arguments = compiled
        return _LOADERS[kind](*arguments)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ConfigurationError(
            Problem("routes", "a compiled requirement is not known, or demands nothing")
        ) from None


def _listed(values: Any, *kinds: type) -> Sequence[Any]:
    """Return `values` if they are a list of `kinds` with something in it: nothing means no."""
    if not isinstance(values, list) or not values or not all(type(v) in kinds for v in values):
        raise ValueError("not a list, or nothing in it")
    return values


def _yes_if(holds: bool) -> Answer:
    return YES if holds else NO


def _authenticated() -> Requirement:
    return lambda _: YES


def _never() -> Requirement:
    return lambda _: NO


def _scheme(name: str) -> Requirement:
    (wanted,) = _listed([name or None], str)
    return lambda principal: _yes_if(principal.scheme == wanted)


def _certificate_scheme(name: str) -> Requirement:
    (wanted,) = _listed([name or None], str)
    return lambda principal: _yes_if(principal.certificate_scheme == wanted)


def _scopes_any(scopes: Sequence[str]) -> Requirement:
    wanted = frozenset(_listed(scopes, str))
    return lambda principal: NO if wanted.isdisjoint(principal.scopes) else YES


def _scopes_all(scopes: Sequence[str]) -> Requirement:
    wanted = frozenset(_listed(scopes, str))
    return lambda principal: YES if wanted <= principal.scopes else NO


def _principal(principal_ids: Sequence[str]) -> Requirement:
    wanted = frozenset(_listed(principal_ids, str))
    return lambda principal: _yes_if(principal.principal_id in wanted)


def _role(names: Sequence[str]) -> Requirement:
    wanted = frozenset(_listed(names, str))
    return lambda principal: NO if wanted.isdisjoint(principal.roles) else YES


def _same(one: object, other: object) -> bool:
    """Compare JSON scalars: `true` is not 1, and text is never a number."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _claim(path: str, operator: str, wanted: Any) -> Requirement:
    names = parse_claim_path(path)
    # null is no value: it would be met by whoever has no such claim
    _listed(wanted if operator == "any_of" else [wanted], str, int, float, bool)

    def equals(value: object) -> bool:
        return _same(value, wanted)

    def contains(value: object) -> bool:
        return isinstance(value, list) and any(_same(item, wanted) for item in value)

    def any_of(value: object) -> bool:
        return any(_same(value, item) for item in wanted)

    holds = {"equals": equals, "contains": contains, "any_of": any_of}[operator]
    return lambda principal: _yes_if(holds(claim_at(principal.claims, names)))


def _path(bound: Mapping[str, str]) -> Requirement:
    parameters = [(name, parse_claim_path(path)) for name, path in sorted(bound.items())]
    _listed(parameters, tuple)

    def bind(principal: Principal) -> Answer:
        bindings = [
            (name, path_text(claim_at(principal.claims, path))) for name, path in parameters
        ]
        if not all(text for _, text in bindings):
            return NO
        return (Alternative(bindings=tuple((name, str(text)) for name, text in bindings)),)

    return bind


def path_text(value: object) -> str | None:
    """
    Return a claim's value as one segment of a path, or None where it is not plainly one.

    Text of a token may enter a policy only here; what IAM, a URL or a router would read as more
    than literal text is refused, not escaped.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, int) and value.bit_length() > 3 * MAX_BOUND_VALUE_CHARS:
        return None  # Python itself refuses to write an integer of thousands of digits
    text = str(value)
    plain = text.isascii() and text.isprintable() and len(text) <= MAX_BOUND_VALUE_CHARS
    if not plain or text in ("", ".", "..") or any(c in "*?${}:/%\\ " for c in text):
        return None
    return text


def _source_ip(networks: Sequence[str]) -> Requirement:
    from authorizers.rules.networks import union  # noqa: PLC0415 see networks.py's cost

    answer: Answer = (Alternative(networks=union(_listed(networks, str), ())),)
    return lambda _: answer


def _all_of(children: Sequence[Sequence[Any]]) -> Requirement:
    requirements = [load_requirement(child) for child in _listed(children, list)]

    def every(principal: Principal) -> Answer:
        answer = YES
        for requirement in requirements:
            found = requirement(principal)
            if not found:
                return NO
            if found is not YES:
                answer = _both(answer, found)
        return answer

    return every


def _both(one: Answer, other: Answer) -> Answer:
    pairs = [(a, b) for a in one for b in other]
    return _simplified(merged for a, b in pairs if (merged := _merged(a, b)) is not None)


def _merged(a: Alternative, b: Alternative) -> Alternative | None:
    bindings = dict(a.bindings)
    if any(bindings.setdefault(name, text) != text for name, text in b.bindings):
        return None
    if a.networks is None or b.networks is None:
        networks = b.networks if a.networks is None else a.networks
    else:
        from authorizers.rules.networks import intersection  # noqa: PLC0415 only documents with networks pay

        networks = intersection(a.networks, b.networks)
        if not networks:
            return None
    return Alternative(tuple(sorted(bindings.items())), networks)


def _any_of(children: Sequence[Sequence[Any]]) -> Requirement:
    requirements = [load_requirement(child) for child in _listed(children, list)]

    def some(principal: Principal) -> Answer:
        found: list[Alternative] = []
        for requirement in requirements:
            answer = requirement(principal)
            if answer is YES:
                return YES
            found += answer
        return _simplified(found)

    return some


def _union(one: Networks, other: Networks) -> Networks:
    if one == other:
        return one
    from authorizers.rules.networks import union  # noqa: PLC0415 only documents with networks pay

    return union(one, other)


def _simplified(alternatives: Iterable[Alternative]) -> Answer:
    """Join the networks of equal bindings; an alternative without terms makes the others void."""
    joined: dict[tuple[tuple[str, str], ...], Networks | None] = {}
    for bindings, networks in alternatives:
        known = joined.get(bindings, networks)
        joined[bindings] = None if known is None or networks is None else _union(known, networks)
    if () in joined and joined[()] is None:
        return YES
    return tuple(Alternative(bindings, networks) for bindings, networks in joined.items())


def _not(child: Sequence[Any]) -> Requirement:
    requirement = load_requirement(child)

    def negated(principal: Principal) -> Answer:
        answer = requirement(principal)
        if not answer:
            return YES
        if any(a.networks is None or a.bindings for a in answer):
            return NO  # a bound path cannot be negated in IAM: documents that try are refused
        from authorizers.rules.networks import complement  # noqa: PLC0415 only documents with networks pay

        rest = complement(answer[0].networks or ())
        return (Alternative(networks=rest),) if rest else NO

    return negated


_LOADERS: Mapping[str, Callable[..., Requirement]] = {
    "authenticated": _authenticated,
    "never": _never,
    "scheme": _scheme,
    "certificate_scheme": _certificate_scheme,
    "scopes_any": _scopes_any,
    "scopes_all": _scopes_all,
    "principal": _principal,
    "role": _role,
    "claim": _claim,
    "path": _path,
    "source_ip": _source_ip,
    "all_of": _all_of,
    "any_of": _any_of,
    "not": _not,
}

"""
The steps of a hand-written policy → its statements: nothing wider than what was written.

IAM's `*` crosses `/`. What a route's pattern matches beyond the route is denied again; where that
Deny would take away what another step allows, no policy says both, and the draft is refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from authorizers.builder.condition import Condition, written
from authorizers.builder.joining import joined_steps, plain_tails, uncovered_steps
from authorizers.builder.opposite import opposites
from authorizers.builder.step import EVERYTHING, Step
from authorizers.builder.target import Target, words_around
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.policy import Statement
from authorizers.policy.covering import covers, swallows
from authorizers.policy.document import EVERY_METHOD, method_patterns, statement
from authorizers.policy.language import ANY, meet

# The words may hold a caller's data: only so many are remembered.
_meet = lru_cache(maxsize=4096)(meet)

_Tails = dict[str, None]  # the ends of resources, after the stage: in order, and each once
_Part = tuple[Condition | None, Iterable[str]]


def statements_of(steps: Sequence[Step], stage_arn: str, *, deny_the_rest: bool) -> list[Statement]:
    """
    Return the statements of a document for `steps`, of which there is at least one.

    `deny_the_rest` denies explicitly what is not allowed, and what is allowed on a condition
    wherever the condition does not hold.

    Raises:
        ConfigurationError: `policy_inexact`, with every two steps that no policy says both.
    """
    quick = plain_tails(steps)
    if quick is not None:
        return _statements([(None, quick)], [], stage_arn, deny_the_rest=deny_the_rest)
    joined = joined_steps(steps)
    allowed = [step for step in joined if step.effect == "Allow"]
    denied = [step for step in joined if step.effect == "Deny"]
    nothing = not allowed and deny_the_rest
    if nothing or any(step.target is EVERYTHING for step in denied):
        return [statement("Deny", [f"{stage_arn}/*"])]
    return _Draft(uncovered_steps(allowed), denied).statements(stage_arn, deny_the_rest)


def _statements(
    allowed: Sequence[_Part], denied: Sequence[_Part], stage_arn: str, *, deny_the_rest: bool
) -> list[Statement]:
    """Write the statements down: what is allowed, what is denied, and the rest."""

    def arns(tails: Iterable[str]) -> list[str]:
        return [f"{stage_arn}/{tail}" for tail in tails]

    statements = [
        statement("Allow", arns(tails), written(condition)) for condition, tails in allowed
    ]
    statements += [
        statement("Deny", arns(_widest(tails)), written(condition)) for condition, tails in denied
    ]
    if deny_the_rest:
        granted = dict.fromkeys(tail for _, tails in allowed for tail in tails)
        if f"{ANY}/{ANY}" not in granted:  # which leaves nothing to deny
            statements.append(statement("Deny", arns(_widest(granted)), outside=True))
    return statements


class _Draft:
    """The resources of one document, collected before they are written as statements."""

    def __init__(self, allowed: Sequence[Step], denied: Sequence[Step]) -> None:
        self._allowed = allowed
        self._problems: dict[Problem, None] = {}
        self._granted: dict[Condition | None, list[str]] = {}
        self._refused: dict[Condition | None, _Tails] = {}
        for _, target, condition, _ in allowed:
            if condition not in self._granted:
                self._granted[condition] = []
            tails = self._granted[condition]
            tails += target.tails if target.plain else self._allowing(target)
        for step in denied:
            self._deny(step)

    def statements(self, stage_arn: str, deny_the_rest: bool) -> list[Statement]:
        """Write everything down, or refuse."""
        outside = list(self._outside()) if deny_the_rest else []
        if self._problems:
            raise ConfigurationError(*self._problems, code="policy_inexact")
        granted = [(condition, dict.fromkeys(tails)) for condition, tails in self._granted.items()]
        refused = [*self._refused.items(), *outside]
        return _statements(granted, refused, stage_arn, deny_the_rest=deny_the_rest)

    def _allowing(self, target: Target) -> Sequence[str]:
        """Return what allows `target`, and deny what that takes too much."""
        for beyond in target.beyond:
            for other in self._reached(target.methods, beyond):
                self._problems[_lost(target, other.target)] = None
            self._refuse(None, self._denying(target.methods, beyond))
        if len(target.methods) < len(EVERY_METHOD) or not self._starred(target.pattern):
            return target.tails
        if not swallows(target.pattern):
            self._refuse(None, [f"{ANY}/{ANY}/{target.pattern}"])
        return [f"{ANY}/{target.pattern}"]

    def _deny(self, step: Step) -> None:
        target = step.target
        if target.bare:
            self._refuse(step.condition, target.tails)
            return
        for beyond in target.beyond:
            for other in self._reached(target.methods, beyond):
                self._problems[_taken(target, other.target)] = None
        for pattern in self._spellings(target) if target.route else [target.pattern]:
            self._refuse(step.condition, self._denying(target.methods, pattern))

    def _spellings(self, target: Target) -> Iterator[str]:
        """
        Yield the pattern of a route, and those of paths that API Gateway sends there too, with a
        slash too many at the beginning or the end, as far as a wildcard allows them.
        """
        plain = target.pattern
        yield plain
        for odd in (f"{plain}/", f"/{plain}", f"/{plain}/"):
            if not covers(plain, odd) and any(self._matched(target.methods, odd)):
                yield odd

    def _refuse(self, condition: Condition | None, tails: Iterable[str]) -> None:
        self._refused.setdefault(condition, {}).update(dict.fromkeys(tails))

    def _denying(self, methods: frozenset[str], pattern: str) -> list[str]:
        starred = methods == EVERY_METHOD and self._starred(pattern)
        return [f"{m}/{pattern}" for m in ((ANY,) if starred else method_patterns(methods))]

    def _starred(self, pattern: str) -> bool:
        """
        Return whether a star may stand for every method before `pattern`. It takes segments too:
        that must be meant anyway, or nothing that is allowed may end so.
        """
        return swallows(pattern) or not any(self._reached(EVERY_METHOD, f"{ANY}/{pattern}"))

    def _reached(self, methods: frozenset[str], pattern: str) -> Iterator[Step]:
        """Yield the steps that allow some path that `pattern` matches."""
        words = words_around(pattern)
        for step in self._allowed:
            if methods & step.target.methods and _meet(words, step.target.words):
                yield step

    def _matched(self, methods: frozenset[str], pattern: str) -> Iterator[Step]:
        """Yield the steps whose own pattern has a path in common with `pattern`."""
        words = words_around(pattern)
        for step in self._allowed:
            target = step.target
            if methods & target.methods and _meet(words, words_around(target.pattern)):
                yield step

    def _outside(self) -> Iterator[tuple[Condition, _Tails]]:
        """Yield the opposite of each condition, and what is to be denied under it."""
        for step in self._allowed:
            if step.condition is not None:
                for other in self._reached(step.target.methods, step.target.pattern):
                    if other.condition != step.condition:
                        self._problems[_unconditional(step.target, other.target)] = None
        for condition, tails in self._granted.items():
            for opposite in opposites(condition or ()):
                yield opposite, dict.fromkeys(tails)


def _widest(tails: Iterable[str]) -> Iterable[str]:
    """Leave out what another one of the tails matches anyway."""
    wide = [tail for tail in tails if "*" in tail or "?" in tail]
    if not wide:
        return tails
    left = dict.fromkeys(tails)
    for tail in tails:
        if any(other != tail and other in left and covers(other, tail) for other in wide):
            del left[tail]
    return left


def _lost(target: Target, other: Target) -> Problem:
    if other is target or other.key == target.key:
        return Problem(
            target.key,
            "IAM's * crosses /, so no policy says exactly this; give the parameters before {name+}"
            " values, from the left, or write .allow_pattern and .deny what it must not reach",
        )
    return Problem(
        target.key,
        f"IAM's * crosses /, so no policy allows this and {other.key} and nothing else; give the"
        " parameter a value, or write .allow_pattern with what may be reached, and .deny what"
        " must not",
    )


def _taken(target: Target, other: Target) -> Problem:
    return Problem(
        target.key,
        f"denying this would deny part of {other.key} too, as IAM's * crosses /; give the"
        " parameter a value, or write .deny_pattern if all of it is meant",
    )


def _unconditional(target: Target, other: Target) -> Problem:
    return Problem(
        target.key,
        f"this and {other.key} are allowed on different conditions and share paths, and what is"
        " denied where one does not hold cannot be allowed by the other; give both one condition,"
        " or, if the API has no resource policy, write .leave_the_rest_undenied()",
    )

"""
What keeps a wide pattern off a route that it reaches: an explicit Deny, chosen when a document is
compiled, so that it takes nothing from what the same caller may have.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from authorizers.policy.covering import covers
from authorizers.policy.language import (
    ANY,
    ONE,
    SOME,
    Words,
    beyond_of,
    common,
    pattern_of,
    words_of_pattern,
)
from authorizers.policy.table.path import (
    Neighbourhood,
    Path,
    may_outrank,
    meet,
    odd_spellings,
    reaches,
    surely_outranks,
)

MAX_PIECES = 16  # beyond that, what two patterns have in common is no shorter way to say it

_order = attrgetter("order")

# May a caller have `reaching`, and something of `kept`, and not the whole of `reached`?
MayLose = Callable[[int, int, int], bool]


class Cut(NamedTuple):
    """
    Denying `patterns` keeps what `reaching` allows off the route `reached`.

    `losers` are routes of which a caller may lose something; an exact policy has none.
    """

    reaching: Path
    reached: Path
    methods: frozenset[str]
    patterns: tuple[str, ...]
    losers: tuple[Path, ...]

    def is_within(self, wide: str) -> bool:
        """Return whether denying the pattern `wide` denies all of it."""
        return all(covers(wide, pattern) for pattern in self.patterns)


def cuts_from(reaching: Path, near: Neighbourhood, may_lose: MayLose) -> Iterator[Cut]:
    """Yield the cut for each route that the pattern of `reaching` reaches."""
    for reached in sorted(near.of(reaching.glob), key=_order):
        if reached.number != reaching.number and reaching.methods & reached.methods:
            best = _best(reaching, reached, near, may_lose)
            if best is not None and best.patterns:
                yield best


def _best(reaching: Path, reached: Path, near: Neighbourhood, may_lose: MayLose) -> Cut | None:
    """Return the first way to cut by which nobody loses anything, or the first of all."""
    first = None
    for patterns in _ways(reaching, reached, near):
        losers = tuple(_losers(reaching, reached, patterns, near, may_lose))
        cut = Cut(reaching, reached, reaching.methods & reached.methods, patterns, losers)
        if not losers:
            return cut
        first = first or cut
    return first


def _ways(reaching: Path, reached: Path, near: Neighbourhood) -> Iterator[tuple[str, ...]]:
    plain = pattern_of(reached.words)
    odd = odd_spellings(plain)
    direct = may_outrank(reached, reaching) and (
        meet(reaching.words, reached.words) or reaches(odd, reaching.words)
    )
    beyond = tuple(b for b in reaching.beyond if reaches([b], reached.words))
    if not direct and not beyond:
        return
    wide = reaching.glob
    pieces = common(wide, reached.words)
    left = [piece for piece in pieces if not _is_anothers(piece, reaching, reached, near)]
    if not left and not beyond:
        return
    yield tuple(s for s in (plain, *odd) if meet(wide, words_of_pattern(s)))
    if len(left) <= MAX_PIECES:
        spelled = [s for p in sorted(map(pattern_of, left)) for s in (p, *odd_spellings(p))]
        yield tuple(s for s in dict.fromkeys(spelled) if meet(wide, words_of_pattern(s)))
    if not direct:
        yield beyond


def _is_anothers(piece: Words, reaching: Path, reached: Path, near: Neighbourhood) -> bool:
    """Return whether all paths of a piece are sent to a third route, which has a cut of its own."""
    methods = reaching.methods & reached.methods
    return any(
        methods <= other.methods
        and surely_outranks(other, reached)
        and surely_outranks(other, reaching)
        and _is_part(piece, other.words)
        for other in near.of(piece)
    )


def _is_part(piece: Words, words: Words) -> bool:
    """Return whether every path of `piece`, which its pattern may exceed, is one of `words`."""
    return len(piece) == len(words) and all(
        word not in (SOME, ANY) and (a == word or (word == ONE and a not in ("", SOME, ANY)))
        for a, word in zip(piece, words, strict=True)
    )


def _losers(
    reaching: Path,
    reached: Path,
    patterns: tuple[str, ...],
    near: Neighbourhood,
    may_lose: MayLose,
) -> Iterator[Path]:
    methods = reaching.methods & reached.methods
    touched = {path for pattern in patterns for path in near.of(words_of_pattern(pattern))}
    odd = {s for pattern in patterns for s in odd_spellings(pattern)}
    plain = [pattern for pattern in patterns if pattern not in odd]
    for kept in sorted(touched, key=_order):
        may = methods & kept.methods and may_lose(reaching.number, kept.number, reached.number)
        if may and _takes_from(plain, reached, kept):
            yield kept


def _takes_from(patterns: Sequence[str], reached: Path, kept: Path) -> bool:
    """Return whether denying `patterns`, for the sake of `reached`, denies a path of `kept`."""
    return kept.number == reached.number or any(takes(p, reached, kept) for p in patterns)


def takes(pattern: str, reached: Path, kept: Path) -> bool:
    """
    Return whether the IAM `pattern` matches a path that is sent to `kept`.

    What it has in common with `reached` is sent there, or to a route that outranks it. Where APIs
    differ on which of two comes first, a caller needs both anyway.
    """
    read = words_of_pattern(pattern)
    if not meet(read, kept.words):
        return False
    if surely_outranks(kept, reached):
        return True
    within = _read_as_route(read, reached.words)
    return within is None or reaches(beyond_of(within), kept.words)


def _read_as_route(read: Words, words: Words) -> Words | None:
    """Return `read` with one segment for a parameter where `words` has it so, if it is a part."""
    if len(read) != len(words):
        return None
    within = []
    for pattern, word in zip(read, words, strict=True):
        if pattern == word or (pattern not in (SOME, ANY) and word in (ONE, SOME, ANY)):
            within.append(pattern)
        elif pattern == SOME and word == ONE:
            within.append(ONE)
        else:
            return None
    return tuple(within)

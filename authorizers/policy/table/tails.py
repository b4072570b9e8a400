"""
The ends of a route's resources, after the stage's ARN: methods on patterns, in the fewest words.

`*/orders` would be all methods of `/orders` in one word, and of everything that ends so. Where no
declared route ends so but this one, the star is written and the rest denied again.
"""

from collections.abc import Iterable

from authorizers.policy.covering import swallows
from authorizers.policy.document import ENDS_IN_TWO_SLASHES, EVERY_METHOD, method_patterns
from authorizers.policy.language import ANY, words_of_pattern
from authorizers.policy.table.path import Path, meet


class Tails:
    """Writes the ends of resources, over the routes of one document."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._words = {path.words for path in paths if path.methods}
        self._known: dict[str, bool] = {}

    def of(self, methods: frozenset[str], patterns: Iterable[str]) -> list[str]:
        """Return what stands for `methods` on `patterns`; what is allowed needs its guard."""
        return [
            f"{method}/{pattern}"
            for pattern in patterns
            for method in (
                ("*",)
                if methods == EVERY_METHOD and self._is_safe(pattern)
                else method_patterns(methods)
            )
        ]

    def guard_of(self, path: Path) -> list[str]:
        """
        Return what must be denied beside what is allowed of a path.

        A wildcard at the beginning takes paths that begin with a slash too many, `//admin`, and one
        at the end those that end in two: nobody can say where gateways send them.
        """
        methods, pattern = path.methods, path.pattern
        slashes = self._leading_slashes(methods) if pattern[:1] in ("?", "*") else []
        slashes += [ENDS_IN_TWO_SLASHES] if path.greedy else []
        if methods == EVERY_METHOD and self._is_safe(pattern) and not swallows(pattern):
            return [f"*/{ANY}/{pattern}", *slashes]
        return slashes

    def _leading_slashes(self, methods: frozenset[str]) -> list[str]:
        return [f"{method}//{ANY}" for method in method_patterns(methods)]

    def _is_safe(self, pattern: str) -> bool:
        """Return whether a star before `pattern` takes no more of the declared routes than it."""
        known = self._known.get(pattern)
        if known is None:
            deeper = (ANY, *words_of_pattern(pattern))
            known = swallows(pattern) or not any(meet(deeper, words) for words in self._words)
            self._known[pattern] = known
        return known

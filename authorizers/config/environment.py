"""The variables of one function, read one by one, with everything found wrong on the way."""

from collections.abc import Mapping, Sequence

from authorizers.config.variables import DEFAULTS, PREFIX
from authorizers.config.vocabulary import one_of
from authorizers.errors import ConfigurationError, Problem


class Environment:
    """
    Environment variables as a deployed function sees them.

    A variable that is empty counts as unset, because a parameter of a template cannot be
    absent. Problems name the variable and never show its value.
    """

    __slots__ = ("_variables", "problems")

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[Problem] = []

    def add_problem(self, name: str, message: str) -> None:
        """Remember that the variable `name` is wrong."""
        self.problems.append(Problem(name, message))

    def raise_problems(self) -> None:
        """
        Return if nothing was found wrong.

        Raises:
            ConfigurationError: all problems at once.
        """
        if self.problems:
            raise ConfigurationError(*self.problems)

    def text(self, name: str) -> str | None:
        """Return the variable's text, its default, or `None`."""
        return self.given(name) or DEFAULTS.get(name) or None

    def given(self, name: str) -> str | None:
        """Return the variable's text if somebody set it."""
        return self._variables.get(name, "").strip() or None

    def required(self, name: str, why: str) -> str:
        """Return the variable's text; without one remember a problem and return `""`."""
        text = self.text(name)
        if text is None:
            self.add_problem(name, f"is required {why}")
        return text or ""

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """Return the variable's text, which must be one of `choices`."""
        text = self.text(name)
        if text is not None and text not in choices:
            self.add_problem(name, f"write one of {one_of(choices)}")
            return None
        return text

    def whole_number(self, name: str, minimum: int, maximum: int) -> int:
        """Return the variable's whole number, at least `minimum` and at most `maximum`."""
        text = self.text(name) or ""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not minimum <= number <= maximum:
            self.add_problem(name, f"write a whole number from {minimum} to {maximum}")
        return number

    def unknown_names(self) -> list[str]:
        """Return the names that begin like ours but mean nothing, in alphabetical order."""
        return sorted(n for n in self._variables if n.startswith(PREFIX) and n not in DEFAULTS)

"""What is wrong with a document's text, with the place of each problem marked in its line."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError, Problem

MARK = "«"  # stands in tests where a problem is said to be


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(text)
    return list(caught.value.problems)


def found_in(text: str, expected: str) -> list[tuple[str, str]]:
    """Return each problem's line with its place marked, and `expected` if that is what it says."""
    return [
        (marked_line(text, problem.place), expected if expected in problem.message else "")
        for problem in problems(text)
    ]


def marked_line(text: str, place: str) -> str:
    line, _, column = place.partition(":")
    whole, at = text.split("\n")[int(line) - 1], int(column) - 1
    return f"{whole[:at]}{MARK}{whole[at:]}".strip()

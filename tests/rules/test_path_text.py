"""Which values of a claim may stand in a policy's Resource, as one plain segment of a path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.rules.requirement import MAX_BOUND_VALUE_CHARS, path_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("alice", "alice"),
        ("a.b-c_d~e", "a.b-c_d~e"),
        ("alice@example.com", "alice@example.com"),
        ("a+b=c,d;e", "a+b=c,d;e"),
        ("...", "..."),
        (0, "0"),
        (42, "42"),
        (-7, "-7"),
        ("x" * MAX_BOUND_VALUE_CHARS, "x" * MAX_BOUND_VALUE_CHARS),
    ],
)
def test_plain_text_and_whole_numbers_are_segments(value: Any, text: str) -> None:
    assert path_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "", ".", "..", " ", "a b", "a/b", "/", "a\\b", "*", "a*", "?", "alic?", "$", "${*}",
        "${aws:userid}", "{id}", "}", "a:b", "arn:aws:x", "%2F", "a%20b", "%",
        "a\n", "\na", "a\r\nb", "a\x00b", "\x1b[31m", "\x7f", "a\tb", "\u2028", "é", "\u0430dmin",
        "\uff0f", "a\u200b", "\ud800", "x" * (MAX_BOUND_VALUE_CHARS + 1),
        None, True, False, 1.0, 1e400, float("nan"), [], ["alice"], {}, {"sub": "alice"}, (), b"x",
        10**300, -(10**300),
    ],
)  # fmt: skip
def test_what_could_be_read_as_more_is_no_segment(value: Any) -> None:
    """`1.0` is refused with the others: its text is not how the path would spell it."""
    assert path_text(value) is None


def test_a_number_that_python_will_not_write_is_no_segment() -> None:
    assert path_text(10**5000) is None


@given(st.text())
def test_a_segment_is_the_text_itself_and_holds_nothing_special(value: str) -> None:
    text = path_text(value)
    assert text in (None, value)
    if text is not None:
        assert not set(text) & set("*?${}:/%\\ ")
        assert all(" " < character < "\x7f" for character in text)

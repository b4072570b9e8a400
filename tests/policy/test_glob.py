"""IAM's wildcards, against cases worked out by hand from the page on the Resource element."""

import time
from collections.abc import Iterator
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.policy import glob

API = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"

MATCHING = [
    ("", ""),
    ("*", ""),
    ("*", "anything/at all"),
    ("**", "x"),
    ("?", "x"),
    ("?", "/"),
    ("?", "é"),
    ("?*", "x"),
    ("?*", "/"),
    ("*?", "xyz"),
    ("a*", "a"),
    ("a*c", "abbbc"),
    ("a*c", "ac"),
    ("a*b*c", "a-b-b-c"),
    ("*a*", "bab"),
    ("*a?b*", "xxaabacb"),
    ("*?a*b??*", "xa-bcd"),
    ("a?*?b", "axyb"),
    ("??*??", "abcd"),
    (f"{API}/GET/*", f"{API}/GET/"),
    (f"{API}/GET/*", f"{API}/GET/a/b/c"),
    (f"{API}/GET/users/?*", f"{API}/GET/users/1"),
    (f"{API}/GET/users/?*", f"{API}/GET/users/1/orders"),
    (f"{API}/GET/users/?*/orders", f"{API}/GET/users/1/2/orders"),
    (f"{API}/*/pets", f"{API}/GET/pets"),
    (f"{API}/*/pets", f"{API}/POST/x/GET/pets"),
    (f"{API}/$connect", f"{API}/$connect"),
    ("a.b+c(d)[e]{f}^g$h|i\\j", "a.b+c(d)[e]{f}^g$h|i\\j"),
    ("x*", "x\n"),
    ("x?y", "x\ny"),
    ("a*b", "a*b"),
    ("a?b", "a?b"),
]
DIFFERENT = [
    ("", "x"),
    ("?", ""),
    ("?", "xy"),
    ("?*", ""),
    ("??", "x"),
    ("a", "A"),
    ("a", "a\n"),
    ("a", "\na"),
    ("a*", "ba"),
    ("*a", "ab"),
    ("a*a", "a"),
    ("ab*ba", "aba"),
    ("a?*?b", "axb"),
    ("??*??", "abc"),
    ("a*b*c", "acb"),
    ("*ab*ab*", "ab"),
    ("a*b?c", "abc"),
    ("*a?b*", "ab"),
    ("*?a*b??*", "xa-bc"),
    ("a.c", "abc"),
    ("a+", "aa"),
    ("[ab]", "a"),
    ("(a|b)", "a"),
    ("^a$", "a"),
    ("a$", "a"),
    (f"{API}/GET/pets/*", f"{API}/GET/pets"),
    (f"{API}/GET/users/?*", f"{API}/GET/users/"),
    (f"{API}/GET/users/?*/orders", f"{API}/GET/users//orders"),
    (f"{API}/GET/a%2Fb", f"{API}/GET/a/b"),
    ("a*b", "aXc"),
    ("*.json", "x-json"),
]


@pytest.mark.parametrize(("pattern", "text"), MATCHING)
def test_it_matches(pattern: str, text: str) -> None:
    assert glob.matches(pattern, text)
    assert glob.steps(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), DIFFERENT)
def test_it_does_not_match(pattern: str, text: str) -> None:
    assert not glob.matches(pattern, text)
    assert not glob.steps(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), [("a*b", "a*b"), ("a?b", "a?b"), ("*%_", "*xxxy")])
def test_the_wildcards_may_be_other_characters(pattern: str, text: str) -> None:
    assert glob.matches(pattern, text, "%_")


@pytest.mark.parametrize(("pattern", "text"), [("a*b", "axb"), ("a?b", "axb"), ("*%_", "*")])
def test_then_stars_and_question_marks_are_text(pattern: str, text: str) -> None:
    assert not glob.matches(pattern, text, "%_")


def by_definition(pattern: str, text: str) -> bool:
    """The definition, written as a recursion: slow, and plainly right."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(by_definition(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and by_definition(pattern[1:], text[1:])


@given(st.text("ab/*?", max_size=7), st.text("ab/*?", max_size=7))
def test_every_answer_is_that_of_the_definition(pattern: str, text: str) -> None:
    expected = by_definition(pattern, text)
    assert glob.matches(pattern, text) == expected
    assert glob.steps(pattern, text) == expected
    swapped = pattern.translate(str.maketrans("*?", "%_"))
    assert glob.matches(swapped, text, "%_") == expected


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12), st.integers(1, 3))
def test_long_pieces_are_matched_as_short_ones_are(pattern: str, text: str, short: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(glob, "SHORT", short)
        few = glob.matches(pattern, text)
    assert few == glob.matches(pattern, text)


class CountedText(str):
    """Text that counts the looks at one of its characters, and the searches in it."""

    __slots__ = ("looks", "searches")

    def __new__(cls, text: str) -> Self:
        counted = super().__new__(cls, text)
        counted.looks = counted.searches = 0
        return counted

    looks: int
    searches: int

    def __getitem__(self, key: object) -> "CountedText":
        part = CountedText(super().__getitem__(key))  # type: ignore[index]
        self.looks += len(part)
        return part

    def __iter__(self) -> Iterator[str]:
        for character in super().__iter__():
            self.looks += 1
            yield character

    def find(self, *arguments: object) -> int:
        self.searches += 1
        return super().find(*arguments)  # type: ignore[arg-type]


ADVERSARIAL = [
    "*a" * 700 + "*b",
    "*a" * 700 + "?b",
    "*a?a" * 300 + "*b",
    "*" + "?" * 700 + "b*",
    "*" + "a?" * 300 + "b*",
    "*" + "a" * 300 + "b" + "a" * 300 + "*",
    "a?" * 700 + "b",
    "?*" * 700 + "b",
    "a*" * 700 + "b?c",
]


@pytest.mark.parametrize("pattern", ADVERSARIAL, ids=[p[:8] for p in ADVERSARIAL])
def test_no_pattern_looks_at_a_character_twice_or_searches_for_a_piece_twice(pattern: str) -> None:
    """Backtracking would take powers of the length, a product of lengths a million looks."""
    text = CountedText("a" * 1500)
    assert not glob.matches(pattern, text)
    assert text.looks <= 2 * len(text)  # once, and once more where a part is cut off
    assert text.searches <= pattern.count("*")


def test_no_search_is_for_more_than_a_short_piece() -> None:
    """In CPython a search may take as many comparisons as both lengths' product."""
    searched: list[str] = []

    class Watched(CountedText):
        __slots__ = ()

        def find(self, *arguments: object) -> int:
            searched.append(str(arguments[0]))
            return super().find(*arguments)

    assert glob.matches("*" + "a" * 65 + "*" + "a" * 64 + "*", Watched("a" * 500))
    assert glob.matches("*" + "a" * 64 + "*" + "a" * 64 + "*", Watched("a" * 500))
    assert searched == ["a" * 64] * 2


@pytest.mark.parametrize("pattern", ["*a", "*a?a", "a?", "?*"])
def test_sixteen_times_the_lengths_take_nowhere_near_256_times_as_long(pattern: str) -> None:
    def seconds(times: int) -> float:
        text, long = "a" * (40 * times), pattern * (10 * times) + "b"
        started = time.process_time()
        for _ in range(20):
            glob.steps(long, text)
            glob.matches(long, text)
        return time.process_time() - started

    small = min(seconds(4) for _ in range(3))
    assert min(seconds(64) for _ in range(3)) < 100 * small

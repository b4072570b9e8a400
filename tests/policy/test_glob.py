"""IAM's wildcards, against cases worked out by hand from the page on the Resource element."""

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
    ("a*b*c", "acb"),
    ("*ab*ab*", "ab"),
    ("a*b?c", "abc"),
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


@pytest.mark.parametrize(("pattern", "text"), DIFFERENT)
def test_it_does_not_match(pattern: str, text: str) -> None:
    assert not glob.matches(pattern, text)


class CountedText(str):
    """Text that counts how often one of its characters was looked at."""

    __slots__ = ("looks",)
    looks: int

    def __getitem__(self, key: object) -> str:
        self.looks = getattr(self, "looks", 0) + 1
        return super().__getitem__(key)  # type: ignore[index]


def test_an_adversarial_pattern_takes_no_more_than_pattern_times_text_steps() -> None:
    """Backtracking over every star would take 1500 to the power of 20."""
    pattern, text = "*a" * 20 + "?b", CountedText("a" * 1500)
    assert not glob.matches(pattern, text)
    assert text.looks <= len(pattern) * len(text)


def test_an_adversarial_pattern_without_a_question_mark_is_searched_once_from_left_to_right() -> (
    None
):
    class CountedSearches(CountedText):
        __slots__ = ()

        def find(self, *arguments: object) -> int:
            self.looks = getattr(self, "looks", 0) + 1
            return super().find(*arguments)  # type: ignore[arg-type]

    text = CountedSearches("a" * 1500)
    assert not glob.matches("*a" * 20 + "*b", text)
    assert text.looks <= 20


def by_definition(pattern: str, text: str) -> bool:
    """The definition, written as a recursion: slow, and plainly right."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(by_definition(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and by_definition(pattern[1:], text[1:])


@given(st.text("ab/*?", max_size=7), st.text("ab/*?", max_size=7))
def test_every_answer_is_that_of_the_definition(pattern: str, text: str) -> None:
    assert glob.matches(pattern, text) == by_definition(pattern, text)

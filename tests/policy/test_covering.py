"""What one pattern covers of another: yes is certain, and no is said in cases of doubt."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizers.policy import glob
from authorizers.policy.covering import covers, includes, swallows
from authorizers.policy.language import meet

PATTERNS = st.text(st.sampled_from("ab/?*"), max_size=6)
WORDS = st.lists(st.sampled_from(["a", "b", "", "{}", "?*", "*"]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("*", ""), ("*", "a"), ("a*", "a"), ("a?", "ab"), ("a?", "a?"), ("?*", "?*"), ("a*", "a?*"),
     ("*/*", "a/?*"), ("users/?*", "users/?*/orders"), ("*", "***"), ("???", "GET"), ("a", "a")],
)  # fmt: skip
def test_covers(wide: str, narrow: str) -> None:
    assert covers(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("", "*"), ("a", "*"), ("a?", "a*"), ("?", "*"), ("?*", "*"), ("a?*", "a*"), ("a", "?"),
     ("users/?*", "users/*"), ("a*b", "a*c"), ("GET/*", "*/a"), ("", "a"), ("a", "")],
)  # fmt: skip
def test_does_not_cover(wide: str, narrow: str) -> None:
    assert not covers(wide, narrow)


@settings(max_examples=800)
@given(PATTERNS, PATTERNS, st.lists(st.text(st.sampled_from("ab/c"), max_size=5), min_size=20))
def test_what_is_covered_has_no_text_of_its_own(wide: str, narrow: str, texts: list[str]) -> None:
    if covers(wide, narrow):
        fillings = [narrow.replace("?", c).replace("*", text) for c in "a/" for text in texts]
        assert all(glob.matches(wide, text) for text in fillings)


@settings(max_examples=800)
@given(WORDS, WORDS, st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=5))
def test_what_is_included_has_no_path_of_its_own(
    wide: list[str], narrow: list[str], path: list[str]
) -> None:
    if includes(tuple(wide), tuple(narrow)) and meet(tuple(narrow), tuple(path)):
        assert meet(tuple(wide), tuple(path))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("a", "a"), ("{}", "a"), ("{}", "{}"), ("a/?*", "a/{}/b"), ("a/?*", "a/?*"), ("*", "*"),
     ("a/{}", "a/b"), ("?*", "a"), ("*", "")],
)  # fmt: skip
def test_includes(wide: str, narrow: str) -> None:
    assert includes(tuple(wide.split("/")), tuple(narrow.split("/")))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("{}", "?*"), ("{}", "a/b"), ("{}", ""), ("?*", ""), ("?*", "*"), ("a/{}", "a"), ("a", "{}"),
     ("a/{}", "a/b/c"), ("a/b", "a"), ("?*/a", "b/a"), ("a/?*", "a")],
)  # fmt: skip
def test_does_not_include(wide: str, narrow: str) -> None:
    assert not includes(tuple(wide.split("/")), tuple(narrow.split("/")))


TEXTS = ["".join(letters) for n in range(8) for letters in product("ab/", repeat=n)]


@given(st.lists(st.sampled_from(["a", "b", "?*", "*"]), min_size=1, max_size=3).map("/".join))
def test_a_pattern_swallows_exactly_what_may_stand_before_it(pattern: str) -> None:
    """Every short path that ends in what it matches is tried."""
    taken = [text for text in TEXTS if glob.matches(f"*/{pattern}", text)]
    assert swallows(pattern) == all(glob.matches(pattern, text) for text in taken)

"""The Markdown itself: what would be shown wrongly, and what does not belong in a page."""

import re
from itertools import pairwise
from typing import Any

_CELL_END = re.compile(r"(?<!\\)\|")


def test_the_rows_of_a_table_have_as_many_cells_as_its_head(page: Any) -> None:
    lines = page.prose.splitlines()
    for above, below in pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert len(_CELL_END.findall(above)) == len(_CELL_END.findall(below)), below


def test_a_page_has_one_title_and_headings_that_differ(page: Any) -> None:
    headings = re.findall(r"^(#+) (.+)$", page.prose, re.MULTILINE)
    assert [level for level, _ in headings].count("#") == 1
    assert page.text.lstrip().startswith(("# ", "<!--"))


def test_a_heading_is_at_most_one_level_below_the_one_before(page: Any) -> None:
    levels = [len(marks) for marks in re.findall(r"^(#+) ", page.prose, re.MULTILINE)]
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_nothing_is_left_to_be_done(page: Any) -> None:
    assert not re.search(r"\b(?:TODO|TBD|FIXME|XXX)\b|lorem", page.text)


def test_every_picture_is_described(page: Any) -> None:
    for alternative in re.findall(r"!\[([^\]]*)\]", page.prose):
        assert len(alternative) > 10

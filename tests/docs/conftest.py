"""The project's pages, as inputs of tests: what they say about the code has to be so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[^\n]*?) -->\n)?```(?P<language>\w+)\n(?P<code>.*?)```", re.DOTALL
)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|^\[[^\]]+\]: (?P<defined>\S+)", re.MULTILINE)
_PUNCTUATION = re.compile(r"[^\w\- ]")


class Block(NamedTuple):
    """A fenced block, the comment right above it, and its line."""

    mark: str
    language: str
    code: str
    line: int


class Page(NamedTuple):
    """One Markdown page of the project."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The path from the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _BLOCK.sub("", self.text)

    def blocks(self, *languages: str) -> Iterator[Block]:
        """Yield the fenced blocks in these languages, in order."""
        for match in _BLOCK.finditer(self.text):
            if match["language"] in languages:
                line = self.text.count("\n", 0, match.start("code"))
                yield Block(match["mark"] or "", match["language"], match["code"], line)

    def marked(self, mark: str) -> str:
        """Return the one block, or the one table, below the comment `mark`."""
        found = [b.code for b in self.blocks("json", "yaml", "text") if b.mark == mark]
        found += re.findall(rf"<!-- {re.escape(mark)} -->\n((?:\|[^\n]*\n)+)", self.text)
        assert len(found) == 1, f"{self.name}: {mark}"
        return found[0]

    def rows(self, mark: str) -> list[list[str]]:
        """Return the cells of the table below `mark`, without its head."""
        lines = self.marked(mark).splitlines()[2:]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

    def code_spans(self) -> list[str]:
        """Return what stands between single backticks, outside of fenced blocks."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    def links(self) -> list[str]:
        """Return the targets of all links and pictures."""
        return [m["target"] or m["defined"] for m in _LINK.finditer(self.prose)]

    def anchors(self) -> set[str]:
        """Return the anchors of the headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {_PUNCTUATION.sub("", h.lower()).strip().replace(" ", "-") for h in headings}


PAGES = [
    Page(path, path.read_text("utf-8"))
    for folder in ("", "docs", "docs/decisions", "events")
    for path in sorted((ROOT / folder).glob("*.md"))
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes a `page` once for each of them."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=[page.name for page in PAGES])


@pytest.fixture
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture
def pages() -> dict[str, Page]:
    """All pages, by name."""
    return {page.name: page for page in PAGES}

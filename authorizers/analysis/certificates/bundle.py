"""The blocks of a PEM file, and what stands around them (RFC 7468 §2, §5)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_EDGE = re.compile(r"-----(BEGIN|END) ([^-]{0,64})-----[ \t\r]*")


class Block(NamedTuple):
    """One block: its label (`CERTIFICATE`), its text, and its line, counted from 1."""

    label: str
    pem: str
    line: int


class Outside(NamedTuple):
    """What is no block: text, or (`edge`) a boundary without its other half."""

    line: int
    edge: bool


def read_bundle(text: str) -> list[Block | Outside]:
    """Return the blocks of a PEM file, and once for each gap what stands there but white space."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line)
    return [*reader.found, *reader.rest()]


class _Reader:
    """Goes through the lines once, so that no file takes longer than its size."""

    def __init__(self) -> None:
        self.found: list[Block | Outside] = []
        self._begun = 0  # the line that began the block, 0 outside of one
        self._label = ""
        self._lines: list[str] = []

    def take(self, number: int, line: str) -> None:
        edge = _EDGE.fullmatch(line)
        if edge is None:
            self._take_text(number, line)
        elif edge[1] == "BEGIN":
            self.found += self.rest()
            self._begun, self._label, self._lines = number, edge[2], [line]
        elif self._begun and edge[2] == self._label:
            self.found.append(Block(self._label, "\n".join([*self._lines, line, ""]), self._begun))
            self._begun = 0
        else:
            self.found.append(Outside(self._begun or number, edge=True))
            self._begun = 0

    def _take_text(self, number: int, line: str) -> None:
        if self._begun:
            self._lines.append(line)
        elif line.strip() and not self._in_text():
            self.found.append(Outside(number, edge=False))

    def _in_text(self) -> bool:
        last = self.found[-1] if self.found else None
        return isinstance(last, Outside) and not last.edge

    def rest(self) -> Iterator[Outside]:
        """Yield the block that was begun and has no end, if there is one."""
        if self._begun:
            yield Outside(self._begun, edge=True)

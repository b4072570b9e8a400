"""What the page of the tools says that `check` and `routes` print is what they print."""

import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authorizers.cli.app import app

MARK = "output of a check"


def test_the_outputs_in_the_page_are_those_of_the_commands(
    pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = pages["docs/tools.md"]
    for block in page.blocks("yaml"):
        if block.mark.startswith("file: "):
            Path(block.mark.removeprefix("file: ")).write_text(block.code, "utf-8")
    shown = [(a.code, b.code) for a, b in pairwise(page.blocks("sh", "text")) if a.mark == MARK]
    assert len(shown) == 2
    for command, output in shown:
        assert CliRunner().invoke(app, shlex.split(command)[1:]).output == output, command

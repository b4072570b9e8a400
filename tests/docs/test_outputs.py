"""What a page says that a command prints is what it prints."""

import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authorizers.cli.app import app


@pytest.fixture
def tools(pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The page of the tools, with its document in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    page = pages["docs/tools.md"]
    Path("authorizers.yaml").write_text(page.marked("file: authorizers.yaml"), "utf-8")
    return page


def printed(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "authorizers"
    return CliRunner().invoke(app, arguments).output


def test_the_outputs_of_the_tools_are_those_in_their_page(tools: Any) -> None:
    shown = [
        (command.code, output.code)
        for command, output in pairwise(tools.blocks("sh", "text"))
        if command.mark == "output"
    ]
    assert len(shown) >= 4
    for command, output in shown:
        assert printed(command) == output, command


def test_the_mistake_in_the_page_of_the_tools_is_found_as_it_says(tools: Any) -> None:
    document = Path("authorizers.yaml")
    mistaken = document.read_text("utf-8").replace(
        "{all_of: [orders:write]}", "{all_of: [orders:read]}"
    )
    document.write_text(mistaken, "utf-8")
    assert printed("authorizers canary authorizers.yaml") == tools.marked("output of a mistake")

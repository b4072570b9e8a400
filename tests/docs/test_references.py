"""What the pages point at: links, files, commands, variables, codes."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.config.variables import DEFAULTS

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
_FILE = re.compile(r"(?!orders|GET)[A-Za-z][\w.-]*(?:/[\w.-]+)*/?")  # paths of examples are none
_VARIABLE = re.compile(r"AUTHORIZERS_[A-Z_]*[A-Z]\b")


@pytest.fixture(scope="module")
def sources() -> str:
    """Everything that a code may be written in."""
    files = [
        *ROOT.glob("authorizers/**/*.py"),
        *ROOT.glob("sam/**/*.yaml"),
        *ROOT.glob("docs/examples/*.yaml"),
        ROOT / "docs/configuration.md",
    ]
    return "\n".join(file.read_text("utf-8") for file in files)


def test_relative_links_lead_somewhere(page: Any, pages: Any) -> None:
    for link in page.links():
        target, _, anchor = link.partition("#")
        if "://" in target:
            assert target.startswith("https://"), link
            continue
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), link
        assert path.is_relative_to(ROOT), link
        if anchor:
            assert anchor in pages[path.relative_to(ROOT).as_posix()].anchors(), link


def test_files_that_are_named_exist(page: Any) -> None:
    """A name with a slash is one from the root, or, in prose about the tree, from the package."""
    made = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for span in page.code_spans():
        if span.startswith(tuple(name for name in made if name.endswith("/"))):
            continue
        if "/" in span and _FILE.fullmatch(span) and re.search(r"/$|\.\w+$", span):
            places = (ROOT, ROOT / "authorizers", page.path.parent)
            assert any((place / span).exists() for place in places), span


def test_codes_and_names_exist_in_the_code(page: Any, sources: str) -> None:
    for span in page.code_spans():
        if _CODE.fullmatch(span) and not span.startswith("test_"):
            assert span in sources, span


def test_variables_exist(page: Any) -> None:
    for name in _VARIABLE.findall(page.text):
        assert name in DEFAULTS, name


def test_commands_exist_and_explain_themselves(page: Any) -> None:
    shell = "\n".join(block.code for block in page.blocks("sh"))
    spans = "\n".join(f"\n{span}" for span in page.code_spans())
    for command in re.findall(r"^authorizers ([a-z]+)", f"{shell}\n{spans}", re.MULTILINE):
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0, command


def test_make_targets_exist(page: Any) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    shell = "\n".join(block.code for block in page.blocks("sh"))
    spans = "\n".join(f"\n{span}" for span in page.code_spans())
    for target in re.findall(r"^make ([a-z-]+)", f"{shell}\n{spans}", re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_deployment_in_the_readme_names_parameters_of_the_template(pages: Any) -> None:
    template = (ROOT / "sam/template.yaml").read_text("utf-8")
    parameters = template.partition("\nParameters:\n")[2].partition("\nRules:\n")[0]
    shell = "\n".join(block.code for block in pages["README.md"].blocks("sh"))
    given = dict(re.findall(r"'(\w+)=\"([^\"]*)\"'", shell))
    assert set(given) == {"Issuer", "Audience", "Access"}
    declared = yaml.safe_load(f"Parameters:\n{parameters}")["Parameters"]
    for name, value in given.items():
        assert re.fullmatch(declared[name].get("AllowedPattern", ".*"), value), name


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/images/*.svg")), ids=lambda p: p.name)
def test_a_picture_is_well_formed_and_stands_alone(path: Path) -> None:
    """It describes itself for who cannot see it, and loads nothing from elsewhere."""
    text = path.read_text("utf-8")
    picture = ET.fromstring(text)  # noqa: S314 our own file
    namespace = "{http://www.w3.org/2000/svg}"
    assert picture.tag == f"{namespace}svg"
    assert picture.find(f"{namespace}title") is not None
    assert picture.find(f"{namespace}desc") is not None
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in text

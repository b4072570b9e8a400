"""The code in the pages: Python runs, YAML compiles, JSON parses."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from authorizers import compile_document
from authorizers.testing.events import http_2_event

_ISSUER = """
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
"""


def test_python_runs_as_it_stands(page: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """The blocks of a page are one program; a block marked `file:` is a file beside it."""
    monkeypatch.chdir(tmp_path)
    for block in page.blocks("yaml"):
        if block.mark.startswith("file: "):
            (tmp_path / block.mark.removeprefix("file: ")).write_text(block.code, "utf-8")
    names: dict[str, Any] = {"event": http_2_event(), "__name__": "page"}
    for block in page.blocks("python"):
        code = compile("\n" * block.line + block.code, page.name, "exec")
        if not block.mark.startswith("not run: ") and "aws_cdk" not in block.code:
            exec(code, names)  # noqa: S102 our own pages


def test_the_readme_refuses_a_request_without_a_token(
    pages: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    page = pages["README.md"]
    monkeypatch.chdir(tmp_path)
    (document,) = [b.code for b in page.blocks("yaml")]
    (program,) = [b.code for b in page.blocks("python")]
    Path("authorizers.yaml").write_text(document, "utf-8")
    names: dict[str, Any] = {"event": http_2_event()}
    exec(program, names)  # noqa: S102 our own page
    (statement,) = names["response"]["policyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert names["response"]["context"] == {"wwwAuthenticate": "Bearer"}
    assert program.count("\n") - program.count("import") - 1 <= 5


def test_a_document_in_a_page_compiles(page: Any) -> None:
    for block in page.blocks("yaml"):
        if block.code.startswith("version:"):
            assert compile_document(block.code)["table"]["exact"]


def test_routes_in_a_page_compile_below_a_scheme(page: Any) -> None:
    for block in page.blocks("yaml"):
        if block.code.startswith("GET "):
            routes = "".join(f"  {line}\n" for line in block.code.splitlines())
            compile_document(f"{_ISSUER}{routes}inexact: deny\n")


def test_every_piece_of_yaml_is_yaml(page: Any) -> None:
    """Templates have tags of CloudFormation's, so only the syntax is looked at."""
    for block in page.blocks("yaml"):
        assert yaml.compose(block.code)


def test_json_is_json(page: Any) -> None:
    for block in page.blocks("json"):
        assert json.loads(block.code)


def test_every_block_says_its_language(page: Any) -> None:
    fences = [line for line in page.text.splitlines() if line.startswith("```") and line != "```"]
    known = {"python", "yaml", "json", "sh", "text", "hcl", "typescript", "ts", "terraform"}
    assert {fence.removeprefix("```") for fence in fences} <= known


@pytest.mark.parametrize("name", ["library.md", "architecture.md"])
def test_the_pages_that_should_have_code_have_some(pages: Any, name: str) -> None:
    """A change of how blocks are marked must not leave these tests without work."""
    assert list(pages[f"docs/{name}"].blocks("python", "yaml"))

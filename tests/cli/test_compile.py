"""The command that checks a document and writes what functions read."""

import json
from pathlib import Path

import pytest

from authorizers.config.compiled import load_compiled_file
from tests.cli.program import command

DOCUMENT = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
"""
WRONG = DOCUMENT.replace("[RS256]", "[none]").replace("any_of: [orders:read]", "any_of: []")
INEXACT = """\
  GET /orders/{x}: {scopes: {any_of: [a]}}
  GET /orders/b: {scopes: {any_of: [b]}}
  GET /orders/{x}/c: {path: {x: claims.sub}}
"""


run = command("compile")


def test_it_writes_beside_the_document_what_a_function_reads(document: Path) -> None:
    result = run(document)
    written = document.with_suffix(".json")
    assert result.code == 0
    assert list(load_compiled_file(str(written))["schemes"]) == ["staff"]
    assert result.err == f"ok {written}: 1 route, 1 scheme, {written.stat().st_size} bytes\n"


def test_the_file_can_be_read_by_everybody(document: Path) -> None:
    """Lambda runs a function as another user than the one who packed it."""
    run(document)
    assert document.with_suffix(".json").stat().st_mode & 0o777 == 0o644


def test_nothing_but_the_document_and_its_result_is_left(document: Path) -> None:
    run(document)
    names = {path.name for path in document.parent.iterdir()}
    assert names == {"authorizers.yaml", "authorizers.json"}


def test_an_output_can_be_named(document: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert run(document, "-o", target).code == 0
    assert load_compiled_file(str(target))["format"] == 2


def test_it_writes_to_standard_output_and_reads_standard_input(document: Path) -> None:
    from_file = run(document, "-o", "-")
    assert json.loads(from_file.out)["format"] == 2
    assert run("-", stdin=DOCUMENT).out == from_file.out


def test_problems_are_printed_with_file_line_and_column_and_nothing_is_written(
    document: Path,
) -> None:
    document.write_text(WRONG)
    result = run(document)
    assert result.code == 1
    assert result.out == ""
    first, second, count = result.err.splitlines()
    assert first.startswith(f"{document}:8:20: algorithms[0]: unsigned tokens")
    assert second == f"{document}:11:26: any_of: must not be empty: nothing means no"
    assert count == "2 problems"
    assert not document.with_suffix(".json").exists()


def test_a_file_that_was_good_is_kept_when_the_document_becomes_wrong(document: Path) -> None:
    run(document)
    good = document.with_suffix(".json").read_bytes()
    document.write_text(WRONG)
    assert run(document).code == 1
    assert document.with_suffix(".json").read_bytes() == good


def test_json_is_for_machines(document: Path) -> None:
    report = json.loads(run(document, "--json").out)
    assert report == {
        "document": str(document),
        "ok": True,
        "problems": [],
        "output": str(document.with_suffix(".json")),
        "bytes": document.with_suffix(".json").stat().st_size,
        "schemes": 1,
        "routes": 1,
        "relaxations": [],
        "inexact": [],
    }
    document.write_text(WRONG)
    result = run(document, "--json")
    report = json.loads(result.out)
    assert result.code == 1
    assert report["ok"] is False
    assert report["output"] is None
    assert [(p["line"], p["column"]) for p in report["problems"]] == [(8, 20), (11, 26)]


def test_check_writes_nothing(document: Path) -> None:
    assert run(document, "--check").code == 0
    assert not document.with_suffix(".json").exists()
    document.write_text(WRONG)
    assert run(document, "--check").code == 1


def test_check_with_an_output_fails_when_that_is_not_up_to_date(document: Path) -> None:
    target = document.with_suffix(".json")
    missing = run(document, "--check", "-o", target)
    assert missing.code == 1
    assert "is not up to date" in missing.err
    run(document)
    assert run(document, "--check", "-o", target).code == 0
    document.write_text(DOCUMENT.replace("orders:read", "orders:write"))
    assert run(document, "--check", "-o", target).code == 1


def test_relaxations_and_losses_are_named(document: Path) -> None:
    text = DOCUMENT.replace("[https://api.example.com]", "{any: the issuer names none}")
    document.write_text(f"{text}{INEXACT}inexact: deny\n")
    result = run(document)
    assert result.code == 0
    assert "relaxed: staff takes tokens for any audience: the issuer names none" in result.err
    assert "inexact: " in result.err
    report = json.loads(run(document, "--json").out)
    assert report["relaxations"]
    assert all(loss["line"] in (12, 13, 14) for loss in report["inexact"])


def test_a_document_larger_than_a_standard_parameter_is_said_to_be(document: Path) -> None:
    routes = "".join(f"  GET /r{n}: {{scopes: {{any_of: [a]}}}}\n" for n in range(40))
    document.write_text(DOCUMENT + routes + "oversized: fail\n")
    assert "a standard SSM parameter holds 4096" in run(document).err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("none.yaml",),
        ("/",),
        ("DOCUMENT", "-o", "/no/such/folder/out.json"),
        ("DOCUMENT", "-o", "DOCUMENT"),
        ("DOCUMENT", "-o", "-", "--json"),
        ("DOCUMENT", "--no-such-option"),
    ],
)
def test_calling_it_wrongly_exits_with_2(document: Path, arguments: tuple[str, ...]) -> None:
    named = (argument.replace("DOCUMENT", str(document)) for argument in arguments)
    assert run(*named).code == 2
    assert document.read_text() == DOCUMENT

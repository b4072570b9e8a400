"""`authorizers routes`: a document to begin with."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.config.compile import compile_document

API = "openapi: 3.0.1\npaths:\n  /x: {get: {security: [{oauth: [read]}]}}\n"
SEEN = ("--issuer", "https://login.example.com/", "--audience", "a", "--audience", "b")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("api.yaml").write_text(API)


def run(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["routes", *arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_the_document_goes_to_standard_output() -> None:
    code, out, err = run("api.yaml", *SEEN)
    assert (code, err) == (0, "")
    document = compile_document(out)
    assert document["routes"] == [{"key": "GET /x", "requirement": ["never"]}]
    assert document["schemes"]["main"]["jwt"]["audience"] == ["a", "b"]
    assert run("-", *SEEN, given=API)[1] == out.replace("api.yaml", "-")


def test_a_document_of_keys_goes_there_too() -> None:
    code, out, err = run("api.yaml", "--scheme", "api_key", "--prefix", "orders_live")
    assert (code, err) == (0, "")
    assert "      prefix: orders_live\n" in out
    assert "jwt" not in out


def test_the_document_passes_the_check_against_what_it_was_made_from() -> None:
    run("api.yaml", *SEEN, "-o", "doc.yaml")
    result = CliRunner().invoke(app, ["check", "doc.yaml", "--openapi", "api.yaml"])
    assert result.exit_code == 0


def test_a_file_is_not_overwritten_without_force() -> None:
    assert run("api.yaml", "-o", "doc.yaml") == (0, "", "")
    made = Path("doc.yaml").read_text()
    assert run("api.yaml", *SEEN, "-o", "doc.yaml") == (
        2,
        "",
        "error: doc.yaml exists: use --force to overwrite it\n",
    )
    assert Path("doc.yaml").read_text() == made
    assert run("api.yaml", *SEEN, "-o", "doc.yaml", "--force")[0] == 0
    assert Path("doc.yaml").read_text() != made


def test_json_lists_the_routes() -> None:
    code, out, _ = run("api.yaml", "--json")
    assert code == 0
    assert json.loads(out) == {
        "routes": [
            {
                "key": "GET /x",
                "api": "api.yaml",
                "asks": True,
                "scopes": ["read"],
                "why_not": None,
                "file": "api.yaml",
                "line": 3,
                "column": 8,
            }
        ]
    }


@pytest.mark.parametrize("text", ["Resources: {}", "openapi: 3.0.1", "a: b"])
def test_a_file_without_routes_makes_no_document(text: str) -> None:
    Path("empty.yaml").write_text(text)
    code, out, err = run("empty.yaml", "-o", "doc.yaml")
    assert (code, out, err) == (1, "", "empty.yaml: no routes were found\n")
    assert not Path("doc.yaml").exists()


def test_routes_that_cannot_be_seen_are_said() -> None:
    Path("t.yaml").write_text(
        "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: 's3://b/k'}}}"
    )
    code, _, err = run("t.yaml", "-o", "doc.yaml")
    assert code == 1
    assert "t.yaml:1:13: warning: Api: its definition is not a local file" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.yaml",), "none.yaml: No such file"),
        (("bad.yaml",), "bad.yaml:1:5: this is not YAML"),
        (("api.yaml", "--json", "-o", "x"), "--json prints routes, and -o writes a document"),
        (("api.yaml", "-o", "none/x"), "none/x: No such file"),
        ((), "Missing argument"),
        (("api.yaml", "--prefix", "a1"), "--prefix is for API keys"),
        (("api.yaml", "--scheme", "api_key", *SEEN), "--issuer and --audience are for tokens"),
        (("api.yaml", "--scheme", "mtls"), "Invalid value"),
    ],
)
def test_called_wrongly(arguments: tuple[str, ...], message: str) -> None:
    Path("bad.yaml").write_text("a: [")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_the_help_has_examples() -> None:
    assert "authorizers routes template.yaml -o authorizers.yaml" in run("--help")[1]

"""`authorizers check`: what it prints, and how it exits."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from authorizers.analysis.check.finding import FILE_RULES, RULES
from authorizers.cli.app import app

ROOT = Path(__file__).parents[2]
SAM = ROOT / "sam"
DOCUMENT = """\
version: 1
authenticate:
  main:
    jwt:
      issuer: https://login.example.com/
      audience: [a]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /x: {authenticated: true}
"""
OPEN = DOCUMENT.replace("[a]", "{any: they name none}")
API = """\
openapi: 3.0.1
paths:
  /x: {get: {security: [{Jwt: []}]}}
components:
  securitySchemes:
    Jwt:
      x-amazon-apigateway-authorizer:
        {type: request, authorizerPayloadFormatVersion: "2.0", authorizerResultTtlInSeconds: 60,
         identitySource: $request.header.Authorization}
"""
TEMPLATE = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {AUTHORIZERS_ISSUER: x}}
  Jwt:
    Type: AWS::ApiGateway::Authorizer
    Properties: {RestApiId: x, Type: TOKEN, AuthorizerUri: !GetAtt Fn.Arn}
"""
HTTP = """\
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        Authorizers:
          Jwt:
            FunctionArn: arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 0}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    texts = {
        "doc.yaml": DOCUMENT,
        "open.yaml": OPEN,
        "bad.yaml": "a: [",
        "api.yaml": API,
        "template.yaml": TEMPLATE,
        "http.yaml": HTTP,
    }
    for name, text in texts.items():
        Path(name).write_text(text)


def run(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["check", *arguments], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_nothing_found() -> None:
    assert run("doc.yaml") == (0, "", "ok nothing found\n")
    assert run("--template", "http.yaml") == (0, "", "ok nothing found\n")


def test_a_finding_stands_on_a_line_with_its_place_severity_and_rule() -> None:
    code, out, err = run("--template", "template.yaml")
    assert code == 1
    assert out.startswith("template.yaml:6:3: error: Jwt: nothing lets API Gateway call Fn")
    assert out.endswith("[no-invoke-permission]\n")
    assert out.count("\n") == 1
    assert err == "1 error\n"


def test_information_is_printed_and_is_no_failure() -> None:
    code, out, err = run("doc.yaml", "--openapi", "api.yaml")
    assert (code, err) == (0, "ok nothing wrong\n")
    assert out.startswith("api.yaml:6:5: info: Jwt: an answer may outlive its token by up to 60 s")
    assert run("doc.yaml", "--openapi", "api.yaml", "--token-life", "1m")[:2] == (0, "")


def test_a_warning_is_a_failure_unless_it_is_allowed() -> None:
    code, out, err = run("open.yaml")
    assert (code, err) == (1, "1 warning\n")
    assert "open.yaml:6:7: warning: main: " in out
    for allowed in (["--allow", "any-audience"], ["--allow-warnings"]):
        code, out, err = run("open.yaml", *allowed)
        assert (code, err) == (0, "ok 1 warning, allowed\n")
        assert "warning (allowed): " in out
    assert run("open.yaml", "--allow", "inexact-deny")[0] == 1


def test_an_error_cannot_be_allowed() -> None:
    assert run("--template", "template.yaml", "--allow-warnings")[0] == 1
    code, _, err = run("--template", "template.yaml", "--allow", "no-invoke-permission")
    assert (code, err) == (
        2,
        "error: --allow no-invoke-permission: only warnings can be allowed\n",
    )
    assert run("doc.yaml", "--allow", "nonsense")[0] == 2


def test_json_says_the_same() -> None:
    code, out, _ = run("open.yaml", "--openapi", "api.yaml", "--json", "--allow", "any-audience")
    report = json.loads(out)
    assert code == 0
    assert report["ok"] is True
    finding, information = report["findings"]
    assert finding | {"message": ""} == {
        "file": "open.yaml",
        "line": 6,
        "column": 7,
        "rule": "any-audience",
        "severity": "warning",
        "allowed": True,
        "message": "",
    }
    assert (information["severity"], information["allowed"]) == ("info", True)
    assert json.loads(run("open.yaml", "--json")[1])["ok"] is False


def test_a_document_that_does_not_compile_is_findings_and_the_rest_is_checked() -> None:
    code, out, _ = run("bad.yaml", "--template", "template.yaml")
    assert code == 1
    assert "bad.yaml:1:5: error: this is not YAML" in out
    assert "no-invoke-permission" in out


def test_a_document_on_standard_input() -> None:
    code, out, _ = run("-", given=OPEN)
    assert code == 1
    assert out.startswith("-:6:7: warning: ")


def test_what_a_function_elsewhere_answers_can_be_told() -> None:
    assert run("--template", "http.yaml", "--http-responses", "iam")[0] == 1
    assert run("--template", "http.yaml", "--http-responses", "simple")[0] == 0


def test_authorizers_can_be_named() -> None:
    arguments = ("--openapi", "api.yaml", "--token-life", "1s", "--authorizer")
    assert run(*arguments, "Jwt")[0] == 1
    status, output, _ = run(*arguments, "Other")
    assert status == 1
    assert "no API has an authorizer Other" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a document, or a --template or --openapi file, or several of them"),
        (("none.yaml",), "none.yaml: No such file"),
        (("--template", "none.yaml"), "none.yaml: No such file"),
        (("--template", "."), ".: Is a directory"),
        (("--template", "bad.yaml"), "bad.yaml:1:5: this is not YAML"),
        (("template.yaml",), "template.yaml is a template: give it with --template"),
        (("api.yaml",), "api.yaml is an OpenAPI file: give it with --openapi"),
        (("--template", "api.yaml"), "api.yaml is an OpenAPI file: give it with --openapi"),
        (("--openapi", "http.yaml"), "http.yaml is a template: give it with --template"),
        (("doc.yaml", "--token-life", "soon"), "--token-life: write a duration"),
        (("doc.yaml", "--http-responses", "maybe"), "Invalid value"),
        (("doc.yaml", "--no-such-option"), "No such option"),
        (("doc.yaml", "doc.yaml"), "unexpected extra argument"),
    ],
)
def test_called_wrongly(arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in re.sub(r"[\s│]+", " ", err)


@pytest.mark.parametrize(
    "text",
    [
        "Resources: &a {A: *a}",
        "Resources: [1]",
        "Resources: {A: {Type: [1], Properties: 5}}",
        "Resources: {A: {Type: AWS::Serverless::Function, Properties: {Events: [1]}}}",
        "a: " + "[" * 5000,
        "a: &a [x, x]\nb: &b [*a, *a]\n"
        + "".join(
            f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]\n"
            for p, c in zip("bcdefghij", "cdefghijk", strict=True)
        ),
        "!!python/object:os.system {}",
        "\x00",
        "? [a]\n: b",
        "{",
    ],
    ids=range(10),
)
def test_a_hostile_file_ends_in_a_message(text: str) -> None:
    """`run` fails on whatever exception escapes."""
    Path("hostile.yaml").write_text(text)
    assert run("--template", "hostile.yaml")[0] in (0, 2)
    assert run("doc.yaml", "--template", "hostile.yaml")[0] in (1, 2)
    assert run("hostile.yaml")[0] in (1, 2)
    assert run("--openapi", "hostile.yaml")[0] == 2


def test_a_finding_is_one_line_that_no_terminal_obeys() -> None:
    """Else a template could write `::error::` into a log of CI, or clear a screen."""
    path = "/x\\n::error::\\e[2J\\u202e"
    template = (
        HTTP.replace("Auth:\n", "Auth:\n        DefaultAuthorizer: Jwt\n")
        + "  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {A: "
    )
    template += (
        f'{{Type: HttpApi, Properties: {{ApiId: !Ref Api, Method: GET, Path: "{path}"}}}}}}}}\n'
    )
    Path("hostile.yaml").write_text(template)
    code, out, _ = run("doc.yaml", "--template", "hostile.yaml")
    assert code == 1
    assert "GET /x�::error::�[2J�" in out
    assert all(line.startswith(("hostile.yaml:", "doc.yaml:")) for line in out.splitlines())


def test_a_definition_beside_a_template_is_read_and_a_device_is_not() -> None:
    Path("sub").mkdir()
    Path("sub/api.yaml").write_text(API.replace("/x", "/y"))
    template = Path("sub/template.yaml")
    template.write_text(HTTP + "      DefinitionUri: api.yaml\n")
    code, out, _ = run("doc.yaml", "--template", "sub/template.yaml", "--token-life", "1h")
    assert code == 1
    assert "sub/api.yaml:3:8: error: Api: no rule covers GET /y" in out
    template.write_text(HTTP + "      DefinitionUri: /dev/zero\n")
    code, out, _ = run("doc.yaml", "--template", "sub/template.yaml")
    assert "/dev/zero cannot be read" in out


def test_what_this_project_ships_passes() -> None:
    templates = [SAM / "template.yaml", *(SAM / "examples").glob("*.yaml")]
    options = [word for path in templates for word in ("--template", str(path))]
    assert run(*options) == (0, "", "ok nothing found\n")
    assert run(str(SAM / "function" / "authorizers.yaml"))[0] == 0
    assert run(str(ROOT / "docs/examples/authorizers.yaml"), "--allow", "any-audience")[0] == 0


def test_the_help_has_examples_and_exit_codes() -> None:
    out = run("--help")[1]
    assert "authorizers check authorizers.yaml --template template.yaml" in out
    assert "Exit codes" in out


def test_every_rule_stands_in_the_documentation_with_its_severity() -> None:
    text = (ROOT / "docs" / "tools.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (error|warning|info) \|", text, re.MULTILINE)
    assert sorted(rows) == sorted((RULES | FILE_RULES).items())

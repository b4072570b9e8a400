"""`authorizers explain`, as a user calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.testing.events import http_2_event, rest_token_event
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.signing_key import SigningKey
from tests.cli.program import Run, command

DOCUMENT = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {jwks: KEYS}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  POST /orders: {scopes: {any_of: [orders:write]}}
  GET /users/{user_id}: {path: {user_id: claims.sub}}
  GET /inside: {source_ip: [10.0.0.0/8]}
  $connect: {authenticated: true}
principals:
  alice: {scheme: staff, claims: {sub: alice, scope: "orders:read"}}
"""


run = command("explain")


@pytest.fixture(scope="module")
def issuer() -> FakeIssuer:
    return FakeIssuer("https://issuer.example")


@pytest.fixture
def document(tmp_path: Path, issuer: FakeIssuer) -> Path:
    path = tmp_path / "authorizers.yaml"
    path.write_text(DOCUMENT.replace("KEYS", json.dumps(issuer.jwks())))
    return path


@pytest.fixture
def token_file(tmp_path: Path, issuer: FakeIssuer) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{issuer.token()}\n")
    return path


def test_a_request_that_is_allowed_exits_with_0(document: Path, token_file: Path) -> None:
    result = run(document, "GET /orders", "--token-file", token_file)
    assert result.code == 0, result.err
    assert result.out.startswith("GET /orders: allowed (granted)\n")
    assert "verified for the scheme staff" in result.out
    assert "has the scope orders:read" in result.out
    assert "A cached copy of this policy answers" in result.out


def test_a_request_that_is_denied_exits_with_1_and_says_what_is_missing(
    document: Path, token_file: Path
) -> None:
    result = run(document, "POST /orders", "--token-file", token_file)
    assert result.code == 1
    assert result.out.startswith("POST /orders: denied (not_granted)\n")
    assert "needs the scope orders:write" in result.out


def test_a_request_may_be_several_words(document: Path) -> None:
    assert run(document, "GET", "/orders", "--principal", "alice").code == 0


def test_the_token_comes_from_a_file_standard_input_or_the_environment(
    document: Path, token_file: Path
) -> None:
    token = token_file.read_text()
    runs = [
        run(document, "GET /orders", "--token-file", token_file),
        run(document, "GET /orders", "--token-file", "-", stdin=token),
        run(document, "GET /orders", "--token-env", "MY_TOKEN", MY_TOKEN=token),
        run(document, "GET /orders", "--token-file", "-", stdin=f"Bearer {token}"),
    ]
    assert {r.out for r in runs} == {runs[0].out}
    assert runs[0].code == 0


def test_there_is_no_way_to_write_a_token_on_the_command_line(document: Path) -> None:
    result = run(document, "GET /orders", "--token", "eyJhbGciOi.e30.c2ln")
    assert result.code == 2


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["plain", "json"])
@pytest.mark.parametrize("kind", ["good", "forged", "expired", "no JWT", "as an event"])
def test_no_part_of_a_token_is_ever_printed(
    document: Path, issuer: FakeIssuer, tmp_path: Path, kind: str, as_json: tuple[str, ...]
) -> None:
    stranger = SigningKey.generate("RS256")
    token = {
        "forged": issuer.token(key=stranger, header={"kid": issuer.key().key_id}),
        "expired": issuer.token({"exp": 1}),
        "no JWT": "correct-horse-battery-staple",
    }.get(kind, issuer.token())
    if kind == "as an event":
        event = tmp_path / "event.json"
        event.write_text(json.dumps(http_2_event(token=token)))
        result = run(document, "--event", event, *as_json)
    else:
        result = run(document, "GET /orders", "--token-file", "-", *as_json, stdin=token)
    assert result.code == (0 if kind in ("good", "as an event") else 1)
    for part in token.split("."):
        assert part not in result.out + result.err


def test_claims_are_taken_for_proven_and_said_to_be(document: Path, tmp_path: Path) -> None:
    claims = '{"sub": "bob", "scope": "orders:write"}'
    file = tmp_path / "claims.json"
    file.write_text(claims)
    for given in (claims, str(file)):
        result = run(document, "POST /orders", "--claims", given)
        assert result.code == 0
        assert "none: the claims were given, and nothing was verified" in result.out


def test_the_address_decides_where_the_document_says_so(document: Path) -> None:
    def inside(*options: str) -> Run:
        return run(document, "GET /inside", "--principal", "alice", *options)

    assert inside("--from", "10.1.2.3").code == 0
    assert inside("--from", "192.0.2.1").code == 1
    unknown = inside()
    assert unknown.code == 1
    assert "comes from an address that is not known" in unknown.out


def test_an_event_is_explained_whole(document: Path, issuer: FakeIssuer, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps(rest_token_event(token=issuer.token(), path="/inside")))
    assert "a REST API's TOKEN authorizer" in run(document, "--event", event).out
    assert run(document, "--event", event, "--from", "10.0.0.1").code == 0


def test_a_websocket_api_is_asked_about_connect(document: Path) -> None:
    result = run(document, "$connect", "--principal", "alice")
    assert result.code == 0
    assert "caches no answers of WebSocket APIs" in result.out
    assert run(document, "GET /orders", "--api", "websocket", "--principal", "alice").code == 2


def test_an_http_api_gets_a_hint_about_simple_answers(document: Path) -> None:
    result = run(document, "GET /orders", "--api", "http", "--principal", "alice")
    assert result.code == 0
    assert "$context.routeKey" in result.out


def test_the_stage_can_be_named(document: Path) -> None:
    arn = "arn:aws-cn:execute-api:cn-north-1:111122223333:zzz/$default"
    result = run(document, "GET /orders", "--principal", "alice", "--stage-arn", arn, "--json")
    policy = json.loads(result.out)["policy"]
    assert policy["Statement"][0]["Resource"][0].startswith(f"{arn}/")


@pytest.mark.parametrize("option", ["--key-file", "--certificate"])
def test_other_credentials_are_said_to_be_taken_by_no_scheme(
    document: Path, tmp_path: Path, option: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2-hunter2")
    result = run(document, "GET /orders", option, secret)
    assert result.code == 1
    assert "no scheme of the document takes this kind of credential" in result.out
    assert "hunter2" not in result.out


def test_the_compiled_document_of_a_function_can_be_asked(document: Path, token_file: Path) -> None:
    command("compile")(document)
    compiled = document.with_suffix(".json")
    assert run(compiled, "GET /orders", "--token-file", token_file).code == 0
    assert run(compiled, "GET /orders", "--principal", "alice").code == 2


def test_json_has_everything(document: Path) -> None:
    made = json.loads(run(document, "POST /orders", "--principal", "alice", "--json").out)
    assert (made["allowed"], made["outcome"], made["route"]) == (False, "deny", "POST /orders")
    assert made["principal"]["principal_id"] == "staff|alice"
    assert made["policy"]["Statement"][made["statement"]]["Effect"] == "Deny"
    assert [s["name"] for s in made["stages"]][-1] == "answer"
    assert {"route", "request", "allowed", "statement"} == made["cached"][0].keys()


@pytest.mark.parametrize(
    "arguments",
    [
        ("GET /orders",),
        ("GET /orders", "--principal", "nobody"),
        ("GET /orders", "--principal", "alice", "--claims", '{"sub": "a"}'),
        ("GET /orders", "--claims", "{"),
        ("GET /orders", "--claims", "[]"),
        ("GET /orders", "--claims", "no-such-file.json"),
        ("GET /orders", "--claims", '{"scope": "a"}'),
        ("GET /orders", "--claims", '{"sub": "a"}', "--scheme", "other"),
        ("GET /orders", "--token-file", "no-such-file"),
        ("GET /orders", "--token-env", "NO_SUCH_VARIABLE_HERE"),
        ("GET /orders", "--principal", "alice", "--from", "10.0.0.0/8"),
        ("GET /orders", "--principal", "alice", "--stage-arn", "arn:aws:s3:::bucket"),
        ("GET /orders", "--principal", "alice", "--api", "soap"),
        ("GET /orders", "--principal", "alice", "--scheme", "staff"),
        ("GET /orders", "--principal", "alice", "--role", "reader"),
        ("get /orders", "--principal", "alice"),
        ("GET", "--principal", "alice"),
        ("--principal", "alice"),
        ("GET /orders", "--event", "event.json"),
        ("--event", "no-such-file.json"),
        ("GET /orders\n", "--principal", "alice"),
    ],
    ids=" ".join,
)
def test_calling_it_wrongly_exits_with_2_and_one_line(
    document: Path, arguments: tuple[str, ...]
) -> None:
    result = run(document, *arguments)
    assert result.code == 2, result.out
    assert result.out == ""
    assert "Traceback" not in result.err


def test_what_is_no_event_exits_with_2(document: Path, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    for text in ("{}", "[]", "no JSON"):
        event.write_text(text)
        assert run(document, "--event", event).code == 2


@pytest.mark.parametrize("option", ["--token-file", "--event"])
def test_standard_input_is_one_thing(option: str) -> None:
    asked = ("GET /orders",) if option == "--token-file" else ()
    result = run("-", *asked, option, "-", stdin=DOCUMENT)
    assert (result.code, result.out) == (2, "")
    assert "standard input can be one of them only" in result.err


def test_an_empty_token_is_no_token(document: Path) -> None:
    assert run(document, "GET /orders", "--token-file", "-", stdin="Bearer \n").code == 2


def test_a_wrong_document_is_told_with_places(document: Path) -> None:
    document.write_text(document.read_text().replace("version: 1", "version: 2"))
    result = run(document, "GET /orders", "--principal", "alice")
    assert result.code == 1
    assert f"{document}:1:10: version: write 1" in result.err


def test_hostile_claims_cannot_steer_the_terminal(document: Path) -> None:
    claims: Any = json.dumps({"sub": "a", "\x1b[2J": "x", "scope": "orders:read"})
    result = run(document, "GET /orders", "--claims", claims)
    assert "\x1b" not in result.out


def test_a_role_that_no_table_binds_is_a_slip_of_the_pen(document: Path) -> None:
    table = "roles: {reader: {}}\n"
    table += "bindings_table: {dynamodb: Bindings, life: 1m, subjects: [principals]}\n"
    text = document.read_text().replace(
        "GET /orders: ", "GET /read: {role: reader}\n  GET /orders: "
    )
    document.write_text(table + text)
    asked = (document, "GET /read", "--principal", "alice", "--role")
    assert run(*asked, "reader").code == 0
    slip = run(*asked, "raeder")
    assert (slip.code, slip.out) == (2, "")
    assert "did you mean `reader`?" in slip.err

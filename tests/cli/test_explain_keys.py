"""`authorizers explain` with API keys, as a user calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.api_key.record import GatewayKey, dump_record
from authorizers.issuing.issue import IssuedKey
from authorizers.testing.events import http_2_event
from authorizers.testing.issuer import FakeIssuer
from tests.api_key.keys import PEPPERS_TEXT, issued
from tests.cli.program import command

DOCUMENT = """\
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: file:pepper.json
      keys: {file: keys.json}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  POST /orders: {scopes: {any_of: [orders:write]}}
principals:
  acme: {scheme: machines, claims: {owner: acme, scope: "orders:write"}}
"""

run = command("explain")


@pytest.fixture
def key(document: Path) -> IssuedKey:
    """A key whose record is in the document's file."""
    gateway_key = GatewayKey("gateway-id", "gateway-value-0123456789")
    key = issued("acme", scopes=("orders:read",), gateway_key=gateway_key)
    entry = {**dump_record(key.record), "version": 1}
    (document.parent / "keys.json").write_text(json.dumps({"version": 1, "keys": [entry]}))
    (document.parent / "pepper.json").write_text(PEPPERS_TEXT)
    return key


@pytest.fixture
def key_file(tmp_path: Path, key: IssuedKey) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{key.key.reveal()}\n")
    return path


def test_a_key_is_verified_with_the_files_beside_the_document(
    document: Path, key_file: Path
) -> None:
    result = run(document, "GET /orders", "--key-file", key_file)
    assert result.code == 0, result.err
    assert result.out.startswith("GET /orders: allowed (granted)\n")
    assert "verified for the scheme machines" in result.out
    assert run(document, "POST /orders", "--key-file", key_file).code == 1


def test_the_key_comes_from_a_file_standard_input_or_the_environment(
    document: Path, key_file: Path
) -> None:
    text = key_file.read_text()
    runs = [
        run(document, "GET /orders", "--key-file", key_file),
        run(document, "GET /orders", "--key-file", "-", stdin=text),
        run(document, "GET /orders", "--key-env", "MY_KEY", MY_KEY=text),
    ]
    assert {r.out for r in runs} == {runs[0].out}
    assert runs[0].code == 0


def test_an_id_is_enough_where_the_secret_is_taken_for_proven(
    document: Path, key: IssuedKey
) -> None:
    (document.parent / "pepper.json").unlink()  # it is not needed
    result = run(document, "GET /orders", "--key-id", key.record.key_id)
    assert result.code == 0, result.err
    assert f"the id {key.record.key_id} was given, and no secret was verified" in result.out
    unknown = run(document, "GET /orders", "--key-id", "0" * 12)
    assert unknown.code == 1
    assert "key_unknown" in unknown.out


def test_a_pepper_in_the_environment_is_read_there(document: Path, key_file: Path) -> None:
    document.write_text(DOCUMENT.replace("file:pepper.json", "environment"))
    asked = (document, "GET /orders", "--key-file", key_file)
    assert run(*asked, AUTHORIZERS_PEPPER=PEPPERS_TEXT).code == 0
    missing = run(*asked)
    assert (missing.code, missing.out) == (2, "")
    assert "AUTHORIZERS_PEPPER" in missing.err
    wrong = run(*asked, AUTHORIZERS_PEPPER="hunter2-hunter2")
    assert (wrong.code, wrong.out) == (2, "")
    assert "hunter2" not in wrong.err


def spoilt(key: IssuedKey) -> dict[str, str]:
    text = key.key.reveal()
    return {
        "good": text,
        "mistyped": text[:-1] + ("0" if text[-1] != "0" else "1"),
        "unknown": issued("acme").key.reveal(),
        "of another API": issued("acme", "other_live").key.reveal(),
        "no key": "correct-horse-battery-staple",
        "as an event": text,
    }


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["plain", "json"])
@pytest.mark.parametrize(
    "kind", ["good", "mistyped", "unknown", "of another API", "no key", "as an event"]
)
def test_no_secret_is_ever_printed(
    document: Path, key: IssuedKey, tmp_path: Path, kind: str, as_json: tuple[str, ...]
) -> None:
    text = spoilt(key)[kind]
    if kind == "as an event":
        event = tmp_path / "event.json"
        event.write_text(json.dumps(http_2_event(path="/orders", headers={"x-api-key": text})))
        result = run(document, "--event", event, *as_json)
    else:
        result = run(document, "GET /orders", "--key-file", "-", *as_json, stdin=text)
    assert result.code == (0 if kind in ("good", "as an event") else 1)
    said = result.out + result.err
    secret = text.rpartition("_")[2]
    assert not any(secret[i : i + 8] in said for i in range(len(secret) - 7))
    assert not any(stored.digest.hex() in said for stored in key.record.secrets)
    assert "gateway-value" not in said
    assert "twotwo" not in said


def test_a_record_is_told_without_its_secrets(document: Path, key: IssuedKey) -> None:
    result = run(document, "GET /orders", "--key-id", key.record.key_id, "--json")
    (stage,) = (s for s in json.loads(result.out)["stages"] if s["name"] == "key")
    told = [fact["text"] for fact in stage["facts"]]
    assert 'record API Gateway key: "gateway-id"' in told
    assert "gateway-value" not in result.out
    assert key.record.secrets[0].digest.hex() not in result.out


def test_claims_and_principals_are_those_of_keys(document: Path, key: IssuedKey) -> None:
    assert run(document, "POST /orders", "--principal", "acme").code == 0
    claims = '{"owner": "other", "scope": "orders:write"}'
    assert run(document, "POST /orders", "--claims", claims).code == 0
    assert run(document, "GET /orders", "--claims", claims).code == 1
    for wrong in ('{"owner": "a", "sub": "b"}', '{"scope": "a"}', '{"owner": "a", "routes": "x"}'):
        refused = run(document, "GET /orders", "--claims", wrong)
        assert (refused.code, refused.out) == (2, "")


def test_the_scheme_of_an_id_may_be_named_where_two_share_a_store(
    document: Path, key: IssuedKey
) -> None:
    first, rest = DOCUMENT.split("routes:\n", 1)
    _, machines = first.split("authenticate:\n", 1)
    robots = machines.replace("machines", "robots").replace("orders_live", "robots_live")
    document.write_text(f"{first}{robots}routes:\n{rest}")
    asked = (document, "GET /orders", "--key-id", key.record.key_id)
    assert "taken for proven for the scheme machines" in run(*asked).out
    assert "taken for proven for the scheme robots" in run(*asked, "--scheme", "robots").out
    slip = run(*asked, "--scheme", "robot")
    assert (slip.code, slip.out) == (2, "")
    assert "--scheme machines or robots" in slip.err
    assert run(document, "GET /orders", "--principal", "acme", "--scheme", "robots").code == 2


def test_roles_are_those_that_keys_may_have(document: Path, key: IssuedKey) -> None:
    with_role = "roles: {reader: {}}\nroutes:\n  GET /read: {role: reader}\n"
    text = DOCUMENT.replace("routes:\n", with_role)
    document.write_text(text)
    asked = (document, "GET /read", "--key-id", key.record.key_id)
    assert run(*asked).code == 1
    assert run(*asked, "--role", "reader").code == 0
    slip = run(*asked, "--role", "raeder")
    assert (slip.code, slip.out) == (2, "")
    assert "did you mean `reader`?" in slip.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--key", "orders_live_000000000000_0"),
        ("--key-id", "orders_live_000000000000_0"),
        ("--key-id", "0" * 11),
        ("--key-id", ""),
        ("--key-id", "0" * 12, "--principal", "acme"),
        ("--key-file", "no-such-file"),
        ("--key-env", "NOT_SET"),
        ("--key-file", "-", "--key-env", "PATH"),
    ],
    ids=" ".join,
)
def test_calling_it_wrongly_exits_with_2_and_says_no_key(
    document: Path, key: IssuedKey, arguments: tuple[str, ...]
) -> None:
    result = run(document, "GET /orders", *arguments, stdin="")
    assert (result.code, result.out) == (2, "")
    assert "orders_live" not in result.err


def test_an_empty_key_is_no_key(document: Path, key: IssuedKey) -> None:
    assert run(document, "GET /orders", "--key-file", "-", stdin=" \n").code == 2


def test_standard_input_is_one_thing() -> None:
    result = run("-", "GET /orders", "--key-file", "-", stdin=DOCUMENT)
    assert (result.code, result.out) == (2, "")
    assert "standard input can be one of them only" in result.err


@pytest.mark.parametrize("broken", ["no JSON", "{}", '{"version": 1, "keys": [{"id": "a"}]}'])
def test_a_file_of_keys_that_cannot_be_read_is_no_denial(
    document: Path, key_file: Path, broken: str
) -> None:
    (document.parent / "keys.json").write_text(broken)
    result = run(document, "GET /orders", "--key-file", key_file)
    assert result.code == 1
    expected = "key_unknown" if '"a"' in broken else "key_file_malformed"
    assert result.out.split("\n")[0].endswith(f"({expected})")


def test_hostile_records_cannot_steer_the_terminal(document: Path, key: IssuedKey) -> None:
    record: Any = {**dump_record(key.record), "version": 1, "labels": {"\x1b[2J": "\x1b[2J"}}
    (document.parent / "keys.json").write_text(json.dumps({"version": 1, "keys": [record]}))
    result = run(document, "GET /orders", "--key-id", key.record.key_id)
    assert result.code == 0
    assert "\x1b" not in result.out


def test_a_token_is_no_key_and_a_key_no_token(
    document: Path, key_file: Path, tmp_path: Path
) -> None:
    token = FakeIssuer("https://issuer.example").token()
    result = run(document, "GET /orders", "--token-file", "-", stdin=token)
    assert result.code == 1
    assert "takes this kind of credential: bearer token" in result.out
    assert not any(part in result.out for part in token.split("."))
    as_key = run(document, "GET /orders", "--key-file", "-", stdin=token)
    assert as_key.out.startswith("GET /orders: not authenticated (key_malformed)\n")
    as_token = run(document, "GET /orders", "--token-file", key_file)
    assert key_file.read_text().strip() not in as_token.out

"""`authorizers matrix`, as a user calls it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import command

DOCUMENT = """\
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
  GET /orders: {scopes: {any_of: [orders:read]}}
  GET /users/{user_id}: {path: {user_id: claims.sub}}
principals:
  alice: {scheme: staff, claims: {sub: alice, scope: "orders:read"}}
  bob: {scheme: staff, claims: {sub: bob}}
"""


run = command("matrix")


def test_a_pipe_gets_aligned_text(document: Path) -> None:
    result = run(document)
    assert result.code == 0
    assert result.out == (
        "ROUTE                 alice              bob\n"
        "GET /orders           allowed            denied\n"
        "GET /users/{user_id}  {user_id} = alice  {user_id} = bob\n"
    )


def test_a_terminal_gets_a_table_in_colours(document: Path) -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "authorizers.cli", "matrix", str(document)]
    subprocess.run(command, stdout=follower, env=environment, check=True)
    os.close(follower)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert "\x1b[32mallowed" in shown
    assert "│" in shown


def test_one_principal_can_be_chosen(document: Path) -> None:
    result = run(document, "--principal", "bob")
    assert result.out.splitlines()[0].split() == ["ROUTE", "bob"]


def test_why_gives_a_reason_for_every_cell(document: Path) -> None:
    lines = run(document, "--why").out.splitlines()
    assert "  alice: allowed: has the scope orders:read" in lines
    assert "  bob: denied: needs the scope orders:read" in lines


def test_json_is_for_machines(document: Path) -> None:
    made = json.loads(run(document, "--json").out)
    assert made["principals"] == ["alice", "bob"]
    assert made["routes"][0]["cells"]["bob"] == {
        "answer": "denied",
        "why": "needs the scope orders:read",
        "conditions": "",
    }


def test_the_page_is_written_or_printed(document: Path, tmp_path: Path) -> None:
    page = tmp_path / "access.html"
    result = run(document, "--html", page)
    assert (result.code, result.out) == (0, "")
    assert result.err == f"ok {page}\n"
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert run(document, "--html", "-").out == page.read_text("utf-8")


def test_the_same_document_gives_the_same_page(document: Path) -> None:
    assert run(document, "--html", "-").out == run(document, "--html", "-").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--principal", "nobody"),
        ("--json", "--html", "-"),
        ("--html", "no-such-folder/access.html"),
    ],
    ids=" ".join,
)
def test_calling_it_wrongly_exits_with_2(document: Path, arguments: tuple[str, ...]) -> None:
    result = run(document, *arguments)
    assert (result.code, result.out) == (2, "")


def test_a_document_without_principals_has_nobody_to_show(document: Path) -> None:
    document.write_text(DOCUMENT.partition("principals:")[0])
    result = run(document)
    assert result.code == 2
    assert "names no principals" in result.err


def test_a_wrong_document_is_told_with_places(document: Path) -> None:
    document.write_text(DOCUMENT.replace("scheme: staff, claims: {sub: bob}", "scheme: stuff"))
    result = run(document)
    assert result.code == 1
    assert "did you mean `staff`?" in result.err
    assert "`claims` is required" in result.err

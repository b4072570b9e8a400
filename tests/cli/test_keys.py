"""`authorizers keys`: create, list, show, rotate and revoke, on a file of keys."""

import inspect
import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from authorizers.cli.keys import keys as group
from tests.cli.keys_program import KEY, PEPPER, PREFIX, Place, keys

COMMANDS = ("create", "list", "show", "rotate", "revoke", "import", "sync", "pepper")
NOBODY = "0" * 12
FUNCTIONS = {command.name: command.callback for command in group.registered_commands}
HELP = group.info.help


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_has_examples(name: str) -> None:
    run = keys(*filter(None, [name]), "--help")
    assert run.code == 0
    assert "Examples:" in run.out
    assert f"authorizers keys {name}".strip() in run.out


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_an_example_is_one_line_of_a_small_terminal(name: str) -> None:
    """So it can be copied."""
    run = keys(*filter(None, [name]), "--help", COLUMNS="80")
    text = (inspect.getdoc(FUNCTIONS[name]) if name else HELP) or ""
    examples = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    assert examples
    shown = [line.strip() for line in run.out.splitlines()]
    assert [example for example in examples if example not in shown] == []


def test_the_key_is_on_standard_output_alone(place: Place) -> None:
    run = place.write("create", "acme", "--scope", "orders:read")
    assert run.code == 0
    assert KEY.fullmatch(run.out.strip())
    key_id = run.out.split("_")[2]
    assert run.err.splitlines() == [
        f"created {key_id} for acme",
        "the key is shown this once; it cannot be read again",
    ]
    place.assert_told_no_secret()


def test_everything_that_is_said_of_a_key_is_stored(place: Place) -> None:
    words = (
        "create", "acme & söhne", "--scope", "a", "--scope", "b", "--role", "clerk",
        "--route", "GET /orders", "--network", "10.0.0.1", "--network", "10.0.0.0",
        "--not-before", "2998-01-01", "--expires", "2999-01-01", "--plan", "gold",
        "--label", "team=x=y", "--label", "empty=",
    )  # fmt: skip
    run = place.write(*words, "--json")
    said = json.loads(run.out)
    assert KEY.fullmatch(said.pop("key"))
    assert said == place.listed()[0]
    assert {name: said[name] for name in ("owner", "state", "not_before", "expires_at")} == {
        "owner": "acme & söhne",
        "state": "not-yet",
        "not_before": "2998-01-01T00:00:00Z",
        "expires_at": "2999-01-01T00:00:00Z",
    }
    assert (said["scopes"], said["roles"], said["routes"]) == (
        ["a", "b"],
        ["clerk"],
        ["GET /orders"],
    )
    assert (said["networks"], said["usage_plan"]) == (["10.0.0.0/31"], "gold")
    assert said["labels"] == {"team": "x=y", "empty": ""}
    place.assert_told_no_secret()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((" acme",), "owner: an owner is printable text"),
        (("ac\x1bme",), "owner: an owner is printable text"),
        (("",), "owner: an owner is printable text"),
        (("acme", "--scope", "a b"), "scopes: a scope is one word"),
        (("acme", "--role", ""), "roles: a role is one word"),
        (("acme", "--route", "orders"), "routes: write METHOD /path"),
        (("acme", "--route", "*"), "routes: name no route"),
        (("acme", "--network", "10.0.0.1/8"), "networks: write a network"),
        (("acme", "--not-before", "yesterday"), "--not-before: write a moment to come"),
        (("acme", "--expires", "2001-01-01"), "--expires: write a moment to come"),
        (("acme", "--not-before", "9d", "--expires", "8d"), "expires_at: the key would expire"),
        (("acme", "--expires", "9999-12-31T23:59:59-12:00"), "--expires: write a moment to come"),
        (("acme", "--label", "team"), "--label: write NAME=VALUE"),
        (("acme", "--label", "=x"), "--label: write NAME=VALUE"),
        (("acme", "--label", "a=1", "--label", "a=2"), "--label: the same name twice"),
        (("acme", "--plan", ""), "usage_plan: a usage plan's name"),
    ],
)
def test_a_key_that_could_not_be_used_is_not_created(
    place: Place, words: tuple[str, ...], says: str
) -> None:
    run = place.write("create", *words)
    assert (run.code, run.out) == (2, "")
    assert says in run.err
    assert not place.store.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say where the keys are: --store, --prefix, --pepper, or --document"),
        (("--store", "file:k.json"), "say where the keys are: --prefix, --pepper"),
        (("--store", "k.json", "--prefix", "a1", "--pepper", "environment"), "--store: write dyn"),
        (("--store", "file:", "--prefix", "a1", "--pepper", "environment"), "--store: write dyn"),
        (
            ("--store", "dynamodb:K2", "--prefix", "a1", "--pepper", "environment"),
            "--store: write the table's name: 3 to 255 letters",
        ),
        (("--store", "dynamodb:/", "--prefix", "a1", "--pepper", "environment"), "--store: write"),
        (("--store", "file:k", "--prefix", "A", "--pepper", "environment"), "--prefix: a prefix"),
        (("--store", "file:k", "--prefix", "a1", "--pepper", "x"), "--pepper: write ssm:"),
        (("--store", "file:k", "--prefix", "a1", "--pepper", "file:"), "--pepper: write ssm:"),
        (
            ("--store", "file:k", "--prefix", "a1", "--pepper", "file:x", "--scheme", "s"),
            "--scheme",
        ),
        (("--document", "none.yaml"), "none.yaml: No such file"),
    ],
)
def test_calling_it_wrongly_exits_with_2(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(place.folder)
    run = place.run("create", "acme", *words)
    assert (run.code, run.out) == (2, "")
    assert says in run.err
    assert [path.name for path in place.folder.iterdir()] == ["pepper.json"]


@pytest.mark.parametrize(
    "text", ["", "{}", "secret-that-is-no-json", '{"current":"1","1":"short-secret"}']
)
def test_a_pepper_that_is_none_is_said_and_not_shown(place: Place, text: str) -> None:
    place.pepper.write_text(text)
    run = place.write("create", "acme")
    assert (run.code, run.out) == (1, "")
    assert "pepper.json" in run.err
    assert "secret" not in run.err
    assert not place.store.exists()


def test_a_pepper_that_is_not_there_is_said(place: Place) -> None:
    place.pepper.unlink()
    run = place.write("create", "acme")
    assert run.code == 1
    assert "pepper.json cannot be read: No such file" in run.err


def test_the_environment_may_have_the_pepper(place: Place) -> None:
    words = ("create", "acme", *place.reading, "--prefix", PREFIX, "--pepper", "environment")
    assert keys(*words, AUTHORIZERS_PEPPER="").code == 1
    run = keys(*words, AUTHORIZERS_PEPPER=json.dumps({"current": "7", "7": PEPPER}))
    assert run.code == 0
    assert place.stored()[0]["secrets"][0]["pepper"] == "7"


def test_a_store_that_cannot_be_written_creates_nothing(place: Place) -> None:
    place.store.write_text("precious")
    run = place.write("create", "acme")
    assert (run.code, run.out) == (1, "")
    assert "is not a file of keys" in run.err
    assert place.store.read_text() == "precious"


def test_the_list_is_a_table_by_owner(place: Place) -> None:
    b = place.created("beta corp", "--plan", "gold", "--expires", "2999-01-01")
    a = place.created("acme")
    assert place.read("list").out.splitlines() == [
        "ID            STATE   EXPIRES               PEPPER  PLAN  OWNER",
        f"{a}  active  never                 1       -     acme",
        f"{b}  active  2999-01-01T00:00:00Z  1       gold  beta corp",
    ]


def test_a_list_is_of_those_that_are_asked_for(place: Place) -> None:
    soon = place.created("acme", "--expires", "10d")
    late = place.created("acme", "--expires", "40d")
    never, later = place.created("beta"), place.created("beta", "--not-before", "1d")
    turning, gone = place.created("gamma"), place.created("gamma")
    place.write("rotate", turning)
    place.read("revoke", gone)

    def ids(*words: str) -> set[str]:
        return {key["id"] for key in place.listed(*words)}

    assert ids() == {soon, late, never, later, turning, gone}
    assert ids("--owner", "acme") == {soon, late}
    assert ids("--owner", "acm") == set()
    assert ids("--state", "active") == {soon, late, never}
    assert ids("--state", "not-yet", "--state", "revoked") == {later, gone}
    assert ids("--state", "rotating") == {turning}
    assert ids("--state", "expired") == set()
    assert ids("--expires-within", "30d") == {soon}
    assert ids("--expires-within", "50d", "--owner", "acme") == {soon, late}
    assert ids("--pepper", "1") == ids()
    assert ids("--pepper", "2") == set()
    place.assert_told_no_secret()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--state", "dead"), "--state: write one of active, rotating"),
        (("--expires-within", "soon"), "--expires-within: write a moment"),
    ],
)
def test_a_list_of_what_is_not_is_refused(place: Place, words: tuple[str, ...], says: str) -> None:
    run = place.read("list", *words)
    assert (run.code, run.out) == (2, "")
    assert says in run.err


def test_a_table_is_as_wide_as_its_cells_look(place: Place) -> None:
    place.created("a", "--plan", "黄金 プラン")
    place.created("b", "--plan", "gold")
    head, wide, narrow = place.read("list").out.splitlines()
    assert cell_len(head[: head.index("OWNER")]) == cell_len(wide[:-1]) == cell_len(narrow[:-1])


def test_the_states_are_completed() -> None:
    words = {"COMP_WORDS": "authorizers keys list --state re", "COMP_CWORD": "4"}
    run = subprocess.run(
        [sys.executable, "-m", "authorizers.cli"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_AUTHORIZERS_COMPLETE": "complete_bash", **words},
    )
    assert run.stdout.split() == ["revoked"]


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["table", "json"])
def test_a_record_that_cannot_be_read_is_named_and_stops_no_other(
    place: Place, words: tuple[str, ...]
) -> None:
    bad, fine = place.created("bad"), place.created("fine")
    place.store.write_text(place.store.read_text().replace('"bad"', "7"))
    run = place.read("list", *words)
    assert run.code == 1
    assert run.err.startswith(f"error: {bad}: file:")
    assert fine in run.out
    assert bad not in run.out


def test_an_empty_list_is_one(place: Place) -> None:
    place.created()
    assert place.listed("--owner", "nobody") == []
    run = place.read("list", "--owner", "nobody")
    assert (run.code, run.out, run.err) == (0, "", "no keys\n")


def test_many_keys_are_listed_as_they_are_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authorizers.cli.keys_list.SORTED_KEYS", 2)
    owners = {f"owner {i}" for i in range(5)}
    for owner in sorted(owners):
        place.created(owner)
    assert {key["owner"] for key in place.listed()} == owners
    lines = place.read("list").out.splitlines()
    assert {line[-7:] for line in lines[1:]} == owners


def test_what_a_terminal_would_obey_is_not_shown(place: Place) -> None:
    place.created("acme")
    text = place.store.read_text().replace('"acme"', '"\\u001b]0;x\\u0007\\n::error::"')
    place.store.write_text(text)
    key_id = place.stored()[0]["id"]
    for run in (place.read("list"), place.read("show", key_id)):
        assert "\x1b" not in run.out
        assert "�]0;x��::error::" in run.out


def test_a_store_that_cannot_be_read_is_said(place: Place) -> None:
    for words in (("list",), ("show", NOBODY), ("revoke", NOBODY)):
        run = place.read(*words)
        assert run.code == 1
        assert "does not exist" in run.err


def test_everything_but_secrets_is_shown(place: Place) -> None:
    key_id = place.created("acme", "--label", "team=x", "--network", "10.0.0.0/8")
    text = place.store.read_text().replace(
        '"labels"', '"gateway_key": {"id": "k1", "value": "the-value-of-the-gateway"}, "labels"'
    )
    place.store.write_text(text)
    lines = dict(line.split(None, 1) for line in place.read("show", key_id).out.splitlines())
    assert (lines["id"], lines["owner"], lines["state"]) == (key_id, "acme", "active")
    assert (lines["labels"], lines["networks"]) == ("team=x", "10.0.0.0/8")
    assert lines["gateway"] == "key k1"
    said = json.loads(place.read("show", key_id, "--json").out)
    assert said["gateway_key"] == "k1"
    assert said["secrets"] == [{"pepper": "1", "ends_at": None, "ended": False}]
    place.assert_told_no_secret()


@pytest.mark.parametrize("command", ["show", "rotate", "revoke"])
def test_a_whole_key_is_no_id_and_is_not_repeated(place: Place, command: str) -> None:
    run = place.write("create", "acme")
    words = place.writing if command == "rotate" else place.reading
    refused = place.run(command, run.out.strip(), *words)
    assert refused.code == 2
    assert "a key's id is 12 letters and digits" in refused.err
    place.assert_told_no_secret()


@pytest.mark.parametrize("command", ["show", "rotate"])
def test_a_key_that_is_not_there_is_said(place: Place, command: str) -> None:
    place.created()
    words = place.writing if command == "rotate" else place.reading
    run = place.run(command, NOBODY, *words)
    assert (run.code, run.out) == (1, "")
    assert "there is no such key" in run.err


def test_a_rotation_shows_the_new_key_and_when_the_old_one_ends(place: Place) -> None:
    key_id = place.created()
    run = place.write("rotate", key_id, "--overlap", "2999-01-01")
    assert run.code == 0
    assert run.out.startswith(f"{PREFIX}_{key_id}_")
    assert run.err.splitlines() == [
        f"rotated {key_id} of acme",
        "the old secret ends 2999-01-01T00:00:00Z; the new key is shown this once",
    ]
    assert place.listed()[0]["state"] == "rotating"
    shown = place.read("show", key_id).out
    assert "under the pepper 1, ends 2999-01-01T00:00:00Z" in shown
    place.assert_told_no_secret()


def test_a_second_rotation_waits_for_the_first_unless_at_once(place: Place) -> None:
    key_id = place.created()
    place.write("rotate", key_id)
    refused = place.write("rotate", key_id)
    assert (refused.code, refused.out) == (1, "")
    assert "is rotating: it has two secrets" in refused.err
    run = place.write("rotate", key_id, "--at-once", "--json")
    said = json.loads(run.out)
    assert (said["certain"], len(said["secrets"]), said["state"]) == (True, 1, "active")
    assert KEY.fullmatch(said["key"])
    place.assert_told_no_secret()


@pytest.mark.parametrize("overlap", ["", "0h", "yesterday", "2001-01-01", "-1h"])
def test_an_overlap_that_is_none_is_refused(place: Place, overlap: str) -> None:
    key_id = place.created()
    run = place.write("rotate", key_id, f"--overlap={overlap}")
    assert (run.code, run.out) == (2, "")
    assert "--overlap: write a moment" in run.err
    assert place.listed()[0]["state"] == "active"


def test_at_once_leaves_no_overlap(place: Place) -> None:
    key_id = place.created()
    run = place.write("rotate", key_id, "--at-once", "--overlap", "7d")
    assert (run.code, run.out) == (2, "")
    assert "--at-once leaves no --overlap" in run.err
    assert place.listed()[0]["state"] == "active"


def test_the_old_secret_counts_for_a_day_unless_said_otherwise(place: Place) -> None:
    key_id = place.created()
    said = json.loads(place.write("rotate", key_id, "--json").out)
    ends = datetime.fromisoformat(said["old_ends_at"]).timestamp()
    assert 86_400 - 60 < ends - time.time() <= 86_400


def test_a_revoked_key_is_not_rotated(place: Place) -> None:
    key_id = place.created()
    place.read("revoke", key_id)
    run = place.write("rotate", key_id)
    assert (run.code, run.out) == (1, "")
    assert "is revoked; create another" in run.err


def test_a_rotation_goes_under_the_current_pepper(place: Place) -> None:
    key_id, other = place.created(), place.created("other")
    new = place.run("pepper", "--add-to", f"file:{place.pepper}")
    assert (new.code, json.loads(new.out)["current"]) == (0, "2")
    place.runs.remove(new)
    place.pepper.write_text(new.out)
    place.write("rotate", key_id, "--at-once")
    assert [key["id"] for key in place.listed("--pepper", "1")] == [other]
    assert [key["id"] for key in place.listed("--pepper", "2")] == [key_id]
    place.assert_told_no_secret()


def test_several_keys_are_revoked_and_each_is_told(place: Place) -> None:
    one, two = place.created(), place.created("beta")
    place.read("revoke", two)
    run = place.read("revoke", one, NOBODY, two, one)
    assert run.code == 1
    assert run.out.splitlines() == [f"revoked {one} of acme", f"was revoked: {two} of beta"]
    assert f"error: {NOBODY}: file:" in run.err
    assert "effective within the life of the document's scheme" in run.err
    assert {key["state"] for key in place.listed()} == {"revoked"}


def test_revoking_twice_is_no_problem(place: Place) -> None:
    key_id = place.created()
    first = place.read("revoke", key_id, "--json")
    moment = place.listed()[0]["revoked_at"]
    second = place.read("revoke", key_id, "--json")
    assert (first.code, second.code) == (0, 0)
    assert json.loads(first.out) == [
        {"id": key_id, "revoked": True, "owner": "acme", "changed": True}
    ]
    assert json.loads(second.out)[0]["changed"] is False
    assert place.listed()[0]["revoked_at"] == moment


def test_a_pepper_is_printed_and_written_nowhere(place: Place) -> None:
    run = place.run("pepper")
    assert run.code == 0
    assert json.loads(run.out)["current"] == "1"
    assert "this is a secret" in run.err
    assert [path.name for path in place.folder.iterdir()] == ["pepper.json"]


@pytest.mark.parametrize(
    ("place_of", "code"),
    [("nowhere", 2), ("file:", 2), ("file:/no/such/file", 1), ("environment", 1)],
)
def test_a_pepper_is_not_added_to_nothing(place_of: str, code: int) -> None:
    run = keys("pepper", "--add-to", place_of, AUTHORIZERS_PEPPER="")
    assert (run.code, run.out) == (code, "")
    assert run.err

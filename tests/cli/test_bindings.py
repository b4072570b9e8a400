"""`authorizers bindings`, on a table that moto plays."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from authorizers.cli.app import app
from authorizers.cli.moment import parse_moment, render_moment
from authorizers.config.compile import compile_document, render_compiled

TABLE = "Bindings"
DOCUMENT = f"""\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {{discovery: true}}
      groups_claim: groups
  partners:
    jwt:
      issuer: https://partners.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {{discovery: true}}
roles:
  reader: {{routes: [GET /orders]}}
  admin: {{}}
bindings_table: {{dynamodb: {TABLE}, life: 60s, subjects: [principals, groups]}}
"""
ALICE = ("--principal", "staff|alice")
Call = Callable[..., Result]


@pytest.fixture(autouse=True)
def client(bindings_table: Any) -> Any:
    return bindings_table


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["bindings", *map(str, arguments)])


def on_table(*arguments: str | Path) -> Result:
    return call(*arguments, "--table", TABLE)


def listed() -> list[tuple[str, str, str | None, str]]:
    result = on_table("list", "--json")
    rows = json.loads(result.stdout)
    return [(row["subject"], row["role"], row["until"], row["state"]) for row in rows]


@pytest.mark.parametrize("command", [(), ("list",), ("grant",), ("revoke",)])
def test_the_help_has_examples(command: tuple[str, ...]) -> None:
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert " ".join(("authorizers bindings", *command)) in result.stdout


def test_what_is_granted_is_listed_and_what_is_revoked_is_not() -> None:
    result = on_table("grant", "reader", *ALICE, "--group", "staff|ops")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "granted reader  principal staff|alice",
        "granted reader  group staff|ops",
    ]
    assert listed() == [
        ("group#staff|ops", "reader", None, "in force"),
        ("principal#staff|alice", "reader", None, "in force"),
    ]
    assert on_table("revoke", "reader", *ALICE).stdout == "revoked reader  principal staff|alice\n"
    assert listed() == [("group#staff|ops", "reader", None, "in force")]


def test_every_kind_of_subject_can_be_named() -> None:
    options = ("--principal", "--group", "--scope", "--client")
    subjects = [word for option in options for word in (option, "staff|x:y|z")]
    assert on_table("grant", "reader", *subjects).exit_code == 0
    assert [subject for subject, *_ in listed()] == [
        f"{kind}#staff|x:y|z" for kind in ("client", "group", "principal", "scope")
    ]


def test_doing_it_twice_changes_nothing_and_says_so() -> None:
    for expected in (True, False):
        result = on_table("grant", "reader", *ALICE, "--json")
        assert result.exit_code == 0
        assert [row["changed"] for row in json.loads(result.stdout)] == [expected]
    assert on_table("grant", "reader", *ALICE).stdout.startswith("unchanged:")
    assert on_table("revoke", "reader", *ALICE).exit_code == 0
    again = on_table("revoke", "reader", *ALICE)
    assert (again.exit_code, again.stdout) == (0, "was not bound: reader  principal staff|alice\n")


def test_a_grant_may_end() -> None:
    result = on_table("grant", "reader", *ALICE, "--until", "2999-12-31")
    assert result.stdout == "granted reader  principal staff|alice  until 2999-12-31T00:00:00Z\n"
    assert listed() == [("principal#staff|alice", "reader", "2999-12-31T00:00:00Z", "in force")]


def test_the_whole_result_is_json() -> None:
    result = on_table("grant", "reader", *ALICE, "--until", "2999-12-31T18:00+02:00", "--json")
    assert json.loads(result.stdout) == [
        {
            "subject": "principal#staff|alice",
            "kind": "principal",
            "name": "staff|alice",
            "role": "reader",
            "until": "2999-12-31T16:00:00Z",
            "changed": True,
        }
    ]


def test_what_has_ended_what_is_unknown_and_what_is_malformed_is_listed_as_such(
    client: Any, document: Path
) -> None:
    item = {
        "subject": {"S": "group#staff|ops"},
        "role:admin": {"N": "1"},
        "role:owner": {"BOOL": True},
        "role:reader": {"S": "yes"},
    }
    client.put_item(TableName=TABLE, Item=item)
    result = call("list", "--document", document)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "admin  group staff|ops  until 1970-01-01T00:00:01Z  (ended)",
        "owner  group staff|ops  (not in the document)",
        "reader  group staff|ops  (malformed)",
    ]
    assert on_table("list", "--role", "owner").exit_code == 0


@pytest.mark.parametrize("subject", ["client#staff|x", "group#stff|ops", "group#partners|ops"])
def test_what_no_function_looks_at_is_not_listed_as_in_force(
    client: Any, document: Path, subject: str
) -> None:
    """Such as `suspended`, bound to a kind that the document does not look up."""
    client.put_item(TableName=TABLE, Item={"subject": {"S": subject}, "role:admin": {"BOOL": True}})
    assert "(not in the document)" in call("list", "--document", document).stdout
    assert [state for *_, state in listed()] == ["in force"]


def test_a_slip_of_the_pen_in_a_revocation_is_told(document: Path) -> None:
    """It is no error: what the document no longer knows can be taken away."""
    on_table("grant", "reader", *ALICE)
    slip = call("revoke", "raeder", *ALICE, "--document", document)
    assert slip.exit_code == 0
    assert slip.stderr == (
        "warning: raeder: no such role in the document; did you mean `reader`?\n"
    )
    assert call("revoke", "reader", *ALICE, "--document", document).stderr == ""


def test_what_a_terminal_would_obey_is_not_shown(client: Any) -> None:
    item = {"subject": {"S": "group#staff|\x1b]0;x\x07"}, "role:reader": {"BOOL": True}}
    client.put_item(TableName=TABLE, Item=item)
    assert on_table("list").stdout == "reader  group staff|�]0;x�\n"


def test_a_list_may_be_of_one_role() -> None:
    on_table("grant", "reader", *ALICE)
    on_table("grant", "admin", *ALICE)
    assert on_table("list", "--role", "admin").stdout == "admin  principal staff|alice\n"
    empty = on_table("list", "--role", "nobody", "--json")
    assert (empty.exit_code, json.loads(empty.stdout)) == (0, [])


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_document_names_the_table(document: Path, form: str) -> None:
    if form == "json":
        compiled = render_compiled(compile_document(document.read_bytes()))
        document = document.with_suffix(".json")
        document.write_bytes(compiled)
    assert call("grant", "reader", *ALICE, "--document", document).exit_code == 0
    assert [role for _, role, *_ in listed()] == ["reader"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("raeder", "--principal", "staff|alice"),
            "raeder: no such role in the document; did you mean `reader`?",
        ),
        (
            ("reader", "--principal", "stff|alice"),
            "stff|alice: no such scheme in the document; did you mean `staff`?",
        ),
        (
            ("reader", "--scope", "staff|r"),
            "staff|r: the document does not look up a scope of this scheme",
        ),
        (
            ("reader", "--group", "partners|ops"),
            "partners|ops: the document does not look up a group of this scheme",
        ),
    ],
)
def test_what_no_function_would_look_at_is_refused(
    document: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = call("grant", *arguments, "--document", document)
    assert result.exit_code == 1
    assert result.stderr == f"error: {says}\n"
    assert listed() == []


def test_a_role_that_the_document_no_longer_knows_can_be_taken_away(document: Path) -> None:
    on_table("grant", "owner", *ALICE)
    assert call("revoke", "owner", *ALICE, "--document", document).exit_code == 0
    assert listed() == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grant", "reader", "--table", TABLE), "say who: --principal, --group"),
        (("grant", "reader", *ALICE), "say which table: --table NAME, or --document"),
        (("list",), "say which table"),
        (("grant", "reader", "--principal", "x", "--table", TABLE), "--principal: write SCHEME"),
        (("grant", "reader", "--group", "staff|", "--table", TABLE), "--group: write SCHEME"),
        (("grant", "reader", "--group", "|ops", "--table", TABLE), "--group: write SCHEME"),
        (("grant", "reader", "--group", "a#b|ops", "--table", TABLE), "--group: write SCHEME"),
        (("grant", "reader", "--group", "a|o\nps", "--table", TABLE), "--group: write SCHEME"),
        (
            ("revoke", "reader", "--group", "staff|" + "x" * 2048, "--table", TABLE),
            "--group: is longer than a table's key",
        ),
        (("grant", "reader", *ALICE, "--table", TABLE, "--until", "2001-01-01"), "--until: write"),
        (("list", "--document", "/no/such/file.yaml"), "No such file"),
    ],
)  # fmt: skip
def test_calling_it_wrongly_exits_with_2_and_changes_nothing(
    arguments: tuple[str, ...], says: str
) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert listed() == []


def test_a_role_without_a_name_is_refused() -> None:
    for name in ("", "a b", "1st", "a\nb", "x" * 65):
        result = on_table("grant", name, *ALICE)
        assert (result.exit_code, listed()) == (2, [])
        assert "a role's name is letters" in result.stderr


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (DOCUMENT.replace(f"dynamodb: {TABLE}", "dynamodb: /"), 1, "write the table's name"),
        (
            DOCUMENT.partition("roles:")[0] + "routes: {GET /: {scheme: staff}}\n",
            2,
            "has no bindings_table",
        ),
    ],
)
def test_a_document_that_names_no_table_is_of_no_use(
    tmp_path: Path, text: str, code: int, says: str
) -> None:
    path = tmp_path / "authorizers.yaml"
    path.write_text(text)
    result = call("list", "--document", path)
    assert result.exit_code == code
    assert says in result.stderr


@pytest.mark.parametrize("command", ["grant", "revoke", "list"])
def test_a_table_that_is_not_there_is_said_and_exits_with_1(command: str) -> None:
    arguments = () if command == "list" else ("reader", *ALICE)
    result = call(command, *arguments, "--table", "NoSuchTable")
    assert result.exit_code == 1
    assert result.stderr == "error: dynamodb:NoSuchTable does not exist\n"


def test_without_boto3_one_line_says_how_to_install_it() -> None:
    program = (
        "import sys\nsys.modules['boto3'] = sys.modules['botocore'] = None\n"
        "from authorizers.cli import main\n"
        "sys.argv[1:] = ['bindings', 'list', '--table', 'Bindings']\nmain()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "dynamodb:Bindings: needs boto3: pip install 'apigw-authorizers[aws]'" in result.stderr
    assert "Traceback" not in result.stderr


NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-02-01", "2027-02-01T00:00:00Z"),
        ("2027-02-01T12:30Z", "2027-02-01T12:30:00Z"),
        ("2027-02-01T12:30:15+02:00", "2027-02-01T10:30:15Z"),
        ("1s", "2027-01-15T08:00:01Z"),
        ("8h", "2027-01-15T16:00:00Z"),
        ("30d", "2027-02-14T08:00:00Z"),
    ],
)
def test_a_moment_is_a_date_a_time_with_an_offset_or_so_long_from_now(
    text: str, moment: str
) -> None:
    assert render_moment(parse_moment(text, NOW)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2027-01-15", "2027-01-15T08:00:00Z", "2026-12-31", "2027-02-01T12:30", "0h",
        "-1h", "8", "8w", "1.5h", "2027-02-30", "99999999999999999999d", "²h", "tomorrow",
    ],
)  # fmt: skip
def test_what_is_past_or_might_mean_any_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write a moment to come"):
        parse_moment(text, NOW)


@pytest.mark.parametrize("seconds", [-1.0, 1e20])
def test_a_moment_that_no_calendar_has_is_a_number(seconds: float) -> None:
    assert render_moment(seconds) == str(seconds)

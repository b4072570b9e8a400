"""`authorizers keys` with a document: it says where the keys are, and which names it knows."""

import json
import shutil
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.document.text import parse_document_text
from tests.cli.keys_program import KEY, PEPPER, Place, keys
from tests.cli.program import Run

DOCUMENT = """\
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: file:pepper.json
      keys: {file: keys.json}
      life: 30s
      routes_per_key: true
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: unlimited
        plans: {free: {rate: 5/s, burst: 10}}
roles:
  clerk: {routes: [GET /orders]}
routes:
  POST /orders: {scopes: {all_of: [orders:write]}}
"""
TWO = DOCUMENT.replace(
    "roles:",
    """\
  robots:
    api_key:
      prefix: robots_live
      pepper: file:pepper.json
      keys: {file: robots.json}
      routes_per_key: true
roles:""",
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def run(document: Path, *words: str) -> Run:
    return keys(*words, "--document", str(document))


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_document_says_where_everything_is(place: Place, document: Path, form: str) -> None:
    """Files are beside it, wherever the command is called."""
    if form == "json":
        compiled = render_compiled(compile_document(document.read_bytes()))
        document = document.with_suffix(".json")
        document.write_bytes(compiled)
    words = ("create", "acme", "--scope", "orders:write", "--role", "clerk", "--plan", "free")
    created = run(document, *words, "--route", "GET /orders")
    assert created.code == 0
    assert KEY.fullmatch(created.out.strip())
    assert "warning" not in created.err
    (key,) = json.loads(run(document, "list", "--json").out)
    assert key == place.listed()[0]
    revoked = run(document, "revoke", key["id"])
    said = "effective within 30 seconds and API Gateway's TTL of an answer"
    assert revoked.err == f"{said}, once functions have the file\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--role", "clrk"), "roles: clrk: no such role; did you mean `clerk`?"),
        (
            ("--route", "GET /order"),
            "routes: GET /order: no such route; did you mean `GET /orders`?",
        ),
        (("--plan", "fre"), "usage_plan: fre: no such plan; did you mean `free`?"),
    ],
)
def test_what_no_function_would_accept_is_refused(
    place: Place, document: Path, words: tuple[str, str], says: str
) -> None:
    refused = run(document, "create", "acme", *words)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"error: {says}")
    assert not place.store.exists()


@pytest.mark.parametrize("unused", ["spare", "clerk"])
def test_a_role_that_is_declared_and_not_required_yet_is_known(
    place: Place, document: Path, unused: str
) -> None:
    clerk = "  clerk: {routes: [GET /orders]}\n"
    spare = "  spare: {requirement: {scopes: {all_of: [spare]}}}\n"
    document.write_text(DOCUMENT.replace(clerk, clerk + spare))
    assert run(document, "create", "acme", "--role", unused).code == 0
    refused = run(document, "create", "acme", "--role", "spares")
    assert "no such role; did you mean `spare`?" in refused.err
    assert [record["roles"] for record in place.stored()] == [[unused]]


def test_a_name_is_cut_where_it_is_repeated(place: Place, document: Path) -> None:
    refused = run(document, "create", "acme", "--role", "x" * 9_000)
    assert refused.code == 1
    assert f"roles: {'x' * 80}…: no such role" in refused.err
    assert len(refused.err) < 300


def test_routes_are_refused_where_they_would_not_count(place: Place, document: Path) -> None:
    document.write_text(DOCUMENT.replace("      routes_per_key: true\n", ""))
    refused = run(document, "create", "acme", "--route", "GET /orders")
    assert refused.code == 1
    assert "routes: the document does not say routes_per_key: true" in refused.err


def test_a_scope_that_no_rule_asks_for_is_told(place: Place, document: Path) -> None:
    created = run(document, "create", "acme", "--scope", "orders:wite")
    assert created.code == 0
    assert "warning: scopes: orders:wite: no such scope; did you mean" in created.err
    assert len(place.stored()) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--store", "file:x"), "the document says it already: leave out --store"),
        (("--prefix", "x1", "--pepper", "environment"), "leave out --prefix, --pepper"),
        (("--scheme", "machins"), "did you mean `machines`?"),
        (("--scheme", ""), "no such api_key scheme"),
    ],
)
def test_two_answers_to_one_question_are_refused(
    place: Place, document: Path, words: tuple[str, ...], says: str
) -> None:
    refused = run(document, "create", "acme", *words)
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    assert not place.store.exists()


def test_one_of_several_schemes_is_named(place: Place, document: Path) -> None:
    document.write_text(TWO)
    refused = run(document, "create", "acme")
    assert refused.code == 2
    assert "say which: machines, robots" in refused.err
    created = run(document, "create", "acme", "--scheme", "robots")
    assert created.out.startswith("robots_live_")
    assert not place.store.exists()


def test_a_document_of_tokens_has_no_keys(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "authorizers.yaml"
    shutil.copy(example, tmp_path / "a.yaml")
    refused = run(tmp_path / "a.yaml", "list")
    assert refused.code == 2
    assert "no such api_key scheme in the document: there is none" in refused.err


@pytest.fixture
def embedded(place: Place, document: Path) -> Path:
    """A document that holds its keys itself, as `create` printed them."""
    assert run(document, "create", "first").code == 0
    text = DOCUMENT.replace("{file: keys.json}", json.dumps({"records": place.stored_plain()}))
    document.write_text(text)
    return document


def test_a_record_to_paste_is_printed_and_nothing_is_stored(embedded: Path) -> None:
    before = embedded.read_bytes()
    created = run(embedded, "create", "acme", "--role", "clerk")
    assert created.code == 0
    assert KEY.fullmatch(created.out.strip())
    lines = created.err.splitlines()
    assert lines[0] == "add to keys.records of the document, and deploy it:"
    (record,) = yaml.safe_load("\n".join(lines[1:-1]))
    assert record["owner"] == "acme"
    assert created.out.split("_")[2] == record["id"]
    assert embedded.read_bytes() == before
    assert [key["owner"] for key in json.loads(run(embedded, "list", "--json").out)] == ["first"]


def test_the_first_record_of_a_document_is_printed_for_it(place: Place) -> None:
    words = ("--store", "document", "--prefix", "orders_live", "--pepper", "file:pepper.json")
    created = place.run("create", "acme", "--label", "x=1e5", *words[:4], *place.writing[4:])
    assert created.code == 0
    assert KEY.fullmatch(created.out.strip())
    record = "\n".join(created.err.splitlines()[1:-1])
    compiled = compile_document(with_records(record))
    (said,) = compiled["schemes"]["machines"]["api_key"]["keys"]["records"]
    assert (said["owner"], said["labels"]) == ("acme", {"x": "1e5"})
    assert not place.store.exists()


@pytest.mark.parametrize("text", ["1e5", "0x10", "1:30", "no", "~", "null", "2027-01-01", "é 東"])
def test_what_is_printed_is_read_as_it_was_said(place: Place, text: str) -> None:
    words = (text, "--label", f"x={text}", "--store", "document", *place.writing[2:])
    created = place.run("create", *words)
    record = "\n".join(created.err.splitlines()[1:-1])
    compiled = compile_document(with_records(record))
    (said,) = compiled["schemes"]["machines"]["api_key"]["keys"]["records"]
    assert (said["owner"], said["labels"]) == (text, {"x": text})


def with_records(records: str) -> str:
    """Return the document with `records` pasted into it."""
    pasted = "keys:\n        records:\n" + indent(records, " " * 10)
    return DOCUMENT.replace("keys: {file: keys.json}", pasted)


def test_the_pasted_record_is_a_key(embedded: Path) -> None:
    said = json.loads(run(embedded, "create", "acme", "--json").out)
    value = parse_document_text(embedded.read_text()).value
    value["authenticate"]["machines"]["api_key"]["keys"]["records"].append(said["record"])
    embedded.write_text(yaml.safe_dump(value))
    shown = run(embedded, "show", said["id"])
    assert shown.code == 0
    assert "acme" in shown.out
    assert said["key"] not in shown.out


@pytest.mark.parametrize("command", ["rotate", "revoke", "sync", "import"])
def test_what_the_document_holds_is_changed_in_the_document(
    embedded: Path, tmp_path: Path, command: str
) -> None:
    (tmp_path / "in.csv").write_text("owner\nacme\n")
    words = {
        "rotate": ("0" * 12,),
        "revoke": ("0" * 12,),
        "sync": (),
        "import": (str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")),
    }[command]
    refused = run(embedded, command, *words)
    assert (refused.code, refused.out) == (1, "")
    assert "edit it, and deploy it again" in refused.err
    assert not (tmp_path / "out.csv").exists()


def test_a_bad_name_in_a_line_is_a_bad_line(place: Place, document: Path, tmp_path: Path) -> None:
    file, output = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("owner,roles,usage_plan\na,clerk,free\nb,clrk,free\nc,,fre\n")
    refused = run(document, "import", str(file), "-o", str(output))
    assert refused.code == 1
    assert f"{file}:3: roles: clrk: no such role; did you mean `clerk`?" in refused.err
    assert f"{file}:4: usage_plan: fre: no such plan" in refused.err
    assert PEPPER not in refused.err
    assert not output.exists()

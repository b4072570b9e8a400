"""`authorizers keys import`: a key for every line, also when the process is killed."""

import csv
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from authorizers.api_key.format import parse_key
from authorizers.api_key.pepper import parse_peppers
from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from authorizers.stores.keys_in_file import KeysInFile
from tests.cli.keys_program import PREFIX, Place
from tests.stores.served_dynamodb import REGION, TABLE, a_client, make_table, served

HEAD = "owner,scopes,networks,expires_at,reference,label:team"
GOOD = ("acme,orders:read,10.0.0.0/8,2999-01-01,1,x", '"b, corp",,,90d,2,')
BAD = (",orders:read,,,3,x", "c,ä,10.0.0.1/8,soon,4,", "d,,,,1,", "e")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "issued.csv"


def issued(output: Path) -> list[dict[str, str]]:
    with output.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_line_has_its_key_and_no_output_shows_one(
    place: Place, file: Path, output: Path
) -> None:
    file.write_text("\n".join((HEAD, *GOOD)))
    run = place.write("import", file, "-o", output)
    assert (run.code, run.out) == (0, "")
    assert run.err.splitlines() == [
        "0 of 2 keys",
        "2 of 2 keys",
        f"imported 2 keys; see {output}",
    ]
    lines, listed = issued(output), place.listed()
    assert [(line["line"], line["reference"]) for line in lines] == [("2", "1"), ("3", "2")]
    assert [(line["owner"], line["key_id"]) for line in lines] == [
        (key["owner"], key["id"]) for key in listed
    ]
    assert all(parse_key(line["key"]).prefix == PREFIX for line in lines)
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    place.assert_told_no_secret()


def test_every_bad_line_is_told_and_nothing_is_imported(
    place: Place, file: Path, output: Path
) -> None:
    file.write_text("\n".join((HEAD, *GOOD, *BAD)) + "\n")
    run = place.write("import", file, "-o", output)
    assert run.code == 1
    network = "write a network such as 10.0.0.0/8 or 2001:db8::/32, without host bits"
    told = run.err.splitlines()
    assert told[0] == f"{file}:4: owner: an owner is printable text without spaces around it"
    assert told[1].startswith(f"{file}:5: expires_at: write a moment to come")
    assert "; scopes: a scope is one word" in told[1]
    assert told[1].endswith(f"; networks: {network}")
    assert told[2:] == [
        f"{file}:6: reference: is that of line 2, too",
        f"{file}:7: has 1 fields where the head has 6",
        "4 bad lines; nothing was imported",
    ]
    assert sorted(path.name for path in place.folder.iterdir()) == ["customers.csv", "pepper.json"]


def test_bad_lines_are_kept_and_the_others_imported(place: Place, file: Path, output: Path) -> None:
    file.write_text("\n".join((HEAD, *GOOD, *BAD)) + "\n")
    run = place.write("import", file, "-o", output, "--skip-bad", "--json")
    assert run.code == 1
    said = json.loads(run.out)
    rejected = file.with_suffix(".rejected.csv")
    assert (said["imported"], said["before"], said["rejected"]) == (2, 0, str(rejected))
    assert [bad["line"] for bad in said["bad"]] == [4, 5, 6, 7]
    assert len(issued(output)) == len(place.listed()) == 2
    kept = rejected.read_text().splitlines()
    assert kept[0] == f"problem,{HEAD}"
    assert all(line.endswith(f",{bad}") for line, bad in zip(kept[1:], BAD, strict=True))


def test_rejected_lines_can_be_put_right_and_imported(
    place: Place, file: Path, output: Path
) -> None:
    file.write_text("\n".join((HEAD, *GOOD, BAD[0])) + "\n")
    place.write("import", file, "-o", output, "--skip-bad")
    rejected = file.with_suffix(".rejected.csv")
    rejected.write_text(rejected.read_text().replace(",,orders:read", ",put right,orders:read"))
    text = rejected.read_text().replace("around it,,", "around it,put right,")
    rejected.write_text(text)
    run = place.write("import", rejected, "-o", output.with_name("more.csv"))
    assert run.code == 0, run.err
    assert {key["owner"] for key in place.listed()} == {"acme", "b, corp", "put right"}


def test_doing_it_again_changes_nothing(place: Place, file: Path, output: Path) -> None:
    file.write_text("\n".join((HEAD, *GOOD)))
    place.write("import", file, "-o", output)
    before = output.read_bytes(), place.store.read_bytes()
    run = place.write("import", file, "-o", output)
    assert (run.code, run.err) == (0, "this import was done before: 2 keys\n")
    assert (output.read_bytes(), place.store.read_bytes()) == before


def test_another_file_does_not_go_on_with_it(place: Place, file: Path, output: Path) -> None:
    file.write_text("\n".join((HEAD, GOOD[0])))
    place.write("import", file, "-o", output)
    file.write_text("\n".join((HEAD, *GOOD)))
    run = place.write("import", file, "-o", output)
    assert run.code == 1
    assert "another import, which differs in: input_sha256" in run.err
    assert len(place.listed()) == 1


def test_a_file_that_is_there_is_not_overwritten(place: Place, file: Path, output: Path) -> None:
    file.write_text("\n".join((HEAD, *GOOD)))
    output.write_text("precious")
    run = place.write("import", file, "-o", output)
    assert run.code == 1
    assert "exists, and is no output of an import" in run.err
    assert output.read_text() == "precious"
    assert not place.store.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1: has no column owner"),
        ("owner;scopes\n", "write commas between columns"),
        ("owner,scope\na,b\n", "has a column that is not known, scope"),
        ("owner,owner\na,b\n", "has the column owner twice"),
        ('owner,scopes\na,"b\nc,d\n', ":2: a quote is opened here"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--skip-bad",)], ids=["strict", "skip"])
def test_a_file_that_is_wrong_as_a_whole_is_refused_whole(
    place: Place, file: Path, text: str, says: str, words: tuple[str, ...]
) -> None:
    file.write_text(text)
    run = place.write("import", file, "-o", file.with_name("issued.csv"), *words)
    assert run.code == 1
    assert says in run.err
    assert sorted(path.name for path in place.folder.iterdir()) == ["customers.csv", "pepper.json"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.csv", "-o", "o.csv"), "none.csv: no such file"),
        ((".", "-o", "o.csv"), "is no regular file"),
        (("in.csv", "-o", "in.csv"), "must be different files"),
        (("in.csv", "-o", "./o/../in.csv"), "must be different files"),
        (("in.csv", "-o", "o.csv", "--skip-bad", "--rejected", "o.csv"), "must be different"),
        (
            ("in.csv", "-o", "o.csv", "--skip-bad", "--rejected", "o.csv.progress"),
            "must be different",
        ),
        (("in.csv", "-o", "o.csv", "--skip-bad", "--rejected", "self/in.csv"), "must be different"),
        (("in.csv", "-o", "o.csv", "--rejected", "r.csv"), "give both"),
        (("in.csv", "-o", "."), "--output: write the name of a file"),
        (("in.csv", "-o", ""), "--output: write the name of a file"),
        (("in.csv", "-o", "/"), "--output: write the name of a file"),
        (("x" * 300, "-o", "o.csv"), "File name too long"),
        ((".", "-o", "o.csv", "--skip-bad"), "is no regular file"),
        (("loop", "-o", "o.csv"), "loop: no such file"),
        (("in.csv",), "Missing option"),
    ],
)
def test_calling_it_wrongly_exits_with_2(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(place.folder)
    Path("in.csv").write_text("owner\na\n")
    Path("self").symlink_to(".")
    Path("loop").symlink_to("loop")
    run = place.write("import", *words)
    assert run.code == 2
    assert says in run.err
    assert not place.store.exists()
    assert not Path("o.csv").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-o", "loop"), "File exists"),
        (("-o", "x" * 300), "File name too long"),
        (("-o", "o.csv", "--skip-bad", "--rejected", "loop"), "exists: bad lines would go there"),
        (("-o", "o.csv", "--skip-bad", "--rejected", "x" * 300), "File name too long"),
        (("-o", "pipe"), "is no progress"),
    ],
    ids=["output loop", "output name", "rejected loop", "rejected name", "pipe"],
)
def test_a_place_that_cannot_be_written_is_said(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(place.folder)
    Path("in.csv").write_text("owner\na\n")
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe.progress")
    run = place.write("import", "in.csv", *words)
    assert run.code == 1
    assert says in run.err
    assert not place.store.exists()
    assert not Path("o.csv").exists()


def test_a_moment_that_no_store_takes_is_a_bad_line(place: Place, file: Path, output: Path) -> None:
    file.write_text("owner,expires_at\nx,2999-01-01\ny,9999-12-31T23:59:59-12:00\nz,\n")
    run = place.write("import", file, "-o", output)
    assert run.code == 1
    assert run.err.startswith(f"{file}:3: expires_at: write a moment to come")
    assert not output.exists()


def test_another_pepper_does_not_go_on_with_it(place: Place, file: Path, output: Path) -> None:
    file.write_text("\n".join((HEAD, *GOOD)))
    place.write("import", file, "-o", output)
    progress = output.with_name("issued.csv.progress")
    progress.write_text("".join(progress.read_text().splitlines(keepends=True)[:1]))
    pepper = place.pepper.read_text()
    for other in ('{"current": "1", "1": "%s"}', '{"current": "2", "2": "%s"}'):
        place.pepper.write_text(other % ("another " * 8))
        run = place.write("import", file, "-o", output)
        assert run.code == 1
        assert "another import, which differs in: pepper_digest" in run.err
    place.pepper.write_text(pepper)
    assert place.write("import", file, "-o", output).code == 0
    place.assert_told_no_secret()


COUNT = 2_600  # six batches


@pytest.fixture
def many(file: Path) -> Path:
    lines = (f"owner {i},orders:read,10.0.0.0/8,90d,{i},x" for i in range(COUNT))
    file.write_text("\n".join((HEAD, *lines)))
    return file


def begun(place: Place, *words: object, **environment: str) -> subprocess.Popen[str]:
    """Begin an import in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "authorizers.cli", "keys", "import", *map(str, words)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def killed_after(
    process: subprocess.Popen[str], stored: int, by: signal.Signals = signal.SIGKILL
) -> str:
    """End the process as soon as it says that so many keys are stored; return what it said."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith(f"{stored:,} of "):
            process.send_signal(by)
            break
    out, err = process.communicate(timeout=60)
    code = -signal.SIGKILL if by is signal.SIGKILL else 128 + by
    assert process.returncode == code, said + err
    return said + out + err


def assert_whole(place: Place, output: Path, registry: KeyRegistry, count: int) -> None:
    """Assert that the store has exactly what the output says, each line of the input once."""
    lines = issued(output)
    records: dict[str, KeyRecord] = {record.key_id: record for record in registry.all()}
    peppers = parse_peppers(place.pepper.read_bytes(), "test")
    assert [line["reference"] for line in lines] == [str(i) for i in range(count)]
    assert {line["key_id"] for line in lines} == records.keys()
    assert len(records) == count
    for line in lines:
        record = records[line["key_id"]]
        (secret,) = record.secrets
        assert record.owner == line["owner"] == f"owner {line['reference']}"
        assert secret.digest == peppers.digest(secret.pepper, line["key"])
    assert len({record.expires_at for record in records.values()}) == 1


def test_a_file_store_and_kills_lose_nothing_and_double_nothing(
    place: Place, many: Path, output: Path
) -> None:
    words = (many, "-o", output, *place.writing, "--no-progress")
    said = killed_after(begun(place, *words), 500)
    said += killed_after(begun(place, *words), 1_500)
    run = place.write("import", many, "-o", output)
    assert run.code == 0, run.err
    assert "of them before" in run.err
    assert_whole(place, output, KeysInFile(place.store), COUNT)
    assert not any(line["key"] in said for line in issued(output))
    place.assert_told_no_secret()


def test_who_interrupts_an_import_is_told_how_far_it_is(
    place: Place, many: Path, output: Path
) -> None:
    words = (many, "-o", output, *place.writing, "--no-progress")
    said = killed_after(begun(place, *words), 500, signal.SIGINT).splitlines()
    told = r"interrupted; (500|1,\d00) of 2,600 keys are stored, and the same command goes on"
    assert re.fullmatch(told, said[-1])
    assert not any("Traceback" in line for line in said)
    assert place.write("import", many, "-o", output).code == 0
    assert_whole(place, output, KeysInFile(place.store), COUNT)


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The table of keys behind a real port, and what the process needs to find it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with served(DomainDispatcherApplication(create_backend_app)) as url, a_client(url) as client:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        make_table(client)
        yield client
        client.delete_table(TableName=TABLE)


def test_a_table_and_kills_lose_nothing_and_double_nothing(
    place: Place, many: Path, output: Path, dynamodb: Any
) -> None:
    store = ("--store", f"dynamodb:{TABLE}", "--prefix", PREFIX)
    words = (many, "-o", output, *store, "--pepper", f"file:{place.pepper}", "--no-progress")
    killed_after(begun(place, *words), 500)
    killed_after(begun(place, *words), 1_500)
    process = begun(place, *words)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (0, ""), err
    registry = DynamoDbKeyRegistry(TABLE, dynamodb)
    assert_whole(place, output, registry, COUNT)

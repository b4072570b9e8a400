"""Standard output that is full, closed, cut off or of an old encoding: said in one line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from authorizers.api_key.pepper import parse_peppers
from tests.cli.keys_program import KEY, Place
from tests.stores.served_dynamodb import REGION, TABLE, Answer, Asked, troubled

PROGRAM = (sys.executable, "-m", "authorizers.cli")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "authorizers.yaml"
FULL = Path("/dev/full")
NO_SPACE = "error: standard output: No space left on device"
CLOSED = "error: standard output: Bad file descriptor"
DENIED = Answer(400, {"__type": "com.amazon.coral.service#AccessDeniedException"})

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="a device that is always full")


@pytest.fixture(autouse=True)
def buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written stays in a buffer, as it does for users, and is tried at the end."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def full() -> Iterator[int]:
    file = os.open(FULL, os.O_WRONLY)
    yield file
    os.close(file)


@pytest.fixture
def cut_off() -> Iterator[int]:
    """A pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def run(stdout: int, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def run_closed(*words: object) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", 'exec "$0" "$@" >&-', *PROGRAM, *map(str, words)]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)


ANY = [
    ("--version",),
    ("--help",),
    ("keys", "create", "--help"),
    ("schema",),
    ("reference",),
    ("matrix", EXAMPLE),
    ("compile", EXAMPLE, "-o", "-"),
    ("keys", "pepper"),
]
IDS = [" ".join(map(str, words[:2])).partition("/")[0].strip() for words in ANY]


@pytest.mark.parametrize("words", ANY, ids=IDS)
def test_a_full_disk_is_one_line(full: int, words: tuple[object, ...]) -> None:
    done = run(full, *words)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == NO_SPACE
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", ANY, ids=IDS)
def test_a_reader_that_went_away_is_no_error_to_be_told(
    cut_off: int, words: tuple[object, ...]
) -> None:
    done = run(cut_off, *words)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_closed_output_is_said() -> None:
    done = run_closed("schema")
    assert (done.returncode, done.stderr) == (1, f"{CLOSED}\n")


@pytest.mark.parametrize(
    "words", [("compile",), ("truststore", "check"), ("crl", "check")], ids=lambda words: words[0]
)
def test_a_closed_input_is_said(words: tuple[str, ...]) -> None:
    command = ["sh", "-c", 'exec "$0" "$@" <&-', *PROGRAM, *words, "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: -: standard input is closed\n"


def test_where_nothing_can_be_written_the_exit_code_still_says_it(full: int) -> None:
    done = subprocess.run([*PROGRAM, "schema"], stdout=full, stderr=full, check=False)
    assert done.returncode == 1


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("show",), ("revoke",)])
def test_keys_that_cannot_be_shown_are_said(place: Place, full: int, words: tuple[str]) -> None:
    key_id = place.created()
    ids = [key_id] if words[0] in ("show", "revoke") else []
    done = run(full, "keys", *words, *ids, *place.reading)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == NO_SPACE
    assert "Traceback" not in done.stderr
    assert (place.stored()[0].get("revoked_at") is not None) == (words == ("revoke",))


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
def test_a_new_key_that_cannot_be_shown_is_revoked_again(
    place: Place, full: int, words: tuple[str]
) -> None:
    done = run(full, "keys", "create", "acme", *words, *place.writing)
    (record,) = place.stored()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{record['id']} was created and cannot be shown: it is revoked again",
        NO_SPACE,
    ]
    assert record["revoked_at"] >= record["created_at"]


def test_a_new_key_that_nobody_reads_is_revoked_again(place: Place, cut_off: int) -> None:
    done = run(cut_off, "keys", "create", "acme", *place.writing)
    (record,) = place.stored()
    said = f"{record['id']} was created and cannot be shown: it is revoked again\n"
    assert (done.returncode, done.stderr) == (1, said)
    assert "revoked_at" in record


def test_a_new_key_that_was_shown_is_not_revoked(place: Place, full: int) -> None:
    command = [*PROGRAM, "keys", "create", "acme", *place.writing]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, text=True, check=False)
    assert KEY.fullmatch(done.stdout.strip())
    assert "revoked_at" not in place.stored()[0]


def test_a_new_key_that_can_neither_be_shown_nor_revoked_is_named(place: Place, full: int) -> None:
    created: list[str] = []

    def only_creates(asked: Asked) -> Answer:
        if asked.operation != "PutItem":
            return DENIED
        created.append(asked.body["Item"]["key_id"]["S"])
        return Answer(200, {})

    words = ("--store", f"dynamodb:{TABLE}", *place.writing[2:])
    aws = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with troubled(only_creates) as (url, _):
        region = {"AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL_DYNAMODB": url}
        done = run(full, "keys", "create", "acme", *words, **aws, **region)
    first, last = done.stderr.splitlines()
    said = f"error: {created[0]} was created and cannot be shown: revoke it: dynamodb:{TABLE}"
    assert first.startswith(said)
    assert (done.returncode, last, len(created)) == (1, NO_SPACE, 1)


@pytest.mark.parametrize("words", [(), ("--at-once",), ("--json",)], ids=["text", "once", "json"])
def test_a_rotated_key_that_cannot_be_shown_is_shown_as_an_error(
    place: Place, full: int, words: tuple[str]
) -> None:
    key_id = place.created()
    done = run(full, "keys", "rotate", key_id, *words, *place.writing)
    why, key, *rest, last = done.stderr.splitlines()
    assert why == "the new key cannot be written to standard output; it is shown here:"
    assert (done.returncode, rest[0], last) == (1, f"rotated {key_id} of acme", NO_SPACE)
    secret = place.stored()[0]["secrets"][-1]
    digest = parse_peppers(place.pepper.read_bytes(), "test").digest(secret["pepper"], key)
    assert digest.hex() == secret["hmac_sha256"]


@pytest.mark.parametrize("command", ["create", "rotate", "revoke"])
def test_nothing_is_changed_where_nothing_can_be_shown(place: Place, command: str) -> None:
    key_id = place.created()
    before = place.store.read_bytes()
    words = place.reading if command == "revoke" else place.writing
    done = run_closed("keys", command, key_id, *words)
    assert (done.returncode, done.stderr) == (1, f"{CLOSED}\n")
    assert place.store.read_bytes() == before


def test_a_name_that_the_encoding_has_not_is_escaped(place: Place) -> None:
    place.created("Müller 東京")
    done = run(subprocess.PIPE, "keys", "list", *place.reading, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "M\\xfcller \\u6771\\u4eac" in done.stdout


def test_an_interruption_before_the_command_begins_is_quiet() -> None:
    program = (
        "import sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'authorizers.cli.app': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "from authorizers.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")

"""`authorizers truststore check`, as a user calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from rich.cells import cell_len

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from tests.cli.certificate_files import AT, CLOCK, DAY, HOSTILE, Files
from tests.cli.program import Run, command

run_command = command("truststore")


def run(*words: object, stdin: str | None = None) -> Run:
    return run_command("check", *words, *AT, stdin=stdin)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"))


def test_a_good_one_is_a_line_each_and_nothing_found(files: Files) -> None:
    result = run(files["both.pem"])
    assert (result.code, result.err) == (0, "ok nothing found\n")
    assert result.out == (
        "#  SUBJECT          ISSUER  KEY       SIGNED   UNTIL       PROBLEMS\n"
        "1  Test Root CA     itself  EC P-256  SHA-256  2037-01-12  -\n"
        "2  Test Issuing CA  1       EC P-256  SHA-256  2037-01-12  -\n"
        "\n"
    )


def test_problems_are_counted_and_said_with_their_places(files: Files) -> None:
    expired = files.root.subordinate("Old CA", life=(DAY * 9, -DAY)).pem
    path = files.write("bad.pem", files.root.pem + expired)
    result = run(path)
    assert result.code == 1
    assert result.out.splitlines()[2].endswith("1 error")
    line = files.root.pem.count("\n") + 1
    assert f"{path}:{line}:1: error: certificate 2, Old CA: expired on 2027-01-14" in result.out
    assert "[certificate-expired]" in result.out
    assert result.err == "1 error\n"


def test_json_has_whole_names_and_every_problem(files: Files) -> None:
    path = files.write("lost.pem", files.issuing.pem)
    result = run(path, "--json")
    assert result.code == 1
    made = json.loads(result.out)
    (entry,) = made["certificates"]
    assert (made["ok"], [f["rule"] for f in made["findings"]]) == (False, ["issuer-missing"])
    assert entry["issuer"] == "CN=Test Root CA,O=Test"
    assert (entry["issued_by"], entry["depth"]) == ([], None)
    assert entry["problems"] == ["issuer-missing"]
    assert entry["not_after"] == "2037-01-12T08:00:00Z"


def test_information_alone_is_no_failure(files: Files) -> None:
    result = run(files.write("commented.pem", f"# ours\n{files.root.pem}"))
    assert result.code == 0
    assert "info: text outside" in result.out


@pytest.mark.parametrize(("within", "code"), [("9d", 0), ("11d", 1), ("2027-02-01", 1)])
def test_what_ends_soon_is_told_as_early_as_asked(files: Files, within: str, code: int) -> None:
    soon = files.write("soon.pem", FakeCertificateAuthority(clock=CLOCK, life=(DAY, DAY * 10)).pem)
    assert run(soon, "--within", within).code == code


def test_it_can_be_asked_as_of_any_time(files: Files) -> None:
    assert run_command("check", files["both.pem"], "--at", "2036-01-01").code == 0
    late = run_command("check", files["both.pem"], "--at", "2038-01-01T00:00Z")
    assert late.code == 1
    assert late.out.count("[certificate-expired]") == 2
    early = run_command("check", files["both.pem"], "--at", "2020-01-01")
    assert early.out.count("[certificate-not-yet-valid]") == 2


def test_standard_input_is_read(files: Files) -> None:
    assert run("-", stdin=files["both.pem"].read_text()).code == 0


def test_a_name_commands_no_terminal_and_breaks_no_table(files: Files) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTILE)])
    evil = FakeCertificateAuthority(clock=CLOCK, subject=name, life=(DAY * 9, -DAY))
    result = run(files.write("evil.pem", files.root.pem + evil.pem))
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out
    head, root, shown, *_ = result.out.split("\n")
    assert "[red]" in result.out
    assert shown.startswith("2  �[31mEvil�::error::x")
    places = [
        cell_len(line[: line.index(mark)])
        for line, mark in ((head, "KEY"), (root, "EC "), (shown, "EC "))
    ]
    assert len(set(places)) == 1
    assert not any(line.startswith("::error::") for line in result.out.splitlines())


def test_a_long_table_fits_on_eighty_columns(files: Files) -> None:
    last, pems = files.root, [files.root.pem]
    for i in range(12):
        last = files.root.subordinate(f"An authority with quite a long name, number {i}")
        pems.append(last.pem)
    lines = run(files.write("long.pem", "".join(pems))).out.splitlines()
    assert max(cell_len(line) for line in lines) <= 80


def test_a_document_says_whom_api_gateway_must_let_in(files: Files) -> None:
    document = ("--document", files["authorizers.yaml"])
    assert run(files["both.pem"], *document).code == 0
    other = FakeCertificateAuthority("Other", clock=CLOCK)
    result = run(files.write("other.pem", other.pem), *document)
    assert result.code == 1
    assert "anchor 1, Test Root CA, of the scheme partners: not in this file" in result.out
    assert "API Gateway lets its clients in, and the scheme partners refuses" in result.out


def test_an_authority_below_an_anchor_is_related(files: Files) -> None:
    files.write(
        "issuing-only.yaml",
        files["authorizers.yaml"]
        .read_text()
        .replace("file:root.pem", "file:issuing.pem")
        .replace("intermediates: file:issuing.pem\n      ", ""),
    )
    result = run(files["both.pem"], "--document", files["issuing-only.yaml"])
    assert (result.code, result.err) == (0, "ok nothing found\n")


@pytest.mark.parametrize(
    ("trusted", "bundle"), [("root", "issuing"), ("issuing", "root")], ids=["below", "above"]
)
def test_an_authority_beside_an_anchor_that_is_missing_is_not_called_superfluous(
    files: Files, trusted: str, bundle: str
) -> None:
    text = files["authorizers.yaml"].read_text()
    text = text.replace("intermediates: file:issuing.pem\n      ", "")
    document = files.write("d.yaml", text.replace("file:root.pem", f"file:{trusted}.pem"))
    result = run(files[f"{bundle}.pem"], "--document", document)
    assert "[anchor-not-in-truststore]" in result.out
    assert "[authority-not-trusted]" not in result.out


def test_a_namesake_of_an_anchor_is_not_beside_it(files: Files) -> None:
    namesake = FakeCertificateAuthority(clock=CLOCK)  # the root's name, another key
    below = namesake.subordinate("Other Issuing CA")
    bundle = files.write("namesake.pem", namesake.pem + below.pem)
    result = run(bundle, "--document", files["authorizers.yaml"])
    assert result.out.count("[authority-not-trusted]") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-file.pem",),
        ("both.pem", "--within", "soon"),
        ("both.pem", "--scheme", "partners"),
        ("both.pem", "--document", "authorizers.yaml", "--scheme", "others"),
        ("both.pem", "--document", "in-s3.yaml"),
        ("both.pem", "--at", "yesterday"),
        ("both.pem", "--at", "1969-12-31T00:00Z"),
        ("both.pem", "--at", "2027-01-01T00:00"),
    ],
    ids=" ".join,
)
def test_calling_it_wrongly_exits_with_2(
    files: Files, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_s3 = files["authorizers.yaml"].read_text().replace("file:root.pem", "s3://bucket/root.pem")
    files.write("in-s3.yaml", in_s3)
    monkeypatch.chdir(files.folder)
    result = run_command("check", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")


@pytest.mark.parametrize("trust", ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_trust_that_no_function_would_take_is_not_compared(
    files: Files, tmp_path: Path, trust: str
) -> None:
    (tmp_path / "authorizers.yaml").write_text(files["authorizers.yaml"].read_text("utf-8"))
    (tmp_path / "root.pem").write_text(trust)
    result = run(files["both.pem"], "--document", tmp_path / "authorizers.yaml")
    assert result.code not in (0, None)
    assert "nothing found" not in result.err


def test_a_document_without_such_schemes_is_said(files: Files, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/examples/api-keys.yaml").read_text()
    document = tmp_path / "keys.yaml"
    document.write_text(text)
    result = run(files["both.pem"], "--document", document)
    assert result.code == 2
    assert "has no scheme of the kind client_certificate" in result.err


def test_a_real_process_ends_with_the_exit_code(files: Files) -> None:
    program = [sys.executable, "-m", "authorizers.cli", "truststore", "check"]
    done = subprocess.run(
        [*program, str(files.write("empty.pem", ""))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert done.returncode == 1
    assert "[no-certificate]" in done.stdout
    assert "Traceback" not in done.stderr

"""`authorizers certificate inspect`, as a user calls it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.events import http_2_event, rest_request_event
from tests.cli.certificate_files import AT, CLOCK, DAY, HOSTILE, Files, document_with
from tests.cli.program import Run, command

run_command = command("certificate")
URI = "spiffe://example.org/orders"
KEPT = '{url: "http://crl.example.com/a.crl", kept_in: s3://bucket/a.crl}'


def run(*words: object, stdin: str | None = None) -> Run:
    return run_command("inspect", *words, *AT, stdin=stdin)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    made = Files(tmp_path_factory.mktemp("files"))
    made.crl("revoking.crl", made.issuing.crl([4711]))
    made.crl("issuing.crl", made.issuing.crl())
    made.crl("root.crl", made.root.crl())
    return made


@pytest.fixture
def document(files: Files) -> tuple[str, Any]:
    return ("--document", files["authorizers.yaml"])


def steps(result: Run) -> dict[str, str]:
    return {step["name"]: step["outcome"] for step in json.loads(result.out)["steps"]}


def test_a_good_one_passes_every_step_and_says_who_it_is(files: Files, document: Any) -> None:
    result = run(files["client.pem"], *document)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == f"{files['client.pem']}: taken by the scheme partners"
    assert '"partners|spiffe://example.org/orders"' in result.out
    assert [line[0] for line in lines if line[:1].isdigit()] == list("12345678")
    assert "   SPIFFE ID: spiffe://example.org/orders" in lines


@pytest.mark.parametrize(
    ("changes", "step", "code"),
    [
        ({"is_ca": True}, "no authority", "certificate_is_authority"),
        ({"extended_key_usage": [Usage.SERVER_AUTH]}, "for clients", "certificate_extended"),
        ({"life": (DAY * 9, -DAY)}, "validity", "certificate_expired"),
        ({"life": (-DAY, DAY)}, "validity", "certificate_not_yet_valid"),
        ({"uris": ["spiffe://example.com/x"]}, "identity", "trust_domain_mismatch"),
        ({"uris": []}, "identity", ""),
    ],
    ids=["authority", "server", "expired", "early", "trust domain", "nobody"],
)
def test_a_wrong_one_is_refused_at_its_step_and_the_others_are_taken(
    files: Files, document: Any, changes: dict[str, Any], step: str, code: str
) -> None:
    wrong = files.issue("wrong.pem", **{"uris": [URI], **changes})
    result = run(wrong, *document, "--json")
    assert result.code == 1
    made = json.loads(result.out)
    assert made["taken"] is False
    assert made["code"].startswith(code)
    assert made["principal_id"] is None
    assert steps(result)[step] == "failed"
    assert "one certificate" in [s["name"] for s in made["steps"] if s["outcome"] == "passed"]


def test_everything_wrong_is_said_at_once(files: Files, document: Any) -> None:
    usage = [Usage.SERVER_AUTH]
    wrong = files.issue("wrong.pem", uris=[], extended_key_usage=usage, life=(DAY * 9, -DAY))
    result = run(wrong, *document)
    assert result.out.count("refused (") >= 3


def test_a_stranger_is_refused_by_its_path(files: Files, document: Any) -> None:
    stranger = FakeCertificateAuthority("Other", clock=CLOCK).issue("x", uris=[URI])
    result = run(files.write("stranger.pem", stranger.pem), *document, "--json")
    assert (result.code, steps(result)["path"]) == (1, "failed")


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----\nAA\n"])
def test_what_is_no_certificate_is_refused_at_the_first_step(
    files: Files, document: Any, text: str
) -> None:
    result = run(files.write("none.pem", text), *document, "--json")
    assert result.code == 1
    found = steps(result)
    assert found.pop("one certificate") == "failed"
    assert set(found.values()) == {"skipped"}


def test_two_certificates_are_not_one(files: Files, document: Any) -> None:
    two = files["client.pem"].read_text() * 2
    assert "certificate_not_one" in run(files.write("two.pem", two), *document).out


def test_lists_in_files_are_read_without_a_network(files: Files) -> None:
    both = document_with("{mode: required, crls: [file:LIST, file:root.crl]}")
    for name, code in (("issuing.crl", None), ("revoking.crl", "certificate_revoked")):
        path = files.write("lists.yaml", both.replace("LIST", name))
        result = run(files["client.pem"], "--document", path, "--json")
        assert json.loads(result.out)["code"] == code


@pytest.mark.parametrize(
    ("sources", "named"),
    [
        ("crls: [s3://bucket/a.crl]", "s3://bucket/a.crl"),
        (f"crls: [{KEPT}]", "s3://bucket/a.crl"),
        ("ocsp: {hosts: [ocsp.example.com]}", "OCSP on ocsp.example.com"),
        ("distribution_points: {hosts: [crl.example.com]}", "distribution points on crl.example"),
    ],
    ids=["s3", "kept", "ocsp", "points"],
)
def test_what_takes_a_network_is_left_out_and_said(files: Files, sources: str, named: str) -> None:
    path = files.write("asking.yaml", document_with(f"{{mode: required, {sources}}}"))
    result = run(files["client.pem"], "--document", path)
    assert result.code == 0
    assert result.out.splitlines()[0].endswith("by the scheme partners, unless it is revoked")
    assert f"nobody asks without --online: {named}" in result.out


def test_a_file_that_revokes_is_believed_though_others_are_not_asked(files: Files) -> None:
    lists = "{mode: required, crls: [file:revoking.crl, s3://bucket/root.crl]}"
    path = files.write("mixed.yaml", document_with(lists))
    result = run(files["client.pem"], "--document", path)
    assert result.code == 1
    assert "certificate_revoked" in result.out


def test_a_file_that_has_ended_fails_where_nobody_else_could_be_asked(files: Files) -> None:
    path = files.write("ended.yaml", document_with("{mode: required, crls: [file:issuing.crl]}"))
    words = ("inspect", files["client.pem"], "--document", path, "--at", "2027-02-20", "--json")
    result = run_command(*words)
    assert (result.code, json.loads(result.out)["code"]) == (1, "revocation_unknown")


def test_a_trust_in_s3_needs_a_network(files: Files) -> None:
    text = files["authorizers.yaml"].read_text().replace("file:root.pem", "s3://bucket/root.pem")
    result = run(files["client.pem"], "--document", files.write("s3.yaml", text))
    assert result.code == 2
    assert "say --online to read it there" in result.err


@pytest.mark.parametrize("build", [http_2_event, rest_request_event], ids=["http", "rest"])
def test_the_certificate_of_an_event_is_taken_out(files: Files, document: Any, build: Any) -> None:
    event = build(client_certificate=files["client.pem"].read_text())
    result = run("--event", files.write("event.json", json.dumps(event)), *document)
    assert result.code == 0
    assert '"partners|spiffe://example.org/orders"' in result.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(http_2_event()), "carries no client certificate"),
        ("{}", ""),
        ("[", "not JSON"),
        ("[1]", ""),
    ],
    ids=["without", "empty", "no JSON", "a list"],
)
def test_an_event_without_one_is_said(files: Files, document: Any, text: str, said: str) -> None:
    result = run("--event", files.write("event.json", text), *document)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_bundle_is_trust_enough(files: Files) -> None:
    words = ("--trust", files["root.pem"], "--intermediates", files["issuing.pem"])
    result = run("-", *words, stdin=files["client.pem"].read_text())
    assert result.code == 0
    assert '"trust|1267@' in result.out
    assert run(files["client.pem"], "--trust", files["root.pem"]).code == 1


def test_names_command_no_terminal(files: Files, document: Any) -> None:
    wrong = files.issue("evil.pem", HOSTILE, uris=["spiffe://example.org/\x1b[2J"])
    for words in ((), ("--json",)):
        result = run(wrong, *document, *words)
        assert result.code == 1
        assert "\x1b" not in result.out
        assert "\u202e" not in result.out
        assert not any(line.startswith("::error::") for line in result.out.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("client.pem",),
        ("client.pem", "--event", "event.json", "--trust", "root.pem"),
        ("client.pem", "--trust", "root.pem", "--document", "authorizers.yaml"),
        ("client.pem", "--intermediates", "x.pem", "--document", "authorizers.yaml"),
        ("client.pem", "--trust", "no-such-file.pem"),
        ("client.pem", "--trust", "root.crl"),
        ("no-such-file.pem", "--trust", "root.pem"),
        ("client.pem", "--trust", "root.pem", "--at", "never"),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_calling_it_wrongly_exits_with_2(
    files: Files, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files.folder)
    result = run_command("inspect", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")


def test_a_real_process_reads_standard_input(files: Files) -> None:
    program = [sys.executable, "-m", "authorizers.cli", "certificate", "inspect", "-", *AT]
    done = subprocess.run(
        [*program, "--document", str(files["authorizers.yaml"])],
        input=files["client.pem"].read_text(),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80

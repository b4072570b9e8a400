"""`authorizers demo`, from the outside: the real program, as a user runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.model.request import EventKind
from authorizers.testing.sample_events import write_sample_events
from authorizers.testing.samples import SAMPLES

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "authorizers.cli", "demo"]


def run(
    *arguments: str, folder: Path = ROOT, **variables: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def told() -> Any:
    """The whole run from the project's folder, as JSON, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        result = CliRunner().invoke(app, ["demo", "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def answers(told: Any, title: str) -> dict[str, Any]:
    section = next(section for section in told["sections"] if section["title"] == title)
    return {row["what"]: row for row in section["rows"]}


def statuses(row: Any) -> list[int]:
    return [answer["status"] for answer in row["answers"].values()]


def test_every_answer_is_the_expected_one(told: Any) -> None:
    assert told["summary"]["differing"] == 0
    for section in told["sections"]:
        for row in section["rows"]:
            for answer in row["answers"].values():
                assert answer["status"] == answer["expected"], row


def test_every_sample_event_is_sent(told: Any) -> None:
    titles = (
        "Sample events",
        "Sample events with keys",
        "Sample events with certificates",
        "Sample events with several credentials",
    )
    rows = [row for title in titles for row in answers(told, title).values()]

    assert sum(len(row["answers"]) for row in rows) == len(SAMPLES)


def test_a_dozen_fresh_tokens_are_sent_as_all_five_kinds(told: Any) -> None:
    rows = answers(told, "Fresh tokens")

    assert len(rows) >= 12
    assert all(row["answers"].keys() == {kind.value for kind in EventKind} for row in rows.values())
    assert sum(set(statuses(row)) == {200} for row in rows.values()) == 2


def test_each_reason_is_told_by_the_functions_own_log(told: Any) -> None:
    rows = answers(told, "Fresh tokens")
    reasons = {what: {a["reason"] for a in row["answers"].values()} for what, row in rows.items()}

    assert reasons["expired"] == {"token_expired"}
    assert reasons["not valid yet"] == {"token_not_yet_valid"}
    assert reasons["for another audience"] == {"audience_mismatch"}
    assert reasons["without the scope"] == {"not_granted"}
    assert reasons["of an issuer that is not trusted"] == {"issuer_not_trusted"}
    assert reasons["forged: another key under the same kid"] == {"signature_invalid"}
    assert reasons["changed after it was signed"] == {"signature_invalid"}
    assert reasons["HS256, signed with the public key"] == {"algorithm_not_allowed"}


def test_keys_are_fetched_once_and_again_only_for_a_reason(told: Any) -> None:
    fetched = {
        (section["title"], row["what"]): row["fetched"]
        for section in told["sections"]
        for row in section["rows"]
        if row["fetched"]
    }

    assert fetched == {
        ("Fresh tokens", "a good token, RS256"): ["discovery document", "keys rsa-1 ec-1"],
        ("Key rotation", "under rsa-2, published just now"): ["keys ec-1 rsa-2"],
        ("Key rotation", "the token from above: rsa-1 is withdrawn"): ["keys ec-1 rsa-2"],
    }


def test_an_outage_is_500_for_a_cold_function_and_nothing_for_a_warm_one(told: Any) -> None:
    rows = answers(told, "Outage")

    assert set(statuses(rows["issuer stopped, a new token"])) == {200}
    assert set(statuses(rows["issuer stopped, a cold function"])) == {500}


def test_the_functions_are_started_nine_times(told: Any) -> None:
    """
    Once for the sample events of each of the four, once for the tokens, once without the issuer,
    once for keys in a file, once for keys whose requests are counted, and once for certificates.
    """
    cold = [
        answer["cold"]
        for section in told["sections"]
        for row in section["rows"]
        for answer in row["answers"].values()
    ]

    assert cold.count(True) == 9


def test_certificates_are_refused_for_their_own_reasons(told: Any) -> None:
    rows = answers(told, "Client certificates") | answers(told, "Revocation")
    reasons = {what: {a["reason"] for a in row["answers"].values()} for what, row in rows.items()}

    assert reasons["a good certificate"] == {"granted"}
    assert reasons["revoked"] == {"certificate_revoked"}
    assert reasons["expired"] == {"certificate_expired"}
    assert reasons["for servers only"] == {"certificate_extended_key_usage"}
    assert reasons["of another trust domain"] == {"trust_domain_mismatch"}
    assert reasons["only in headers"] == {"credential_missing"}
    assert reasons["where there is none"] == {"certificate_not_available"}
    assert reasons["revoked just now"] == {"certificate_revoked"}
    assert reasons["the list is not renewed in time"] == {"revocation_unknown"}


def test_a_certificate_and_a_token_are_told_apart_from_one_of_them(told: Any) -> None:
    rows = answers(told, "A certificate, a token, or both")

    assert set(statuses(rows["a certificate and a token, POST /orders"])) == {200}
    assert set(statuses(rows["only the certificate, POST /orders"])) == {403}
    assert set(statuses(rows["only the token, POST /orders"])) == {403}
    assert set(statuses(rows["a bound token, with its certificate"])) == {200}
    assert 200 not in statuses(rows["a bound token, with another"])
    assert 200 not in statuses(rows["a bound token, alone"])


def test_keys_are_refused_for_their_own_reasons(told: Any) -> None:
    rows = answers(told, "API keys")
    reasons = {what: {a["reason"] for a in row["answers"].values()} for what, row in rows.items()}

    assert reasons["a good key"] == {"granted"}
    assert reasons["mistyped"] == {"key_mistyped"}
    assert reasons["of another environment"] == {"key_prefix_unknown"}
    assert reasons["an id that nobody has"] == {"key_unknown"}
    assert reasons["the right id, another secret"] == {"key_wrong"}
    assert reasons["revoked"] == {"key_revoked"}


def test_an_operator_rotates_and_revokes_under_a_warm_function(told: Any) -> None:
    rows = answers(told, "Operating keys")

    assert set(statuses(rows["the old one, for another hour"])) == {200}
    assert 200 not in statuses(rows["the one before"])
    assert 200 not in statuses(rows["revoked just now"])


def test_requests_over_a_limit_are_denied_and_rest_apis_meter_themselves(told: Any) -> None:
    rows = answers(told, "Throttling and quotas")

    assert statuses(rows["two at once: the second"]) == [200]
    assert statuses(rows["two at once: the third"]) == [403]
    assert statuses(rows["once a day: the second"]) == [403]
    assert set(statuses(rows["REST, told to API Gateway"])) == {200}
    assert set(statuses(rows["REST, not yet told"])) == {500}


def test_it_is_quick(told: Any) -> None:
    assert told["summary"]["seconds"] < 20


def test_a_log_gets_plain_text_of_a_steady_width(tmp_path: Path) -> None:
    """Run where there is no ./events, as an installed package is: they are made then."""
    result = run(folder=tmp_path, COLUMNS="")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "\x1b" not in result.stdout
    assert "Sample events  made just now" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 120
    assert "answers are as expected" in result.stdout.splitlines()[-2]
    assert list(tmp_path.iterdir()) == []


def test_an_output_without_arrows_is_no_failure(tmp_path: Path) -> None:
    result = run(folder=tmp_path, PYTHONIOENCODING="ascii")

    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()


def test_an_answer_that_differs_is_shown_and_is_exit_code_1(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "events", tmp_path / "events")
    expected_file = tmp_path / "events" / "local" / "expected.json"
    expected = json.loads(expected_file.read_text())
    expected["rest-token.json"]["status"] = 403
    expected_file.write_text(json.dumps(expected))

    result = run("--events", "events", folder=tmp_path)

    assert result.returncode == 1
    assert "200, not 403" in result.stdout
    assert "1 of " in result.stdout.splitlines()[-2]


def test_tokens_that_the_environment_does_not_trust_are_told_from_those_it_does(
    tmp_path: Path,
) -> None:
    """The variables of another set of sample events hold another key: no token verifies."""
    write_sample_events(tmp_path / "ours")
    write_sample_events(tmp_path / "theirs")
    shutil.copy(tmp_path / "theirs/local/env.json", tmp_path / "ours/local/env.json")

    result = run("--events", "ours", "--json", folder=tmp_path)
    rows = answers(json.loads(result.stdout), "Sample events")

    assert result.returncode == 1
    assert not any(200 in statuses(row) for row in rows.values())


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_sample_events_is_exit_code_2(tmp_path: Path, folder: str) -> None:
    result = run("--events", folder, folder=tmp_path)

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_without_the_runtime_client_it_says_what_to_install(tmp_path: Path) -> None:
    """Name a module that is not there as AWS's runtime client would be, were it missing."""
    code = (
        "import sys, importlib.util as u; find = u.find_spec;"
        "u.find_spec = lambda name, *a: None if name == 'awslambdaric' else find(name, *a);"
        "from authorizers.cli import main; sys.argv[1:] = ['demo']; main()"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert result.returncode == 2
    assert "apigw-authorizers[demo]" in result.stderr

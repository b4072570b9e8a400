"""`authorizers keys` on a table, with peppers in AWS, and with API Gateway's usage plans."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.cli.keys_program import KEY, PEPPER, PREFIX, keys
from tests.cli.program import Run
from tests.stores.served_dynamodb import TABLE, make_table

PEPPERS = json.dumps({"current": "1", "1": PEPPER})
STORE = ("--store", f"dynamodb:{TABLE}")
SSM = ("--prefix", PREFIX, "--pepper", "ssm:/authorizers/pepper")
SYNC = ("sync", *STORE, "--prefix", PREFIX)


@pytest.fixture(autouse=True)
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with the table, the pepper and the usage plan gold, and API Gateway's client."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        make_table(boto3.client("dynamodb"))
        ssm: Any = boto3.client("ssm")
        ssm.put_parameter(Name="/authorizers/pepper", Value=PEPPERS, Type="SecureString")
        client: Any = boto3.client("apigateway")
        client.create_usage_plan(name="gold")
        yield client


def created(*words: str) -> str:
    run = keys("create", "acme", *words, *STORE, *SSM)
    assert run.code == 0, run.err
    assert KEY.fullmatch(run.out.strip())
    return run.out.split("_")[2]


def assert_told_no_secret(gateway: Any, *runs: Run) -> None:
    values = [key["value"] for key in gateway.get_api_keys(includeValues=True)["items"]]
    for run in runs:
        assert not any(secret in run.out + run.err for secret in (PEPPER, *values))
        assert not KEY.search(run.out + run.err)


def test_a_key_lives_its_life_in_a_table() -> None:
    key_id = created("--plan", "gold")
    assert f"{key_id}  active" in keys("list", *STORE).out
    assert keys("rotate", key_id, *STORE, *SSM).code == 0
    assert "rotating" in keys("show", key_id, *STORE).out
    assert keys("revoke", key_id, *STORE).out == f"revoked {key_id} of acme\n"
    assert json.loads(keys("list", *STORE, "--json").out)[0]["state"] == "revoked"


def test_secrets_manager_may_have_the_pepper() -> None:
    client: Any = boto3.client("secretsmanager")
    client.create_secret(Name="pepper", SecretString=PEPPERS)
    words = ("create", "acme", *STORE, "--prefix", PREFIX)
    assert keys(*words, "--pepper", "secretsmanager:pepper").code == 0
    run = keys(*words, "--pepper", "secretsmanager:none")
    assert (run.code, run.out) == (1, "")
    assert "secretsmanager:none does not exist" in run.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "--store", "dynamodb:NoSuchTable"), "dynamodb:NoSuchTable does not exist"),
        (
            ("create", "a", *STORE, "--prefix", "a1", "--pepper", "ssm:/no"),
            "ssm:/no does not exist",
        ),
        (("pepper", "--add-to", "ssm:/no"), "ssm:/no does not exist"),
        (("sync", "--store", "dynamodb:NoSuchTable", "--prefix", "a1"), "does not exist"),
    ],
)
def test_what_is_not_there_is_said(words: tuple[str, ...], says: str) -> None:
    run = keys(*words)
    assert (run.code, run.out) == (1, "")
    assert says in run.err


def test_a_pepper_is_added_to_those_in_a_parameter() -> None:
    run = keys("pepper", "--add-to", "ssm:/authorizers/pepper")
    peppers = json.loads(run.out)
    assert (run.code, peppers["current"], peppers["1"]) == (0, "2", PEPPER)
    assert PEPPER not in run.err


def test_a_sync_says_what_it_would_do_does_it_and_is_done(gateway: Any) -> None:
    key_id = created("--plan", "gold")
    created()
    planned = keys(*SYNC, "--dry-run")
    assert planned.out.splitlines() == [
        f"would create a key of API Gateway for {key_id}",
        f"would attach {key_id} to the usage plan gold",
    ]
    assert gateway.get_api_keys()["items"] == []
    done = keys(*SYNC)
    assert done.out.splitlines() == [
        f"created a key of API Gateway for {key_id}",
        f"attached {key_id} to the usage plan gold",
    ]
    again = keys(*SYNC)
    assert [run.code for run in (planned, done, again)] == [0, 0, 0]
    assert (again.out, again.err) == ("", "nothing is to be done\n")
    (made,) = gateway.get_api_keys()["items"]
    assert made["name"] == f"{PREFIX}_{key_id}"
    shown = keys("show", key_id, *STORE)
    assert f"gateway key {made['id']}" in shown.out
    listed = keys("list", *STORE, "--json")
    assert_told_no_secret(gateway, planned, done, again, shown, listed)


def test_a_revocation_says_that_the_gateway_is_to_be_told(gateway: Any) -> None:
    key_id = created("--plan", "gold")
    keys(*SYNC)
    revoked = keys("revoke", key_id, *STORE)
    assert "is disabled by: authorizers keys sync" in revoked.err
    run = keys(*SYNC, "--json")
    assert json.loads(run.out) == {
        "dry_run": False,
        "steps": [{"id": key_id, "action": "disable", "usage_plan": None}],
        "problems": [],
    }
    assert [key["enabled"] for key in gateway.get_api_keys()["items"]] == [False]
    assert_told_no_secret(gateway, revoked, run)


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--json",)], ids=["do", "dry", "json"])
def test_every_problem_is_told_at_the_end(gateway: Any, words: tuple[str, ...]) -> None:
    lost, fine = created("--plan", "silver"), created("--plan", "gold")
    run = keys(*SYNC, *words)
    assert run.code == 1
    assert run.err == f"error: {lost}: API Gateway has no usage plan silver\n"
    assert fine in run.out
    assert_told_no_secret(gateway, run)


@pytest.mark.parametrize("words", [("sync", *STORE), ("sync", "--prefix", PREFIX)])
def test_a_sync_needs_to_know_which_keys(words: tuple[str, ...]) -> None:
    run = keys(*words)
    assert (run.code, run.out) == (2, "")
    assert "say where the keys are" in run.err


@pytest.mark.parametrize("command", ["list", "sync"])
def test_without_boto3_one_line_says_how_to_install_it(command: str, tmp_path: Path) -> None:
    words = ["keys", command, *STORE, *(["--prefix", PREFIX] if command == "sync" else [])]
    program = (
        "import sys\nsys.modules['boto3'] = sys.modules['botocore'] = None\n"
        f"from authorizers.cli import main\nsys.argv[1:] = {words!r}\nmain()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == 1
    assert "needs boto3: pip install 'apigw-authorizers[aws]'" in result.stderr
    assert "Traceback" not in result.stderr


def spoil(key_id: str) -> None:
    """Put an item into the table that nobody can read."""
    item: Any = {"key_id": {"S": key_id}, "record": {"S": "nonsense"}, "version": {"N": "1"}}
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["table", "json"])
def test_a_record_that_cannot_be_read_is_named_and_stops_no_other(words: tuple[str, ...]) -> None:
    fine = {created(), created()}
    spoil("BADBADBADBAD")
    run = keys("list", *STORE, *words)
    assert run.code == 1
    assert run.err.startswith(f"error: BADBADBADBAD: dynamodb:{TABLE} has a key whose record")
    assert len(run.err.splitlines()) == 1
    assert all(key_id in run.out for key_id in fine)
    if words:
        assert {key["id"] for key in json.loads(run.out)} == fine


def test_a_record_that_cannot_be_read_stops_no_other_from_being_synced(gateway: Any) -> None:
    first, second = created("--plan", "gold"), created("--plan", "gold")
    spoil("BADBADBADBAD")
    run = keys(*SYNC)
    assert run.code == 1
    assert "error: BADBADBADBAD: " in run.err
    names = {key["name"] for key in gateway.get_api_keys()["items"]}
    assert names == {f"{PREFIX}_{first}", f"{PREFIX}_{second}"}
    assert_told_no_secret(gateway, run)


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
def test_a_sync_that_cannot_begin_is_not_in_line(words: tuple[str, ...]) -> None:
    run = keys("sync", "--store", "dynamodb:NoSuchTable", "--prefix", PREFIX, *words)
    assert run.code == 1
    assert run.err == "error: dynamodb:NoSuchTable does not exist\n"
    if words:
        problem = {"id": None, "problem": "dynamodb:NoSuchTable does not exist"}
        assert json.loads(run.out) == {"dry_run": False, "steps": [], "problems": [problem]}

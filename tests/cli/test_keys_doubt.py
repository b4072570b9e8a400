"""What an operator is told when nobody knows whether a key was written."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from authorizers.api_key.record import KeyRecord, dump_record
from authorizers.issuing.issue import issue_key
from authorizers.issuing.place import place_of
from tests.cli.keys_program import KEY, PREFIX, Place, keys
from tests.cli.program import Run
from tests.stores.served_dynamodb import REGION, TABLE, Answer, Asked, troubled

AWAY = Answer(500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})


class OneItem:
    """A table with one key, which goes away after so many reads, and takes no write."""

    def __init__(self, place: Place, reads: int) -> None:
        where = place_of("file:none", PREFIX, f"file:{place.pepper}")
        self.issued = issue_key(KeyRecord("", "acme", (), 1), PREFIX, where.peppers())
        self.left = reads

    def __call__(self, asked: Asked) -> Answer:
        self.left -= asked.operation == "GetItem"
        if self.left < 0 or asked.operation != "GetItem":
            return AWAY
        record: dict[str, Any] = dump_record(self.issued.record)
        item = {"key_id": {"S": record["id"]}, "record": {"S": json.dumps(record)}}
        found = asked.body["Key"] == {"key_id": {"S": record["id"]}}
        return Answer(200, {"Item": {**item, "version": {"N": "1"}}} if found else {})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    return Place(tmp_path)


def called(place: Place, url: str, *words: str) -> Run:
    store = ["--store", f"dynamodb:{TABLE}", "--prefix", PREFIX, "--pepper", f"file:{place.pepper}"]
    if words[0] == "revoke":
        store = store[:2]
    return keys(*words, *store, AWS_ENDPOINT_URL_DYNAMODB=url)


def test_a_rotation_in_doubt_hands_out_the_key_and_says_what_to_do(place: Place) -> None:
    item = OneItem(place, 3)
    key_id = item.issued.record.key_id
    with troubled(item) as (url, _):
        run = called(place, url, "rotate", key_id)
    assert run.code == 1
    assert KEY.fullmatch(run.out.strip())
    assert f"it is not known whether the key {key_id} was changed" in run.err
    assert f"`authorizers keys show {key_id}` tells: if a secret ends" in run.err
    assert not KEY.search(run.err)


def test_a_creation_in_doubt_shows_no_key_and_says_what_to_do(place: Place) -> None:
    with troubled(OneItem(place, 0)) as (url, _):
        run = called(place, url, "create", "acme")
    assert (run.code, run.out) == (1, "")
    assert "revoke it, and create another" in run.err
    assert not KEY.search(run.err)


@pytest.mark.parametrize("reads", range(1, 4))
def test_a_revocation_in_doubt_is_none(place: Place, reads: int) -> None:
    item = OneItem(place, reads)
    with troubled(item) as (url, _):
        run = called(place, url, "revoke", item.issued.record.key_id)
    assert (run.code, run.out) == (1, "")
    assert "effective" not in run.err
    assert run.err.startswith(f"error: {item.issued.record.key_id}: ")


def test_a_rotation_that_cannot_begin_hands_out_nothing(place: Place) -> None:
    answering: Callable[[Asked], Answer] = OneItem(place, 0)
    with troubled(answering) as (url, _):
        run = called(place, url, "rotate", "0" * 12)
    assert (run.code, run.out) == (1, "")


def test_a_table_in_trouble_is_waited_for_longer_than_functions_do(place: Place) -> None:
    answers = iter([AWAY] * 4)
    nothing = Answer(200, {"Items": [], "Count": 0, "ScannedCount": 0})
    with troubled(lambda _: next(answers, nothing)) as (url, _):
        run = keys("list", "--store", f"dynamodb:{TABLE}", AWS_ENDPOINT_URL_DYNAMODB=url)
    assert (run.code, run.err) == (0, "no keys\n")

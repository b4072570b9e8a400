"""`authorizers keys import` of 100,000 rows into DynamoDB, as moto plays it; interrupted once."""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import boto3
from moto import mock_aws
from pytest import MonkeyPatch  # noqa: PT013 the variables of AWS, for the while
from typer.testing import CliRunner

from authorizers.cli.app import app
from authorizers.issuing.new_pepper import first_pepper
from authorizers.stores.dynamodb_key_registry import DynamoDbKeyRegistry
from authorizers.testing.tables import create_table
from benchmarks.figure import Figure

ROWS = 100_000
BATCH_ITEMS = 25  # BatchWriteItem
READ_ITEMS = 100  # BatchGetItem
KILLED_AT = 2_000  # the call that is not answered any more


class Killed(BaseException):
    """What ends the first run, in the middle of a call."""


def measure() -> Sequence[Figure]:
    """Import, be killed half way, import again, and compare the store with what was issued."""
    with MonkeyPatch.context() as patch, TemporaryDirectory() as folder, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "moto")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        client: Any = boto3.client("dynamodb")
        create_table(client, "Keys", "key_id")
        arguments = _arguments(Path(folder))
        calls = Counter[str]()
        started = perf_counter()
        first = _run(arguments, calls, patch, killed_at=KILLED_AT)
        between = len(list(DynamoDbKeyRegistry("Keys", client).all()))
        second = _run(arguments, calls, patch)
        seconds = perf_counter() - started
        wrong = _lost_or_doubled(Path(folder), client)
    bar = ROWS // BATCH_ITEMS + ROWS // READ_ITEMS + 600  # for the batch that was cut
    detail = ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))
    killed = (
        f"killed with {between} stored ({first}), then to the end ({second}) in {seconds:.0f} s"
    )
    return [
        Figure("calls to import 100,000 keys", sum(calls.values()), bar, "", detail),
        Figure("keys lost or doubled by a kill", wrong, 0, "", killed),
    ]


def _arguments(folder: Path) -> list[str]:
    with (folder / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("owner,scopes,label:team\n")
        file.writelines(f"customer-{i},orders:read orders:write,blue\n" for i in range(ROWS))
    (folder / "pepper.json").write_text(first_pepper(), encoding="utf-8")
    return [
        *("keys", "import", str(folder / "customers.csv"), "-o", str(folder / "issued.csv")),
        *("--store", "dynamodb:Keys", "--prefix", "orders_live"),
        *("--pepper", f"file:{folder / 'pepper.json'}"),
    ]


def _run(
    arguments: list[str], calls: Counter[str], patch: MonkeyPatch, killed_at: int | None = None
) -> str:
    """Run the command, which ends at the call `killed_at`; return how it ended."""

    def note(client: Any) -> None:
        def called(model: Any, **_: Any) -> None:
            calls[model.name] += 1
            if killed_at is not None and calls["BatchWriteItem"] >= killed_at:
                raise Killed

        client.meta.events.register_last("before-call.dynamodb", called)

    made = boto3.client

    def watched(*args: Any, **options: Any) -> Any:
        client: Any = made(*args, **options)
        note(client)
        return client

    with patch.context() as inner:
        inner.setattr(boto3, "client", watched)
        try:
            result = CliRunner().invoke(app, arguments)
        except Killed:
            return "killed"
    return f"exit code {result.exit_code}"


def _lost_or_doubled(folder: Path, client: Any) -> int:
    """Count what differs between the rows, the keys that were issued, and the store."""
    with (folder / "issued.csv").open(encoding="utf-8", newline="") as file:
        issued = list(csv.DictReader(file))
    stored = {record.key_id: record.owner for record in DynamoDbKeyRegistry("Keys", client).all()}
    owners = Counter(row["owner"] for row in issued)
    expected = {f"customer-{i}" for i in range(ROWS)}
    doubled = sum(count - 1 for count in owners.values())
    lost = len(expected - owners.keys()) + len({row["key_id"] for row in issued} ^ stored.keys())
    return doubled + lost + sum(stored.get(row["key_id"]) != row["owner"] for row in issued)

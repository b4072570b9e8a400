"""
Threads and processes that draw on one bucket at the same time, by the machine's own clock.

moto plays DynamoDB, in this process and over HTTP; each update is made in one step, as DynamoDB
makes it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.server import ThreadedMotoServer

from tests.stores.usage_tables import create_table, updates_one_after_another
from tests.stores.usage_worker import Admission, draw_until, system_meter

REGION = "eu-central-1"
THREADS, PROCESSES = 50, 8
SECONDS = 1.0
INTERVAL_US, BURST = 25_000, 20


@pytest.fixture(autouse=True)
def one_after_another() -> Iterator[None]:
    with updates_one_after_another():
        yield


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()
    with mock_aws():  # empties what the server has kept
        pass


def most_beyond_the_limit(admitted: Sequence[Admission]) -> float:
    """
    Return by how many requests the worst interval is beyond rate times time plus burst.

    An interval is from before one request to after another; what lies whole in it counts.
    """
    return max(
        sum(begin <= b and e <= end for b, e in admitted)
        - BURST
        - (end - begin) * 1_000_000 / INTERVAL_US
        for begin, _ in admitted
        for _, end in admitted
        if begin < end
    )


def verify(admitted: Sequence[Admission], elapsed: float) -> None:
    """The bounds: from above whatever happened, and from below so that something did."""
    assert most_beyond_the_limit(admitted) <= 0
    assert len(admitted) <= BURST + elapsed * 1_000_000 / INTERVAL_US
    assert len(admitted) > BURST


@pytest.mark.parametrize("environments", [1, THREADS])
def test_fifty_threads_admit_no_more_than_rate_times_time_plus_burst(
    environments: int, aws: None
) -> None:
    import boto3

    client: Any = boto3.client("dynamodb")
    create_table(client)
    meters = [system_meter(client, INTERVAL_US, BURST) for _ in range(environments)]
    begin = time.time()
    with ThreadPoolExecutor(THREADS) as pool:
        drawn = [
            pool.submit(draw_until, begin + SECONDS, meters[i % environments])
            for i in range(THREADS)
        ]
        admitted = [admission for future in drawn for admission in future.result()]
    verify(admitted, time.time() - begin)


def test_eight_processes_admit_no_more_than_rate_times_time_plus_burst(server: str) -> None:
    import boto3

    create_table(boto3.client("dynamodb", endpoint_url=server))
    command = [sys.executable, "-m", "tests.stores.usage_worker"]
    arguments = [server, str(SECONDS), str(INTERVAL_US), str(BURST)]
    workers = [
        subprocess.Popen(
            [*command, *arguments],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    begin = time.time()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    admitted = []
    for worker in workers:
        output, _ = worker.communicate(timeout=60)
        assert worker.returncode == 0
        admitted += [(before, after) for before, after in json.loads(output)]
    verify(admitted, time.time() - begin)

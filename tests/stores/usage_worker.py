"""
A process that draws on one key of a table for some seconds, as fast as it can.

    python -m tests.stores.usage_worker URL SECONDS INTERVAL_US BURST

It waits for a line of input before it begins, and prints when each request was admitted: the times
before and after, as JSON.
"""

import json
import sys
import time
from typing import Any

from authorizers.limits.meter import KeyMeter
from authorizers.model.clock import SystemClock
from authorizers.stores.dynamodb_usage import DynamoDbUsage
from tests.limits.plans import compiled, plan, rate
from tests.stores.usage_tables import TABLE

KEY = "machines|7Fh3kQ9ZpLm2"

Admission = tuple[float, float]
"""When the request was begun, and when it was admitted."""


def refuse_to_go_on(error: Exception) -> None:
    raise error


def system_meter(client: Any, interval_us: int, burst: int) -> KeyMeter:
    return KeyMeter(
        compiled(free=plan(rate(interval_us, burst))),
        DynamoDbUsage(TABLE, client),
        clock=SystemClock(),
        on_unmetered=refuse_to_go_on,
    )


def draw_until(end: float, drawing: KeyMeter) -> list[Admission]:
    admitted = []
    while (before := time.time()) < end:
        if drawing.draw(KEY, "free", ()) is None:
            admitted.append((before, time.time()))
    return admitted


def main(url: str, seconds: str, interval_us: str, burst: str) -> None:
    import boto3

    client: Any = boto3.client("dynamodb", endpoint_url=url)
    drawing = system_meter(client, int(interval_us), int(burst))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(draw_until(time.time() + float(seconds), drawing)))


if __name__ == "__main__":
    main(*sys.argv[1:])

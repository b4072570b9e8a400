"""A policy of 100 resources, by the public builder and by Powertools', side by side."""

import gc
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerResponse,
)

from authorizers import PolicyBuilder, evaluate
from benchmarks.figure import TIMES, Figure, Spread

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/orders"
PATHS = [f"/service{i // 10}/things{i}" for i in range(100)]
ROUTES = [f"GET {path}" for path in PATHS]
ROUNDS = 400


def theirs() -> dict[str, Any]:
    """Build the policy with Powertools: 100 steps, and the document."""
    response = APIGatewayAuthorizerResponse.from_route_arn(ARN, "alice")
    for path in PATHS:
        response.allow_route("GET", path)
    document: dict[str, Any] = response.asdict()["policyDocument"]
    return document


def ours(kind: Any = "http") -> Any:
    """Build the policy with the public builder: 100 steps, and the document."""
    builder = PolicyBuilder.for_arn(ARN, kind)
    for route in ROUTES:
        builder = builder.allow(route)
    return builder.document()


def with_data() -> Any:
    """Build it with a part of every path given as data, each value checked."""
    builder = PolicyBuilder.for_arn(ARN, "http")
    for i in range(100):
        builder = builder.allow("GET /service/{thing}", thing=i)
    return builder.document()


def measure() -> Sequence[Figure]:
    """Measure in pairs, so that a busy machine is busy for both."""
    _check_that_they_mean_the_same()
    rows: list[list[float]] = [[], [], [], []]
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        for row, build in zip(rows, (theirs, ours, lambda: ours("rest"), with_data), strict=True):
            row.append(_microseconds(build))
    them, us, rest, data = map(Spread.of, rows)
    ratio = Spread.of([u / t for u, t in zip(rows[1], rows[0], strict=True)])
    detail = (
        f"{us.text('µs')}; Powertools {them.text('µs')}; with REST's explicit Deny"
        f" {rest.text('µs')}; with checked data in every path {data.text('µs')}"
    )
    return [Figure("100 resources built ÷ Powertools' builder", ratio.middle, 0.2, TIMES, detail)]


def _microseconds(build: Callable[[], object]) -> float:
    started = perf_counter()
    build()
    return (perf_counter() - started) * 1e6


def _check_that_they_mean_the_same() -> None:
    one, other, rest = theirs(), ours(), ours("rest")
    asked = [f"{ARN.removesuffix('/GET/orders')}/{m}{p}" for m in ("GET", "PUT") for p in PATHS]
    allowed = [evaluate(one, arn).decision == "allow" for arn in asked]
    assert sum(allowed) == len(PATHS)
    for document in (other, rest):
        assert [evaluate(document, arn).decision == "allow" for arn in asked] == allowed
    assert set(other["Statement"][0]["Resource"]) == set(one["Statement"][0]["Resource"])

"""The metrics in a decision's line are what Powertools' own Metrics would have written."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from authorizers.model.decision import Decision, Outcome

Decide = Callable[..., Decision]
Written = Callable[[Decision], dict[str, Any]]


def by_powertools(outcome: str, milliseconds: float) -> dict[str, Any]:
    metrics = Metrics(namespace="Tests", service="orders-authorizer")
    metrics.add_dimension("decision", outcome)
    metrics.add_metric("Decisions", MetricUnit.Count, 1)
    metrics.add_metric("DecisionTime", MetricUnit.Milliseconds, milliseconds)
    written: dict[str, Any] = json.loads(json.dumps(metrics.serialize_metric_set()))
    metrics.clear_metrics()
    return written


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_line_holds_what_powertools_writes(
    decision: Decide, written: Written, outcome: Outcome
) -> None:
    line = written(decision(outcome, "x"))
    expected = by_powertools(outcome.value, line["milliseconds"])
    expected["_aws"]["Timestamp"] = 1_800_000_000_250
    assert {name: line[name] for name in expected} == expected


def test_a_metric_block_is_what_cloudwatch_asks_for(decision: Decide, written: Written) -> None:
    """CloudWatch User Guide, "Embedded metric format specification": targets are root members."""
    line = written(decision())
    assert type(line["_aws"]["Timestamp"]) is int
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Tests"
    for dimensions in directive["Dimensions"]:
        assert 0 < len(dimensions) <= 30
        for name in dimensions:
            assert isinstance(line[name], str)
            assert 0 < len(line[name]) <= 1024
    for metric in directive["Metrics"]:
        assert metric["Unit"] in ("Count", "Milliseconds")
        assert all(type(value) in (int, float) for value in line[metric["Name"]])


def test_dimensions_are_few(decision: Decide, written: Written) -> None:
    """Each value of a dimension is a metric that is paid for: no principal, no route, no reason."""
    (directive,) = written(decision())["_aws"]["CloudWatchMetrics"]
    assert [sorted(dimensions) for dimensions in directive["Dimensions"]] == [
        ["decision", "service"]
    ]

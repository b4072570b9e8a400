"""
A decision as one JSON line: the audit record and its metrics (CloudWatch embedded metric format).

The keys are those of Powertools' Logger, the metric block is made by Powertools' Metrics once;
writing a line costs one formatting, not a logger's and a metrics collector's (docs/decisions/0005).
All text is escaped as ASCII JSON: no value can begin a new line or a new member.
"""

import json
from json.encoder import encode_basestring_ascii as quoted
from time import gmtime, strftime

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from authorizers.model.decision import Decision

MAX_FIELD_CHARS = 256


def _metric_block(namespace: str, service: str) -> str:
    """Return the `CloudWatchMetrics` member as Powertools writes it for our two metrics."""
    metrics = AmazonCloudWatchEMFProvider(namespace=namespace, service=service)
    metrics.add_dimension("decision", "allow")
    metrics.add_metric("Decisions", MetricUnit.Count, 1)
    metrics.add_metric("DecisionTime", MetricUnit.Milliseconds, 1.0)
    block = metrics.serialize_metric_set()["_aws"]["CloudWatchMetrics"]
    metrics.clear_metrics()
    return json.dumps(block, separators=(",", ":"))


class DecisionLine:
    """Writes decisions as lines, for one service and one namespace of metrics."""

    def __init__(self, namespace: str, service: str) -> None:
        self._head = '{"level":"INFO","location":"authorizers","message":"decision","timestamp":"'
        self._service = f'","service":{quoted(service)},"decision":"'
        self._block = (
            f',"CloudWatchMetrics":{_metric_block(namespace, service)}}}'
            ',"Decisions":[1.0],"DecisionTime":['
        )
        self._second = -1
        self._second_text = ""

    def write(self, decision: Decision, wall: float) -> str:
        """Return the line, without its end, for a decision made at `wall` seconds since 1970."""
        milliseconds = f"{decision.milliseconds():.3f}"
        return (
            f"{self._head}{self._timestamp(wall)}{self._service}{decision.outcome._value_}"
            f'","reason":"{decision.reason}","milliseconds":{milliseconds}'
            f"{_about_request(decision)}{_about_principal(decision)}"
            f',"_aws":{{"Timestamp":{int(wall * 1000)}{self._block}{milliseconds}]}}'
        )

    def _timestamp(self, wall: float) -> str:
        second = int(wall)
        if second != self._second:
            self._second_text = strftime("%Y-%m-%d %H:%M:%S", gmtime(second))
            self._second = second
        return f"{self._second_text},{int((wall - second) * 1000):03d}+0000"


def _about_request(decision: Decision) -> str:
    """Return what is known of the request: the gateway's own words, and the document's."""
    text = ""
    if (request := decision.request) is not None:
        api = request.arn.api
        text = f',"event_kind":"{request.kind._value_}","api":"{api.api_id}","stage":"{api.stage}"'
        if request.request_id is not None:
            text += f',"api_request_id":{_bounded(request.request_id)}'
    if decision.route is not None:
        text += f',"route":{quoted(decision.route)}'
    if decision.lambda_request_id:
        text += f',"function_request_id":{_bounded(str(decision.lambda_request_id))}'
    return text


def _about_principal(decision: Decision) -> str:
    """Return what has been proven of the caller, or which scheme refused its credential."""
    if (principal := decision.principal) is None:
        return "" if decision.scheme is None else f',"scheme":{quoted(decision.scheme)}'
    text = (
        f',"scheme":{quoted(principal.scheme)},"issuer":{quoted(principal.issuer)}'
        f',"principal":{_bounded(principal.principal_id)},"cache":"{decision.cache}"'
    )
    if principal.key_id is not None:
        text += f',"key_id":{_bounded(principal.key_id)}'
    if principal.certificate_scheme is not None:
        fingerprint = principal.claims["certificate"]["fingerprint_sha256"]
        text += (
            f',"certificate_scheme":{quoted(principal.certificate_scheme)}'
            f',"certificate_sha256":"{fingerprint}"'
        )
    if decision.dropped:
        text += f',"dropped_routes":{json.dumps(decision.dropped)}'
    return text


def _bounded(text: str) -> str:
    return quoted(text[:MAX_FIELD_CHARS])

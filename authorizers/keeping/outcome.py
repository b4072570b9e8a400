"""What became of one list, as a line of the log that carries its metrics."""

import json
from typing import Literal, NamedTuple

from authorizers.keeping.kept_list import KeptList

_METRICS = (
    {"Name": "CrlSecondsToNextUpdate", "Unit": "Seconds"},
    {"Name": "CrlRefreshFailed", "Unit": "Count"},
)


class Outcome(NamedTuple):
    """
    What became of `kept_list`. `code` and `detail` say why nothing did.

    `seconds_to_next_update` is of the list that is kept now, whether it is the old one or the new:
    how long authorizers can go on with it. It is 0 when there is none that they could use.
    """

    kept_list: KeptList
    result: Literal["replaced", "unchanged", "failed"]
    seconds_to_next_update: float
    code: str = ""
    detail: str = ""


def render_outcome(outcome: Outcome, *, namespace: str, service: str, now: float) -> str:
    """
    Return the line, without its end, in CloudWatch's embedded metric format.

    The metrics stand under the list's place and, so that one alarm watches all of them, under the
    service alone.

    Source: CloudWatch User Guide, "Specification: Embedded metric format".
    """
    directive = {
        "Namespace": namespace,
        "Dimensions": [["service", "list"], ["service"]],
        "Metrics": _METRICS,
    }
    record = {
        "level": "WARNING" if outcome.result == "failed" else "INFO",
        "message": "crl_kept",
        "service": service,
        "scheme": outcome.kept_list.scheme,
        "list": outcome.kept_list.place,
        "url": outcome.kept_list.url,
        "result": outcome.result,
        "CrlSecondsToNextUpdate": int(outcome.seconds_to_next_update),
        "CrlRefreshFailed": int(outcome.result == "failed"),
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]},
    }
    if outcome.result == "failed":
        record |= {"code": outcome.code, "detail": outcome.detail}
    return json.dumps(record, separators=(",", ":"))

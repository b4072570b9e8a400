"""
The ARN that API Gateway sends with every authorizer event, parsed structurally.

    arn:<partition>:execute-api:<region>:<account>:<api-id>/<stage>/<METHOD>/<path>
    arn:<partition>:execute-api:<region>:<account>:<api-id>/<stage>/$connect

Source: API Gateway Developer Guide, "ARN format reference"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html).
"""

import re
from functools import lru_cache
from typing import NamedTuple

from authorizers.errors import EventError

MAX_ARN_BYTES = (
    1600  # API Gateway quotas: "Method ARN length"; longer requests are refused with 414
)
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")  # what ANY stands for

_STAGE_ARN = re.compile(
    r"arn:(aws(?:-[a-z]+)*):execute-api:([a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}):([0-9]{12}):([a-z0-9]+)"
    r"/(\$default|[A-Za-z0-9_-]{1,128})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ROUTE_KEYS = ("$connect", "$default")


class ApiStage(NamedTuple):
    """One stage of one API: what every resource of a policy begins with."""

    partition: str
    region: str
    account: str
    api_id: str
    stage: str

    @property
    def arn(self) -> str:
        """The ARN of the stage, without a trailing slash."""
        return (
            f"arn:{self.partition}:execute-api:{self.region}:{self.account}"
            f":{self.api_id}/{self.stage}"
        )


class ExecuteApiArn(NamedTuple):
    """
    The ARN of one request.

    `method` and `path` are set for a request to a REST or HTTP API, `route_key` for the ARN
    of a route without a method (`$connect`, `$default`). `path` has no leading slash, as in
    the ARN; it is the caller's text.
    """

    text: str
    stage_arn: str
    api: ApiStage
    method: str | None
    path: str
    route_key: str | None


def parse_arn(text: object) -> ExecuteApiArn:
    """
    Parse `text`, the `methodArn` or `routeArn` of an event.

    Raises:
        EventError: `arn_malformed`. A truncated or foreign ARN must never become a policy's
            resource: `*` in what follows would then match more than one API.
    """
    if not isinstance(text, str) or len(text) > MAX_ARN_BYTES:
        raise _malformed()
    return _parse(text)


@lru_cache(maxsize=256)
def _parse(text: str) -> ExecuteApiArn:
    head, _, tail = text.partition("/")
    stage, _, rest = tail.partition("/")
    stage_arn = f"{head}/{stage}"
    api = _parse_stage_arn(stage_arn)
    if rest in _ROUTE_KEYS:
        return ExecuteApiArn(text, stage_arn, api, None, "", rest)
    method, slash, path = rest.partition("/")
    if not slash or method not in METHODS or _CONTROL.search(path):
        raise _malformed()
    return ExecuteApiArn(text, stage_arn, api, method, path, None)


@lru_cache(maxsize=64)  # the gateway's own text, not the caller's: as many as APIs and stages
def _parse_stage_arn(text: str) -> ApiStage:
    match = _STAGE_ARN.fullmatch(text)
    if match is None:
        raise _malformed()
    return ApiStage(*match.groups())


def _malformed() -> EventError:
    return EventError("arn_malformed", "the event's ARN is not that of an execute-api request")

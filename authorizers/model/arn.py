"""
The ARN that API Gateway sends with every authorizer event, parsed structurally.

    arn:<partition>:execute-api:<region>:<account>:<api-id>/<stage>/<METHOD>/<path>
    arn:<partition>:execute-api:<region>:<account>:<api-id>/<stage>/$connect

Source: API Gateway Developer Guide, "ARN format reference"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html).
"""

import re
from typing import NamedTuple

from authorizers.errors import EventError

MAX_ARN_BYTES = 1600  # API Gateway quotas: "Method ARN length"; longer requests are refused with 414
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")  # what ANY stands for

_ARN = re.compile(
    r"(arn:(aws(?:-[a-z]+)*):execute-api:([a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}):([0-9]{12}):([a-z0-9]+)"
    r"/(\$default|[A-Za-z0-9_-]{1,128}))"
    r"/(?:(" + "|".join(METHODS) + r")/([^\x00-\x1f\x7f]*)|(\$connect|\$default))"
)


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
    match = _ARN.fullmatch(text) if isinstance(text, str) else None
    if match is None or len(match[0]) > MAX_ARN_BYTES:
        raise EventError("arn_malformed", "the event's ARN is not that of an execute-api request")
    whole, (stage_arn, *api, method, path, route_key) = match[0], match.groups()
    return ExecuteApiArn(whole, stage_arn, ApiStage(*api), method, path or "", route_key)

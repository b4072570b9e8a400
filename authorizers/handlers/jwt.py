"""The Lambda function that authorizes requests by JWT: `authorizers.handlers.jwt.handler`."""

import os
from collections.abc import Mapping
from typing import Any

from authorizers.authorizer import Response
from authorizers.compose import authorizer_from_environment

_authorizer = authorizer_from_environment(os.environ)


def handler(event: Mapping[str, Any], context: object) -> Response:
    """Answer one event of API Gateway; see `authorizers.authorizer.Authorizer`."""
    return _authorizer(event, context)

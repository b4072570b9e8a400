"""The Lambda function for documents with schemes of several kinds: `…combined.handler`."""

import gc
import os
from collections.abc import Mapping
from typing import Any

from authorizers.authorizer import Response
from authorizers.compose.configured import authorizer_from_environment

_authorizer = authorizer_from_environment(os.environ)
gc.freeze()  # what the start made stays: no collection during a request looks at it again


def handler(event: Mapping[str, Any], context: object) -> Response:
    """Answer one event of API Gateway; see `authorizers.authorizer.Authorizer`."""
    return _authorizer(event, context)

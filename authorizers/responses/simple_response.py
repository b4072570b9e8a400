"""The simple answer: HTTP APIs with payload format 2.0 and simple responses enabled."""

from collections.abc import Mapping
from typing import Any

from authorizers.responses.limits import check_context, check_size, size_of

_FRAME_BYTES = size_of({"isAuthorized": False, "context": {}})


def render_simple_response(allowed: bool, context: Mapping[str, Any]) -> dict[str, Any]:
    """
    Render the answer. With caching it holds for every request with the same identity sources, so
    `$context.routeKey` must be among them.

    Raises:
        ConfigurationError: `context_invalid` or `response_too_large`.
    """
    check_context(context)
    check_size(_FRAME_BYTES, "", context)
    return {"isAuthorized": allowed, "context": dict(context)}

"""
The API key of a usage plan, which an authorizer of a REST API may tell the gateway.

Source: "Choose an API key source in API Gateway"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html);
an API key has 20 to 128 characters ("API Gateway quotas").
"""

from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.responses.limits import check_size, size_of

MIN_CHARS, MAX_CHARS = 20, 128


def with_usage_identifier_key(answer: dict[str, Any], key: object) -> dict[str, Any]:
    """
    Return the answer with `key`, a secret that is part of no message.

    Raises:
        ConfigurationError: `usage_identifier_key_invalid`, or `response_too_large`.
    """
    if not (isinstance(key, str) and key.isascii() and key.isprintable() and " " not in key):
        raise _invalid("it must be text of printable ASCII characters without spaces")
    if not MIN_CHARS <= len(key) <= MAX_CHARS:
        raise _invalid(f"it must have {MIN_CHARS} to {MAX_CHARS} characters, as an API key has")
    completed = {**answer, "usageIdentifierKey": key}
    check_size(size_of(completed))
    return completed


def _invalid(message: str) -> ConfigurationError:
    return ConfigurationError(
        Problem("usageIdentifierKey", message), code="usage_identifier_key_invalid"
    )

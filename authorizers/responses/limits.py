"""
What API Gateway accepts from an authorizer. An answer that does not fit fails with a name, and is
never cut: a policy without its last statement is another policy.

Sources: "Output from an API Gateway Lambda authorizer"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html),
"Quotas" (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
"""

import json
import re
from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.policy import PolicyDocument

MAX_RESPONSE_BYTES = 8_192  # quotas: AWS Lambda authorizer result size, 8 KB
MAX_RESOURCE_CHARS = 512  # output page: "each resource ARN … less than or equal to 512"

# `principalId` and `integrationLatency` are written by the gateway beside the context's keys,
# `claims` cannot be set on HTTP APIs (HTTP API Lambda authorizer page, format 1.0).
RESERVED_NAMES = frozenset({"principalId", "integrationLatency", "claims", "scopes"})
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_UNSAFE = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"  # compiled when first needed
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")


def _refused(code: str, message: str) -> ConfigurationError:
    return ConfigurationError(Problem("response", message), code=code)


def size_of(part: object) -> int:
    """Return the bytes of `part` as the Lambda runtime writes it."""
    return len(json.dumps(part, ensure_ascii=False).encode("utf-8"))


def check_resources(document: PolicyDocument) -> None:
    """
    Check the length of every resource.

    Raises:
        ConfigurationError: `resource_too_long`.
    """
    for statement in document["Statement"]:
        for resource in statement.get("Resource") or statement["NotResource"]:
            if len(resource) > MAX_RESOURCE_CHARS:
                raise _refused(
                    "resource_too_long", f"a Resource has over {MAX_RESOURCE_CHARS} characters"
                )


def check_names(context: Mapping[str, Any]) -> None:
    """
    Check the names of a context, which a document gives: plain, and not the gateway's own.

    Raises:
        ConfigurationError: `context_invalid`.
    """
    for name in context:
        if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise _refused(
                "context_invalid", "a context name is reserved, or not letters, digits and _"
            )


def check_context(context: Mapping[str, Any]) -> None:
    """
    Check that a context's values can be told to every kind of API: they are scalars, and JSON.

    Raises:
        ConfigurationError: `context_invalid`.
    """
    for name, value in context.items():
        plain = type(value) is str and value.isascii() and value.isprintable()
        if not plain and not _is_scalar(value):
            raise _refused(
                "context_invalid", f"the context value {name} is not a string, number or boolean"
            )


def _is_scalar(value: object) -> bool:
    """
    Return whether a value can be written, and stand in a header: no control character and no line
    separator, no half of a character, no infinity, no number beyond 64 bits.
    """
    if type(value) is str:
        return not re.search(_UNSAFE, value)
    if type(value) is float:
        return isfinite(value)
    return type(value) is bool or (type(value) is int and -(2**63) <= value < 2**63)


def check_size(fixed: int, text: str = "", context: Mapping[str, Any] = _NOTHING) -> None:
    """
    Check the size of a whole answer: `fixed` bytes, and a string and a context in it.

    A character takes at most six bytes in JSON; only where that could be too much are the bytes
    counted.

    Raises:
        ConfigurationError: `response_too_large`.
    """
    characters = len(text)
    for name, value in context.items():
        characters += len(name) + len(value if type(value) is str else repr(value)) + 2
    if fixed + 6 * characters > MAX_RESPONSE_BYTES:
        size = fixed + size_of(text) - 2 + size_of(dict(context)) - 2
        if size > MAX_RESPONSE_BYTES:
            raise _refused(
                "response_too_large",
                f"the answer has {size} bytes, {MAX_RESPONSE_BYTES} are accepted",
            )

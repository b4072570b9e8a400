"""The IAM-policy answer: REST, WebSocket, HTTP 1.0, and HTTP 2.0 without simple responses."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizers.model.policy import PolicyDocument
from authorizers.responses.limits import check_context, check_resources, check_size, size_of
from authorizers.responses.read_only import read_only

# The document takes the place of an empty string and its two quotation marks.
_FRAME_BYTES = size_of({"principalId": "", "policyDocument": "", "context": {}}) - 2


class CheckedPolicy(NamedTuple):
    """A policy document that fits, and its size in bytes, measured once. It is read-only."""

    document: PolicyDocument
    size: int


def check_policy(document: PolicyDocument) -> CheckedPolicy:
    """
    Check a document's resources and size.

    Raises:
        ConfigurationError: `resource_too_long` or `response_too_large`.
    """
    check_resources(document)
    size = size_of(document)
    check_size(size)
    return CheckedPolicy(read_only(document), size)


def render_policy_response(
    principal_id: str, policy: CheckedPolicy, context: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Render the answer.

    Raises:
        ConfigurationError: `context_invalid` or `response_too_large`.
    """
    check_context(context)
    check_size(_FRAME_BYTES + policy.size, principal_id, context)
    return {
        "principalId": principal_id,
        "policyDocument": policy.document,
        "context": dict(context),
    }

"""
What API Gateway answers to the client, from what an authorizer function came to.

Tags: [doc] stated by the API Gateway Developer Guide or API reference, [recorded] seen in
recorded responses of the service, [inferred] deduced, not verified on an account.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from authorizers.errors import ConfigurationError
from authorizers.model.request import EventKind
from authorizers.policy.evaluate import evaluate

MAX_RESULT_BYTES = (
    8 * 1024
)  # quota "AWS Lambda authorizer result size" [doc]; REST, HTTP [inferred]
MAX_RESOURCE_CHARS = 512  # "Output from an API Gateway Lambda authorizer" [doc]


class Outcome(NamedTuple):
    """What the function came to: its payload, or the message of its error."""

    payload: Any = None
    error_message: str | None = None


class GatewayAnswer(NamedTuple):
    """
    The answer to the client. `body` is `None` where the request reaches the backend, with
    `context` beside it; `why` says for people what decided.
    """

    status: int
    body: str | None
    why: str
    context: Mapping[str, Any] = {}


class _Bodies(NamedTuple):
    unauthorized: str | None  # `None`: this kind of API has no 401 of an authorizer's own
    explicit_deny: str
    implicit_deny: str
    failure: str


_NOT_AUTHORIZED = "User is not authorized to access this resource"

# A capital `Message` is no slip: ACCESS_DENIED's default body has it [recorded].
_REST: Final = _Bodies(
    unauthorized='{"message":"Unauthorized"}',  # [doc]
    explicit_deny=f'{{"Message":"{_NOT_AUTHORIZED} with an explicit deny"}}',  # [recorded]
    implicit_deny=f'{{"Message":"{_NOT_AUTHORIZED}"}}',  # [recorded]
    failure='{"message":null}',  # [recorded]
)
_HTTP: Final = _Bodies(
    unauthorized=None,  # the guide maps every error of the function to 500 [doc]
    explicit_deny='{"message":"Forbidden"}',  # [recorded]
    implicit_deny='{"message":"Forbidden"}',  # [recorded]
    failure='{"message":"Internal Server Error"}',  # [recorded]
)
_WEBSOCKET: Final = _Bodies(  # the answer to the handshake: statuses [doc], bodies [inferred]
    unauthorized='{"message":"Unauthorized"}',
    explicit_deny='{"message":"Forbidden"}',
    implicit_deny='{"message":"Forbidden"}',
    failure='{"message":"Internal server error"}',
)
_BODIES: Final = {
    EventKind.REST_TOKEN: _REST,
    EventKind.REST_REQUEST: _REST,
    EventKind.HTTP_1: _HTTP,
    EventKind.HTTP_2: _HTTP,
    EventKind.WEBSOCKET: _WEBSOCKET,
}


def answer(
    kind: EventKind,
    outcome: Outcome,
    arn: str,
    *,
    simple_responses: bool = False,
    condition_context: Mapping[str, str] | None = None,
) -> GatewayAnswer:
    """
    Return what the client of an API of this kind is told about a request to `arn`.

    A policy that `authorizers.policy.evaluate` does not understand is a failure, named in
    `why`. `simple_responses` is the setting of an HTTP API's authorizer with payload format 2.0;
    `condition_context` are the keys for a policy's conditions, such as `aws:SourceIp`.
    """
    bodies = _BODIES[kind]
    if outcome.error_message == "Unauthorized" and bodies.unauthorized is not None:
        return GatewayAnswer(401, bodies.unauthorized, "the function raised Unauthorized")
    if outcome.error_message is not None:
        return GatewayAnswer(500, bodies.failure, "the function failed")
    simple = simple_responses and kind is EventKind.HTTP_2
    fault = _fault(outcome.payload, kind, simple=simple)
    if fault is not None:
        return GatewayAnswer(500, bodies.failure, fault)
    try:
        decision = _decision(outcome.payload, arn, condition_context or {}, simple=simple)
    except ConfigurationError as error:  # a malformed document [recorded]; never an Allow
        return GatewayAnswer(500, bodies.failure, error.detail)
    if decision == "allow":
        return GatewayAnswer(200, None, "allow", _delivered(outcome.payload, kind))
    body = bodies.explicit_deny if decision == "explicit_deny" else bodies.implicit_deny
    return GatewayAnswer(403, body, decision.replace("_", " "))


def _decision(
    payload: Mapping[str, Any], arn: str, keys: Mapping[str, str], *, simple: bool
) -> str:
    if simple:
        return "allow" if payload["isAuthorized"] else "explicit_deny"
    return evaluate(payload["policyDocument"], arn, keys).decision


def _fault(payload: object, kind: EventKind, *, simple: bool) -> str | None:
    """Return what makes the answer one that API Gateway does not understand, or `None`."""
    if not isinstance(payload, dict):
        return (
            "the answer is no JSON object"  # [recorded]: null is AuthorizerConfigurationException
        )
    if len(json.dumps(payload, separators=(",", ":")).encode()) > MAX_RESULT_BYTES:
        return "the answer is larger than 8 KB"  # the reaction: [inferred]
    return (_simple_fault if simple else _policy_fault)(payload) or _context_fault(payload, kind)


def _simple_fault(payload: Mapping[str, Any]) -> str | None:
    if not isinstance(payload.get("isAuthorized"), bool):
        return "isAuthorized is no boolean"  # [doc] "true/false"; "true" as text: [inferred]
    return None


def _policy_fault(payload: Mapping[str, Any]) -> str | None:
    if not isinstance(payload.get("principalId"), str) or not payload["principalId"]:
        return "principalId is missing"  # [doc] for REST, [inferred] for the others
    document = payload.get("policyDocument")
    if not isinstance(document, dict):
        return "policyDocument is no object"  # [doc]
    if any(len(resource) > MAX_RESOURCE_CHARS for resource in _resources(document)):
        return "a Resource is longer than 512 characters"  # the reaction: [inferred]
    return None


def _resources(document: Mapping[str, Any]) -> Iterator[str]:
    """Every resource that can be found in the document; `evaluate` judges its grammar."""
    for statement in _as_list(document.get("Statement")):
        if isinstance(statement, dict):
            for element in ("Resource", "NotResource"):
                yield from filter(_is_text, _as_list(statement.get(element)))


def _context_fault(payload: Mapping[str, Any], kind: EventKind) -> str | None:
    context = payload.get("context", {})
    if not isinstance(context, dict):
        return "context is no object"  # [inferred]
    if kind is EventKind.HTTP_1 and "claims" in context:
        return "the context's key claims is reserved"  # [doc] for format 1.0; reaction [inferred]
    scalars_only = kind not in {EventKind.HTTP_1, EventKind.HTTP_2}
    if scalars_only and not all(isinstance(v, str | int | float | bool) for v in context.values()):
        return "a context value is no string, number or boolean"  # [doc]; null: [inferred]
    return None


def _delivered(payload: Mapping[str, Any], kind: EventKind) -> dict[str, Any]:
    """The context as the integration finds it: REST and WebSocket make texts of it [doc]."""
    context = payload.get("context", {})
    if kind in {EventKind.HTTP_1, EventKind.HTTP_2}:
        return dict(context)
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in context.items()
    }


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_text(value: object) -> bool:
    return isinstance(value, str)

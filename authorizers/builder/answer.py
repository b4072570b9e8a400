"""The answers to API Gateway with a hand-written policy, checked before they are returned."""

from collections.abc import Iterable, Mapping
from typing import Any

from authorizers.builder.step import Step
from authorizers.errors import ConfigurationError, Problem
from authorizers.events.condition_keys import FROM_HEADERS, condition_keys
from authorizers.events.event import parse_event
from authorizers.model.arn import parse_arn
from authorizers.model.policy import PolicyDocument
from authorizers.model.request import ApiKind, EventKind
from authorizers.policy.evaluate import evaluate
from authorizers.responses.limits import check_names
from authorizers.responses.policy_response import check_policy, render_policy_response
from authorizers.responses.principal_id import check_principal_id
from authorizers.responses.simple_response import render_simple_response
from authorizers.responses.usage_identifier_key import with_usage_identifier_key

_NO_SIMPLE = "only HTTP APIs with payload format 2.0 know it; write .response(principal_id=...)"


def policy_answer(
    document: PolicyDocument,
    kind: ApiKind,
    principal_id: str,
    context: Mapping[str, Any] | None,
    usage_identifier_key: str | None,
) -> dict[str, Any]:
    """Return the answer with a policy. Raises as `PolicyBuilder.response` does."""
    check_principal_id(principal_id)
    answer = render_policy_response(principal_id, check_policy(document), _named(context))
    if usage_identifier_key is None:
        return answer
    if kind != "rest":
        raise _refused(
            "usage_identifier_key_invalid", "only REST APIs have usage plans; leave it out"
        )
    return with_usage_identifier_key(answer, usage_identifier_key)


def what_is_asked(request: object, kind: ApiKind) -> tuple[str, dict[str, str | None]]:
    """
    Return the ARN of `request`, an event or the ARN itself, and the condition keys that it tells;
    of a header that was not sent it tells that there is none.
    """
    if kind != "http":
        raise _refused("simple_response_not_known", _NO_SIMPLE)
    if isinstance(request, str):
        return parse_arn(request).text, {}
    parsed = parse_event(request)
    if parsed.kind is not EventKind.HTTP_2:
        raise _refused("simple_response_not_known", _NO_SIMPLE)
    return parsed.arn.text, {**dict.fromkeys(FROM_HEADERS), **condition_keys(parsed)}


def complete_keys(
    told: Mapping[str, str | None], more: Mapping[str, str], steps: Iterable[Step]
) -> dict[str, str]:
    """
    Return the condition keys that are told, if they are all that the conditions ask for: without
    its key a Deny may not hold.
    """
    keys = {key.lower(): value for key, value in (*told.items(), *more.items())}
    asked = {clause.key for step in steps for clause in step.condition or ()}
    if missing := sorted(key for key in asked if key.lower() not in keys):
        message = f"conditions ask for {', '.join(missing)}; give condition_keys={{...}}"
        raise _refused("condition_key_missing", message)
    return {key: value for key, value in keys.items() if value is not None}


def simple_answer(
    document: PolicyDocument, arn: str, keys: Mapping[str, str], context: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the simple answer. Raises as `PolicyBuilder.simple_response` does."""
    return render_simple_response(
        evaluate(document, arn, keys).decision == "allow", _named(context)
    )


def _named(context: Mapping[str, Any] | None) -> Mapping[str, Any]:
    names: object = {} if context is None else context
    if not (isinstance(names, Mapping) and all(isinstance(name, str) for name in names)):
        raise _refused("context_invalid", "the context must be an object, its names text")
    check_names(names)
    return names


def _refused(code: str, message: str) -> ConfigurationError:
    return ConfigurationError(Problem("response", message), code=code)

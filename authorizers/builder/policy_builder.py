"""
Policies and answers for who writes an authorizer by hand, without a document.

    policy = PolicyBuilder.for_event(event).allow("GET /users/{user_id}", user_id=subject)
    return policy.response(principal_id=subject)
"""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple, Unpack, final

from authorizers.builder.answer import complete_keys, policy_answer, simple_answer, what_is_asked
from authorizers.builder.condition import Written
from authorizers.builder.draft import statements_of
from authorizers.builder.stage import StageParts, read_stage
from authorizers.builder.step import EVERYTHING, Step, allow_step, pattern_step, route_step
from authorizers.errors import ConfigurationError, Problem
from authorizers.events.event import parse_event
from authorizers.model.arn import parse_arn
from authorizers.model.policy import PolicyDocument
from authorizers.model.request import API_KINDS, ApiKind
from authorizers.policy.document import document

_new = object.__new__


class _Api(NamedTuple):
    stage_arn: str
    kind: ApiKind
    websocket: bool
    deny_the_rest: bool


@final
class PolicyBuilder:
    """
    What one principal may do on one stage of an API, said step by step.

    A builder never changes: each step returns another one, which shares what came before. Nothing
    is allowed that was not said, a Deny wins, and the order of the steps means nothing.

    API Gateway keeps an answer and applies it to the same caller's other requests, so say all
    that the caller may do, not only what was asked for.
    """

    __slots__ = ("_api", "_before", "_step")

    _api: _Api
    _before: "PolicyBuilder | None"
    _step: Step | None

    def __init__(self, *, kind: ApiKind, **parts: Unpack[StageParts]) -> None:
        """
        Begin with the parts of the API's ARN: partition, region, account, api_id and stage.

        Raises:
            ConfigurationError: `api_invalid`, with every part that is wrong.
        """
        self._api = _api(read_stage(parts).arn, kind)
        self._before = self._step = None

    @staticmethod
    def for_arn(arn: str, kind: ApiKind | None = None) -> "PolicyBuilder":
        """
        Begin with the API and stage of an event's `methodArn` or `routeArn`.

        The ARN does not tell a REST API from an HTTP API. Without a `kind` it is a REST API's,
        whose policies are right for both, and longer; `$connect` is a WebSocket API's.

        Raises:
            EventError: `arn_malformed`.
        """
        parsed = parse_arn(arn)
        kind = kind or ("rest" if parsed.route_key is None else "websocket")
        return _made(_api(parsed.stage_arn, kind), None, None)

    @staticmethod
    def for_event(event: object) -> "PolicyBuilder":
        """
        Begin with the API, stage and kind of API of an authorizer's event, as Lambda gives it.

        Raises:
            EventError: it is none of the five events, or its ARN is malformed.
        """
        request = parse_event(event)
        return _made(_api(request.arn.stage_arn, API_KINDS[request.kind]), None, None)

    def allow(
        self, route: LiteralString, /, *, when: Written | None = None, **values: object
    ) -> "PolicyBuilder":
        """
        Allow a route: `GET /orders`, `ANY /users/{user_id}`, `$connect`.

        `values` are data: one segment for a parameter each, never a wildcard. A parameter without
        a value is any one segment, `{proxy+}` one or more. `route` is the program's own text: do
        not format data into it. `when` is a condition in IAM's words.

        Raises:
            ConfigurationError: `route_invalid`, `path_value_refused` or `condition_invalid`.
        """
        api = self._api
        if values or when is not None or not isinstance(route, str):
            step = route_step("Allow", route, values, when, websocket=api.websocket)
        else:
            step = allow_step(route, api.websocket)
        return _made(api, self, step)

    def deny(
        self, route: LiteralString, /, *, when: Written | None = None, **values: object
    ) -> "PolicyBuilder":
        """
        Deny a route, whatever else is allowed, and its spellings with a slash too many.

        What is not allowed needs no Deny. Raises as `allow` does.
        """
        websocket = self._api.websocket
        return self._and(route_step("Deny", route, values, when, websocket=websocket))

    def allow_pattern(
        self, method: LiteralString, path: LiteralString, /, *, when: Written | None = None
    ) -> "PolicyBuilder":
        """
        Allow all that IAM matches: `*` is any run of characters, slashes included, `?` is one.

        Raises:
            ConfigurationError: `pattern_invalid` or `condition_invalid`.
        """
        websocket = self._api.websocket
        return self._and(pattern_step("Allow", method, path, when, websocket=websocket))

    def deny_pattern(
        self, method: LiteralString, path: LiteralString, /, *, when: Written | None = None
    ) -> "PolicyBuilder":
        """Deny all that IAM matches. Raises as `allow_pattern` does."""
        websocket = self._api.websocket
        return self._and(pattern_step("Deny", method, path, when, websocket=websocket))

    def deny_everything(self) -> "PolicyBuilder":
        """Deny every request, whatever else is said."""
        return self._and(Step("Deny", EVERYTHING))

    def leave_the_rest_undenied(self) -> "PolicyBuilder":
        """
        Do not deny explicitly what is not allowed, as policies for REST APIs do.

        Half the size, and right only where the API has no resource policy: the Allow of one
        overrules an authorizer that says nothing.
        """
        return _made(self._api._replace(deny_the_rest=False), self, None)

    def document(self) -> PolicyDocument:
        """
        Return the policy document, which is the caller's to change.

        Raises:
            ConfigurationError: `policy_empty`, or `policy_inexact` where IAM has no way to say
                this and nothing more; both tell what to write instead.
        """
        steps = self._steps()
        if not steps:
            problem = Problem("policy", "it says nothing yet; write .allow or .deny_everything")
            raise ConfigurationError(problem, code="policy_empty")
        api = self._api
        return document(statements_of(steps, api.stage_arn, deny_the_rest=api.deny_the_rest))

    def response(
        self,
        *,
        principal_id: str,
        context: Mapping[str, Any] | None = None,
        usage_identifier_key: str | None = None,
    ) -> dict[str, Any]:
        """
        Return the answer with the policy: for all APIs but HTTP APIs with simple responses.

        `usage_identifier_key` is the API key of a usage plan, on REST APIs; it stays out of every
        message.

        Raises:
            ConfigurationError: as `document`, or the gateway would not take the answer:
                `principal_id_invalid`, `context_invalid`, `resource_too_long`,
                `response_too_large`, `usage_identifier_key_invalid`.
        """
        kind = self._api.kind
        return policy_answer(self.document(), kind, principal_id, context, usage_identifier_key)

    def simple_response(
        self,
        request: object,
        *,
        context: Mapping[str, Any] | None = None,
        condition_keys: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """
        Return what the policy decides about one request, for HTTP APIs with simple responses.

        `request` is the event, or its ARN. `condition_keys` are what conditions ask and the event
        does not tell, such as `aws:CurrentTime`; with an ARN, all that they ask.

        With caching, `$context.routeKey` must be among the authorizer's identity sources.

        Raises:
            ConfigurationError: as `document`; `simple_response_not_known` for other APIs;
                `condition_key_missing`; `context_invalid` or `response_too_large`.
            EventError: the event or the ARN is malformed.
        """
        arn, told = what_is_asked(request, self._api.kind)
        keys = complete_keys(told, condition_keys or {}, self._steps())
        return simple_answer(self.document(), arn, keys, context)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PolicyBuilder):
            return NotImplemented
        return self._api == other._api and self._steps() == other._steps()

    def __hash__(self) -> int:
        return hash((self._api, *self._steps()))

    def __repr__(self) -> str:
        """Name the API and count the steps: what they hold may be a caller's."""
        return f"PolicyBuilder({self._api.stage_arn}, {self._api.kind}, {len(self._steps())} steps)"

    def _and(self, step: Step) -> "PolicyBuilder":
        return _made(self._api, self, step)

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        at: PolicyBuilder | None = self
        while at is not None:
            if at._step is not None:
                steps.append(at._step)
            at = at._before
        steps.reverse()
        return steps


def _api(stage_arn: str, kind: ApiKind) -> _Api:
    if kind not in API_KINDS.values():
        problem = Problem("kind", "write rest, http or websocket")
        raise ConfigurationError(problem, code="api_invalid")
    return _Api(stage_arn, kind, kind == "websocket", kind == "rest")


def _made(api: _Api, before: PolicyBuilder | None, step: Step | None) -> PolicyBuilder:
    made = _new(PolicyBuilder)
    made._api = api
    made._before = before
    made._step = step
    return made

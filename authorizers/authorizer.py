"""
The route of one request: event → request → credential → principal → grants → policy → answer.

Start reading here, at `Authorizer._answer`.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

from authorizers.entitlements import Entitlement, Entitlements
from authorizers.errors import AuthorizersError, ConfigurationError, CredentialError, Problem
from authorizers.events.event import parse_event
from authorizers.model.credential import ClientCertificate
from authorizers.model.decision import Decision, DecisionLog, Outcome
from authorizers.model.meter import Meter, Over, check_unlimited
from authorizers.model.proof import CacheState, Proof
from authorizers.model.request import REST_KINDS, EventKind, Request
from authorizers.responses.challenge import CONTEXT_NAME, RETRY_AFTER, Challenge
from authorizers.responses.policy_response import check_policy, render_policy_response
from authorizers.responses.simple_response import render_simple_response
from authorizers.rules.replay import check_keyed_by, check_replay
from authorizers.rules.routing import RoutedTo

Response = dict[str, Any]

# The gateway turns an error into 401 only if its message is exactly this, and on HTTP APIs never:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
_UNAUTHORIZED = "Unauthorized"
_CAN_SAY_401 = (*REST_KINDS, EventKind.WEBSOCKET)
_NOBODY = "unauthenticated"


class Unauthorized(Exception):
    """Raised to the gateway for a credential that is not accepted; its message is the protocol."""


class Extractor(Protocol):
    """Finds the one credential of a request; `authorizers.credentials` has them."""

    def extract(self, request: Request) -> Any:
        """
        Return the credential, of which nothing is proven.

        Raises:
            CredentialError: there is none, or not exactly one.
        """
        ...


class Authenticator(Protocol):
    """Finds out what a credential proves, of the kind that its extractor finds."""

    def authenticate(self, credential: Any, /) -> tuple[Proof, CacheState]:
        """
        Return the proof, and whether it was remembered.

        Raises:
            CredentialError: the credential is refused.
            DependencyError: nobody can say.
        """
        ...


HttpResponses = Literal["simple", "simple_uncached", "iam"]


class Answers(NamedTuple):
    """
    How to answer where the event does not say it.

    `http_responses` is what HTTP APIs with payload format 2.0 are set to expect; with `simple` it
    is made sure that an answer may be cached, `simple_uncached` says that none is. `unauthorized`
    is how REST and WebSocket APIs are told of a bad credential: by an exception, which gives 401
    and counts as an error of the function, or by an explicit Deny, which gives 403.
    """

    http_responses: HttpResponses | None
    unauthorized: Literal["exception", "deny"]


class Authorizer:
    """Decides about requests: call it with an event of API Gateway, and return what it returns."""

    def __init__(  # noqa: PLR0913 one argument for each stage
        self,
        extractor: Extractor,
        authenticator: Authenticator,
        entitlements: Entitlements,
        *,
        answers: Answers,
        log: DecisionLog,
        challenge: Challenge,
        meter: Meter | None = None,
    ) -> None:
        self._extractor = extractor
        self._authenticator = authenticator
        self._entitlements = entitlements
        self._answers = answers
        self._log = log
        self._challenge = challenge
        self._meter = meter

    def __call__(self, event: Mapping[str, Any], context: object = None) -> Response:
        """
        Answer `event`. Of Lambda's `context` only the request id is used, for the log.

        Raises:
            Unauthorized: the credential is not accepted, and the gateway can say 401.
            EventError, ConfigurationError, DependencyError: no answer; the gateway says 500.
        """
        decision = Decision(getattr(context, "aws_request_id", None))
        try:
            request = decision.request = parse_event(event)
            simple = self._expects_simple(request)
            try:
                return self._answer(request, decision, simple=simple)
            except CredentialError as error:
                decision.made(Outcome.UNAUTHORIZED, error.code)
                decision.scheme = error.scheme
                return self._refuse(request, error, simple=simple)
        except AuthorizersError as error:
            decision.made(Outcome.ERROR, error.code)
            self._log.failure(error)
            raise
        except Unauthorized:
            raise
        except Exception as error:  # noqa: BLE001 whatever fails must fail closed, and be told
            decision.made(Outcome.ERROR, "internal_error")
            self._log.failure(error)
            # what a foreign error says stays out of the runtime's own log
            raise AuthorizersError("internal_error", "the decision could not be made") from None
        finally:
            self._log.decision(decision)

    def _answer(self, request: Request, decision: Decision, *, simple: bool) -> Response:
        credential = self._extractor.extract(request)
        cached = self._answers.http_responses != "simple_uncached"
        if cached:
            check_keyed_by(credential, request)
        proof, decision.cache = self._authenticator.authenticate(credential)
        if cached and proof.bound_to is not None and request.client_certificate:
            check_keyed_by(ClientCertificate(request.client_certificate), request)
        decision.principal = principal = proof.principal
        entitlement = self._entitlements.of(
            principal, proof.memo, request, simple=simple, usage_key=proof.usage_key
        )
        if self._meter is not None and request.kind in REST_KINDS and proof.usage_key is None:
            check_unlimited(self._meter, proof)
        decision.dropped = entitlement.rights.dropped
        rules = self._entitlements.rules
        routed = rules.find(request.arn, request.route_key)
        decision.route = rules.route_key(routed)
        decision.made(*self._judge(entitlement, request, routed))
        allowed = decision.outcome is Outcome.ALLOW
        if allowed and self._meter is not None and request.kind not in REST_KINDS:
            over = self._meter.draw(proof.metered_as, proof.plan, rules.route_keys(routed))
            if over is not None:
                decision.made(Outcome.DENY, over.code)
                return self._refuse_for_now(entitlement, request, over, principal.principal_id)
        if entitlement.answer is not None:
            if not allowed and self._is_misread(entitlement, request, routed):
                return self._deny_everything(principal.principal_id, request, entitlement.context)
            return {**entitlement.answer, "context": dict(entitlement.context)}
        if request.identity_values and self._answers.http_responses == "simple":
            check_replay(request, routed, entitlement.rights.granted, rules.routing)
        challenge = {} if allowed else {CONTEXT_NAME: self._challenge.insufficient}
        return render_simple_response(allowed, {**entitlement.context, **challenge})

    def _judge(
        self, entitlement: Entitlement, request: Request, routed: RoutedTo | None
    ) -> tuple[Outcome, str]:
        """Return what the answer means for this request, and why."""
        if self._allows(entitlement, request, routed):
            return Outcome.ALLOW, "granted"
        if request.kind is EventKind.REST_TOKEN and entitlement.rights.granted.somewhere(routed):
            # A TOKEN event has no address: the policy's Condition decides where it is seen.
            return Outcome.ALLOW, "granted_from_networks"
        return Outcome.DENY, "not_granted" if routed else "route_not_declared"

    def _refuse_for_now(
        self, entitlement: Entitlement, request: Request, over: Over, principal_id: str
    ) -> Response:
        """Refuse a caller who is over a limit: there is no 429, but the answer says until when."""
        context = {**entitlement.context, RETRY_AFTER: over.retry_after_seconds}
        if entitlement.answer is None:
            return render_simple_response(False, context)
        return self._deny_everything(principal_id, request, context)

    def _expects_simple(self, request: Request) -> bool:
        if request.kind is not EventKind.HTTP_2:
            return False
        if self._answers.http_responses is None:
            raise ConfigurationError(
                Problem(
                    "AUTHORIZERS_HTTP_RESPONSES", "write simple or iam: an event does not say it"
                ),
                code="http_responses_not_set",
            )
        return self._answers.http_responses != "iam"

    def _allows(self, entitlement: Entitlement, request: Request, routed: RoutedTo | None) -> bool:
        """
        Return what the answer means for this request.

        An exact policy and the rules agree on every request of a declared route. For other
        requests, and where the document accepts an inexact policy, the policy is asked, because
        the gateway will ask it.
        """
        granted, _, policy = entitlement.rights
        if policy is None or (routed is not None and self._entitlements.assembler.exact):
            return granted.allow(routed, request.source_ip)
        return self._would_allow(entitlement, request)

    def _is_misread(
        self, entitlement: Entitlement, request: Request, routed: RoutedTo | None
    ) -> bool:
        """
        Return whether the policy allows what the rules deny: the gateway names a more specific
        route than the text of its ARN does, as for `%61dmin`, and IAM reads the text.
        """
        disputed = routed is not None and routed.or_to is not None
        return disputed and self._would_allow(entitlement, request)

    @staticmethod
    def _would_allow(entitlement: Entitlement, request: Request) -> bool:
        """Return whether the policy alone would let the gateway admit the request."""
        from authorizers.policy.evaluate import evaluate  # noqa: PLC0415 hardly any request pays

        policy = entitlement.rights.policy
        context = {"aws:SourceIp": request.source_ip} if request.source_ip else {}
        return (
            policy is not None
            and evaluate(policy.document, request.arn.text, context).decision == "allow"
        )

    def _refuse(self, request: Request, error: CredentialError, *, simple: bool) -> Response:
        """Refuse a credential in the words that this kind of API has for it."""
        if request.kind in _CAN_SAY_401 and self._answers.unauthorized == "exception":
            raise Unauthorized(_UNAUTHORIZED) from None
        context = {CONTEXT_NAME: self._challenge.of(error)}
        if simple:
            return render_simple_response(False, context)
        return self._deny_everything(_NOBODY, request, context)

    def _deny_everything(
        self, principal_id: str, request: Request, context: Mapping[str, Any]
    ) -> Response:
        nothing = self._entitlements.assembler.assemble(
            (), request.arn.stage_arn, websocket=False, deny_the_rest=False
        )
        return render_policy_response(principal_id, check_policy(nothing), context)

"""Every kind of event with every kind of credential: the exact answer, or the exact error."""

import copy
import json
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple

import pytest

from authorizers.authorizer import Answers, Authorizer, Response, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.table import compile_route_table
from authorizers.errors import (
    AuthorizersError,
    ConfigurationError,
    DependencyError,
    EventError,
)
from authorizers.model.decision import Decision
from authorizers.policy.evaluate import evaluate
from authorizers.testing import events
from authorizers.testing.clock import FrozenClock
from authorizers.testing.issuer import ABSENT, FakeIssuer
from authorizers.testing.signing_key import SigningKey

Event = dict[str, Any]
HttpResponses = Literal["simple", "simple_uncached", "iam"] | None
Way = Literal["exception", "deny"]
SECRET = "sentinel-of-something-secret"

BUILDERS: dict[str, Callable[..., Event]] = {
    "rest-token": events.rest_token_event,
    "rest-request": events.rest_request_event,
    "http-1.0": events.http_1_event,
    "http-2.0": events.http_2_event,
    "websocket": events.websocket_event,
}
ROUTES: dict[str, Any] = {
    "GET /orders": ["scopes_any", ["orders:read"]],
    "POST /orders": ["scopes_any", ["orders:write"]],
    "GET /users/{user_id}": ["path", {"user_id": "sub"}],
    "$connect": ["scopes_any", ["orders:read"]],
}


class ListedLog:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.failures: list[BaseException] = []
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def decision(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def failure(self, error: BaseException) -> None:
        self.failures.append(error)

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        self.events.append((name, details))


@pytest.fixture(scope="module")
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="module")
def issuer(clock: FrozenClock) -> FakeIssuer:
    issuer = FakeIssuer("https://issuer.example", clock=clock)
    issuer.rotate("ES256")
    return issuer


@pytest.fixture
def log() -> ListedLog:
    return ListedLog()


@pytest.fixture
def make(issuer: FakeIssuer, clock: FrozenClock, log: ListedLog) -> Callable[..., Authorizer]:
    """Build the authorizer of a document with these routes."""

    def build(
        http_responses: HttpResponses = "simple",
        unauthorized: Way = "exception",
        *,
        routes: dict[str, Any] = ROUTES,
        context: dict[str, str] | None = None,
        inexact: bool = False,
        **more: Any,
    ) -> Authorizer:
        compiled = [{"key": key, "requirement": r} for key, r in routes.items()]
        scheme = {
            "issuer": issuer.issuer,
            "audience": [issuer.audience],
            "profile": "rfc9068-access-token",
            "algorithms": ["ES256"],
            "keys": {"jwks": issuer.jwks()},
            "leeway_seconds": 0,
        }
        document = {
            "format": 2,
            "schemes": {"staff": {"jwt": scheme}},
            "token_from": ["authorization"],
            "routes": compiled,
            "table": compile_route_table(compiled, inexact=inexact),
            "context": context or {},
        }
        return build_authorizer(
            document,
            answers=Answers(http_responses, unauthorized),
            clock=clock,
            log=log,
            **more,
        )

    return build


def arn_of(event: Event) -> str:
    arn: str = event.get("routeArn") or event["methodArn"]
    return arn


def meaning(answer: Response, event: Event, source_ip: str = "203.0.113.10") -> str:
    """Return what the gateway makes of an answer for this request."""
    if "isAuthorized" in answer:
        assert set(answer) == {"isAuthorized", "context"}
        return {True: "allow", False: "deny"}[answer["isAuthorized"]]
    assert set(answer) == {"principalId", "policyDocument", "context"}
    context = {"aws:SourceIp": source_ip}
    return evaluate(answer["policyDocument"], arn_of(event), context).decision


class Gateway(NamedTuple):
    """A kind of event, and how the authorizer is told to answer."""

    kind: str
    http_responses: HttpResponses
    unauthorized: Way

    @property
    def settings(self) -> Answers:
        return Answers(self.http_responses, self.unauthorized)

    @property
    def simple(self) -> bool:
        return self.kind == "http-2.0" and self.http_responses != "iam"

    @property
    def rest(self) -> bool:
        return self.kind.startswith("rest")

    @property
    def says_401(self) -> bool:
        return self.unauthorized == "exception" and not self.kind.startswith("http")

    def event(self, **call: Any) -> Event:
        return BUILDERS[self.kind](**call)


WAYS: tuple[Way, ...] = ("exception", "deny")
EXPECTED: tuple[HttpResponses, ...] = ("simple", "simple_uncached", "iam", None)
GATEWAYS = [  # only format 2.0 looks at how simple answers are expected
    Gateway(kind, responses, way)
    for kind in BUILDERS
    for responses in EXPECTED
    for way in WAYS
    if (
        responses in ("simple", "simple_uncached", "iam")
        if kind == "http-2.0"
        else responses != "simple"
    )
]
every_gateway = pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda g: "-".join(map(str, g)))
both_ways = pytest.mark.parametrize("unauthorized", WAYS)


@every_gateway
def test_a_good_token_with_the_rights_is_allowed(
    make: Any, log: ListedLog, issuer: FakeIssuer, gateway: Gateway
) -> None:
    event = gateway.event(token=issuer.token())
    answer = make(*gateway.settings)(event)
    assert meaning(answer, event) == "allow"
    assert ("isAuthorized" in answer) is gateway.simple
    (decision,) = log.decisions
    assert (decision.outcome, decision.reason) == ("allow", "granted")
    assert decision.route == ("$connect" if gateway.kind == "websocket" else "GET /orders")
    assert not log.failures


@every_gateway
def test_a_good_token_without_the_rights_is_denied_and_told_so(
    make: Any, log: ListedLog, issuer: FakeIssuer, gateway: Gateway
) -> None:
    """Being denied is an answer, never an exception and never a 401."""
    event = gateway.event(token=issuer.token({"scope": "other"}))
    answer = make(*gateway.settings)(event)
    if gateway.rest:
        assert meaning(answer, event) == "explicit_deny"
    assert meaning(answer, event) != "allow"
    assert answer["context"]["wwwAuthenticate"] == 'Bearer error="insufficient_scope"'
    (decision,) = log.decisions
    assert (decision.outcome, decision.reason) == ("deny", "not_granted")


@pytest.mark.parametrize("path", ["/nothing", "/orders/", "/orders/1", "/", "/users", "/Orders"])
@pytest.mark.parametrize(
    "gateway",
    [g for g in GATEWAYS if g.kind != "websocket"],
    ids=lambda g: "-".join(map(str, g)),
)
def test_a_route_that_is_not_declared_is_denied(
    make: Any, log: ListedLog, issuer: FakeIssuer, gateway: Gateway, path: str
) -> None:
    event = gateway.event(token=issuer.token(), path=path)
    answer = make(*gateway.settings)(event)
    denied = meaning(answer, event)
    assert denied in ("deny", "explicit_deny", "implicit_deny")
    if gateway.rest:
        assert denied == "explicit_deny"
    assert (log.decisions[0].outcome, log.decisions[0].reason) == ("deny", "route_not_declared")
    assert log.decisions[0].route is None


@pytest.mark.parametrize("scope", ["orders:read", "other"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_simple_answer_that_the_gateway_might_replay_is_not_given(
    make: Any, log: ListedLog, issuer: FakeIssuer, method: str, scope: str
) -> None:
    """With the token alone as identity source, whatever is answered is the next route's too."""
    token = issuer.token({"scope": scope})
    event = events.http_2_event(token=token, method=method, identity_source=[f"Bearer {token}"])
    with pytest.raises(ConfigurationError) as caught:
        make("simple")(event)
    assert caught.value.code == "answer_not_cacheable"
    assert token not in str(caught.value)
    assert (log.decisions[0].outcome, log.decisions[0].reason) == ("error", "answer_not_cacheable")


def bad_calls(issuer: FakeIssuer) -> dict[str, tuple[dict[str, Any], str, str]]:
    """What a client may send instead of a good token: its call, the reason, the challenge."""
    stranger = SigningKey.generate("ES256")
    now = 1_800_000_000
    key_id = issuer.key().key_id
    return {
        "nothing": ({}, "credential_missing", "Bearer"),
        "another scheme": (
            {"authorization": f"Basic {SECRET}"},
            "credential_malformed",
            'Bearer error="invalid_request"',
        ),
        "no token at all": (
            {"token": SECRET},
            "jwt_malformed",
            'Bearer error="invalid_token"',
        ),
        "expired": (
            {"token": issuer.token({"exp": now})},
            "token_expired",
            'Bearer error="invalid_token"',
        ),
        "another audience": (
            {"token": issuer.token({"aud": SECRET})},
            "audience_mismatch",
            'Bearer error="invalid_token"',
        ),
        "another issuer": (
            {"token": issuer.token({"iss": f"https://{SECRET}"})},
            "issuer_not_trusted",
            'Bearer error="invalid_token"',
        ),
        "forged": (
            {"token": issuer.token(key=stranger, header={"kid": key_id})},
            "signature_invalid",
            'Bearer error="invalid_token"',
        ),
        "a stranger's key": (
            {"token": issuer.token(key=stranger, header={"kid": SECRET})},
            "key_not_found",
            'Bearer error="invalid_token"',
        ),
        "no subject": (
            {"token": issuer.token({"sub": ABSENT})},
            "claim_missing",
            'Bearer error="invalid_token"',
        ),
    }


BAD = (
    "nothing", "another scheme", "no token at all", "expired", "another audience",
    "another issuer", "forged", "a stranger's key", "no subject",
)  # fmt: skip


@pytest.mark.parametrize("case", BAD)
@every_gateway
def test_a_credential_that_is_not_accepted_is_refused_in_the_gateways_own_words(
    make: Any, log: ListedLog, issuer: FakeIssuer, gateway: Gateway, case: str
) -> None:
    call, reason, challenge = bad_calls(issuer)[case]
    event = gateway.event(**call)
    authorizer = make(*gateway.settings)

    if gateway.says_401:
        with pytest.raises(Unauthorized) as caught:
            authorizer(event)
        assert str(caught.value) == "Unauthorized"
        assert caught.value.args == ("Unauthorized",)
        assert caught.value.__suppress_context__
        assert caught.value.__cause__ is None
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    else:
        answer = authorizer(event)
        assert meaning(answer, event) == ("deny" if gateway.simple else "explicit_deny")
        assert answer.get("principalId", "unauthenticated") == "unauthenticated"
        assert list(answer["context"]) == ["wwwAuthenticate"]
        assert answer["context"]["wwwAuthenticate"].startswith(challenge)
        assert SECRET not in json.dumps(answer)

    (decision,) = log.decisions
    assert (decision.outcome, decision.reason) == ("unauthorized", reason)
    assert decision.principal is None
    assert decision.route is None
    assert not log.failures


@both_ways
def test_without_the_setting_format_2_has_no_answer(
    make: Any, log: ListedLog, issuer: FakeIssuer, unauthorized: Any
) -> None:
    """A good token and a bad one fail alike: nobody learns from it which is which."""
    for event in (events.http_2_event(token=issuer.token()), events.http_2_event()):
        with pytest.raises(ConfigurationError, match="AUTHORIZERS_HTTP_RESPONSES") as caught:
            make(None, unauthorized)(event)
        assert caught.value.code == "http_responses_not_set"
    assert [(d.outcome, d.reason) for d in log.decisions] == [
        ("error", "http_responses_not_set")
    ] * 2
    assert len(log.failures) == 2


MALFORMED: list[Any] = [
    None, "", [], 7, {}, {"type": "TOKEN"}, {"type": "REQUEST"}, {"type": "token"},
    {"type": "TOKEN", "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a/prod/GET"},
    {"type": "TOKEN", "methodArn": "*", "authorizationToken": "x"},
    {"type": "REQUEST", "version": "3.0"}, {"Records": []},
    {"type": "REQUEST", "version": "2.0", "routeArn": f"arn:{SECRET}"},
]  # fmt: skip


@both_ways
@pytest.mark.parametrize("event", MALFORMED, ids=lambda e: repr(e)[:40])
def test_what_is_no_authorizer_event_has_no_answer(
    make: Any, log: ListedLog, unauthorized: Any, event: Any
) -> None:
    with pytest.raises(EventError) as caught:
        make("simple", unauthorized)(event)
    assert SECRET not in str(caught.value)
    assert [d.outcome for d in log.decisions] == ["error"]
    assert log.failures == [caught.value]


class Failing:
    """Stands in the place of any stage, and fails in it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def extract(self, _: object) -> Any:
        raise self._error

    def authenticate(self, _: object) -> Any:
        raise self._error

    def of(self, *_: object, **__: object) -> Any:
        raise self._error


STAGES = ("_extractor", "_authenticator", "_entitlements")


def breaking(authorizer: Authorizer, stage: str, error: Exception, log: ListedLog) -> Authorizer:
    """Return the same authorizer with one stage that fails."""
    parts: dict[str, Any] = {name: getattr(authorizer, name) for name in STAGES}
    parts[stage] = Failing(error)
    return Authorizer(
        *parts.values(), answers=authorizer._answers, log=log, challenge=authorizer._challenge
    )


@pytest.mark.parametrize("stage", STAGES)
@every_gateway
def test_a_dependency_that_fails_is_no_answer_and_never_a_401(
    make: Any, log: ListedLog, issuer: FakeIssuer, gateway: Gateway, stage: str
) -> None:
    error = DependencyError("keys_unavailable", "no key set has been fetched")
    authorizer = breaking(make(*gateway.settings), stage, error, log)
    with pytest.raises(DependencyError) as caught:
        authorizer(gateway.event(token=issuer.token()))
    assert str(caught.value) != "Unauthorized"
    (decision,) = log.decisions
    assert (decision.outcome, decision.reason) == ("error", "keys_unavailable")
    assert log.failures == [error]


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        RecursionError(SECRET),
        MemoryError(SECRET),
        AssertionError("Unauthorized"),
        Exception("Unauthorized"),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
    ],
    ids=repr,
)
@pytest.mark.parametrize("stage", STAGES)
def test_what_was_not_foreseen_is_no_answer_and_does_not_say_why(
    make: Any, log: ListedLog, issuer: FakeIssuer, stage: str, error: Exception
) -> None:
    """Not even an error that calls itself Unauthorized becomes a 401 by accident."""
    authorizer = breaking(make(), stage, error, log)
    with pytest.raises(AuthorizersError) as caught:
        authorizer(events.rest_token_event(token=issuer.token()))
    assert type(caught.value) is AuthorizersError
    assert caught.value.code == "internal_error"
    assert caught.value.__suppress_context__
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert "Unauthorized" not in str(caught.value)
    assert (log.decisions[0].outcome, log.decisions[0].reason) == ("error", "internal_error")
    assert log.failures == [error]


@pytest.mark.parametrize("kind", ["rest-token", "rest-request", "http-1.0", "http-2.0"])
def test_one_token_has_one_policy_for_every_route(make: Any, issuer: FakeIssuer, kind: str) -> None:
    """The gateway keeps the first answer and applies it to the second request."""
    token = issuer.token({"scope": "orders:read", "sub": "alice"})
    calls = [
        ("GET", "/orders"),
        ("POST", "/orders"),
        ("GET", "/users/alice"),
        ("GET", "/users/bob"),
    ]
    requests = [BUILDERS[kind](token=token, method=m, path=p) for m, p in calls]
    for order in (requests, requests[::-1]):
        authorizer = make("iam")
        answers = [authorizer(event) for event in order]
        assert all(answer == answers[0] for answer in answers)
        told = {arn_of(e).partition("/prod/")[2]: meaning(answers[0], e) for e in order}
        assert {path: told == "allow" for path, told in told.items()} == {
            "GET/orders": True,
            "POST/orders": False,
            "GET/users/alice": True,
            "GET/users/bob": False,
        }


def test_two_tokens_of_different_rights_have_each_their_own_policy(
    make: Any, issuer: FakeIssuer
) -> None:
    """They differ in nothing but scope; the one that is seen first decides nothing."""
    authorizer = make("iam")
    same = {"sub": "alice", "jti": "1"}
    reader, writer = (
        issuer.token({**same, "scope": scope}) for scope in ("orders:read", "orders:write")
    )
    post = {"method": "POST", "path": "/orders"}
    for kind in ("rest-token", "rest-request", "http-1.0", "http-2.0"):
        for token, allowed in ((reader, False), (writer, True), (reader, False), (writer, True)):
            event = BUILDERS[kind](token=token, **post)
            assert (meaning(authorizer(event), event) == "allow") is allowed


def test_a_simple_answer_is_about_one_request(make: Any, issuer: FakeIssuer) -> None:
    authorizer, token = make("simple"), issuer.token()
    for method, allowed in (("GET", True), ("POST", False), ("GET", True)):
        answer = authorizer(events.http_2_event(token=token, method=method))
        assert answer["isAuthorized"] is allowed
        assert ("wwwAuthenticate" in answer["context"]) is not allowed


def test_two_stages_and_two_apis_have_each_their_own_policy(make: Any, issuer: FakeIssuer) -> None:
    authorizer, token = make("iam"), issuer.token()
    calls: list[Any] = [
        {},
        {"stage": "test"},
        {"api_id": "zzz"},
        {"partition": "aws-cn", "region": "cn-north-1"},
    ]
    for call in calls * 2:
        event = events.rest_request_event(token=token, **call)
        assert meaning(authorizer(event), event) == "allow"


def test_the_kinds_of_event_do_not_share_answers(make: Any, issuer: FakeIssuer) -> None:
    authorizer, token = make("simple"), issuer.token()
    for kind in [*BUILDERS, *reversed(BUILDERS)]:
        event = BUILDERS[kind](token=token)
        answer = authorizer(event)
        assert ("isAuthorized" in answer) is (kind == "http-2.0")
        assert meaning(answer, event) == "allow"


@every_gateway
def test_whoever_adds_to_an_answers_context_adds_to_his_own(
    make: Any, issuer: FakeIssuer, gateway: Gateway
) -> None:
    authorizer = make(*gateway.settings, context={"user": "sub"})
    event = gateway.event(token=issuer.token({"scope": "other"}))
    first = authorizer(event)
    expected = json.dumps(first)
    first["context"]["user"] = first["principalId"] = "mallory"
    first["isAuthorized"] = True
    assert json.dumps(authorizer(event)) == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy["Statement"].append({"Effect": "Allow", "Action": "*"}),
        lambda policy: policy["Statement"][0].update(Effect="Allow"),
        lambda policy: policy["Statement"][0]["Resource"].append("*"),
        lambda policy: policy.pop("Version"),
    ],
)
def test_a_policy_that_others_share_cannot_be_changed(
    make: Any, issuer: FakeIssuer, change: Callable[[Any], object]
) -> None:
    """One statement more in one caller's answer would be in everybody's with the same rights."""
    authorizer = make("iam")
    event = events.rest_request_event(token=issuer.token({"scope": "other"}))
    with pytest.raises(TypeError, match="shared"):
        change(authorizer(event)["policyDocument"])
    assert meaning(authorizer(event), event) == "explicit_deny"


def test_a_copy_of_an_answer_can_be_changed(make: Any, issuer: FakeIssuer) -> None:
    answer = copy.deepcopy(make("iam")(events.rest_request_event(token=issuer.token())))
    answer["policyDocument"]["Statement"][0]["Resource"].append("*")
    assert json.loads(json.dumps(answer)) == answer


def test_the_context_is_what_the_document_names(make: Any, issuer: FakeIssuer) -> None:
    authorizer = make("iam", context={"user": "sub", "tenant": "org.id", "plan": "plan"})
    token = issuer.token({"org": {"id": 7}, "email": SECRET})
    answer = authorizer(events.http_1_event(token=token))
    assert answer["principalId"] == "staff|alice"
    told = {name: v for name, v in answer["context"].items() if name != "wwwAuthenticate"}
    assert told == {"user": "alice", "tenant": 7}
    assert SECRET not in json.dumps(answer)


@pytest.mark.parametrize("kind", BUILDERS)
@pytest.mark.parametrize("claim", [["a"], {"id": 1}, "x" * 4500], ids=["list", "object", "long"])
def test_a_claim_that_no_context_can_carry_is_a_failure_and_never_cut(
    make: Any, log: ListedLog, issuer: FakeIssuer, kind: str, claim: object
) -> None:
    authorizer = make("simple", context={"tenant": "tenant", "again": "tenant"})
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            authorizer(BUILDERS[kind](token=issuer.token({"tenant": claim})))
        assert caught.value.code in ("context_invalid", "response_too_large")
    assert [d.outcome for d in log.decisions] == ["error", "error"]


def test_an_inexact_policy_is_what_the_log_tells(
    make: Any, log: ListedLog, issuer: FakeIssuer
) -> None:
    """The rules would allow it, the gateway will not: the gateway's answer is recorded."""
    routes = {
        "ANY /{proxy+}": ["authenticated"],
        "GET /users/{id}": ["scopes_any", ["users:read"]],
    }
    authorizer = make("iam", routes=routes, inexact=True)
    event = events.rest_request_event(token=issuer.token(), path="/users/1/2")
    assert meaning(authorizer(event), event) == "explicit_deny"
    assert (log.decisions[0].outcome, log.decisions[0].reason) == ("deny", "not_granted")


def test_what_the_policy_opens_below_a_declared_route_is_what_the_log_tells(
    make: Any, log: ListedLog, issuer: FakeIssuer
) -> None:
    """No pattern keeps an undeclared route apart from two granted ones: the record says so."""
    routes = {"GET /users/{id}": ["authenticated"], "GET /users/{id}/orders": ["authenticated"]}
    authorizer = make("iam", routes=routes)
    event = events.rest_request_event(token=issuer.token(), path="/users/1/undeclared")
    assert (meaning(authorizer(event), event) == "allow") is (log.decisions[0].outcome == "allow")
    assert log.decisions[0].route is None


@pytest.mark.parametrize(
    ("source_ip", "allowed"), [("10.1.1.1", True), ("192.0.2.1", False), ("2001:db8::1", False)]
)
@pytest.mark.parametrize("kind", ["rest-request", "http-1.0", "http-2.0"])
def test_one_token_from_two_networks_is_two_decisions(
    make: Any, log: ListedLog, issuer: FakeIssuer, kind: str, source_ip: str, *, allowed: bool
) -> None:
    authorizer = make("simple_uncached", routes={"GET /orders": ["source_ip", ["10.0.0.0/8"]]})
    event = BUILDERS[kind](token=issuer.token(), source_ip=source_ip)
    for _ in range(2):
        assert (meaning(authorizer(event), event, source_ip) == "allow") is allowed
        assert (log.decisions[-1].outcome == "allow") is allowed


def test_a_token_event_has_no_address_and_the_log_says_what_decides(
    make: Any, log: ListedLog, issuer: FakeIssuer
) -> None:
    authorizer = make("iam", routes={"GET /orders": ["source_ip", ["10.0.0.0/8"]]})
    event = events.rest_token_event(token=issuer.token())
    answer = authorizer(event)
    assert meaning(answer, event, "10.1.1.1") == "allow"
    assert meaning(answer, event, "192.0.2.1") == "explicit_deny"
    assert log.decisions[0].reason == "granted_from_networks"


@pytest.mark.parametrize("sub", ["*", "a/b", "${aws:userid}", "?", "alice:x", "é"])
def test_a_subject_that_is_more_than_text_opens_nothing_and_is_named(
    make: Any, log: ListedLog, issuer: FakeIssuer, sub: str
) -> None:
    """CVE-2026-42810: a `*` in a name once became a wildcard in a policy."""
    event = events.rest_request_event(token=issuer.token({"sub": sub}), path=f"/users/{sub}")
    answer = make("iam")(event)
    assert meaning(answer, event) == "explicit_deny"
    assert "GET/users" not in json.dumps(answer["policyDocument"])
    assert log.decisions[0].dropped == ("GET /users/{user_id}",)


def test_the_lambda_request_id_is_noted(make: Any, log: ListedLog, issuer: FakeIssuer) -> None:
    class Context:
        aws_request_id = "function-1"

    authorizer, event = make(), events.rest_token_event(token=issuer.token())
    authorizer(event, Context())
    authorizer(event)
    authorizer(event, None)
    assert [d.lambda_request_id for d in log.decisions] == ["function-1", None, None]


def test_a_remembered_token_is_said_to_be(make: Any, log: ListedLog, issuer: FakeIssuer) -> None:
    event = events.rest_token_event(token=issuer.token())
    remembering, forgetful = make(), make(token_cache_size=0)
    for authorizer in (remembering, remembering, forgetful, forgetful):
        authorizer(event)
    assert [d.cache for d in log.decisions] == ["miss", "hit", "off", "off"]


def test_an_event_is_not_changed(make: Any, issuer: FakeIssuer) -> None:
    for builder in BUILDERS.values():
        event = builder(token=issuer.token(), query={"a": ["1", "2"]}, cookies=["x=y"])
        before = json.dumps(event)
        make()(event)
        assert json.dumps(event) == before


def test_threads_with_mixed_tokens_have_each_their_own_answer(
    make: Any, log: ListedLog, issuer: FakeIssuer
) -> None:
    authorizer = make("simple", context={"user": "sub"}, token_cache_size=3)
    users = [f"user-{i}" for i in range(6)]
    tokens = {
        user: issuer.token({"sub": user, "scope": "orders:read" if i % 2 else "other"})
        for i, user in enumerate(users)
    }
    start = threading.Barrier(20)

    def ask(seed: int) -> None:
        start.wait()
        for n in range(30):
            i = (seed * 7 + n) % len(users)
            kind = list(BUILDERS)[(seed + n) % len(BUILDERS)]
            event = BUILDERS[kind](token=tokens[users[i]])
            answer = authorizer(event)
            assert answer["context"]["user"] == users[i]
            assert answer.get("principalId", f"staff|{users[i]}") == f"staff|{users[i]}"
            assert (meaning(answer, event) == "allow") is bool(i % 2)

    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(ask, seed) for seed in range(20)]:
            done.result()
    assert len(log.decisions) == 600
    assert not log.failures


@pytest.mark.parametrize(("scope", "outcome"), [("", "explicit_deny"), ("x", "allow")])
def test_a_policy_never_allows_what_the_record_says_was_denied(
    make: Callable[..., Authorizer], issuer: FakeIssuer, log: ListedLog, scope: str, outcome: str
) -> None:
    """A gateway that decodes before it routes names `/admin`; IAM reads the text of the ARN."""
    routes = {"GET /{p}": ["authenticated"], "GET /admin": ["scopes_any", ["x"]]}
    event = events.rest_request_event(
        path="/%61dmin", resource="/admin", token=issuer.token({"scope": scope})
    )
    answer = make(routes=routes)(event)
    assert meaning(answer, event) == outcome
    assert log.decisions[-1].outcome == ("allow" if outcome == "allow" else "deny")

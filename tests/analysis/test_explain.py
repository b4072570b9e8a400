"""One request, explained; and that the explanation is what the function does."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from authorizers import Answers, Unauthorized, build_authorizer
from authorizers.analysis.caller import (
    AskedRequest,
    AssumedPrincipal,
    Presented,
)
from authorizers.analysis.explain import explain, explain_event
from authorizers.analysis.explanation import Explanation, Stage
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples
from authorizers.errors import EventError
from authorizers.model.arn import parse_arn
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.decision import Outcome
from authorizers.model.request import ApiKind, EventKind
from authorizers.policy.evaluate import evaluate
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from authorizers.testing.issuer import ABSENT, FakeIssuer
from authorizers.testing.signing_key import SigningKey

STAGE = parse_arn("arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/$connect").api


def asked(request: str, source_ip: str | None = None, api: ApiKind = "rest") -> AskedRequest:
    method, _, path = request.partition(" ")
    return AskedRequest(method, path, api, STAGE._asdict(), source_ip)


def named(examples: Examples, name: str) -> AssumedPrincipal:
    return AssumedPrincipal(examples.principals[name], name)


def stage(explanation: Explanation, name: str) -> Stage:
    (found,) = (s for s in explanation.stages if s.name == name)
    return found


def facts(explanation: Explanation, name: str) -> list[str]:
    return [fact.text.strip() for fact in stage(explanation, name).facts]


def names(explanation: Explanation) -> list[str]:
    return [s.name for s in explanation.stages]


def test_the_stages_come_in_the_order_of_a_request(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock
) -> None:
    caller = Presented(BearerToken(issuer.token()))
    explained = explain(document, asked("GET /orders"), caller, clock=clock)
    assert names(explained) == [
        "request",
        "credential",
        "token",
        "principal",
        "route",
        "rule",
        "policy",
        "answer",
    ]
    assert explained.allowed
    assert (explained.code, explained.route) == ("granted", "GET /orders")
    assert stage(explained, "token").summary == "verified for the scheme staff"
    assert "has the scope orders:read" in facts(explained, "rule")


def test_a_rule_that_is_not_met_says_which_part(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("POST /orders"), named(examples, "alice"))
    assert explained.outcome is Outcome.DENY
    assert [(f.mark, f.text.strip()) for f in stage(explained, "rule").facts[:3]] == [
        ("no", "all of these:"),
        ("yes", "is of the scheme staff"),
        ("no", "needs the scope orders:write"),
    ]


def test_the_chosen_route_and_why_not_another(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("GET /users/me"), named(examples, "alice"))
    assert explained.route == "GET /users/me"
    assert facts(explained, "route") == [
        "not GET /users/{user_id}: me is literal, and comes before {user_id}"
    ]


def test_a_request_of_no_route_says_what_it_misses(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("DELETE /orders"), named(examples, "alice"))
    assert (explained.route, explained.code) == (None, "route_not_declared")
    assert facts(explained, "route") == [
        "not GET /orders: has another method",
        "not POST /orders: has another method",
    ]


def test_a_dropped_route_is_told(document: CompiledDocument, examples: Examples) -> None:
    principal = examples.principals["alice"]._replace(claims={"sub": "a/b"})
    explained = explain(document, asked("GET /users/a"), AssumedPrincipal(principal, "claims"))
    assert any(
        f.startswith("GET /users/{user_id} is not granted") for f in facts(explained, "rule")
    )


def test_an_address_that_is_not_known_is_said_to_decide(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("GET /admin/keys"), named(examples, "root"))
    assert not explained.allowed
    assert "the policy asks for the caller's address" in explained.status
    inside = explain(document, asked("GET /admin/keys", "10.0.0.1"), named(examples, "root"))
    assert inside.allowed


def test_what_a_cached_copy_answers_is_what_the_policy_says(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("GET /orders"), named(examples, "alice"))
    answers = {answer.request: answer.allowed for answer in explained.cached}
    assert answers == {
        "GET /orders": True,
        "POST /orders": False,
        "GET /users/me": True,
        "GET /users/any-user_id": False,
        "GET /users/alice": True,
        "GET /admin/any-proxy/more": False,
    }
    assert explained.policy is not None
    for answer in explained.cached:
        arn = f"{STAGE.arn}/{answer.request.replace(' /', '/')}"
        found = evaluate(explained.policy, arn)
        assert (found.decision == "allow", found.statement) == (answer.allowed, answer.statement)


def test_nothing_is_cached_on_websocket_apis(
    document: CompiledDocument, examples: Examples
) -> None:
    explained = explain(document, asked("$connect", api="websocket"), named(examples, "alice"))
    assert explained.allowed
    assert explained.cached == ()


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (Presented(PresentedApiKey("x")), "API key"),
        (Presented(certificate=ClientCertificate("x")), "client certificate"),
    ],
    ids=["key", "certificate"],
)
def test_a_credential_that_no_scheme_takes_is_said_to_be_one(
    document: CompiledDocument, caller: Presented, kind: str
) -> None:
    explained = explain(document, asked("GET /orders"), caller)
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert kind in stage(explained, "credential").summary
    assert "the schemes of this document take: jwt" in facts(explained, "credential")
    assert names(explained) == ["request", "credential", "answer"]


def test_keys_that_cannot_be_had_are_no_denial(issuer: FakeIssuer, text: str) -> None:
    keys = '{jwks_uri: "http://127.0.0.1:9/keys", insecure_loopback_http: nobody listens}'
    unreachable = text.replace("https://issuer.example", "http://127.0.0.1:9")
    compiled = compile_document(unreachable.replace("{discovery: true}", keys))
    caller = Presented(BearerToken(issuer.token({"iss": "http://127.0.0.1:9"})))
    explained = explain(compiled, asked("GET /orders"), caller)
    assert (explained.outcome, explained.code) == (Outcome.ERROR, "keys_unavailable")
    assert explained.status.startswith("500")


def bad_tokens(issuer: FakeIssuer) -> Iterator[tuple[str, str, str]]:
    """Yield tokens, the step that refuses each, and its code."""
    stranger = SigningKey.generate("RS256")
    key_id = issuer.key().key_id
    yield "no-token-at-all", "form", "jwt_malformed"
    yield issuer.token({"iss": "https://other.example"}), "issuer", "issuer_not_trusted"
    yield issuer.token(header={"typ": "JWT"}), "header", "type_not_allowed"
    yield issuer.token(header={"alg": "ES256"}), "header", "algorithm_not_allowed"
    yield issuer.token(header={"kid": "unknown"}), "key", "key_not_found"
    yield issuer.token(key=stranger, header={"kid": key_id}), "signature", "signature_invalid"
    yield issuer.token({"exp": 1}), "claims", "token_expired"
    yield issuer.token({"aud": "https://other.example"}), "claims", "audience_mismatch"
    yield issuer.token({"client_id": ABSENT}), "claims", "claim_missing"


def test_a_refused_token_names_the_step_and_never_the_token(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock
) -> None:
    for token, step, code in bad_tokens(issuer):
        caller = Presented(BearerToken(token))
        explained = explain(document, asked("GET /orders"), caller, clock=clock)
        assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, code)
        refused = [f.text for f in stage(explained, "token").facts if f.mark == "no"]
        assert len(refused) == 1
        assert refused[0] in _STEP_SENTENCES[step]
        assert_no_part_of(token, explained)


@pytest.mark.parametrize("moment", [1e300, -1e300, "soon", None, [1]], ids=str)
def test_a_moment_that_is_none_is_shown_as_it_is(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock, moment: object
) -> None:
    caller = Presented(BearerToken(issuer.token({"exp": moment})))
    explained = explain(document, asked("GET /orders"), caller, clock=clock)
    assert explained.outcome is Outcome.UNAUTHORIZED
    assert f"it says exp: {json.dumps(moment)}" in facts(explained, "token")


_STEP_SENTENCES = {
    "form": "it is a signed JWT in compact form",
    "issuer": "it comes from an issuer of the document",
    "header": "it has an algorithm and a type that the scheme takes",
    "key": "it names one of the issuer's keys",
    "signature": "it is signed with that key",
    "claims": "it is of its profile's kind, in time, for this API",
}


def assert_no_part_of(token: str, explained: Explanation) -> None:
    text = repr(explained) + json.dumps([s._asdict() for s in explained.stages])
    for part in token.split("."):
        assert part not in text


def events(token: str) -> Iterator[tuple[str, EventKind, dict[str, Any]]]:
    requests: Mapping[str, dict[str, str]] = {
        "orders": {"path": "/orders"},
        "new order": {"path": "/orders", "method": "POST"},
        "own": {"path": "/users/alice", "resource": "/users/{user_id}"},
        "other's": {"path": "/users/bob", "resource": "/users/{user_id}"},
        "literal": {"path": "/users/me"},
        "encoded": {"path": "/users/%61lice", "resource": "/users/{user_id}"},
        "admin inside": {"path": "/admin/x", "source_ip": "10.0.0.1"},
        "admin outside": {"path": "/admin/x"},
        "undeclared": {"path": "/nothing"},
    }
    for name, call in requests.items():
        for kind in EventKind:
            yield name, kind, EVENT_BUILDERS[kind](token=token, **call)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": "orders:write"},
        {"groups": ["admin"]},
        {"sub": "a b"},
        {"exp": 1},
        {"aud": "https://other.example"},
    ],
    ids=str,
)
def test_the_explanation_of_an_event_is_what_the_function_answers(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock, claims: dict[str, Any]
) -> None:
    answers = Answers(http_responses="iam", unauthorized="exception")
    authorizer = build_authorizer(document, answers=answers, clock=clock)
    for name, kind, event in events(issuer.token(claims)):
        explained = explain_event(document, event, clock=clock)
        try:
            policy = authorizer(event)["policyDocument"]
        except Unauthorized:
            assert explained.outcome is Outcome.UNAUTHORIZED, (name, kind)
            continue
        if explained.outcome is Outcome.UNAUTHORIZED:
            assert kind in (EventKind.HTTP_1, EventKind.HTTP_2)
            continue
        assert explained.policy == policy
        address = explained.source_ip
        context = {"aws:SourceIp": address} if address else {}
        arn = event.get("methodArn") or event["routeArn"]
        assert explained.allowed == (evaluate(policy, arn, context).decision == "allow")


def test_an_event_without_a_credential_is_explained(document: CompiledDocument) -> None:
    explained = explain_event(document, EVENT_BUILDERS[EventKind.REST_REQUEST]())
    assert (explained.outcome, explained.code) == (Outcome.UNAUTHORIZED, "credential_missing")
    assert "looked for in: authorization" in facts(explained, "credential")


def test_a_token_event_takes_the_address_that_it_lacks(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock
) -> None:
    token = issuer.token({"groups": ["admin"]})
    event = EVENT_BUILDERS[EventKind.REST_TOKEN](token=token, path="/admin/x")
    assert not explain_event(document, event, clock=clock).allowed
    assert explain_event(document, event, clock=clock, source_ip="10.0.0.1").allowed


@pytest.mark.parametrize("event", [{}, [], "text", {"type": "REQUEST"}, {"type": "TOKEN"}])
def test_what_is_no_event_is_refused(document: CompiledDocument, event: Any) -> None:
    with pytest.raises(EventError):
        explain_event(document, event)


@pytest.mark.parametrize(
    "place",
    [
        "authorization",
        {"header": "x-token"},
        {"cookie": "session"},
        {"query": "token"},
        {"websocket_protocol": "bearer"},
    ],
    ids=str,
)
def test_a_token_is_sent_where_the_document_looks_for_it(
    document: CompiledDocument, issuer: FakeIssuer, clock: FrozenClock, place: Any
) -> None:
    caller = Presented(BearerToken(issuer.token()))
    moved = {**document, "token_from": [place]}
    assert explain(moved, asked("GET /orders"), caller, clock=clock).allowed


def test_a_policy_that_is_not_the_rules_is_the_one_that_counts(
    examples: Examples, text: str
) -> None:
    """`inexact: deny` loses a request that the rules grant: the gateway reads the policy."""
    compiled = compile_document(text.partition("routes:")[0] + _INEXACT)
    principal = examples.principals["alice"]._replace(scopes=frozenset({"a", "c"}))
    caller = AssumedPrincipal(principal, "claims")
    explained = explain(compiled, asked("GET /files/f/versions/latest"), caller)
    assert stage(explained, "rule").passed
    assert not stage(explained, "policy").passed
    assert not explained.allowed
    assert "the rules grant it: this is what `inexact: deny` takes away" in facts(
        explained, "policy"
    )
    assert explained.status == "403 Forbidden"


_INEXACT = """\
inexact: deny
routes:
  GET /files/{name}: {scopes: {any_of: [a]}}
  GET /files/{name}/versions/{v}: {scopes: {any_of: [b]}}
  GET /files/{name}/versions/latest: {scopes: {any_of: [c]}}
"""


def test_roles_that_a_table_binds_can_be_given(
    document: CompiledDocument, examples: Examples
) -> None:
    document["routes"][0]["requirement"] = ["role", ["clerk"]]
    caller = AssumedPrincipal(examples.principals["root"], "claims")
    assert not explain(document, asked("GET /orders"), caller).allowed
    assert explain(document, asked("GET /orders"), caller, roles=["clerk"]).allowed

"""Answers that API Gateway would not take: where the function fails, no tool says allowed."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers import Answers, build_authorizer
from authorizers.analysis.caller import EVENT_KINDS, AskedRequest, AssumedPrincipal
from authorizers.analysis.canary import check_expectations
from authorizers.analysis.explain import explain, explain_event
from authorizers.analysis.explanation import Explanation
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples, read_examples
from authorizers.errors import ConfigurationError
from authorizers.model.arn import parse_arn
from authorizers.model.decision import Outcome
from authorizers.model.request import ApiKind, EventKind
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS
from authorizers.testing.issuer import FakeIssuer

STAGE = parse_arn("arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/$connect").api
MANY = "".join(
    f"  GET /a-route-with-a-rather-long-name/{i}/and/a/tail: {{scopes: {{any_of: [s{i % 7}]}}}}\n"
    for i in range(120)
)
SCOPES = " ".join(f"s{i}" for i in range(7))


def large(text: str) -> str:
    """Let the caller have a policy that is too large."""
    text = text.replace("routes:\n", f"oversized: fail\nroutes:\n{MANY}", 1)
    return text.replace('scope: "orders:read"', f'scope: "orders:read {SCOPES}"', 1)


def nested(text: str) -> str:
    """Pass on a claim that is an object."""
    text = text.replace("routes:\n", "context: {org: claims.org}\nroutes:\n", 1)
    return text.replace("{sub: alice,", "{sub: alice, org: {id: acme},", 1)


def explained(document: CompiledDocument, examples: Examples, api: ApiKind) -> Explanation:
    asked = AskedRequest("GET", "/orders", api, STAGE._asdict())
    return explain(document, asked, AssumedPrincipal(examples.principals["alice"], "alice"))


def changed(text: str, change: Callable[[str], str]) -> tuple[CompiledDocument, Examples]:
    document = compile_document(change(text))
    return document, read_examples(change(text), document)


@pytest.mark.parametrize(
    ("change", "api", "code"),
    [
        (large, "rest", "response_too_large"),
        (nested, "rest", "context_invalid"),
        (nested, "http", "context_invalid"),
    ],
)
def test_where_the_function_fails_it_is_said(
    text: str,
    *,
    issuer: FakeIssuer,
    clock: FrozenClock,
    change: Callable[[str], str],
    api: ApiKind,
    code: str,
) -> None:
    document, examples = changed(text, change)
    found = explained(document, examples, api)
    assert (found.outcome, found.code) == (Outcome.ERROR, code)
    assert not found.allowed
    assert found.cached == ()
    document["schemes"]["staff"]["jwt"]["keys"] = {"jwks": issuer.jwks()}
    function = build_authorizer(document, answers=Answers("simple", "exception"), clock=clock)
    token = issuer.token(examples.principals["alice"].claims)
    with pytest.raises(ConfigurationError) as raised:
        function(EVENT_BUILDERS[EVENT_KINDS[api]](method="GET", path="/orders", token=token))
    assert raised.value.code == code


def test_a_simple_answer_has_no_policy_that_could_be_too_large(text: str) -> None:
    found = explained(*changed(text, large), "http")
    assert found.allowed
    (policy,) = (stage for stage in found.stages if stage.name == "policy")
    assert policy.facts[-1].text.startswith(
        "with AUTHORIZERS_HTTP_RESPONSES=iam there is no answer"
    )


@pytest.mark.parametrize(("change", "why"), [(large, "8192 are accepted"), (nested, "value org")])
def test_an_answer_that_is_not_taken_allows_nothing(
    text: str, change: Callable[[str], str], why: str
) -> None:
    expectation = "expectations:\n  - {principal: alice, allow: [GET /orders]}\n"
    document, examples = changed(f"{text}{expectation}", change)
    (check,) = check_expectations(document, examples)
    assert not check.holds
    differing: list[Any] = [(answer.witness, why in answer.why) for answer in check.differing]
    assert differing == [("the REST policy", True), ("the HTTP policy", True)]


@pytest.mark.parametrize(
    ("sources", "told"),
    [(["GET /users/alice"], True), (["GET", "/prod/users/alice"], False)],
)
def test_an_event_that_may_not_be_cached_so_is_told(
    document: CompiledDocument,
    issuer: FakeIssuer,
    clock: FrozenClock,
    sources: list[str],
    told: bool,
) -> None:
    token = issuer.token({"sub": "alice"})
    event = {**EVENT_BUILDERS[EventKind.HTTP_2](method="GET", path="/users/alice", token=token)}
    event["identitySource"] = [f"Bearer {token}", *sources]
    found = explain_event(document, event, clock=clock)
    facts = [fact.text for stage in found.stages for fact in stage.facts]
    assert any("HTTP_RESPONSES=simple there is no answer" in text for text in facts) is told
    function = build_authorizer(document, answers=Answers("simple", "exception"), clock=clock)
    if told:
        with pytest.raises(ConfigurationError, match="answer_not_cacheable"):
            function(event)
    else:
        assert function(event)["isAuthorized"]

"""Which route the gateway chooses, why no other, and requests that are sent to a route."""

import pytest

from authorizers.analysis.choice import choose
from authorizers.analysis.judge import Judge
from authorizers.analysis.probe import SAMPLE_STAGE_ARN, probes, request_arn
from authorizers.config.table import compile_route_table
from authorizers.errors import EventError
from authorizers.model.arn import METHODS
from authorizers.model.grant import Grant

ROUTES = (
    "GET /users/me",
    "GET /users/{id}",
    "ANY /users/{id}",
    "GET /users/{proxy+}",
    "$default",
    "$connect",
    "GET /",
)


def judge_of(*keys: str) -> Judge:
    routes = [{"key": key, "requirement": ["authenticated"]} for key in keys]
    table = compile_route_table(routes, inexact=True)
    return Judge({"routes": routes, "table": table, "context": {}})


@pytest.fixture(scope="module")
def judge() -> Judge:
    return judge_of(*ROUTES)


def others(judge: Judge, request: str) -> dict[str, str]:
    return dict(choose(judge, request_arn(request, SAMPLE_STAGE_ARN)).others)


def test_a_literal_comes_before_a_parameter_and_all_before_the_default(judge: Judge) -> None:
    assert others(judge, "GET /users/me") == {
        "GET /users/{id}": "me is literal, and comes before {id}",
        "ANY /users/{id}": "me is literal, and comes before {id}",
        "GET /users/{proxy+}": "me is literal, and comes before {proxy+}",
        "$default": "is taken only where no other route fits",
    }


def test_a_parameter_comes_before_a_greedy_one_and_a_method_before_any(judge: Judge) -> None:
    assert others(judge, "GET /users/42") == {
        "ANY /users/{id}": "GET comes before ANY",
        "GET /users/{proxy+}": "{id} takes one segment, and comes before {proxy+}",
        "$default": "is taken only where no other route fits",
    }


def test_a_route_that_some_kind_of_api_prefers_is_told() -> None:
    judge = judge_of("GET /a/{proxy+}", "GET /{x}/b/{y}")
    choice = choose(judge, request_arn("GET /a/b/c", SAMPLE_STAGE_ARN))
    assert {choice.route, choice.disputed} == {"GET /a/{proxy+}", "GET /{x}/b/{y}"}


@pytest.mark.parametrize(
    ("request_", "near"),
    [
        ("POST /users/me", {"GET /users/me": "has another method"}),
        ("GET /users/me/", {"GET /users/me": "has no slash at its end"}),
        ("GET /nothing", {}),
        ("$default", {}),
    ],
)
def test_what_no_route_fits_says_what_it_misses(request_: str, near: dict[str, str]) -> None:
    assert others(judge_of("GET /users/me"), request_) == near


def test_every_probe_is_sent_to_its_route_and_to_no_other(judge: Judge) -> None:
    for i, key in enumerate(ROUTES):
        found = list(probes(judge, i, SAMPLE_STAGE_ARN))
        assert found, key
        for probe in found:
            routed = judge.find(probe.arn)
            assert routed is not None
            assert (routed.route, routed.or_to) == (i, None)
            assert probe.arn == request_arn(probe.text, SAMPLE_STAGE_ARN)


def test_a_route_for_any_method_is_tried_with_those_that_no_other_route_has(judge: Judge) -> None:
    methods = {p.arn.method for p in probes(judge, 2, SAMPLE_STAGE_ARN)}
    assert methods == set(METHODS) - {"GET"}


def test_paths_that_are_somebodys_own_are_tried_too(judge: Judge) -> None:
    grants = [Grant(1, (("id", "alice"),)), Grant(1, (("id", "me"),)), Grant(0)]
    texts = [probe.text for probe in probes(judge, 1, SAMPLE_STAGE_ARN, grants)]
    assert texts == ["GET /users/any-id", "GET /users/alice"]  # `me` is another route's


def test_a_literal_that_looks_like_a_sample_is_stepped_around() -> None:
    judge = judge_of("GET /users/any-id", "GET /users/{id}")
    assert [p.text for p in probes(judge, 1, SAMPLE_STAGE_ARN)] == ["GET /users/any-other-id"]


@pytest.mark.parametrize("text", ["", "GET", "get /a", "TRACE /a", "GET /a\n"])
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(EventError):
        request_arn(text, SAMPLE_STAGE_ARN)

"""The statements of a document: nothing wider than what was said, and as short as we know how."""

from typing import Any

import pytest

INSIDE = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}
TLS = {"Bool": {"aws:SecureTransport": "true"}}


def test_an_open_parameter_does_not_reach_what_lies_deeper(apis: Any) -> None:
    for builder in (apis.rest, apis.http):
        policy = builder.allow("GET /users/{user_id}")
        assert apis.tails(policy) == ["GET/users/?*"]
        assert apis.tails(policy, "Deny") == ["GET/users/*/*"]
        assert apis.decision(policy, "GET /users/7") == "allow"
        for request in ("GET /users/7/orders", "GET /users/", "GET /users", "GET /users//"):
            assert apis.decision(policy, request) != "allow", request


def test_a_greedy_parameter_reaches_all_of_it(apis: Any) -> None:
    policy = apis.http.allow("GET /files/{path+}")
    assert apis.tails(policy, "Deny") == []
    assert apis.decision(policy, "GET /files/a/b/c") == "allow"
    assert apis.decision(policy, "GET /files/") == "implicit_deny"


def test_a_pattern_reaches_what_iam_says(apis: Any) -> None:
    policy = apis.http.allow_pattern("GET", "/reports/2030-??-*")
    assert apis.tails(policy) == ["GET/reports/2030-??-*"]
    assert apis.decision(policy, "GET /reports/2030-01-31/a/b") == "allow"
    assert apis.decision(policy, "GET /reports/2030-1-31") == "implicit_deny"


@pytest.mark.parametrize(
    "deeper", ["GET /users/{user_id}/orders", "GET /users/alice/orders", "ANY /users/{a}/{b+}"]
)
def test_what_no_policy_says_is_refused_with_both_routes(apis: Any, deeper: str) -> None:
    error = apis.refusal(apis.rest.allow("GET /users/{user_id}").allow(deeper).document)
    assert error.code == "policy_inexact"
    assert error.detail.startswith(
        "GET /users/{user_id}: IAM's * crosses /, so no policy allows this and"
        f" {deeper} and nothing else; give the parameter a value, or write .allow_pattern with"
        " what may be reached, and .deny what must not"
    )


def test_bound_parameters_leave_nothing_to_refuse(apis: Any) -> None:
    policy = (
        apis.rest.allow("GET /users/{id}", id="alice")
        .allow("GET /users/{id}/orders", id="alice")
        .allow("GET /users/{id}/orders/{order}", id="alice", order=7)
    )
    assert apis.tails(policy) == [
        "GET/users/alice", "GET/users/alice/orders", "GET/users/alice/orders/7",
    ]  # fmt: skip


def test_other_methods_may_lie_deeper(apis: Any) -> None:
    policy = apis.rest.allow("GET /users/{id}").allow("PUT /users/{id}/name")
    assert apis.decision(policy, "PUT /users/7/name") == "allow"
    assert apis.decision(policy, "GET /users/7/name") == "explicit_deny"
    assert apis.decision(policy, "PUT /users/7/8/name") == "explicit_deny"


def test_an_open_parameter_before_a_greedy_one_is_refused(apis: Any) -> None:
    error = apis.refusal(apis.rest.allow("GET /{a}/x/{b+}").document)
    assert error.detail == (
        "GET /{a}/x/{b+}: IAM's * crosses /, so no policy says exactly this; give the parameters"
        " before {name+} values, from the left, or write .allow_pattern and .deny what it must not"
        " reach"
    )
    assert apis.tails(apis.http.allow("GET /{a}/x/{b+}", a=1)) == ["GET/1/x/?*"]


def test_every_problem_is_told_at_once(apis: Any) -> None:
    policy = apis.rest.allow("GET /{a}/x/{b+}").allow("PUT /c/{d}").allow("PUT /c/{d}/e")
    assert [p.place for p in apis.refusal(policy.document).problems] == [
        "GET /{a}/x/{b+}", "PUT /c/{d}",
    ]  # fmt: skip


def test_a_denied_route_is_denied_with_a_slash_too_many(apis: Any) -> None:
    policy = apis.http.allow_pattern("GET", "/*").deny("GET /admin")
    for path in ("/admin", "/admin/", "//admin", "//admin/"):
        assert apis.decision(policy, f"GET {path}") == "explicit_deny"
    assert apis.decision(policy, "GET /administrators") == "allow"


def test_a_deny_that_takes_more_than_its_route_is_refused(apis: Any) -> None:
    policy = apis.http.allow_pattern("GET", "/*").deny("GET /admin/{page}")
    assert apis.refusal(policy.document).detail == (
        "GET /admin/{page}: denying this would deny part of GET /* too, as IAM's * crosses /;"
        " give the parameter a value, or write .deny_pattern if all of it is meant"
    )
    meant = apis.http.allow_pattern("GET", "/*").deny_pattern("GET", "/admin/*")
    assert apis.decision(meant, "GET /admin/a/b") == "explicit_deny"


def test_a_deny_wins_in_any_order(apis: Any) -> None:
    one = apis.rest.allow("GET /users/{id}").deny("GET /users/{id}", id="bob")
    other = apis.rest.deny("GET /users/{id}", id="bob").allow("GET /users/{id}")
    for policy in (one, other):
        assert apis.decision(policy, "GET /users/alice") == "allow"
        assert apis.decision(policy, "GET /users/bob") == "explicit_deny"


def test_the_same_twice_is_once(apis: Any) -> None:
    policy = apis.http.allow("GET /a").allow("GET /a").allow_pattern("GET", "/a").deny("GET /b")
    assert apis.tails(policy.deny("GET /b")) == ["GET/a"]
    assert apis.tails(policy.deny("GET /b"), "Deny") == ["GET/b"]


@pytest.mark.parametrize(
    ("methods", "resources"),
    [
        (["GET", "PUT"], ["??T/a"]),
        (["HEAD", "POST"], ["HEAD/a", "POST/a"]),
        (["PUT", "POST", "GET"], ["??T/a", "POST/a"]),
        (["ANY"], ["*/a"]),
        (["GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"], ["*/a"]),
    ],
    ids="-".join,
)
def test_the_methods_of_a_path_are_joined(apis: Any, methods: Any, resources: Any) -> None:
    policy = apis.http
    for method in methods:
        policy = policy.allow(f"{method} /a")
    assert apis.tails(policy) == resources
    for method in ("GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"):
        allowed = "ANY" in methods or method in methods
        assert (apis.decision(policy, f"{method} /a") == "allow") == allowed
        for path in ("//a", "/a/", "/b/a", "/GET/a"):
            assert apis.decision(policy, f"{method} {path}") != "allow"


def test_a_star_for_every_method_keeps_off_what_ends_the_same(apis: Any) -> None:
    policy = apis.http.allow("ANY /a").allow("GET /b/a")
    assert len(apis.tails(policy)) == 7
    assert apis.decision(policy, "GET /b/a") == "allow"
    assert apis.decision(policy, "PUT /b/a") == "implicit_deny"


def test_what_is_covered_is_left_out(apis: Any) -> None:
    policy = (
        apis.rest.allow("GET /users/{id}")
        .allow("GET /users/7")
        .allow("GET /users/alice", when=INSIDE)
        .allow_pattern("ANY", "/reports/*")
        .allow("PUT /reports/{id}")
        .allow("GET /reports/{id}/{part+}")
    )
    assert apis.tails(policy)[0] == "GET/users/?*"
    assert {tail.partition("/")[2] for tail in apis.tails(policy)[1:]} == {"reports/*"}
    assert "GET/users/7" not in str(policy.document())
    assert apis.tails(policy, "Deny") == ["GET/users/*/*"]


def test_of_two_that_cover_each_other_one_stays(apis: Any) -> None:
    policy = apis.http.allow_pattern("GET", "/a/**").allow_pattern("GET", "/a/*")
    assert apis.tails(policy) == ["GET/a/*"]
    half = apis.http.allow_pattern("GET", "/*/**").allow_pattern("ANY", "/*/*")
    assert apis.tails(half) == ["*/*/*"]


def test_a_route_and_a_pattern_that_cover_each_other_are_one(apis: Any) -> None:
    same = apis.http.allow("GET /a/{x+}").allow_pattern("GET", "/a/?*")
    assert apis.tails(same) == ["GET/a/?*"]
    more = apis.http.allow("GET /a/{x+}").allow("PUT /a/{x+}").allow_pattern("GET", "/a/?*")
    for policy in (more, same.allow_pattern("PUT", "/a/?*")):
        assert apis.decision(policy, "GET /a/b") == "allow"
        assert apis.decision(policy, "PUT /a/b") == "allow"


def test_what_is_covered_on_a_condition_only_stays(apis: Any) -> None:
    policy = apis.http.allow_pattern("GET", "/*", when=INSIDE).allow("GET /a")
    assert apis.decision(policy, "GET /a", SourceIp="192.0.2.1") == "allow"
    assert apis.decision(policy, "GET /b", SourceIp="192.0.2.1") == "implicit_deny"
    assert apis.decision(policy, "GET /b", SourceIp="10.1.2.3") == "allow"


def test_a_path_with_an_empty_segment_is_not_lost_unsaid(apis: Any) -> None:
    policy = apis.rest.allow("GET /users/{id}").allow_pattern("GET", "/users/7/")
    assert apis.refusal(policy.document).code == "policy_inexact"


def test_everything_is_one_word(apis: Any) -> None:
    policy = apis.rest.allow("GET /a").allow_pattern("ANY", "/*").allow("ANY /{x+}")
    (statement,) = policy.document()["Statement"]
    assert statement["Resource"] == [f"{apis.stage}/*/*"]
    assert apis.decision(policy, "GET /") == "allow"
    assert apis.decision(policy, "$connect") == "implicit_deny"


def test_statements_of_the_same_condition_are_one(apis: Any) -> None:
    policy = (
        apis.http.allow("GET /a", when=INSIDE)
        .allow("GET /b")
        .allow("GET /c", when={"IpAddress": {"aws:sourceip": "10.0.0.0/8"}})
        .deny("GET /d", when=TLS)
        .deny("GET /e", when=TLS)
    )
    statements = policy.document()["Statement"]
    assert [len(s["Resource"]) for s in statements] == [2, 1, 2]
    assert [s.get("Condition") for s in statements] == [
        INSIDE,
        None,
        {"Bool": {"aws:SecureTransport": ["true"]}},
    ]


def test_a_rest_policy_denies_where_a_condition_does_not_hold(apis: Any) -> None:
    """Silence there would leave the answer to a resource policy."""
    policy = apis.rest.allow("GET /a", when=INSIDE).allow("GET /b")
    assert apis.decision(policy, "GET /a", SourceIp="10.1.2.3") == "allow"
    assert apis.decision(policy, "GET /a", SourceIp="192.0.2.1") == "explicit_deny"
    assert apis.decision(policy, "GET /a") == "explicit_deny"
    assert apis.decision(policy, "GET /b", SourceIp="192.0.2.1") == "allow"
    silent = apis.http.allow("GET /a", when=INSIDE)
    assert apis.decision(silent, "GET /a", SourceIp="192.0.2.1") == "implicit_deny"


def test_one_path_on_two_conditions_is_refused_on_rest_only(apis: Any) -> None:
    def said(builder: Any) -> Any:
        return builder.allow("GET /a", when=INSIDE).allow("GET /a", when=TLS)

    error = apis.refusal(said(apis.rest).document)
    assert error.code == "policy_inexact"
    assert error.problems[0].message == (
        "this and GET /a are allowed on different conditions and share paths, and what is denied"
        " where one does not hold cannot be allowed by the other; give both one condition, or, if"
        " the API has no resource policy, write .leave_the_rest_undenied()"
    )
    for policy in (said(apis.http), said(apis.rest.leave_the_rest_undenied())):
        assert apis.decision(policy, "GET /a", SourceIp="10.1.2.3") == "allow"
        assert apis.decision(policy, "GET /a", SecureTransport="true") == "allow"
        assert apis.decision(policy, "GET /a") == "implicit_deny"

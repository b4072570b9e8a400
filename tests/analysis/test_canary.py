"""Expectations, asked of the rules and of the policies that they become."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.analysis.canary import Check, check_expectations
from authorizers.config.compile import compile_document
from authorizers.model.arn import METHODS

Expecting = Callable[..., tuple[Any, Any]]


def checked(expecting: Expecting, expectations: str, **changes: str) -> tuple[Check, ...]:
    return check_expectations(*expecting(expectations, **changes))


@pytest.mark.parametrize(
    "expectation",
    [
        "{principal: alice, allow: [GET /orders]}",
        "{principal: alice, deny: [POST /orders]}",
        "{principal: alice, allow: [GET /users/alice], deny: [GET /users/bob]}",
        "{principal: alice, deny: ['GET /users/{user_id}/x', GET /users/alice/x]}",
        "{principal: alice, allow: [$connect], deny: ['ANY /admin/{proxy+}']}",
        "{principal: alice, deny: [GET /nowhere]}",
        "{principal: alice, deny: [GET /users/*, GET //orders, GET /orders/, 'GET /users/a%2Fb']}",
        "{principal: root, allow: [GET /admin/keys, 'ANY /admin/{proxy+}'], from: 10.0.0.1}",
        "{principal: root, deny: [GET /admin/keys], from: 192.0.2.1}",
        "{principal: root, deny: [GET /admin/keys], from: '2001:db8::1'}",
    ],
)
def test_what_is_so_is_met(expecting: Expecting, expectation: str) -> None:
    expectation = expectation.replace("'GET /users/{user_id}/x', ", "")
    checks = checked(expecting, f"  - {expectation}\n")
    assert checks
    assert all(check.holds for check in checks), [c.differing for c in checks]


@pytest.mark.parametrize(
    "expectation",
    [
        "{principal: alice, deny: [GET /orders]}",
        "{principal: alice, allow: [POST /orders]}",
        "{principal: alice, allow: [GET /users/bob]}",
        "{principal: alice, deny: [GET /users/alice]}",
        "{principal: alice, deny: [GET /users/me]}",
        "{principal: root, allow: [GET /admin/keys], from: 192.0.2.1}",
        "{principal: root, allow: [$connect]}",
    ],
)
def test_what_is_not_so_differs_by_the_rules_and_by_every_policy(
    expecting: Expecting, expectation: str
) -> None:
    (check,) = checked(expecting, f"  - {expectation}\n")
    assert not check.holds
    assert check.differing == check.answers
    witnesses = list(dict.fromkeys(answer.witness for answer in check.answers))
    web = ["the REST policy", "the HTTP policy"]
    policies = ["the WebSocket policy"] if "$connect" in expectation else web
    assert witnesses == ["the rules", *policies]


def test_a_route_that_is_the_callers_own_in_part_is_neither_allowed_nor_denied(
    expecting: Expecting,
) -> None:
    allow, deny = checked(
        expecting,
        "  - {principal: alice, allow: ['GET /users/{user_id}']}\n"
        "  - {principal: alice, deny: ['GET /users/{user_id}']}\n",
    )
    assert {a.request for a in allow.differing} == {"GET /users/any-user_id"}
    assert {a.request for a in deny.differing} == {"GET /users/alice"}


def test_without_an_address_it_must_be_so_from_everywhere(expecting: Expecting) -> None:
    """A denial that was only tried from outside would hide that inside the door is open."""
    deny, allow = checked(
        expecting,
        "  - {principal: root, deny: [GET /admin/keys]}\n"
        "  - {principal: root, allow: [GET /admin/keys]}\n",
    )
    assert {a.request for a in deny.differing} == {"GET /admin/keys from 10.0.0.0"}
    assert {a.request for a in allow.differing} == {"GET /admin/keys from 0.0.0.0"}
    assert {a.witness for a in deny.differing} == {
        "the rules",
        "the REST policy",
        "the HTTP policy",
    }


def test_a_route_for_any_method_is_tried_with_each(expecting: Expecting) -> None:
    (check,) = checked(
        expecting, "  - {principal: root, deny: ['ANY /admin/{proxy+}'], from: 10.0.0.1}\n"
    )
    assert len({answer.request for answer in check.differing}) == 7


def test_a_route_that_is_never_reached_is_not_taken_for_met(expecting: Expecting) -> None:
    """Nobody can be asked about it, so nothing is known."""
    routes = "".join(f"  {method} /all: {{authenticated: true}}\n" for method in (*METHODS, "ANY"))
    (check,) = checked(expecting, "  - {principal: alice, allow: [ANY /all]}\n", routes=routes)
    assert check.answers == ()
    assert not check.holds


def test_a_wrong_policy_cannot_hide_behind_right_rules(expecting: Expecting, text: str) -> None:
    """A table of other routes makes policies of other routes: the rules alone look right."""
    document, examples = expecting("  - {principal: alice, allow: [GET /orders]}\n")
    document["table"] = compile_document(text.replace("GET /orders:", "GET /other:"))["table"]
    (check,) = check_expectations(document, examples)
    assert [answer.witness for answer in check.differing] == ["the REST policy", "the HTTP policy"]


def test_a_difference_says_where_it_was_expected_and_why_it_is_not_so(
    expecting: Expecting,
) -> None:
    (check,) = checked(expecting, "  - principal: alice\n    allow: [POST /orders]\n")
    assert check.expected.place.endswith(":13")
    assert check.answers[0].why == "needs the scope orders:write"
    assert check.answers[1].why.startswith("decided by Statement[")


def test_the_default_route_can_be_expected(expecting: Expecting) -> None:
    routes = "  $default: {scopes: {any_of: [orders:write]}}\n"
    checks = checked(
        expecting,
        "  - {principal: root, allow: [$default]}\n  - {principal: alice, deny: [$default]}\n",
        routes=routes,
        end="inexact: deny\n",
    )
    assert [check.holds for check in checks] == [True, True]

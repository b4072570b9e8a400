"""Where a gateway and we may differ on a request's route, both routes are needed."""

import pytest

from authorizers.model.arn import parse_arn
from authorizers.model.grant import Grant
from authorizers.rules.routing import RouteTable
from authorizers.rules.rule_set import Granted

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


def allowed(
    keys: list[str], granted: set[int], path: str, named: str | None = None, **bound: str
) -> bool:
    """Say whether `GET path` is allowed to who is granted these routes, in whole or bound."""
    table = RouteTable(keys)
    bindings = tuple(bound.items())
    grants = tuple(Grant(i, bindings if "{" in keys[i] else ()) for i in sorted(granted))
    routed = table.named(named, table.find(parse_arn(f"{STAGE}/GET/{path}")), "GET")
    return Granted(grants).allow(routed, None)


@pytest.mark.parametrize("granted", [{0}, {1}])
def test_a_full_match_and_a_greedy_one_are_both_needed(granted: set[int]) -> None:
    """HTTP APIs take `/{x}/b` for it, REST APIs `/a/{rest+}`."""
    keys = ["GET /a/{rest+}", "GET /{x}/b"]
    assert not allowed(keys, granted, "a/b")
    assert allowed(keys, {0, 1}, "a/b")
    assert allowed(keys, {0}, "a/c")


def test_the_route_that_the_event_names_is_needed_too() -> None:
    """The gateway may decode a path before it chooses the route, and leave the ARN as it was."""
    keys = ["GET /{p+}", "GET /admin"]
    assert not allowed(keys, {0}, "%61dmin", "GET /admin")
    assert allowed(keys, {0, 1}, "%61dmin", "GET /admin")
    assert allowed(keys, {0}, "%61dmin", "GET /{proxy+}")


def test_a_route_of_any_method_is_meant_by_each() -> None:
    assert not allowed(["GET /{p+}", "ANY /admin"], {0}, "x", "GET /admin")


def test_an_api_route_of_every_method_is_ours_of_the_one_that_was_asked_for() -> None:
    """An HTTP API with `ANY /admin` says just that, whatever the request's method is."""
    keys = ["ANY /{p+}", "GET /admin", "POST /admin"]
    assert not allowed(keys, {0}, "%61dmin", "ANY /admin")
    assert not allowed(keys, {0, 2}, "%61dmin", "ANY /admin")
    assert allowed(keys, {0, 1}, "%61dmin", "ANY /admin")


def test_a_parameter_may_have_another_name_in_the_api() -> None:
    keys = ["GET /{p+}", "GET /files/{name}"]
    assert not allowed(keys, {0}, "files%2Fx", "GET /files/{file}")


def test_a_named_route_that_is_granted_in_part_is_not_granted() -> None:
    """What its parameters are is not known where the path is read in two ways."""
    keys = ["GET /{p+}", "GET /users/{id}"]
    table = RouteTable(keys)
    routed = table.named(
        "GET /users/{id}", table.find(parse_arn(f"{STAGE}/GET/users%2Fann")), "GET"
    )
    assert not Granted((Grant(0), Grant(1, (("id", "ann"),)))).allow(routed, None)


@pytest.mark.parametrize("named", [None, "GET /{proxy+}", "GET /nothing", "$default", "", "GET"])
def test_a_less_specific_or_undeclared_name_changes_nothing(named: str | None) -> None:
    assert allowed(["GET /{p+}", "GET /orders"], {1}, "orders", named)


def test_a_slash_at_the_end_leads_to_what_http_apis_prefer_without_it() -> None:
    """`a/b` is the full match's on HTTP APIs, so `a/b/` may be, too."""
    table = RouteTable(["GET /a/{z+}", "GET /{p}/b"])
    found = table.find(parse_arn(f"{STAGE}/GET/a/b/"))
    assert found is not None
    assert found.or_to is not None
    assert (found.route, found.or_to.route) == (0, 1)

"""Documents whose rules no IAM policy can say exactly are refused, with what to do instead."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.policy.table.compilation import Rules, compile_table

EVERYBODY = ["authenticated"]
ADMIN = ["claim", "groups", "contains", "admin"]
OWNER = ["path", {"id": "sub"}]
OFFICE = ["source_ip", ["10.0.0.0/8"]]
READ, WRITE = ["scopes_any", ["r"]], ["scopes_any", ["w"]]

Caller = Callable[..., Principal]
Api = Callable[..., Any]

EXPRESSIBLE: dict[str, dict[str, Any]] = {
    "literals": {"GET /a": READ, "POST /a": WRITE, "GET /a/b": WRITE},
    "deeper routes of other scopes": {
        "GET /orders": READ,
        "GET /orders/{id}": READ,
        "PUT /orders/{id}": WRITE,
        "GET /orders/{id}/items": WRITE,
        "GET /orders/{id}/items/{item}": WRITE,
        "PUT /orders/{id}/items/{item}": ADMIN,
    },
    "a literal where two wildcards cross": {
        "GET /{a}/x": READ,
        "GET /y/{b}": WRITE,
        "GET /y/x": ["scopes_all", ["r", "w"]],
    },
    "owner or administrator": {
        "GET /users": ADMIN,
        "GET /users/{id}": ["any_of", [ADMIN, OWNER]],
        "GET /users/{id}/orders": ["any_of", [ADMIN, OWNER]],
        "GET /users/me": EVERYBODY,
    },
    "owner, and more for some": {
        "GET /users/{id}": OWNER,
        "GET /users/{id}/orders": ["all_of", [OWNER, READ]],
    },
    "tenant and the rest": {"ANY /{tenant}/{proxy+}": EVERYBODY, "$default": READ},
    "tenant of one's own": {"ANY /{id}/{proxy+}": OWNER, "GET /health": EVERYBODY},
    "a stricter literal below a catch-all": {
        "ANY /{proxy+}": EVERYBODY,
        "DELETE /orders": WRITE,
        "GET /admin": OFFICE,
    },
    "a stricter tree below a catch-all": {
        "ANY /{proxy+}": EVERYBODY,
        "ANY /admin": ADMIN,
        "ANY /admin/{rest+}": ["all_of", [ADMIN, OFFICE]],
    },
    "HTTP and REST APIs disagree on the order": {"GET /a/{rest+}": READ, "GET /{x}/b": WRITE},
    "one segment, or several": {"GET /files/{id}": READ, "GET /files/{path+}": WRITE},
    "the root, and all else": {"ANY /{proxy+}": READ, "$default": WRITE, "GET /a": ADMIN},
    "a literal that two patterns meet in": {
        "GET /{x}/b": READ,
        "GET /a/{x}": WRITE,
        "GET /a/b": ADMIN,
    },
    "trees of one's own, side by side": {
        "ANY /tenants/{id}/a/{p+}": OWNER,
        "ANY /tenants/{id}/b/{p+}": ["all_of", [OWNER, READ]],
        "GET /tenants/{id}": OWNER,
        "GET /tenants": ADMIN,
    },
    "several ways in": {"GET /a/{id}": ["any_of", [["all_of", [OWNER, OFFICE]], ADMIN]]},
}
INEXPRESSIBLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "one level of a tree that is otherwise open": (
        {"ANY /{proxy+}": EVERYBODY, "GET /users/{id}": READ},
        ["GET /users/{id}"],
    ),
    "a parameter whose value may spell another route's literal": (
        {
            "GET /orders/{id}": READ,
            "GET /orders/{id}/items": WRITE,
            "GET /orders/{id}/items/{item}": READ,
        },
        ["GET /orders/{id}/items"],
    ),
    "an own path below a route that is open to another": (
        {"ANY /{proxy+}": ADMIN, "GET /users/{id}": OWNER},
        ["GET /users/{id}"],
    ),
    "an own path or the office": (
        {"GET /users/{id}": ["any_of", [OWNER, OFFICE]]},
        ["GET /users/{id}"],
    ),
    "bound behind an open parameter and before a greedy one": (
        {"ANY /{version}/{id}/{proxy+}": OWNER},
        ["ANY /{version}/{id}/{proxy+}"],
    ),
    "two networks, one inside the other's pattern": (
        {
            "GET /a/{rest+}": ["source_ip", ["10.0.0.0/8"]],
            "GET /a/b": ["source_ip", ["192.0.2.0/24"]],
        },
        ["GET /a/{rest+}"],
    ),
    "the same words about different parameters": (
        {"GET /{id}/{x}": OWNER, "GET /a/{id}": OWNER},
        ["GET /a/{id}"],
    ),
    "true is not 1": (
        {
            "GET /{rest+}": ["claim", "level", "equals", 1],
            "GET /a/{id}": ["claim", "level", "equals", True],
        },
        ["GET /a/{id}"],
    ),
}


@pytest.mark.parametrize("routes", EXPRESSIBLE.values(), ids=EXPRESSIBLE.keys())
def test_a_usual_document_is_exact(api: Api, routes: dict[str, Any]) -> None:
    assert api(routes).table["exact"] is True


@pytest.mark.parametrize(("routes", "places"), INEXPRESSIBLE.values(), ids=INEXPRESSIBLE.keys())
def test_what_cannot_be_said_exactly_is_refused_with_the_routes_and_the_remedy(
    api: Api, routes: dict[str, Any], places: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        api(routes)
    assert caught.value.code == "configuration_inexact"
    assert {problem.place for problem in caught.value.problems} >= set(places)
    for problem in caught.value.problems:
        assert problem.place in routes
        assert "inexact: deny" in problem.message
        assert "same requirement" in problem.message or "bind" in problem.message


@pytest.mark.parametrize(("routes", "_"), INEXPRESSIBLE.values(), ids=INEXPRESSIBLE.keys())
def test_a_document_that_accepts_a_loss_is_compiled_and_says_so(
    api: Api, routes: dict[str, Any], _: object
) -> None:
    assert api(routes, inexact=True).table["exact"] is False


def test_what_is_lost_is_the_unusual_path_and_nothing_is_won(api: Api, caller: Caller) -> None:
    tree = api({"ANY /{proxy+}": EVERYBODY, "GET /users/{id}": READ}, inexact=True)
    assert tree.decisions(caller(), "GET /users/1") == (False, "explicit_deny")
    assert tree.decisions(caller(), "GET /users/1/2") == (True, "explicit_deny")
    assert tree.decisions(caller(), "GET /other/1/2") == (True, "allow")
    assert tree.decisions(caller("r"), "GET /users/1/2") == (True, "allow")


def test_where_the_order_of_routes_is_disputed_both_must_be_granted(
    api: Api, caller: Caller
) -> None:
    """`GET /a/b` is the greedy route's on REST APIs and the other's on HTTP APIs."""
    disputed = api({"GET /a/{rest+}": READ, "GET /{x}/b": WRITE}, inexact=True)
    assert disputed.decisions(caller("r"), "GET /a/b")[1] == "explicit_deny"
    assert disputed.decisions(caller("w"), "GET /a/b")[1] == "explicit_deny"
    assert disputed.decisions(caller("r", "w"), "GET /a/b")[1] == "allow"
    assert disputed.decisions(caller("r"), "GET /a/c")[1] == "allow"


def test_two_routes_of_one_requirement_are_never_in_each_others_way(api: Api) -> None:
    assert api({"ANY /{proxy+}": READ, "GET /users/{id}": READ}).table["exact"] is True


@pytest.mark.parametrize("other", ["GET /a", "$connect", "$default"])
def test_the_route_of_all_routes_stands_alone(other: str) -> None:
    rules = Rules(
        may_lose=lambda *_: False,
        may_be_limited=lambda *_: False,
        conditional=lambda _: False,
        bound=lambda _: False,
        fixed=lambda _: frozenset(),
        tangled=lambda _: False,
    )
    with pytest.raises(ValueError, match=r"must be the only one"):
        compile_table(["*", other], rules, inexact=True)


def test_the_table_is_json_and_the_same_each_time(api: Api) -> None:
    import json

    routes = EXPRESSIBLE["owner or administrator"]
    first = json.dumps(api(routes).table)
    assert json.loads(first) == api(routes).table
    assert json.dumps(api(routes).table) == first

"""Which declared route a request is sent to: rules and policies speak of routes, never of text."""

import pytest

from authorizers.model.arn import parse_arn
from authorizers.rules.routing import RoutedTo, RouteTable

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


def routed(keys: list[str], request: str) -> RoutedTo | None:
    method, _, path = request.partition(" /")
    return RouteTable(keys).find(parse_arn(f"{STAGE}/{method}/{path}"))


def route_of(keys: list[str], request: str) -> str | None:
    found = routed(keys, request)
    return None if found is None else keys[found.route]


PETS = [
    "$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/{id}", "GET /pets/dog",
    "ANY /pets/{id}", "ANY /pets/dog", "GET /{kind}/cat", "GET /",
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "route"),
    [
        ("GET /pets/dog", "GET /pets/dog"),
        ("PUT /pets/dog", "ANY /pets/dog"),
        ("GET /pets/1", "GET /pets/{id}"),
        ("PUT /pets/1", "ANY /pets/{id}"),
        ("GET /pets/1/2", "GET /pets/{proxy+}"),
        ("PUT /pets/1/2", "ANY /{proxy+}"),
        ("GET /pets/cat", "GET /pets/{id}"),
        ("GET /cows/cat", "GET /{kind}/cat"),
        ("GET /cows/dog", "ANY /{proxy+}"),
        ("GET /pets", "ANY /{proxy+}"),
        ("GET /", "GET /"),
        ("PUT /", "$default"),
        ("GET /PETS/dog", "ANY /{proxy+}"),
        ("GET /pets/%64og", "GET /pets/{id}"),
        ("GET /pets/dog%2F1", "GET /pets/{id}"),
        ("GET /pets/..", "GET /pets/{id}"),
        ("GET /pets/dog;x", "GET /pets/{id}"),
        ("GET /pets/*", "GET /pets/{id}"),
        ("GET /pets/1/", "GET /pets/{proxy+}"),
        ("GET /pets//dog", "GET /pets/{proxy+}"),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["as-written", "reversed"])
def test_the_most_specific_route_is_taken_in_whichever_order_they_stand(
    request_: str, route: str, turned: bool
) -> None:
    assert route_of(PETS[::-1] if turned else PETS, request_) == route


@pytest.mark.parametrize(
    ("keys", "request_"),
    [
        (["GET /a"], "GET /b"),
        (["GET /a"], "POST /a"),
        (["GET /a"], "GET /a/"),
        (["GET /a"], "GET //a"),
        (["GET /a"], "GET /A"),
        (["GET /a"], "GET /"),
        (["GET /a.b"], "GET /aXb"),
        (["GET /{id}"], "GET /"),
        (["GET /{id}"], "GET /a/b"),
        (["GET /{id}"], "GET /a/"),
        (["GET /{id}/x"], "GET //x"),
        (["GET /{rest+}"], "GET /"),
        (["GET /a/{rest+}"], "GET /a"),
        (["GET /a/{rest+}"], "GET /a/"),
        (["$connect"], "GET /$connect"),
    ],
)
def test_no_other_request_is_sent_to_a_route(keys: list[str], request_: str) -> None:
    assert routed(keys, request_) is None


def test_parameters_are_read_as_they_stand_in_the_path() -> None:
    found = routed(["GET /{a}/x/{rest+}"], "GET /%41/x/b//c/")
    assert found == RoutedTo(0, {"a": "%41", "rest": "b//c/"})


def test_a_path_with_an_odd_slash_may_be_two_routes() -> None:
    found = routed(["ANY /{proxy+}", "GET /admin"], "GET /admin/")
    assert found is not None
    assert (found.route, found.or_to) == (0, RoutedTo(1, {}))


def test_a_path_with_an_odd_slash_may_be_a_more_specific_greedy_route() -> None:
    found = routed(["ANY /{proxy+}", "ANY /admin/{rest+}"], "GET /admin/x/")
    assert found == RoutedTo(1, {"rest": "x/"})


@pytest.mark.parametrize("path", ["//admin", "//", "//x/y", "///", "/x//", "/admin//", "/x/y///"])
def test_a_path_with_a_slash_too_many_at_an_end_is_no_routes(path: str) -> None:
    """Some gateways take the slash away, some do not: nobody is granted such a path."""
    assert routed(["ANY /{proxy+}", "GET /admin", "GET /", "$default"], f"GET {path}") is None


def test_a_greedy_route_is_not_taken_for_itself_with_a_slash_less() -> None:
    found = routed(["ANY /admin/{rest+}", "ANY /{proxy+}"], "GET /admin/x/")
    assert found == RoutedTo(0, {"rest": "x/"})


def test_many_slashes_are_not_many_searches() -> None:
    """Each look without a slash has fewer routes to look at."""
    keys = ["ANY /{proxy+}", *(f"ANY /{'x/' * n}{{rest+}}" for n in range(1, 8))]
    assert route_of(keys, "GET /y" + "/" * 1000 + "x/") == "ANY /{proxy+}"


@pytest.mark.parametrize(("key", "found"), [("$connect", True), ("$default", False)])
def test_an_arn_without_a_method_is_its_route_keys(key: str, found: bool) -> None:
    arn = parse_arn(f"{STAGE}/$connect")
    assert (RouteTable(["GET /a", key]).find(arn) is not None) is found


def test_the_default_routes_own_arn_is_the_default_routes() -> None:
    assert RouteTable(["GET /a", "$default"]).find(parse_arn(f"{STAGE}/$default")) == RoutedTo(
        1, {}
    )


@pytest.mark.parametrize("rest", ["GET/a", "PATCH/", "$connect", "$default"])
def test_the_route_of_all_routes_is_every_request(rest: str) -> None:
    assert RouteTable(["*"]).find(parse_arn(f"{STAGE}/{rest}")) == RoutedTo(0, {})

"""The reference router against the routes that API Gateway's documentation walks through."""

import pytest

from tests.policy.reference.router import http_route, readings, rest_route

# API Gateway Developer Guide, "Create routes for HTTP APIs" (http-api-develop-routes.html)
DOCUMENTED = [
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "GET /pets/{proxy+}",
    "ANY /{proxy+}",
    "$default",
]


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "pets/dog/1", "GET /pets/dog/1"),
        ("GET", "pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "test/5", "ANY /{proxy+}"),
        ("GET", "", "$default"),
    ],
)
def test_an_http_api_takes_the_route_that_its_guide_names(
    method: str, path: str, route: str
) -> None:
    found = http_route(DOCUMENTED, method, path)
    assert found is not None
    assert found.key == route


@pytest.mark.parametrize(
    ("keys", "method", "path", "rest", "http"),
    [
        (["GET /a/{z+}", "GET /{x}/b"], "GET", "a/b", "GET /a/{z+}", "GET /{x}/b"),
        (["POST /a", "OPTIONS /{z+}"], "OPTIONS", "a", "OPTIONS /{z+}", "OPTIONS /{z+}"),
        (["GET /a/x", "ANY /{z+}"], "GET", "a/y", "ANY /{z+}", "ANY /{z+}"),
        (["ANY /a", "GET /a"], "GET", "a", "GET /a", "GET /a"),
        (["ANY /a", "GET /{x}"], "GET", "a", "ANY /a", "ANY /a"),
        (["GET /{x}/b", "GET /a/{y}"], "GET", "a/b", "GET /a/{y}", "GET /a/{y}"),
        (["GET /{x}"], "GET", "", None, None),
        (["GET /{x}"], "GET", "a/b", None, None),
        (["GET /{x}/b"], "GET", "/b", None, None),
        (["GET /a/{z+}"], "GET", "a", None, None),
        (["GET /a"], "GET", "A", None, None),
        (["GET /a"], "POST", "a", None, None),
        (["$connect"], "GET", "$connect", None, None),
    ],
)
def test_levels_come_first_in_rest_and_full_matches_in_http(
    keys: list[str], method: str, path: str, rest: str | None, http: str | None
) -> None:
    by_rest, by_http = rest_route(keys, method, path), http_route(keys, method, path)
    assert (by_rest and by_rest.key, by_http and by_http.key) == (rest, http)


@pytest.mark.parametrize("path", ["admin/", "/admin", "/admin/"])
def test_a_slash_too_many_may_be_another_route(path: str) -> None:
    keys = {match.key for match in readings(["GET /admin", "GET /{z+}"], "GET", path)}
    assert keys == {"GET /admin", "GET /{z+}"}


def test_parameters_are_the_text_of_the_path() -> None:
    found = rest_route(["GET /{a}/x/{z+}"], "GET", "%41/x/b//c")
    assert found is not None
    assert found.parameters == {"a": "%41", "z": "b//c"}

"""A route key of a document is one that API Gateway has, or says what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.arn import METHODS
from authorizers.model.route import parse_route, specificity


@pytest.mark.parametrize(
    ("key", "segments", "parameters"),
    [
        ("GET /", (), ()),
        ("GET /orders", ("orders",), ()),
        ("GET /orders/{order_id}", ("orders", "{order_id}"), ("order_id",)),
        ("GET /{proxy+}", ("{proxy+}",), ("proxy",)),
        ("GET /a/{b}/{c.d-e_f}/{g+}", ("a", "{b}", "{c.d-e_f}", "{g+}"), ("b", "c.d-e_f", "g")),
        ("GET /a%20b/~c/@d/e:f", ("a%20b", "~c", "@d", "e:f"), ()),
    ],
)
def test_a_route_is_its_segments(
    key: str, segments: tuple[str, ...], parameters: tuple[str, ...]
) -> None:
    route = parse_route(key)

    assert (route.key, route.methods) == (key, ("GET",))
    assert (route.segments, route.parameters) == (segments, parameters)


def test_any_stands_for_every_method() -> None:
    assert parse_route("ANY /x").methods == METHODS


@pytest.mark.parametrize("key", ["$connect", "$default", "*"])
def test_a_route_key_alone_has_neither_method_nor_path(key: str) -> None:
    assert parse_route(key) == (key, (), ())


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "/orders",
        "GET",
        "GET ",
        "GET  /orders",
        "GET\t/orders",
        " GET /orders",
        "get /orders",
        "Get /orders",
        "TRACE /orders",
        "* /orders",
        "ALL /orders",
        "__class__ /orders",
        "GET orders",
        "GET /orders/",
        "GET //orders",
        "GET /orders//x",
        "GET /orders ",
        "GET /orders\n",
        "GET /orders?x=1",
        "GET /orders/*",
        "GET /*",
        "GET /$default",
        "GET /${x}",
        "GET /{}",
        "GET /{+}",
        "GET /{a",
        "GET /a}",
        "GET /{a}{b}",
        "GET /{a}-{b}",
        "GET /x{a}",
        "GET /{a+}/b",
        "GET /{a+}/{b+}",
        "GET /{a b}",
        "GET /{a/b}",
        "GET /{{a}}",
        "GET /{a}/{a}",
        "GET /{a}/{a+}",
        "GET /caf\u00e9",
        "GET /a\x00",
        "$disconnect",
        "$connect ",
        "$CONNECT",
        "sendmessage",
    ],
)
def test_what_is_no_route_is_refused_with_a_reason(key: str) -> None:
    with pytest.raises(ValueError, match=r"write|must|needs"):
        parse_route(key)


def test_a_literal_is_preferred_to_a_parameter_and_that_to_a_greedy_one() -> None:
    keys = ["$default", "GET /a/{x+}", "GET /a/b", "GET /{x}/b", "GET /{x+}", "GET /a/{x}"]

    preferred = sorted(map(parse_route, keys), key=specificity)

    assert [route.key for route in preferred] == [
        "GET /a/b", "GET /a/{x}", "GET /a/{x+}", "GET /{x}/b", "GET /{x+}", "$default",
    ]  # fmt: skip


PIECES = st.sampled_from(
    ["GET", "ANY", " ", "/", "a", "{", "}", "{a}", "{b+}", "+", "*", "$", "\n"]
)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_no_text_raises_anything_but_a_value_error(key: str) -> None:
    try:
        route = parse_route(key)
    except ValueError:
        return
    assert route.key == key
    assert not route.segments or f"/{'/'.join(route.segments)}" == key.partition(" ")[2]
    assert not any(set("*?$") & set(segment) for segment in route.segments)

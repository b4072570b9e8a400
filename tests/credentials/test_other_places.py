"""A cookie, a query parameter, another header, a subprotocol: only where they are configured."""

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import pytest

from authorizers.model.request import EventKind
from authorizers.testing.events import (
    EVENT_BUILDERS,
    Event,
    http_1_event,
    http_2_event,
    rest_request_event,
    rest_token_event,
    websocket_event,
)

TOKEN = "aaa.bbb.ccc"
OTHER = "ddd.eee.fff"
REQUEST_KINDS = [kind for kind in EventKind if kind is not EventKind.REST_TOKEN]
PROTOCOL = {"websocket_protocol": "token"}
Build = Callable[..., Event]
Extracted = Callable[..., str]
Code = Callable[..., str]


def offered(protocols: str) -> dict[str, Any]:
    return {"headers": {"Sec-WebSocket-Protocol": protocols}}


@pytest.mark.parametrize("kind", REQUEST_KINDS)
@pytest.mark.parametrize(
    ("call", "place"),
    [
        ({"headers": {"X-Token": TOKEN}}, {"header": "X-Token"}),
        ({"headers": {"x-token": TOKEN}}, {"header": "X-TOKEN"}),
        ({"cookies": ["theme=dark", f"token={TOKEN}"]}, {"cookie": "token"}),
        ({"query": {"token": TOKEN}}, {"query": "token"}),
        (offered(f"token, {TOKEN}"), PROTOCOL),
        (offered(f"token,{TOKEN}"), PROTOCOL),
    ],
)  # fmt: skip
def test_another_place_is_looked_at_only_if_it_is_configured(
    kind: EventKind,
    call: Mapping[str, Any],
    place: Mapping[str, str],
    *,
    extracted: Extracted,
    code: Code,
    everywhere: list[Any],
) -> None:
    event = EVENT_BUILDERS[kind](**call)

    assert extracted(event, place) == TOKEN
    assert extracted(event, *everywhere) == TOKEN
    assert code(event) == "credential_missing"
    assert code(event, *(other for other in everywhere if list(other) != list(place))) == (
        "credential_missing"
    )


@pytest.mark.parametrize(("first", "second"), list(permutations(range(5), 2)))
@pytest.mark.parametrize("value", [TOKEN, OTHER])
def test_a_token_in_two_places_is_ambiguous(
    first: int, second: int, value: str, code: Code, everywhere: list[Any]
) -> None:
    """RFC 6750 §2: a client must not use more than one method in one request."""
    calls: list[Callable[[str], dict[str, Any]]] = [
        lambda token: {"token": token},
        lambda token: {"headers": {"X-Token": token}},
        lambda token: {"cookies": [f"token={token}"]},
        lambda token: {"query": {"token": token}},
        lambda token: offered(f"token, {token}"),
    ]
    one, two = calls[first](TOKEN), calls[second](value)
    headers = {**one.get("headers", {}), **two.get("headers", {})}

    event = websocket_event(**{**one, **two, "headers": headers})

    assert code(event, *everywhere) == "credential_ambiguous"


def test_a_token_in_a_place_that_is_not_configured_does_not_make_it_ambiguous(
    extracted: Extracted,
) -> None:
    event = rest_request_event(token=TOKEN, query={"token": OTHER}, cookies=[f"token={OTHER}"])

    assert extracted(event) == TOKEN


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ({"headers": {"X-Token": ""}}, {"header": "X-Token"}),
        ({"headers": {"X-Token": f"Bearer {TOKEN}"}}, {"header": "X-Token"}),
        ({"headers": {"X-Token": f"{TOKEN},{OTHER}"}}, {"header": "X-Token"}),
        ({"headers": {"X-Token": f"{TOKEN} "}}, {"header": "X-Token"}),
        ({"cookies": ["token="]}, {"cookie": "token"}),
        ({"cookies": [f"token={TOKEN} {OTHER}"]}, {"cookie": "token"}),
        ({"query": {"token": ""}}, {"query": "token"}),
        ({"query": {"token": f"Bearer {TOKEN}"}}, {"query": "token"}),
        (offered("token"), PROTOCOL),
        (offered("token,"), PROTOCOL),
        (offered(f"{TOKEN}, token"), PROTOCOL),
        (offered(f"token, {TOKEN}, chat"), PROTOCOL),
        (offered(f"chat, token, {TOKEN}"), PROTOCOL),
        (offered(f"token, a {TOKEN}"), PROTOCOL),
    ],
)  # fmt: skip
def test_what_is_no_single_token_is_malformed_in_every_place(
    call: Mapping[str, Any], place: Mapping[str, str], code: Code
) -> None:
    assert code(rest_request_event(**call), place) == "credential_malformed"


@pytest.mark.parametrize("build", [rest_request_event, http_1_event, http_2_event])
@pytest.mark.parametrize(
    ("call", "place"),
    [
        ({"cookies": [f"token={TOKEN}", f"token={OTHER}"]}, {"cookie": "token"}),
        ({"cookies": [f"token={TOKEN}", f"token={TOKEN}"]}, {"cookie": "token"}),
        ({"query": {"token": [TOKEN, OTHER]}}, {"query": "token"}),
        ({"query": {"token": [TOKEN, TOKEN]}}, {"query": "token"}),
    ],
)
def test_a_place_with_two_values_is_ambiguous(
    build: Build, call: Mapping[str, Any], place: Mapping[str, str], code: Code
) -> None:
    assert code(build(**call), place) == "credential_ambiguous"


@pytest.mark.parametrize(
    "call",
    [
        {"cookies": [f"Token={TOKEN}", f"xtoken={TOKEN}", f"token2={TOKEN}", "token"]},
        {"query": {"Token": TOKEN, "token[]": TOKEN}},
        offered(f"Token, {TOKEN}"),
        offered(TOKEN),
        offered(""),
        {"headers": {"Cookies": f"token={TOKEN}"}},
    ],
)
def test_a_name_that_is_nearly_the_configured_one_is_another_name(
    call: Mapping[str, Any], code: Code, everywhere: list[Any]
) -> None:
    assert code(rest_request_event(**call), *everywhere) == "credential_missing"


def test_subprotocols_in_two_headers_are_one_list(extracted: Extracted) -> None:
    event = websocket_event(headers={"Sec-WebSocket-Protocol": ["token", TOKEN]})

    assert extracted(event, {"websocket_protocol": "token"}) == TOKEN


def test_a_cookie_of_format_2_is_found_beside_the_headers(extracted: Extracted) -> None:
    event = http_2_event(cookies=[f"token={TOKEN}"])

    assert "cookie" not in event["headers"]
    assert extracted(event, {"cookie": "token"}) == TOKEN


# TOKEN events: the identity source is a header that the gateway chose


def test_a_token_event_has_a_bare_token_where_a_header_is_configured(
    extracted: Extracted, code: Code
) -> None:
    event = rest_token_event(authorization=TOKEN)

    assert extracted(event, {"header": "X-Token"}) == TOKEN
    assert code(event) == "credential_malformed"


def test_a_token_event_has_a_scheme_where_the_authorization_header_is_configured(
    extracted: Extracted, code: Code
) -> None:
    event = rest_token_event(token=TOKEN)

    assert extracted(event, "authorization", {"header": "X-Token"}) == TOKEN
    assert code(event, {"header": "X-Token"}) == "credential_malformed"


@pytest.mark.parametrize("place", [{"cookie": "token"}, {"query": "token"}, PROTOCOL])
def test_a_token_event_has_no_credential_where_no_header_is_configured(
    place: Any, code: Code
) -> None:
    assert code(rest_token_event(authorization=TOKEN), place) == "credential_missing"
    assert code(rest_token_event(token=TOKEN), place) == "credential_missing"


def test_a_token_event_knows_no_other_place(code: Code, everywhere: list[Any]) -> None:
    event = {
        **rest_token_event(),
        "headers": {"Authorization": f"Bearer {TOKEN}", "X-Token": TOKEN},
        "queryStringParameters": {"token": TOKEN},
        "cookies": [f"token={TOKEN}"],
    }

    assert code(event, *everywhere) == "credential_missing"

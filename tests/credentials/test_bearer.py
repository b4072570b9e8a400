"""One request has one token in one place; everything else is refused, and never chosen from."""

import re
from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.credentials.bearer import MAX_TOKEN_CHARS, BearerExtractor
from authorizers.errors import (
    ConfigurationError,
    CredentialError,
    MalformedCredential,
    MissingCredential,
)
from authorizers.events.event import parse_event
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
EVERYWHERE = [
    "authorization",
    {"header": "X-Token"},
    {"cookie": "token"},
    {"query": "token"},
    {"websocket_protocol": "token"},
]
PROTOCOL = {"websocket_protocol": "token"}
Build = Callable[..., Event]


def offered(protocols: str) -> dict[str, Any]:
    return {"headers": {"Sec-WebSocket-Protocol": protocols}}


def extracted(event: Event, *token_from: Any) -> str:
    extractor = BearerExtractor(token_from or ["authorization"])
    return extractor.extract(parse_event(event)).reveal()


def code(event: Event, *token_from: Any) -> str:
    with pytest.raises(CredentialError) as raised:
        extracted(event, *token_from)
    assert raised.value.__cause__ is None
    assert not re.search(r"aaa|ddd", str(raised.value))
    return raised.value.code


# The Authorization header


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_compared_without_case(kind: EventKind, scheme: str) -> None:
    assert extracted(EVENT_BUILDERS[kind](authorization=f"{scheme} {TOKEN}")) == TOKEN


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        f"Bearer  {TOKEN}",
        f"Bearer {TOKEN} ",
        f" Bearer {TOKEN}",
        f"Bearer\t{TOKEN}",
        f"Bearer\u00a0{TOKEN}",
        f"Bearer\n{TOKEN}",
        f"Bearer{TOKEN}",
        f"Bearer:{TOKEN}",
        f"Bearer={TOKEN}",
        f"Bearer {TOKEN} {OTHER}",
        f"Bearer {TOKEN},{OTHER}",
        f"Bearer {TOKEN}, Bearer {OTHER}",
        f"Bearer {TOKEN},Bearer {OTHER}",
        f"Bearer {TOKEN},",
        f"Bearer ,{TOKEN}",
        f"Bearer Bearer {TOKEN}",
        TOKEN,
        f"Bearers {TOKEN}",
        f"\uff22earer {TOKEN}",
        f"\ufeffBearer {TOKEN}",
        f"DPoP {TOKEN}",
        f"JWT {TOKEN}",
        f"Token {TOKEN}",
        "Basic dXNlcjpwYXNzd29yZA==",
        "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
        " ",
        ",",
    ],
)
def test_anything_but_the_scheme_one_space_and_one_token_is_malformed(
    kind: EventKind, authorization: str
) -> None:
    assert code(EVENT_BUILDERS[kind](authorization=authorization)) == "credential_malformed"


@pytest.mark.parametrize("tab", ["\t", "\x0b", "\x00", "\u2028", "\u3000", "\u00e9"])
def test_other_white_space_is_left_for_the_tokens_parser_to_refuse(tab: str) -> None:
    """What a token is made of is one decision, made in one place (`parse_compact`)."""
    assert extracted(rest_token_event(authorization=f"Bearer {TOKEN}{tab}")) == f"{TOKEN}{tab}"


@pytest.mark.parametrize("kind", EventKind)
def test_a_request_without_a_credential_is_missing_it(kind: EventKind) -> None:
    with pytest.raises(MissingCredential, match="credential_missing"):
        extracted(EVENT_BUILDERS[kind]())


def test_a_token_event_without_its_header_is_missing_it() -> None:
    event = rest_token_event()

    for value in ("", None):
        assert code({**event, "authorizationToken": value}) == "credential_missing"
    del event["authorizationToken"]
    assert code(event) == "credential_missing"


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_an_empty_header_is_malformed(kind: EventKind) -> None:
    assert code(EVENT_BUILDERS[kind](headers={"Authorization": ""})) == "credential_malformed"


@pytest.mark.parametrize("build", [rest_request_event, http_1_event, websocket_event])
@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_a_header_sent_twice_is_ambiguous_even_with_one_value(build: Build, second: str) -> None:
    event = build(headers={"Authorization": [f"Bearer {TOKEN}", f"Bearer {second}"]})

    assert code(event) == "credential_ambiguous"


@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_a_header_joined_by_an_http_api_is_malformed(second: str) -> None:
    event = http_2_event(headers={"Authorization": [f"Bearer {TOKEN}", f"Bearer {second}"]})

    assert code(event) == "credential_malformed"


@pytest.mark.parametrize("build", [rest_request_event, websocket_event])
@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_two_spellings_of_the_header_are_ambiguous(build: Build, second: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "authorization": f"Bearer {second}"}

    assert code(build(headers=headers)) == "credential_ambiguous"


@pytest.mark.parametrize("build", [rest_request_event, http_1_event, websocket_event])
def test_maps_that_disagree_about_the_header_are_ambiguous(build: Build) -> None:
    event = build(token=TOKEN)
    (name,) = (name for name in event["headers"] if name.lower() == "authorization")
    event["headers"][name] = f"Bearer {OTHER}"

    assert code(event) == "credential_ambiguous"


def test_a_second_value_of_another_scheme_is_refused_too() -> None:
    headers = {"Authorization": [f"Bearer {TOKEN}", "Basic dXNlcjpwYXNzd29yZA=="]}

    assert code(rest_request_event(headers=headers)) == "credential_malformed"


@pytest.mark.parametrize("kind", REQUEST_KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "X-Authorization", "Authorization_", "X_Authorization", "Proxy-Authorization",
        "X-Amzn-Remapped-Authorization", "X-Forwarded-Authorization", "X-Forwarded-Access-Token",
        "X-Original-Authorization", "\u0391uthorization", "Authorization ", " Authorization",
        "Authorization\x00", "Authorization:", "WWW-Authenticate", "X-Amz-Security-Token",
    ],
)  # fmt: skip
def test_no_other_header_is_an_identity(kind: EventKind, name: str) -> None:
    event = EVENT_BUILDERS[kind](headers={name: f"Bearer {TOKEN}"})

    assert code(event) == "credential_missing"


@pytest.mark.parametrize("name", ["X_Token", "X-Token_", "XToken", "HTTP_X_TOKEN"])
def test_an_underscore_is_no_hyphen_in_a_configured_header(name: str) -> None:
    event = rest_request_event(headers={name: TOKEN})

    assert code(event, {"header": "X-Token"}) == "credential_missing"


# Length


@pytest.mark.parametrize("kind", EventKind)
def test_a_token_of_the_greatest_length_is_taken(kind: EventKind) -> None:
    token = "a" * MAX_TOKEN_CHARS

    assert extracted(EVENT_BUILDERS[kind](token=token)) == token


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("length", [MAX_TOKEN_CHARS + 1, 1_000_000])
def test_a_longer_token_is_refused_before_it_is_hashed_or_parsed(
    kind: EventKind, length: int
) -> None:
    assert code(EVENT_BUILDERS[kind](token="a" * length)) == "token_too_long"


@pytest.mark.parametrize("place", EVERYWHERE[1:4])
def test_the_length_is_limited_wherever_a_token_comes_from(place: Any) -> None:
    token = "a" * (MAX_TOKEN_CHARS + 1)
    event = rest_request_event(
        headers={"X-Token": token}, cookies=[f"token={token}"], query={"token": token}
    )

    assert code(event, place) == "token_too_long"


# Other places, which count only where they are configured


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
    kind: EventKind, call: Mapping[str, Any], place: Mapping[str, str]
) -> None:
    event = EVENT_BUILDERS[kind](**call)

    assert extracted(event, place) == TOKEN
    assert extracted(event, *EVERYWHERE) == TOKEN
    assert code(event) == "credential_missing"
    assert code(event, *(other for other in EVERYWHERE if list(other) != list(place))) == (
        "credential_missing"
    )


@pytest.mark.parametrize(("first", "second"), list(permutations(range(5), 2)))
@pytest.mark.parametrize("value", [TOKEN, OTHER])
def test_a_token_in_two_places_is_ambiguous(first: int, second: int, value: str) -> None:
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

    assert code(event, *EVERYWHERE) == "credential_ambiguous"


def test_a_token_in_a_place_that_is_not_configured_does_not_make_it_ambiguous() -> None:
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
    call: Mapping[str, Any], place: Mapping[str, str]
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
    build: Build, call: Mapping[str, Any], place: Mapping[str, str]
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
def test_a_name_that_is_nearly_the_configured_one_is_another_name(call: Mapping[str, Any]) -> None:
    assert code(rest_request_event(**call), *EVERYWHERE) == "credential_missing"


def test_subprotocols_in_two_headers_are_one_list() -> None:
    event = websocket_event(headers={"Sec-WebSocket-Protocol": ["token", TOKEN]})

    assert extracted(event, {"websocket_protocol": "token"}) == TOKEN


def test_a_cookie_of_format_2_is_found_beside_the_headers() -> None:
    event = http_2_event(cookies=[f"token={TOKEN}"])

    assert "cookie" not in event["headers"]
    assert extracted(event, {"cookie": "token"}) == TOKEN


# TOKEN events: the identity source is a header that the gateway chose


def test_a_token_event_has_a_bare_token_where_a_header_is_configured() -> None:
    event = rest_token_event(authorization=TOKEN)

    assert extracted(event, {"header": "X-Token"}) == TOKEN
    assert code(event) == "credential_malformed"


def test_a_token_event_has_a_scheme_where_the_authorization_header_is_configured() -> None:
    event = rest_token_event(token=TOKEN)

    assert extracted(event, "authorization", {"header": "X-Token"}) == TOKEN
    assert code(event, {"header": "X-Token"}) == "credential_malformed"


@pytest.mark.parametrize("place", EVERYWHERE[2:])
def test_a_token_event_has_no_credential_where_no_header_is_configured(place: Any) -> None:
    assert code(rest_token_event(authorization=TOKEN), place) == "credential_missing"
    assert code(rest_token_event(token=TOKEN), place) == "credential_missing"


def test_a_token_event_knows_no_other_place() -> None:
    event = {
        **rest_token_event(),
        "headers": {"Authorization": f"Bearer {TOKEN}", "X-Token": TOKEN},
        "queryStringParameters": {"token": TOKEN},
        "cookies": [f"token={TOKEN}"],
    }

    assert code(event, *EVERYWHERE) == "credential_missing"


# The configuration


def test_an_extractor_without_a_place_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="token_from"):
        BearerExtractor([])


# Whatever is sent


HEADER_TEXT = st.text(max_size=30) | st.sampled_from(
    [f"Bearer {TOKEN}", "Bearer", "Bearer ", TOKEN, f"token, {TOKEN}", f"token={TOKEN}", ","]
)


@given(
    kind=st.sampled_from(EventKind),
    headers=st.dictionaries(
        st.sampled_from(["Authorization", "authorization", "Cookie", "X-Token",
                         "Sec-WebSocket-Protocol"]),
        st.lists(HEADER_TEXT, min_size=1, max_size=3),
        max_size=3,
    ),
    query=st.dictionaries(st.just("token"), HEADER_TEXT, max_size=1),
    places=st.lists(st.sampled_from(EVERYWHERE), min_size=1, max_size=5),
)  # fmt: skip
def test_nothing_that_is_sent_raises_anything_but_a_credential_error(
    kind: EventKind, headers: dict[str, list[str]], query: dict[str, str], places: list[Any]
) -> None:
    event = EVENT_BUILDERS[kind](headers=headers, query=query)
    try:
        token = extracted(event, *places)
    except (MissingCredential, MalformedCredential):
        return
    assert token
    assert " " not in token
    assert "," not in token


@given(st.text(max_size=40))
def test_no_header_value_raises_anything_but_a_credential_error(value: str) -> None:
    try:
        token = extracted({**rest_token_event(), "authorizationToken": value})
    except CredentialError:
        return
    assert value == f"{value[:6]} {token}"

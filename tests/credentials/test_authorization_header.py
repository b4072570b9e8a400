"""One Authorization header with one token in it; everything else is refused."""

from collections.abc import Callable

import pytest

from authorizers.errors import MissingCredential
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
Build = Callable[..., Event]
Extracted = Callable[..., str]
Code = Callable[..., str]


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_compared_without_case(
    kind: EventKind, scheme: str, extracted: Extracted
) -> None:
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
    kind: EventKind, authorization: str, code: Code
) -> None:
    assert code(EVENT_BUILDERS[kind](authorization=authorization)) == "credential_malformed"


@pytest.mark.parametrize("tab", ["\t", "\x0b", "\x00", "\u2028", "\u3000", "\u00e9"])
def test_other_white_space_is_left_for_the_tokens_parser_to_refuse(
    tab: str, extracted: Extracted
) -> None:
    """What a token is made of is one decision, made in one place (`parse_compact`)."""
    assert extracted(rest_token_event(authorization=f"Bearer {TOKEN}{tab}")) == f"{TOKEN}{tab}"


@pytest.mark.parametrize("kind", EventKind)
def test_a_request_without_a_credential_is_missing_it(
    kind: EventKind, extracted: Extracted
) -> None:
    with pytest.raises(MissingCredential, match="credential_missing"):
        extracted(EVENT_BUILDERS[kind]())


def test_a_token_event_without_its_header_is_missing_it(code: Code) -> None:
    event = rest_token_event()

    for value in ("", None):
        assert code({**event, "authorizationToken": value}) == "credential_missing"
    del event["authorizationToken"]
    assert code(event) == "credential_missing"


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_an_empty_header_is_malformed(kind: EventKind, code: Code) -> None:
    assert code(EVENT_BUILDERS[kind](headers={"Authorization": ""})) == "credential_malformed"


@pytest.mark.parametrize("build", [rest_request_event, http_1_event, websocket_event])
@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_a_header_sent_twice_is_ambiguous_even_with_one_value(
    build: Build, second: str, code: Code
) -> None:
    event = build(headers={"Authorization": [f"Bearer {TOKEN}", f"Bearer {second}"]})

    assert code(event) == "credential_ambiguous"


@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_a_header_joined_by_an_http_api_is_malformed(second: str, code: Code) -> None:
    event = http_2_event(headers={"Authorization": [f"Bearer {TOKEN}", f"Bearer {second}"]})

    assert code(event) == "credential_malformed"


@pytest.mark.parametrize("build", [rest_request_event, websocket_event])
@pytest.mark.parametrize("second", [TOKEN, OTHER])
def test_two_spellings_of_the_header_are_ambiguous(build: Build, second: str, code: Code) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "authorization": f"Bearer {second}"}

    assert code(build(headers=headers)) == "credential_ambiguous"


@pytest.mark.parametrize("build", [rest_request_event, http_1_event, websocket_event])
def test_maps_that_disagree_about_the_header_are_ambiguous(build: Build, code: Code) -> None:
    event = build(token=TOKEN)
    (name,) = (name for name in event["headers"] if name.lower() == "authorization")
    event["headers"][name] = f"Bearer {OTHER}"

    assert code(event) == "credential_ambiguous"


def test_a_second_value_of_another_scheme_is_refused_too(code: Code) -> None:
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
def test_no_other_header_is_an_identity(kind: EventKind, name: str, code: Code) -> None:
    event = EVENT_BUILDERS[kind](headers={name: f"Bearer {TOKEN}"})

    assert code(event) == "credential_missing"


@pytest.mark.parametrize("name", ["X_Token", "X-Token_", "XToken", "HTTP_X_TOKEN"])
def test_an_underscore_is_no_hyphen_in_a_configured_header(name: str, code: Code) -> None:
    event = rest_request_event(headers={name: TOKEN})

    assert code(event, {"header": "X-Token"}) == "credential_missing"

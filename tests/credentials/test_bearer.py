"""One request has one token of bounded length; nothing that is sent ends in another error."""

from collections.abc import Callable
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
from authorizers.model.request import EventKind
from authorizers.testing.events import (
    EVENT_BUILDERS,
    rest_request_event,
    rest_token_event,
)

TOKEN = "aaa.bbb.ccc"
Extracted = Callable[..., str]
Code = Callable[..., str]


# Length


@pytest.mark.parametrize("kind", EventKind)
def test_a_token_of_the_greatest_length_is_taken(kind: EventKind, extracted: Extracted) -> None:
    token = "a" * MAX_TOKEN_CHARS

    assert extracted(EVENT_BUILDERS[kind](token=token)) == token


@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("length", [MAX_TOKEN_CHARS + 1, 1_000_000])
def test_a_longer_token_is_refused_before_it_is_hashed_or_parsed(
    kind: EventKind, length: int, code: Code
) -> None:
    assert code(EVENT_BUILDERS[kind](token="a" * length)) == "token_too_long"


@pytest.mark.parametrize("place", [{"header": "X-Token"}, {"cookie": "token"}, {"query": "token"}])
def test_the_length_is_limited_wherever_a_token_comes_from(place: Any, code: Code) -> None:
    token = "a" * (MAX_TOKEN_CHARS + 1)
    event = rest_request_event(
        headers={"X-Token": token}, cookies=[f"token={token}"], query={"token": token}
    )

    assert code(event, place) == "token_too_long"


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
    data=st.data(),
)  # fmt: skip
def test_nothing_that_is_sent_raises_anything_but_a_credential_error(
    extracted: Extracted,
    everywhere: list[Any],
    *,
    kind: EventKind,
    headers: dict[str, list[str]],
    query: dict[str, str],
    data: st.DataObject,
) -> None:
    places = data.draw(st.lists(st.sampled_from(everywhere), min_size=1, max_size=5))
    event = EVENT_BUILDERS[kind](headers=headers, query=query)
    try:
        token = extracted(event, *places)
    except (MissingCredential, MalformedCredential):
        return
    assert token
    assert " " not in token
    assert "," not in token


@given(st.text(max_size=40))
def test_no_header_value_raises_anything_but_a_credential_error(
    extracted: Extracted, value: str
) -> None:
    try:
        token = extracted({**rest_token_event(), "authorizationToken": value})
    except CredentialError:
        return
    assert value == f"{value[:6]} {token}"

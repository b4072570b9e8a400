"""Where an API key is found: in exactly one place, once."""

from typing import Any

import pytest

from authorizers.credentials.api_key import MAX_CHARS, ApiKeyExtractor
from authorizers.errors import ConfigurationError, CredentialError
from authorizers.events.event import parse_event
from authorizers.model.request import EventKind, Request
from authorizers.testing.events import EVENT_BUILDERS

HEADER = {"header": "X-Api-Key"}
KEY = "orders_live_7Fh3kQ9ZpLm2_" + "s" * 38
EVERY_KIND = tuple(EventKind)
WITH_HEADERS = tuple(kind for kind in EventKind if kind is not EventKind.REST_TOKEN)


def request(kind: EventKind, **call: Any) -> Request:
    """Return the request of a client's call; in a TOKEN event the key is the header's value."""
    if kind is EventKind.REST_TOKEN and "headers" in call:
        call = {"authorization": call["headers"]["x-api-key"]}
    return parse_event(EVENT_BUILDERS[kind](**call))


def refused(extractor: ApiKeyExtractor, asked: Request) -> str:
    with pytest.raises(CredentialError) as raised:
        extractor.extract(asked)
    assert "sssss" not in str(raised.value)
    return raised.value.code


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_key_is_the_value_of_the_header(kind: EventKind) -> None:
    found = ApiKeyExtractor(HEADER).extract(request(kind, headers={"x-api-key": KEY}))
    assert found.reveal() == KEY


@pytest.mark.parametrize("name", ["x-api-key", "X-API-KEY", "X-Api-Key"])
@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_the_case_of_a_header_does_not_matter(kind: EventKind, name: str) -> None:
    found = ApiKeyExtractor(HEADER).extract(request(kind, headers={name: KEY}))
    assert found.reveal() == KEY


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_without_the_header_nothing_is_presented(kind: EventKind) -> None:
    for call in (
        {},
        {"headers": {"x-api-keys": KEY}},
        {"headers": {"authorization": KEY}},
        {"query": {"x-api-key": KEY}},
        {"cookies": [f"x-api-key={KEY}"]},
    ):
        assert refused(ApiKeyExtractor(HEADER), request(kind, **call)) == "credential_missing"


@pytest.mark.parametrize("kind", [EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.WEBSOCKET])
def test_two_values_are_refused(kind: EventKind) -> None:
    twice = request(kind, headers={"X-Api-Key": [KEY, KEY]})
    assert refused(ApiKeyExtractor(HEADER), twice) == "credential_ambiguous"


@pytest.mark.parametrize("kind", [EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.WEBSOCKET])
def test_two_spellings_of_the_header_are_two_values(kind: EventKind) -> None:
    event = EVENT_BUILDERS[kind](headers={"X-Api-Key": KEY})
    event["headers"]["x-api-key"] = "another"
    asked = parse_event(event)
    assert refused(ApiKeyExtractor(HEADER), asked) == "credential_ambiguous"


def test_two_values_that_the_gateway_joined_are_one_that_is_no_key() -> None:
    joined = request(EventKind.HTTP_2, headers={"X-Api-Key": [KEY, KEY]})
    try:
        found = ApiKeyExtractor(HEADER).extract(joined).reveal()
    except CredentialError as error:
        found = error.code
    assert found in ("key_malformed", f"{KEY},{KEY}")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_what_is_longer_than_any_key_is_not_even_hashed(kind: EventKind) -> None:
    asked = request(kind, headers={"x-api-key": "s" * (MAX_CHARS + 1)})
    assert refused(ApiKeyExtractor(HEADER), asked) == "key_malformed"


@pytest.mark.parametrize("kind", WITH_HEADERS)
def test_the_query_is_looked_at_only_where_the_document_says_so(kind: EventKind) -> None:
    extractor = ApiKeyExtractor({"query": "api_key"})
    assert extractor.extract(request(kind, query={"api_key": KEY})).reveal() == KEY
    for call in ({"headers": {"api_key": KEY}}, {"query": {"API_KEY": KEY}}):
        assert refused(extractor, request(kind, **call)) == "credential_missing"


def test_a_token_event_without_a_value_presents_nothing() -> None:
    asked = request(EventKind.REST_TOKEN, authorization="x")._replace(authorization_token=None)
    assert refused(ApiKeyExtractor(HEADER), asked) == "credential_missing"


@pytest.mark.parametrize(
    "place",
    [{}, {"cookie": "x"}, {"header": "x", "query": "y"}, {"Header": "x"}],
    ids=str,
)
def test_a_place_is_one_header_or_one_parameter(place: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="key_from"):
        ApiKeyExtractor(place)

"""What a request tells the conditions of a policy, and what it does not."""

from authorizers.events.condition_keys import condition_keys
from authorizers.events.event import parse_event
from authorizers.testing.events import http_2_event, rest_request_event, rest_token_event


def test_a_request_tells_its_address_and_its_headers() -> None:
    headers = {"User-Agent": "curl/8", "Referer": "https://a.example/"}
    for event in (http_2_event, rest_request_event):
        request = parse_event(event(source_ip="192.0.2.1", headers=headers))
        assert condition_keys(request) == {
            "aws:SecureTransport": "true",
            "aws:SourceIp": "192.0.2.1",
            "aws:UserAgent": "curl/8",
            "aws:Referer": "https://a.example/",
        }


def test_a_token_event_tells_nothing_of_its_caller() -> None:
    assert condition_keys(parse_event(rest_token_event())) == {"aws:SecureTransport": "true"}

"""Where a compiled document may be kept."""

import pytest

from authorizers.config.location import DocumentLocation, parse_location

ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/authorizers/orders"


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("a.json", DocumentLocation("file", "/var/task/a.json")),
        ("/opt/a.json", DocumentLocation("file", "/opt/a.json")),
        ("ssm:/authorizers/orders", DocumentLocation("ssm", "/authorizers/orders")),
        ("ssm:orders:3", DocumentLocation("ssm", "orders:3")),
        (f"ssm:{ARN}", DocumentLocation("ssm", ARN)),
        ("s3://my-bucket/a/b c.json", DocumentLocation("s3", "a/b c.json", "my-bucket")),
        ('{"format": 2}', DocumentLocation("inline", '{"format": 2}')),
    ],
)
def test_the_four_kinds_of_places(text: str, location: DocumentLocation) -> None:
    assert parse_location(text, "/var/task") == location


@pytest.mark.parametrize(
    "text",
    [
        "ssm:",
        "ssm:/a b",
        "ssm:/a\n",
        "ssm:a:b:c",
        "s3:bucket/key",
        "s3://Bucket/key",
        "s3://bucket",
        "s3://bucket/",
        "s3://b/key",
        "s3://bucket/a\nb",
        "file:///a.json",
        "https://example.com/a.json",
        "a\x00b",
    ],
)
def test_anything_else_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(write|after ssm: write)"):
        parse_location(text, "/var/task")


@pytest.mark.parametrize("text", ["/opt/a.json", "ssm:/a", "s3://my-bucket/a"])
def test_a_location_prints_as_it_was_written(text: str) -> None:
    assert str(parse_location(text, "/var/task")) == text


def test_a_document_that_is_written_out_is_shown_nowhere() -> None:
    location = parse_location('{"hunter2": 1}', "/var/task")
    assert str(location) == "AUTHORIZERS_CONFIG"
    assert repr(location) == "DocumentLocation('inline', 'AUTHORIZERS_CONFIG')"


def test_another_place_is_shown_as_it_is_written() -> None:
    location = parse_location("s3://my-bucket/a.json", "/var/task")
    assert repr(location) == "DocumentLocation('s3', 's3://my-bucket/a.json')"

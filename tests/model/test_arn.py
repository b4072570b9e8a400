"""An event's ARN is parsed structurally; a truncated or foreign one never becomes a resource."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.errors import EventError
from authorizers.model.arn import MAX_ARN_BYTES, METHODS, parse_arn

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
GET = f"{STAGE}/GET"


def varied(part: str, other: str) -> str:
    return f"{GET}/x".replace(part, other)


@pytest.mark.parametrize(
    ("partition", "region"),
    [
        ("aws", "eu-west-1"),
        ("aws", "ap-southeast-7"),
        ("aws", "mx-central-1"),
        ("aws-cn", "cn-northwest-1"),
        ("aws-us-gov", "us-gov-east-1"),
        ("aws-iso", "us-iso-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("aws-iso-e", "eu-isoe-west-1"),
        ("aws-iso-f", "us-isof-south-1"),
        ("aws-eusc", "eusc-de-east-1"),
    ],
)
def test_every_partition_survives(partition: str, region: str) -> None:
    text = f"arn:{partition}:execute-api:{region}:123456789012:abcdef1234/prod/GET/orders/7"

    arn = parse_arn(text)

    assert arn.api == (partition, region, "123456789012", "abcdef1234", "prod")
    assert arn.api.arn == arn.stage_arn == text.removesuffix("/GET/orders/7")
    assert (arn.text, arn.method, arn.path, arn.route_key) == (text, "GET", "orders/7", None)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "orders",
        "orders/",
        "/orders",
        "a//b",
        "a:b:c",
        "arn:aws:execute-api:eu-west-1:123456789012:other/prod/GET/x",
        "users/a@b.example",
        "~user",
        "a%20b%2Fc%2e%2e",
        "$connect",
        "$default",
        "*",
        "?",
        "${aws:username}",
        "@connections/Id=",
        "a'b(c)!,;=+&",
        "caf\u00e9",
        ".",
        "../../prod2/GET/x",
    ],
)
def test_a_path_is_kept_as_it_stands(path: str) -> None:
    arn = parse_arn(f"{GET}/{path}")

    assert (arn.method, arn.path, arn.route_key) == ("GET", path, None)
    assert arn.stage_arn == STAGE


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_a_route_is_one(method: str) -> None:
    assert parse_arn(f"{STAGE}/{method}/x").method == method


@pytest.mark.parametrize("route_key", ["$connect", "$default"])
def test_a_route_key_stands_in_place_of_method_and_path(route_key: str) -> None:
    arn = parse_arn(f"{STAGE}/{route_key}")

    assert (arn.method, arn.path, arn.route_key) == (None, "", route_key)


@pytest.mark.parametrize("stage", ["$default", "ESTestInvoke-stage", "test-invoke-stage", "v1_2"])
def test_a_stage_has_the_characters_that_the_gateway_allows(stage: str) -> None:
    arn = parse_arn(f"{STAGE.removesuffix('prod')}{stage}/GET/x")

    assert arn.api.stage == stage


@pytest.mark.parametrize("cut", range(len(f"{GET}/")))
def test_a_truncated_arn_is_refused_wherever_it_ends(cut: int) -> None:
    """IAM lets a pattern with fewer segments match more, so none may be missing."""
    with pytest.raises(EventError, match="arn_malformed"):
        parse_arn(f"{GET}/"[:cut])


@pytest.mark.parametrize(
    "text",
    [
        None,
        0,
        True,
        [],
        {},
        b"arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/x",
        "",
        "/",
        "*",
        "arn:*",
        "arn:aws:execute-api:*:*:*/*/*/*",
        varied("prod", "*"),
        varied("prod", ""),
        varied("prod", "pr?d"),
        varied("prod", "p" * 129),
        varied("prod", "$latest"),
        varied("prod", "pro%64"),
        varied("123456789012", "*"),
        varied("123456789012", "12345678901"),
        varied("123456789012", "1234567890123"),
        varied("123456789012", "\u0661" * 12),
        varied("123456789012", ""),
        varied("abcdef1234", "*"),
        varied("abcdef1234", ""),
        varied("abcdef1234", "ABCDEF"),
        varied("abcdef1234", "a:b"),
        varied("execute-api", "apigateway"),
        varied("execute-api", "EXECUTE-API"),
        varied("arn:aws:", "arn:evil:"),
        varied("arn:aws:", "arn::"),
        varied("arn:aws:", "arn:aws-*:"),
        varied("arn:aws:", "ARN:aws:"),
        varied("eu-west-1", "*"),
        varied("eu-west-1", ""),
        varied("eu-west-1", "eu-west-1:eu-west-1"),
        f" {GET}/x",
        f"\ufeff{GET}/x",
        f"{STAGE}\n/GET/x",
        f"{STAGE}/get/x",
        f"{STAGE}/ANY/x",
        f"{STAGE}/*/x",
        f"{STAGE}//x",
        f"{STAGE}/__class__/x",
        f"{STAGE}/ALL/x",
        f"{STAGE}/TRACE/x",
        f"{STAGE}/GET",
        f"{STAGE}/$disconnect",
        f"{STAGE}/sendmessage",
        f"{STAGE}/$connect/",
        f"{STAGE}/$connect\n",
        f"{STAGE}/$CONNECT",
        f"{GET}/x\n",
        f"{GET}/x\r\nSet-Cookie: a",
        f"{GET}/\x00",
        f"{GET}/\x7f",
        f"{GET}/\x1b[2J",
        f"{GET}/".ljust(MAX_ARN_BYTES + 1, "x"),
    ],
)
def test_what_is_not_an_arn_of_a_request_is_an_event_error(text: object) -> None:
    with pytest.raises(EventError) as raised:
        parse_arn(text)

    assert raised.value.code == "arn_malformed"


def test_the_longest_arn_that_the_gateway_sends_is_parsed() -> None:
    assert parse_arn(f"{GET}/".ljust(MAX_ARN_BYTES, "x")).method == "GET"


def test_the_error_does_not_repeat_the_callers_text() -> None:
    with pytest.raises(EventError) as raised:
        parse_arn("arn:aws:execute-api:sentinel")

    assert "sentinel" not in str(raised.value)


PIECES = st.sampled_from(
    ["arn:aws:", ":", "/", "execute-api", "eu-west-1", "123456789012", "abc", "*", "GET", "\n", "$"]
)


@given(st.text() | st.lists(PIECES, max_size=16).map("".join) | st.none() | st.integers())
def test_no_text_raises_anything_but_an_event_error(text: Any) -> None:
    try:
        arn = parse_arn(text)
    except EventError:
        return
    assert arn.text == text
    assert text.startswith(arn.stage_arn + "/")


@given(st.text(st.characters(exclude_categories=["Cc"]), max_size=400))
def test_no_path_changes_the_stage_that_it_is_under(path: str) -> None:
    arn = parse_arn(f"{GET}/{path}")

    assert (arn.stage_arn, arn.method, arn.path) == (STAGE, "GET", path)

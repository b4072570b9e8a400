"""What CloudFormation refuses before anything is created: nothing is open by default."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.jwt.profiles import PROFILES

Deploy = Callable[..., Any]


@pytest.mark.parametrize("missing", ["Issuer", "Audience", "Access"])
def test_each_of_the_three_words_is_required(deploy: Deploy, missing: str) -> None:
    (answer,) = deploy(**{missing: ""}).broken_rules()
    assert missing in answer


def test_no_parameter_at_all_is_refused(deploy: Deploy) -> None:
    assert deploy(Issuer="", Audience="", Access="").broken_rules()


def test_a_document_alone_is_enough(deploy: Deploy) -> None:
    stack = deploy(Config="authorizers.json", Issuer="", Audience="", Access="")
    assert stack.broken_rules() == []


@pytest.mark.parametrize("beside", ["Issuer", "Access"])
def test_a_document_beside_an_issuer_is_refused(deploy: Deploy, beside: str) -> None:
    words = {"Issuer": "", "Audience": "", "Access": ""}
    words[beside] = "https://login.example.com/"
    (answer,) = deploy(Config="authorizers.json", **words).broken_rules()
    assert beside in answer


@pytest.mark.parametrize("parameter", ["Issuer", "Audience", "Access", "Config", "Jwks", "JwksUri"])
def test_nothing_that_opens_an_api_has_a_default(deploy: Deploy, parameter: str) -> None:
    assert deploy().template["Parameters"][parameter]["Default"] == ""


def test_every_profile_but_a_custom_one_can_be_chosen(deploy: Deploy) -> None:
    assert set(deploy().template["Parameters"]["Profile"]["AllowedValues"]) == set(PROFILES)


@pytest.mark.parametrize(
    ("parameter", "accepted", "refused"),
    [
        (
            "Access",
            ["any_route_when_authenticated", "any_route_with_any_scope: orders:read orders:write"],
            ["true", "any", "any_route", "any_route_with_any_scope:", "any_route_with_any_scope"],
        ),
        (
            "Config",
            ["authorizers.json", "ssm:/authorizers/document", "s3://my-bucket/a/b.json"],
            ["ssm:name", "ssm:/*", "s3://bucket/*", "s3://bucket", "http://x/y", "/etc/passwd"],
        ),
        (
            "Issuer",
            ["https://login.example.com/"],
            ["http://login.example.com/", "login.example.com", "https://a/?b", "https://a b"],
        ),
        ("JwksUri", ["https://login.example.com/keys"], ["http://login.example.com/keys"]),
    ],
)
def test_pattern(deploy: Deploy, parameter: str, accepted: list[str], refused: list[str]) -> None:
    pattern = re.compile(deploy().template["Parameters"][parameter]["AllowedPattern"])
    assert all(pattern.fullmatch(value) for value in accepted)
    assert not any(pattern.fullmatch(value) for value in refused)

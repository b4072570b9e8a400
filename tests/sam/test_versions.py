"""The alias that callers use, and that no caller is judged by settings that were replaced."""

from collections.abc import Callable
from typing import Any

import pytest

Deploy = Callable[..., Any]
SETTINGS = {
    "Issuer": "https://other.example.com/",
    "Audience": "https://other-api.example.com",
    "Access": "any_route_with_any_scope: a",
    "Profile": "auth0",
    "Algorithms": "ES256",
    "JwksUri": "https://login.example.com/jwks",
    "Jwks": '{"keys": []}',
    "ConfigTtlSeconds": "60",
    "LeewaySeconds": "60",
    "HttpResponses": "iam",
    "Unauthorized": "deny",
    "RestDeny": "listed_routes",
    "TokenCacheSize": "0",
    "MetricsNamespace": "Gate",
    "LogLevel": "WARNING",
    "MemorySize": "256",
    "Architecture": "x86_64",
}
KEY_SETTINGS = {
    "ApiKeyConfig": "ssm:/authorizers/keys",
    "ApiKeyTable": "ApiKeys",
    "ApiKeyUsageTable": "ApiKeyUsage",
    "ApiKeyPepper": "authorizers/pepper",
    "ApiKeyPepperParameter": "/authorizers/pepper",
    "ApiKeyHttpResponses": "iam",
}


def test_alias_follows_the_newest_settings_without_snap_start(deploy: Deploy) -> None:
    stack = deploy()
    alias = stack.properties("JwtAuthorizerLive")
    assert alias == {
        "Name": "live",
        "FunctionName": {"Ref": "JwtAuthorizer"},
        "FunctionVersion": "$LATEST",
    }
    assert stack.properties("JwtAuthorizer")["SnapStart"] == {"ApplyOn": "None"}
    assert not stack.of_type("AWS::AppConfig::HostedConfigurationVersion")


def test_alias_names_the_published_version_with_snap_start(deploy: Deploy) -> None:
    stack = deploy(SnapStart="on")
    (version,) = stack.of_type("AWS::Lambda::Version")
    alias = stack.properties("JwtAuthorizerLive")
    assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert stack.properties("JwtAuthorizer")["SnapStart"] == {"ApplyOn": "PublishedVersions"}


@pytest.mark.parametrize("parameter", [*SETTINGS, *KEY_SETTINGS])
def test_every_setting_makes_a_new_version_with_snap_start(deploy: Deploy, parameter: str) -> None:
    """
    SAM hashes the function with the parameters' names in it, not their values, so that a new
    issuer alone would publish nothing and the alias would go on trusting the old one.
    """

    def content(stack: Any) -> str:
        text: str = stack.properties("SettingsVersion")["Content"]
        return text

    before = deploy(SnapStart="on", ApiKeyConfig="authorizers.json")
    changed = {"ApiKeyConfig": "authorizers.json"} | {
        parameter: (SETTINGS | KEY_SETTINGS)[parameter]
    }
    after = deploy(SnapStart="on", **changed)
    assert content(before) != content(after)
    versions = after.of_type("AWS::Lambda::Version").values()
    assert len(versions) == 2
    for version in versions:
        assert version["Description"].startswith(
            "settings ${SettingsVersion.VersionNumber}, layer "
        )


def test_every_variable_of_the_functions_is_numbered(deploy: Deploy) -> None:
    stack = deploy(SnapStart="on")
    raw = stack.template["Resources"]
    content = raw["SettingsVersion"]["Properties"]["Content"]["Fn::Sub"]
    parameters = set()
    for name in ("JwtAuthorizer", "ApiKeyAuthorizer"):
        settings = raw[name]["Properties"]["Environment"]["Variables"].values()
        parameters |= {v["Ref"] for v in settings if isinstance(v, dict) and "Ref" in v}
    assert all(f"{name} ${{{name}}}\n" in content for name in parameters)
    # What a role depends on is numbered too: a snapshot is taken with what could be read then.
    named_only = {"MemorySize", "Architecture"} | {n for n in KEY_SETTINGS if n not in parameters}
    assert parameters | named_only == SETTINGS.keys() | KEY_SETTINGS.keys() | {"Config"}


def test_a_new_layer_makes_a_new_version_with_snap_start(deploy: Deploy) -> None:
    stack = deploy(SnapStart="on")
    (version,) = stack.of_type("AWS::Lambda::Version").values()
    (layer,) = stack.of_type("AWS::Lambda::LayerVersion")
    assert layer in version["Description"]


def test_apis_of_the_account_may_call_the_alias_and_nothing_else_may(deploy: Deploy) -> None:
    assert deploy().of_type("AWS::Lambda::Permission") == {
        "JwtAuthorizerPermission": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "JwtAuthorizerLive"},
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": "arn:aws:execute-api:eu-central-1:123456789012:*/authorizers/*",
        }
    }

"""The function as it is deployed, and what each parameter changes."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.variables import DEFAULTS, PEPPER_VARIABLE

Deploy = Callable[..., Any]


def variables(stack: Any) -> dict[str, str]:
    found: dict[str, str] = stack.properties("JwtAuthorizer")["Environment"]["Variables"]
    return found


def test_three_parameters_are_enough(deploy: Deploy) -> None:
    stack = deploy()
    function = stack.properties("JwtAuthorizer")
    assert stack.broken_rules() == []
    assert function["Handler"] == "authorizers.handlers.jwt.handler"
    assert function["Runtime"] == "python3.13"
    assert variables(stack)["AUTHORIZERS_ISSUER"] == "https://login.example.com/"
    assert variables(stack)["AUTHORIZERS_AUDIENCE"] == "https://api.example.com"
    assert variables(stack)["AUTHORIZERS_ACCESS"] == "any_route_when_authenticated"


def test_function_ends_before_an_http_api_stops_waiting(deploy: Deploy) -> None:
    assert deploy().properties("JwtAuthorizer")["Timeout"] < 10


def test_every_variable_that_is_set_is_one_that_functions_read(deploy: Deploy) -> None:
    """Functions refuse a variable that begins like theirs and means nothing."""
    set_here = {name for name in variables(deploy()) if name.startswith("AUTHORIZERS_")}
    assert set_here == set(DEFAULTS) - {PEPPER_VARIABLE}


@pytest.mark.parametrize(
    ("parameter", "value", "variable"),
    [
        ("Profile", "auth0", "AUTHORIZERS_PROFILE"),
        ("Algorithms", "ES256,PS256", "AUTHORIZERS_ALGORITHMS"),
        ("JwksUri", "https://login.example.com/jwks", "AUTHORIZERS_JWKS_URI"),
        ("Jwks", '{"keys": []}', "AUTHORIZERS_JWKS"),
        ("LeewaySeconds", "60", "AUTHORIZERS_LEEWAY_SECONDS"),
        ("HttpResponses", "iam", "AUTHORIZERS_HTTP_RESPONSES"),
        ("Unauthorized", "deny", "AUTHORIZERS_UNAUTHORIZED"),
        ("RestDeny", "listed_routes", "AUTHORIZERS_REST_DENY"),
        ("ConfigTtlSeconds", "60", "AUTHORIZERS_CONFIG_TTL_SECONDS"),
        ("TokenCacheSize", "0", "AUTHORIZERS_TOKEN_CACHE_SIZE"),
        ("MetricsNamespace", "Gate", "AUTHORIZERS_METRICS_NAMESPACE"),
        ("LogLevel", "WARNING", "POWERTOOLS_LOG_LEVEL"),
    ],
)
def test_parameter_reaches_the_function(
    deploy: Deploy, parameter: str, value: str, variable: str
) -> None:
    assert variables(deploy())[variable] != value
    assert variables(deploy(**{parameter: value}))[variable] == value


@pytest.mark.parametrize(
    ("architecture", "layer"),
    [("arm64", "AuthorizersLayerArm64"), ("x86_64", "AuthorizersLayerX8664")],
)
def test_architecture_takes_its_own_layer_and_no_other(
    deploy: Deploy, architecture: str, layer: str
) -> None:
    stack = deploy(Architecture=architecture)
    function = stack.properties("JwtAuthorizer")
    (name,) = stack.of_type("AWS::Lambda::LayerVersion")
    assert name.startswith(layer)
    assert function["Layers"] == [{"Ref": name}]
    assert function["Architectures"] == [architecture]
    assert stack.properties(name)["CompatibleArchitectures"] == [architecture]


def test_arm64_is_the_default(deploy: Deploy) -> None:
    assert deploy().properties("JwtAuthorizer")["Architectures"] == ["arm64"]


def test_memory_size(deploy: Deploy) -> None:
    assert deploy(MemorySize="256").properties("JwtAuthorizer")["MemorySize"] == "256"


def test_log_group_is_the_stacks_own_and_ends(deploy: Deploy) -> None:
    stack = deploy(LogRetentionDays="7")
    (group,) = stack.of_type("AWS::Logs::LogGroup")
    assert stack.properties(group)["RetentionInDays"] == "7"
    assert stack.properties("JwtAuthorizer")["LoggingConfig"] == {"LogGroup": {"Ref": group}}

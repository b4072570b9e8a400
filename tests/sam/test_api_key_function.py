"""The function that verifies API keys: when it is deployed, with what, and what its role allows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.variables import DEFAULTS, SINGLE_ISSUER_VARIABLES

Deploy = Callable[..., Any]
ROOT = Path(__file__).parents[2]
NO_WORDS = {"Issuer": "", "Audience": "", "Access": ""}
ACCOUNT = "eu-central-1:123456789012"


def variables(stack: Any) -> dict[str, str]:
    found: dict[str, str] = stack.properties("ApiKeyAuthorizer")["Environment"]["Variables"]
    return found


def granted(stack: Any) -> dict[str, Any]:
    """Return what the function's role allows besides its log, by action."""
    role = stack.properties("ApiKeyAuthorizerRole")
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    log, *statements = policy["PolicyDocument"]["Statement"]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert "AuthorizersLogGroup" in log["Resource"]
    assert {s["Effect"] for s in statements} <= {"Allow"}
    assert len({s["Action"] for s in statements}) == len(statements)
    return {s["Action"]: s["Resource"] for s in statements}


def test_it_is_not_there_unless_it_is_asked_for(deploy: Deploy) -> None:
    assert not [name for name in deploy().resources if "ApiKey" in name]


def test_keys_alone_need_nothing_of_tokens(deploy_keys: Deploy) -> None:
    stack = deploy_keys()
    assert stack.broken_rules() == []
    assert not [name for name in stack.resources if "Jwt" in name]
    assert stack.properties("ApiKeyAuthorizer")["Handler"] == "authorizers.handlers.api_key.handler"


def test_both_are_deployed_side_by_side_on_one_layer_and_one_log(deploy: Deploy) -> None:
    stack = deploy(ApiKeyConfig="authorizers.json")
    jwt, keys = stack.properties("JwtAuthorizer"), stack.properties("ApiKeyAuthorizer")
    assert stack.broken_rules() == []
    shared = ("Layers", "LoggingConfig", "Runtime", "Architectures", "MemorySize", "Timeout")
    assert [jwt[name] for name in shared] == [keys[name] for name in shared]
    assert jwt["Role"] != keys["Role"]
    assert len(stack.of_type("AWS::Lambda::LayerVersion")) == 1


@pytest.mark.parametrize("given", NO_WORDS)
def test_a_word_of_tokens_beside_keys_asks_for_all_three(deploy: Deploy, given: str) -> None:
    words = NO_WORDS | {given: "https://login.example.com/"}
    broken = deploy(**words, ApiKeyConfig="authorizers.json").broken_rules()
    assert len(broken) == 2
    assert not any(given in answer.partition(" ")[0] for answer in broken)


@pytest.mark.parametrize(
    "parameter", ["ApiKeyTable", "ApiKeyUsageTable", "ApiKeyPepper", "ApiKeyPepperParameter"]
)
def test_what_keys_need_is_refused_without_their_document(deploy: Deploy, parameter: str) -> None:
    (answer,) = deploy(**{parameter: "/name"}).broken_rules()
    assert parameter in answer
    assert "ApiKeyConfig" in answer


@pytest.mark.parametrize(
    ("responses", "broken"), [("simple", 1), ("simple_uncached", 0), ("iam", 0)]
)
def test_what_is_counted_may_not_be_cached(
    deploy_keys: Deploy, responses: str, broken: int
) -> None:
    stack = deploy_keys(ApiKeyHttpResponses=responses, ApiKeyUsageTable="ApiKeyUsage")
    assert len(stack.broken_rules()) == broken
    assert deploy_keys(ApiKeyHttpResponses=responses).broken_rules() == []


def test_every_variable_that_is_set_is_one_that_functions_read(deploy_keys: Deploy) -> None:
    set_here = {name for name in variables(deploy_keys()) if name.startswith("AUTHORIZERS_")}
    assert set_here == set(DEFAULTS) - {variable.name for variable in SINGLE_ISSUER_VARIABLES}


def test_no_pepper_is_ever_in_a_deployed_environment(deploy_keys: Deploy) -> None:
    stack = deploy_keys(ApiKeyPepper="authorizers/pepper")
    assert variables(stack)["AUTHORIZERS_PEPPER"] == ""


@pytest.mark.parametrize(
    ("parameter", "value", "variable"),
    [
        ("ApiKeyConfig", "ssm:/authorizers/keys", "AUTHORIZERS_CONFIG"),
        ("ApiKeyHttpResponses", "iam", "AUTHORIZERS_HTTP_RESPONSES"),
        ("Unauthorized", "deny", "AUTHORIZERS_UNAUTHORIZED"),
        ("RestDeny", "listed_routes", "AUTHORIZERS_REST_DENY"),
        ("ConfigTtlSeconds", "60", "AUTHORIZERS_CONFIG_TTL_SECONDS"),
        ("TokenCacheSize", "0", "AUTHORIZERS_TOKEN_CACHE_SIZE"),
        ("MetricsNamespace", "Gate", "AUTHORIZERS_METRICS_NAMESPACE"),
        ("LogLevel", "WARNING", "POWERTOOLS_LOG_LEVEL"),
    ],
)
def test_parameter_reaches_the_function(
    deploy_keys: Deploy, parameter: str, value: str, variable: str
) -> None:
    assert variables(deploy_keys())[variable] != value
    assert variables(deploy_keys(**{parameter: value}))[variable] == value


def test_answers_to_tokens_are_not_those_to_keys(deploy: Deploy) -> None:
    stack = deploy(ApiKeyConfig="authorizers.json", HttpResponses="iam")
    assert variables(stack)["AUTHORIZERS_HTTP_RESPONSES"] == "simple_uncached"


def test_lines_of_the_shared_log_say_whose_they_are(deploy: Deploy) -> None:
    stack = deploy(ApiKeyConfig="authorizers.json")
    names = {
        f["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for f in stack.of_type("AWS::Lambda::Function").values()
    }
    assert names == {"jwt-authorizer", "api-key-authorizer"}


def test_a_packaged_document_needs_no_permission(deploy_keys: Deploy) -> None:
    assert granted(deploy_keys()) == {}


@pytest.mark.parametrize(
    ("values", "action", "resource"),
    [
        (
            {"ApiKeyConfig": "ssm:/authorizers/keys"},
            "ssm:GetParameter",
            f"arn:aws:ssm:{ACCOUNT}:parameter/authorizers/keys",
        ),
        (
            {"ApiKeyConfig": "s3://bucket/keys.json"},
            "s3:GetObject",
            "arn:aws:s3:::bucket/keys.json",
        ),
        (
            {"ApiKeyTable": "Keys"},
            "dynamodb:GetItem",
            {"Fn::GetAtt": ["ApiKeys", "Arn"]},
        ),
        (
            {"ApiKeyUsageTable": "Usage"},
            "dynamodb:UpdateItem",
            {"Fn::GetAtt": ["ApiKeyUsage", "Arn"]},
        ),
        (
            {"ApiKeyPepper": "authorizers/pepper"},
            "secretsmanager:GetSecretValue",
            {"Ref": "ApiKeyPeppers"},
        ),
        (
            {"ApiKeyPepperParameter": "/authorizers/pepper"},
            "ssm:GetParameter",
            f"arn:aws:ssm:{ACCOUNT}:parameter/authorizers/pepper",
        ),
    ],
    ids=["ssm", "s3", "table", "usage", "secret", "pepper-parameter"],
)
def test_each_place_brings_the_one_permission_that_it_needs(
    deploy: Deploy, values: dict[str, str], action: str, resource: Any
) -> None:
    keys = NO_WORDS | {"ApiKeyConfig": "authorizers.json"} | values
    assert granted(deploy(**keys)) == {action: resource}


def test_the_function_of_tokens_gets_nothing_of_keys(deploy: Deploy) -> None:
    stack = deploy(
        ApiKeyConfig="authorizers.json",
        ApiKeyTable="Keys",
        ApiKeyUsageTable="Usage",
        ApiKeyPepper="authorizers/pepper",
    )
    role = str(stack.properties("JwtAuthorizerRole")["Policies"])
    assert "dynamodb" not in role
    assert "secretsmanager" not in role


def test_it_is_called_by_its_alias_and_by_authorizers_of_this_account(deploy_keys: Deploy) -> None:
    permissions = deploy_keys().of_type("AWS::Lambda::Permission")
    assert permissions == {
        "ApiKeyAuthorizerPermission": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "ApiKeyAuthorizerLive"},
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": f"arn:aws:execute-api:{ACCOUNT}:*/authorizers/*",
        }
    }


def test_with_snap_start_the_alias_names_the_published_version(deploy_keys: Deploy) -> None:
    stack = deploy_keys(SnapStart="on")
    (version,) = stack.of_type("AWS::Lambda::Version")
    alias = stack.properties("ApiKeyAuthorizerLive")
    assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert deploy_keys().properties("ApiKeyAuthorizerLive")["FunctionVersion"] == "$LATEST"


def test_the_example_document_names_what_the_documentation_deploys() -> None:
    text = (ROOT / "sam" / "api-key" / "authorizers.yaml").read_text()
    scheme = compile_document(text)["schemes"]["machines"]["api_key"]
    command = (ROOT / "docs" / "deploy.md").read_text()
    assert f"ApiKeyTable={scheme['keys']['dynamodb']}" in command
    assert f"ApiKeyUsageTable={scheme['limits']['dynamodb']}" in command
    assert scheme["pepper"]["kind"] == "secretsmanager"
    assert f"ApiKeyPepper={scheme['pepper']['name']}" in command

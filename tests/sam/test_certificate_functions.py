"""The functions that verify certificates: when they are deployed, and what their roles allow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.variables import DEFAULTS, PEPPER_VARIABLE, SINGLE_ISSUER_VARIABLES

Deploy = Callable[..., Any]
ROOT = Path(__file__).parents[2]
NO_WORDS = {"Issuer": "", "Audience": "", "Access": ""}
ACCOUNT = "eu-central-1:123456789012"
BUNDLES = ["arn:aws:s3:::trust-bucket/trust/*", "arn:aws:s3:::trust-bucket/crl/*"]
CERTIFICATES, COMBINED = "CertificateAuthorizer", "CombinedAuthorizer"
CONFIG = {CERTIFICATES: "CertificateConfig", COMBINED: "CombinedConfig"}
HANDLERS = {CERTIFICATES: "client_certificate", COMBINED: "combined"}


def variables(stack: Any, function: str) -> dict[str, str]:
    found: dict[str, str] = stack.properties(function)["Environment"]["Variables"]
    return found


def granted(stack: Any, function: str) -> dict[str, Any]:
    """Return what the function's role allows besides its log, by action; checked for where."""
    role = stack.properties(f"{function}Role")
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    log, *statements = policy["PolicyDocument"]["Statement"]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    for statement in statements:
        assert statement["Effect"] == "Allow"
        if statement["Action"].startswith("s3:"):
            owner = {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
            assert statement["Condition"] == owner
    assert len({s["Action"] for s in statements}) == len(statements)
    return {s["Action"]: s["Resource"] for s in statements}


@pytest.fixture
def alone(deploy: Deploy) -> Deploy:
    """Deploy one of the functions and nothing else."""

    def alone_(function: str, **values: str) -> Any:
        return deploy(**NO_WORDS | {CONFIG[function]: "authorizers.json"} | values)

    return alone_


def test_they_are_not_there_unless_they_are_asked_for(deploy: Deploy) -> None:
    words = ("Certificate", "Combined", "Crl", "Revocation")
    assert not [name for name in deploy().resources if any(word in name for word in words)]


@pytest.mark.parametrize("function", CONFIG)
def test_each_needs_a_document_and_nothing_of_another(alone: Deploy, function: str) -> None:
    stack = alone(function)
    (name,) = stack.of_type("AWS::Lambda::Function")
    assert stack.broken_rules() == []
    assert name == function
    handler = f"authorizers.handlers.{HANDLERS[function]}.handler"
    assert stack.properties(name)["Handler"] == handler


@pytest.mark.parametrize("function", CONFIG)
def test_it_is_built_and_run_as_the_others(deploy: Deploy, function: str) -> None:
    stack = deploy(**{CONFIG[function]: "authorizers.json"})
    jwt, its = stack.properties("JwtAuthorizer"), stack.properties(function)
    shared = ("Layers", "LoggingConfig", "Runtime", "Architectures", "MemorySize", "Timeout")
    assert [jwt[name] for name in shared] == [its[name] for name in shared]
    assert jwt["Role"] != its["Role"]


@pytest.mark.parametrize("function", CONFIG)
def test_every_variable_that_is_set_is_one_that_functions_read(
    alone: Deploy, function: str
) -> None:
    found = variables(alone(function), function)
    expected = set(DEFAULTS) - {variable.name for variable in SINGLE_ISSUER_VARIABLES}
    if function == CERTIFICATES:
        expected -= {PEPPER_VARIABLE}
    assert {name for name in found if name.startswith("AUTHORIZERS_")} == expected
    assert found.get(PEPPER_VARIABLE, "") == ""


@pytest.mark.parametrize("function", CONFIG)
@pytest.mark.parametrize(
    ("parameter", "value", "variable"),
    [
        ("CertificateHttpResponses", "iam", "AUTHORIZERS_HTTP_RESPONSES"),
        ("Unauthorized", "deny", "AUTHORIZERS_UNAUTHORIZED"),
        ("RestDeny", "listed_routes", "AUTHORIZERS_REST_DENY"),
        ("ConfigTtlSeconds", "60", "AUTHORIZERS_CONFIG_TTL_SECONDS"),
        ("TokenCacheSize", "0", "AUTHORIZERS_TOKEN_CACHE_SIZE"),
        ("MetricsNamespace", "Gate", "AUTHORIZERS_METRICS_NAMESPACE"),
        ("LogLevel", "WARNING", "POWERTOOLS_LOG_LEVEL"),
    ],
)
def test_parameter_reaches_the_function(
    alone: Deploy, function: str, parameter: str, value: str, variable: str
) -> None:
    assert variables(alone(function), function)[variable] != value
    assert variables(alone(function, **{parameter: value}), function)[variable] == value


def test_answers_that_may_be_cached_cannot_be_chosen(deploy: Deploy) -> None:
    allowed = deploy().template["Parameters"]["CertificateHttpResponses"]["AllowedValues"]
    assert "simple" not in allowed


@pytest.mark.parametrize("function", CONFIG)
def test_a_packaged_document_and_bundles_need_no_permission(alone: Deploy, function: str) -> None:
    assert granted(alone(function), function) == {}


@pytest.mark.parametrize("function", CONFIG)
def test_the_bucket_is_read_below_two_prefixes_and_never_written(
    alone: Deploy, function: str
) -> None:
    stack = alone(function, TrustBucket="trust-bucket")
    assert granted(stack, function) == {"s3:GetObject": BUNDLES}


@pytest.mark.parametrize("function", CONFIG)
def test_a_remote_document_may_be_read_and_no_other(alone: Deploy, function: str) -> None:
    in_ssm = alone(function, **{CONFIG[function]: "ssm:/authorizers/document"})
    in_s3 = alone(function, **{CONFIG[function]: "s3://bucket/document.json"})
    parameter = f"arn:aws:ssm:{ACCOUNT}:parameter/authorizers/document"
    assert granted(in_ssm, function) == {"ssm:GetParameter": parameter}
    assert granted(in_s3, function) == {"s3:GetObject": "arn:aws:s3:::bucket/document.json"}


@pytest.mark.parametrize(
    ("values", "action"),
    [
        ({"ApiKeyTable": "Keys"}, "dynamodb:GetItem"),
        ({"ApiKeyUsageTable": "Usage"}, "dynamodb:UpdateItem"),
        ({"ApiKeyPepper": "authorizers/pepper"}, "secretsmanager:GetSecretValue"),
        ({"ApiKeyPepperParameter": "/authorizers/pepper"}, "ssm:GetParameter"),
    ],
    ids=["table", "usage", "secret", "pepper-parameter"],
)
def test_what_keys_need_is_the_combined_functions_and_no_others(
    deploy: Deploy, alone: Deploy, values: dict[str, str], action: str
) -> None:
    stack = alone(COMBINED, **values, CertificateConfig="authorizers.json")
    assert stack.broken_rules() == []
    assert granted(stack, COMBINED).keys() == {action}
    assert granted(stack, CERTIFICATES) == {}


def test_roles_of_a_table_are_read_by_whoever_has_a_document(deploy: Deploy) -> None:
    """The function of tokens has three words here, in which there is no table."""
    stack = deploy(CombinedConfig="authorizers.json", BindingsTable="Bindings")
    assert stack.broken_rules() == []
    assert granted(stack, COMBINED).keys() == {"dynamodb:BatchGetItem"}
    assert "dynamodb" not in str(stack.properties("JwtAuthorizerRole"))


@pytest.mark.parametrize("parameter", ["TrustBucket", "CrlConfig"])
def test_what_certificates_need_is_refused_without_their_document(
    deploy: Deploy, parameter: str
) -> None:
    assert parameter in deploy(**{parameter: "name"}).broken_rules()[0]


@pytest.mark.parametrize("function", CONFIG)
def test_it_is_called_by_its_alias_and_by_authorizers_of_this_account(
    alone: Deploy, function: str
) -> None:
    assert alone(function).of_type("AWS::Lambda::Permission") == {
        f"{function}Permission": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": f"{function}Live"},
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": f"arn:aws:execute-api:{ACCOUNT}:*/authorizers/*",
        }
    }


@pytest.mark.parametrize("function", CONFIG)
def test_with_snap_start_the_alias_names_the_published_version(
    alone: Deploy, function: str
) -> None:
    stack = alone(function, SnapStart="on")
    (version,) = stack.of_type("AWS::Lambda::Version")
    alias = stack.properties(f"{function}Live")
    assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
    assert alone(function).properties(f"{function}Live")["FunctionVersion"] == "$LATEST"


def test_an_alarm_rings_when_nobody_can_say_who_is_revoked(deploy_certificates: Deploy) -> None:
    stack = deploy_certificates(AlarmTopic="arn:aws:sns:eu-central-1:123456789012:ops")
    (told,) = stack.of_type("AWS::Logs::MetricFilter").values()
    (metric,) = told["MetricTransformations"]
    alarm = stack.properties("RevocationUnknown")
    assert told["LogGroupName"] == {"Ref": "AuthorizersLogGroup"}
    assert '$.reason = "revocation_unknown"' in told["FilterPattern"]
    assert (metric["MetricNamespace"], metric["MetricName"]) == (
        alarm["Namespace"],
        alarm["MetricName"],
    )
    assert alarm["AlarmActions"] == ["arn:aws:sns:eu-central-1:123456789012:ops"]
    assert "AlarmActions" not in deploy_certificates().properties("RevocationUnknown")


@pytest.mark.parametrize("folder", ["client-certificate", "combined"])
def test_the_example_document_names_what_the_documentation_deploys(folder: str) -> None:
    text = (ROOT / "sam" / folder / "authorizers.yaml").read_text()
    scheme = compile_document(text)["schemes"]["partners"]["client_certificate"]
    command = (ROOT / "docs" / "deploy.md").read_text()
    lists = scheme["revocation"]["crls"]
    assert all("url" in place and place["name"].startswith("crl/") for place in lists)
    assert scheme["trust"]["name"].startswith("trust/")
    assert {place["bucket"] for place in (*lists, scheme["trust"])} == {"example-trust"}
    assert "TrustBucket=example-trust" in command

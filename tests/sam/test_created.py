"""What moto's CloudFormation can create of the template, created and read back with boto3."""

import ast
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws

from authorizers.api_key.pepper import parse_peppers

Deploy = Callable[..., Any]
BUCKET = "artifacts"
STACK = "authorizers"
FUNCTIONS = (
    "JwtAuthorizer",
    "ApiKeyAuthorizer",
    "CertificateAuthorizer",
    "CombinedAuthorizer",
    "CrlKeeper",
)
NOT_MOTOS = {
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Version",
    "AWS::Logs::MetricFilter",
    "AWS::SecretsManager::Secret",
}
SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:authorizers/pepper-AbCdEf"
KEYS = {
    "ApiKeyConfig": "authorizers.json",
    "ApiKeyTable": "ApiKeys",
    "ApiKeyUsageTable": "ApiKeyUsage",
    "ApiKeyPepper": "authorizers/pepper",
}
CERTIFICATES = {
    "CertificateConfig": "authorizers.json",
    "CrlConfig": "authorizers.json",
    "TrustBucket": "example-trust",
}
NO_JWT = {"Issuer": "", "Audience": "", "Access": ""}


class Account(NamedTuple):
    """Clients of one account, after a deployment."""

    awslambda: Any
    cloudformation: Any
    dynamodb: Any
    iam: Any
    logs: Any
    secretsmanager: Any
    ssm: Any


@pytest.fixture
def create(monkeypatch: pytest.MonkeyPatch, deploy: Deploy) -> Iterator[Callable[..., Account]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")

    def create_(**values: str) -> Account:
        stack = deploy(**values)
        _upload_code(stack)
        client = boto3.client("cloudformation")
        client.create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(_supported(stack)),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": stack.values[name]}
                for name in stack.template["Parameters"]
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
        names = ("lambda", *Account._fields[1:])
        return Account(*(boto3.client(name) for name in names))

    with mock_aws():
        yield create_


def _upload_code(stack: Any) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("authorizers.json", "{}")
    for name in (*FUNCTIONS, "AuthorizersLayerArm64", "AuthorizersLayerX8664"):
        s3.put_object(Bucket=BUCKET, Key=f"code/{name}", Body=archive.getvalue())


def _supported(stack: Any) -> dict[str, Any]:
    """
    Leave out what moto does not create: APIs with a body, AppConfig, aliases, secrets.

    Where an alias is named, the function itself is. What AWS::NoValue leaves out of a role is left
    out here: moto would keep its place in the list.
    """
    text = json.dumps(stack.template, default=str)
    text = text.replace(json.dumps({"Ref": "ApiKeyPeppers"}), json.dumps(SECRET_ARN))
    for name in FUNCTIONS:
        alias, function = {"Ref": f"{name}Live"}, {"Fn::GetAtt": [name, "Arn"]}
        text = text.replace(json.dumps(alias), json.dumps(function))
    template = json.loads(text)
    for name in FUNCTIONS:
        role = template["Resources"][f"{name}Role"]["Properties"]
        role["Policies"] = _chosen(stack, role["Policies"])
        for policy in role["Policies"]:
            document = policy["PolicyDocument"]
            document["Statement"] = _chosen(stack, document["Statement"])
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if not name.startswith(("Example", "Settings"))
        and resource["Type"] not in NOT_MOTOS
        and stack.exists(resource)
    }
    outputs = {
        name: output
        for name, output in template["Outputs"].items()
        if not name.startswith("Example") and stack.exists(output)
    }
    return {k: v for k, v in template.items() if k != "Rules"} | {
        "Resources": resources,
        "Outputs": outputs,
    }


def _chosen(stack: Any, items: list[Any]) -> list[Any]:
    choices = [item.get("Fn::If", [None, item]) for item in items]
    return [then for name, then, *_ in choices if name is None or stack.condition(name)]


def _outputs(account: Account) -> dict[str, str]:
    (stack,) = account.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.mark.parametrize(("architecture", "name"), [("arm64", "Arm64"), ("x86_64", "X8664")])
def test_function_and_one_layer(
    create: Callable[..., Account], architecture: str, name: str
) -> None:
    """moto gives the layer its logical id as a name, and the function no layer."""
    account = create(Architecture=architecture)
    (function,) = account.awslambda.list_functions()["Functions"]
    (layer,) = account.awslambda.list_layers()["Layers"]
    assert function["Handler"] == "authorizers.handlers.jwt.handler"
    assert function["Runtime"] == "python3.13"
    assert function["Timeout"] < 10
    assert f"AuthorizersLayer{name}" in layer["LayerName"]


def test_environment_of_the_function(create: Callable[..., Account]) -> None:
    (function,) = create(HttpResponses="iam").awslambda.list_functions()["Functions"]
    variables = function["Environment"]["Variables"]
    assert variables["AUTHORIZERS_ISSUER"] == "https://login.example.com/"
    assert variables["AUTHORIZERS_HTTP_RESPONSES"] == "iam"
    assert variables["AUTHORIZERS_CONFIG"] == ""


def test_parameters_that_other_stacks_read(create: Callable[..., Account]) -> None:
    account = create(ResultTtlSeconds="60")
    outputs = _outputs(account)
    for name in ("JwtAuthorizerArn", "HttpResponses", "ResultTtlSeconds"):
        parameter = account.ssm.get_parameter(Name=f"/{STACK}/{name}")["Parameter"]
        assert parameter["Value"] == outputs[name]
    assert outputs["ResultTtlSeconds"] == "60"


def test_exports(create: Callable[..., Account]) -> None:
    account = create()
    exports = {e["Name"]: e["Value"] for e in account.cloudformation.list_exports()["Exports"]}
    assert exports == {
        f"{STACK}-{name}": value
        for name, value in _outputs(account).items()
        if not name.endswith("HttpResponsesParameter")
    }


def test_role_reads_the_document_in_parameter_store(create: Callable[..., Account]) -> None:
    account = create(Config="ssm:/authorizers/document", Issuer="", Audience="", Access="")
    (role,) = account.iam.list_roles()["Roles"]
    policy = account.iam.get_role_policy(RoleName=role["RoleName"], PolicyName="ReadTheDocument")
    document = ast.literal_eval(str(policy["PolicyDocument"]))  # moto's rendering of it
    (statement,) = document["Statement"]
    assert statement["Action"] == "ssm:GetParameter"
    assert statement["Resource"].endswith(":parameter/authorizers/document")


def test_role_reads_no_document_without_one(create: Callable[..., Account]) -> None:
    account = create()
    (role,) = account.iam.list_roles()["Roles"]
    names = account.iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    assert names == ["WriteItsLog"]
    assert not account.iam.list_attached_role_policies(RoleName=role["RoleName"])[
        "AttachedPolicies"
    ]


def test_log_group(create: Callable[..., Account]) -> None:
    (group,) = create(LogRetentionDays="7").logs.describe_log_groups()["logGroups"]
    assert group["logGroupName"] == f"/aws/lambda/{STACK}"
    assert group["retentionInDays"] == 7


def test_api_gateway_may_call_it(create: Callable[..., Account]) -> None:
    account = create()
    (function,) = account.awslambda.list_functions()["Functions"]
    policy = account.awslambda.get_policy(FunctionName=function["FunctionName"])["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"].endswith(":*/authorizers/*")


def test_keys_alone_create_nothing_for_tokens(create: Callable[..., Account]) -> None:
    account = create(**NO_JWT, **KEYS)
    (function,) = account.awslambda.list_functions()["Functions"]
    (role,) = account.iam.list_roles()["Roles"]
    assert function["Handler"] == "authorizers.handlers.api_key.handler"
    assert "ApiKeyAuthorizerRole" in role["RoleName"]
    assert "JwtAuthorizerArn" not in _outputs(account)


def test_tokens_and_keys_are_two_functions_with_a_role_each(
    create: Callable[..., Account],
) -> None:
    account = create(**KEYS)
    assert len(account.awslambda.list_functions()["Functions"]) == 2
    assert len(account.iam.list_roles()["Roles"]) == 2
    assert {"JwtAuthorizerArn", "ApiKeyAuthorizerArn"} <= _outputs(account).keys()


def test_the_tables_are_those_that_were_named(create: Callable[..., Account]) -> None:
    account = create(**NO_JWT, **KEYS)
    assert sorted(account.dynamodb.list_tables()["TableNames"]) == ["ApiKeyUsage", "ApiKeys"]
    for name, key in (("ApiKeys", "key_id"), ("ApiKeyUsage", "name")):
        table = account.dynamodb.describe_table(TableName=name)["Table"]
        assert table["KeySchema"] == [{"AttributeName": key, "KeyType": "HASH"}]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_the_secret_that_is_made_holds_a_pepper(
    create: Callable[..., Account], deploy: Deploy
) -> None:
    """moto's CloudFormation makes no secret; its Secrets Manager makes the random part of one."""
    generated = deploy(**KEYS).properties("ApiKeyPeppers")["GenerateSecretString"]
    template, key = generated.pop("SecretStringTemplate"), generated.pop("GenerateStringKey")
    password = create().secretsmanager.get_random_password(**generated)["RandomPassword"]
    peppers = parse_peppers(json.dumps(json.loads(template) | {key: password}), "the secret")
    assert peppers.current == "1"
    assert (len(password), password.isalnum()) == (64, True)


def test_the_role_of_keys_reads_the_secret_that_was_made(create: Callable[..., Account]) -> None:
    account = create(**NO_JWT, **KEYS)
    (role,) = account.iam.list_roles()["Roles"]
    policy = account.iam.get_role_policy(RoleName=role["RoleName"], PolicyName="WhatKeysNeed")
    document = ast.literal_eval(str(policy["PolicyDocument"]))
    resources = {str(s["Action"]): s["Resource"] for s in document["Statement"]}
    assert resources["secretsmanager:GetSecretValue"] == SECRET_ARN
    assert resources["dynamodb:GetItem"].endswith(":table/ApiKeys")
    assert resources["dynamodb:UpdateItem"].endswith(":table/ApiKeyUsage")


def test_certificates_are_read_by_one_function_and_lists_written_by_another(
    create: Callable[..., Account],
) -> None:
    account = create(**NO_JWT, **CERTIFICATES)
    functions = account.awslambda.list_functions()["Functions"]
    assert {function["Handler"] for function in functions} == {
        "authorizers.handlers.client_certificate.handler",
        "authorizers.handlers.crl_keeper.handler",
    }
    writers = []
    for role in account.iam.list_roles()["Roles"]:
        (name,) = account.iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        policy = account.iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
        document = ast.literal_eval(str(policy["PolicyDocument"]))
        allowed = [s["Action"] for s in document["Statement"] if s["Effect"] == "Allow"]
        assert "s3:GetObject" in allowed
        writers += [name] * ("s3:PutObject" in allowed)
    assert writers == ["WhatListsNeed"]

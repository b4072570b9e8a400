"""The domain with mutual TLS, the APIs behind it, and the bucket that says whom to trust."""

from collections.abc import Callable
from typing import Any

import pytest

DeployFile = Callable[..., Any]
VALUES = {
    "DomainName": "api.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "TrustBucket": "example-trust",
    "TruststoreVersion": "abc123",
    "CertificateHttpResponses": "simple_uncached",
}
APIS = ["RestApi", "HttpApi"]


@pytest.fixture
def stack(deploy_file: DeployFile) -> Any:
    return deploy_file("sam/examples/mutual-tls.yaml", **VALUES)


@pytest.fixture
def bucket(deploy_file: DeployFile) -> Any:
    return deploy_file("sam/examples/trust-bucket.yaml", BucketName="example-trust")


def authorizer(stack: Any, api: str) -> Any:
    schemes = stack.properties(api)["Body"]["components"]["securitySchemes"]
    return schemes["Certificate"]["x-amazon-apigateway-authorizer"]


def test_the_domain_asks_for_certificates_of_one_version_of_the_truststore(stack: Any) -> None:
    domain = stack.properties("Domain")
    assert domain["MutualTlsAuthentication"] == {
        "TruststoreUri": "s3://example-trust/trust/truststore.pem",
        "TruststoreVersion": "abc123",
    }
    (configuration,) = domain["DomainNameConfigurations"]
    assert (configuration["EndpointType"], configuration["SecurityPolicy"]) == (
        "REGIONAL",
        "TLS_1_2",
    )


def test_a_domain_without_a_version_of_its_truststore_cannot_be_deployed(stack: Any) -> None:
    assert "Default" not in stack.template["Parameters"]["TruststoreVersion"]


@pytest.mark.parametrize("api", APIS)
def test_no_api_has_a_way_around_the_domain(stack: Any, api: str) -> None:
    (server,) = stack.properties(api)["Body"]["servers"]
    endpoint = server["x-amazon-apigateway-endpoint-configuration"]
    assert endpoint["disableExecuteApiEndpoint"] is True


@pytest.mark.parametrize("api", APIS)
def test_every_api_is_behind_the_domain(stack: Any, api: str) -> None:
    mappings = stack.of_type("AWS::ApiGatewayV2::ApiMapping").values()
    (mapping,) = [mapping for mapping in mappings if mapping["ApiId"] == {"Ref": api}]
    assert mapping["DomainName"] == {"Ref": "Domain"}
    assert mapping["Stage"]["Ref"] in stack.resources


@pytest.mark.parametrize("api", APIS)
def test_the_authorizer_is_asked_each_time(stack: Any, api: str) -> None:
    """API Gateway takes an authorizer without identity sources only where nothing is cached."""
    its = authorizer(stack, api)
    assert its["type"] == "request"
    assert its["authorizerResultTtlInSeconds"] == 0
    assert not its.get("identitySource")
    assert stack.properties(api)["Body"]["paths"]["/orders"]["get"]["security"] == [
        {"Certificate": []}
    ]


@pytest.mark.parametrize(("responses", "simple"), [("simple_uncached", True), ("iam", None)])
def test_http_expects_what_the_authorizers_stack_says(
    deploy_file: DeployFile, responses: str, simple: bool | None
) -> None:
    values = VALUES | {"CertificateHttpResponses": responses}
    stack = deploy_file("sam/examples/mutual-tls.yaml", **values)
    assert authorizer(stack, "HttpApi").get("enableSimpleResponses") is simple
    assert authorizer(stack, "HttpApi")["authorizerPayloadFormatVersion"] == "2.0"


def test_the_setting_is_read_from_the_authorizers_stack(
    stack: Any, deploy_certificates: DeployFile
) -> None:
    parameter = stack.template["Parameters"]["CertificateHttpResponses"]
    written = deploy_certificates().properties("CertificateHttpResponsesParameter")
    assert parameter["Default"] == written["Name"]
    assert written["Value"] == "simple_uncached"


@pytest.mark.parametrize("function", ["CertificateAuthorizer", "CombinedAuthorizer"])
def test_the_authorizer_is_imported(deploy_file: DeployFile, function: str) -> None:
    values = VALUES | {"Authorizer": function, "AuthorizersStack": "gate"}
    stack = deploy_file("sam/examples/mutual-tls.yaml", **values)
    for api in APIS:
        body = stack.template["Resources"][api]["Properties"]["Body"]
        its = body["components"]["securitySchemes"]["Certificate"]
        uri = its["x-amazon-apigateway-authorizer"]["authorizerUri"]
        assert stack.resolve(uri["Fn::Sub"][1]["__FunctionArn__"]) == {
            "Fn::ImportValue": f"gate-{function}Arn"
        }


def test_the_record_is_written_where_a_zone_is_named(deploy_file: DeployFile, stack: Any) -> None:
    named = deploy_file("sam/examples/mutual-tls.yaml", **VALUES, HostedZoneId="Z1")
    assert named.properties("Record")["Name"] == "api.example.com"
    assert "Record" not in stack.resources


def test_the_bucket_is_private_versioned_encrypted_and_stays(bucket: Any) -> None:
    its = bucket.properties("Bucket")
    assert its["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(its["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(its["PublicAccessBlockConfiguration"]) == 4
    assert its["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "BucketEncryption" in its
    for name in ("Bucket", "BucketPolicy"):
        assert bucket.resources[name]["DeletionPolicy"] == "Retain"
        assert bucket.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_reached_over_tls_alone(bucket: Any) -> None:
    (statement,) = bucket.properties("BucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(statement["Resource"]) == 2


def test_no_version_of_whom_to_trust_is_ever_removed(bucket: Any) -> None:
    (rule,) = bucket.properties("Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["Prefix"] == "crl/"
    assert "ExpirationInDays" not in rule

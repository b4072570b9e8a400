"""What other stacks find: outputs, exports, parameters; and the repository's application."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deploy = Callable[..., Any]
ROOT = Path(__file__).parents[2]


OF_TOKENS = ["JwtAuthorizerArn", "HttpResponses"]
OF_KEYS = ["ApiKeyAuthorizerArn", "ApiKeyHttpResponses"]
OF_CERTIFICATES = ["CertificateAuthorizerArn", "CertificateHttpResponses"]
OF_ALL = ["CombinedAuthorizerArn", "AuthorizersLayerArn", "ResultTtlSeconds"]
EVERYTHING = {
    "ApiKeyConfig": "authorizers.json",
    "CertificateConfig": "authorizers.json",
    "CombinedConfig": "authorizers.json",
}


@pytest.mark.parametrize("name", [*OF_TOKENS, *OF_KEYS, *OF_CERTIFICATES, *OF_ALL])
def test_value_is_an_output_an_export_and_a_parameter(deploy: Deploy, name: str) -> None:
    stack = deploy(**EVERYTHING)
    output = stack.outputs[name]
    parameters = {p["Name"]: p for p in stack.of_type("AWS::SSM::Parameter").values()}
    assert output["Export"] == {"Name": f"authorizers-{name}"}
    assert parameters[f"/authorizers/{name}"]["Value"] == output["Value"]


@pytest.mark.parametrize(
    "name", ["JwtAuthorizer", "ApiKeyAuthorizer", "CertificateAuthorizer", "CombinedAuthorizer"]
)
def test_exported_arn_is_the_alias(deploy: Deploy, name: str) -> None:
    outputs = deploy(**EVERYTHING).outputs
    assert outputs[f"{name}Arn"]["Value"] == {"Ref": f"{name}Live"}


@pytest.mark.parametrize("name", ["", "ApiKey", "Certificate"])
def test_output_that_nested_stacks_read_names_the_parameter(deploy: Deploy, name: str) -> None:
    name += "HttpResponsesParameter"
    assert deploy(**EVERYTHING).outputs[name]["Value"] == {"Ref": name}


def test_a_function_that_is_not_there_is_offered_to_nobody(
    deploy: Deploy, deploy_keys: Deploy, deploy_certificates: Deploy
) -> None:
    combined = ["CombinedAuthorizerArn"]
    for stack, absent in (
        (deploy(), [*OF_KEYS, *OF_CERTIFICATES, *combined]),
        (deploy_keys(), [*OF_TOKENS, *OF_CERTIFICATES, *combined]),
        (deploy_certificates(), [*OF_TOKENS, *OF_KEYS, *combined]),
    ):
        written = {p["Name"] for p in stack.of_type("AWS::SSM::Parameter").values()}
        assert not {f"/authorizers/{name}" for name in absent} & written
        assert not set(absent) & stack.outputs.keys()


def test_application_is_complete_for_the_serverless_application_repository(deploy: Deploy) -> None:
    metadata = deploy().template["Metadata"]["AWS::ServerlessRepo::Application"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["SemanticVersion"] == project["version"]
    assert metadata["SpdxLicenseId"] == project["license"]
    assert metadata["Name"] == project["name"]
    assert (ROOT / "sam" / metadata["LicenseUrl"]).is_file()
    assert (ROOT / "sam" / metadata["ReadmeUrl"]).is_file()
    assert {"Author", "Description", "Labels"} <= metadata.keys()

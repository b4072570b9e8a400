"""What other stacks find: outputs, exports, parameters; and the repository's application."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deploy = Callable[..., Any]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", ["JwtAuthorizerArn", "AuthorizersLayerArn", "HttpResponses", "ResultTtlSeconds"]
)
def test_value_is_an_output_an_export_and_a_parameter(deploy: Deploy, name: str) -> None:
    stack = deploy()
    output = stack.outputs[name]
    parameters = {p["Name"]: p for p in stack.of_type("AWS::SSM::Parameter").values()}
    assert output["Export"] == {"Name": f"authorizers-{name}"}
    assert parameters[f"/authorizers/{name}"]["Value"] == output["Value"]


def test_exported_arn_is_the_alias(deploy: Deploy) -> None:
    assert deploy().outputs["JwtAuthorizerArn"]["Value"] == {"Ref": "JwtAuthorizerLive"}


def test_output_that_nested_stacks_read_names_the_parameter(deploy: Deploy) -> None:
    assert deploy().outputs["HttpResponsesParameter"]["Value"] == {"Ref": "HttpResponsesParameter"}


def test_application_is_complete_for_the_serverless_application_repository(deploy: Deploy) -> None:
    metadata = deploy().template["Metadata"]["AWS::ServerlessRepo::Application"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["SemanticVersion"] == project["version"]
    assert metadata["SpdxLicenseId"] == project["license"]
    assert metadata["Name"] == project["name"]
    assert (ROOT / "sam" / metadata["LicenseUrl"]).is_file()
    assert (ROOT / "sam" / metadata["ReadmeUrl"]).is_file()
    assert {"Author", "Description", "Labels"} <= metadata.keys()

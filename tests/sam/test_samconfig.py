"""The commands as they are typed: what samconfig.toml adds to them."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
LOCAL = ["local_invoke", "local_start_api", "local_start_lambda"]


@pytest.fixture
def parameters() -> dict[str, Any]:
    commands = tomllib.loads((ROOT / "samconfig.toml").read_text())["default"]
    return {command: settings["parameters"] for command, settings in commands.items()}


def template() -> Any:
    return yaml_parse((ROOT / "sam" / "template.yaml").read_text())


def test_nothing_is_of_one_account() -> None:
    text = (ROOT / "samconfig.toml").read_text()
    assert not re.search(r"\b\d{12}\b|region|profile|s3_bucket|role_arn", text)


def test_deployment_has_no_parameter_that_opens_anything(parameters: dict[str, Any]) -> None:
    assert "parameter_overrides" not in parameters["deploy"]
    assert "parameter_overrides" not in parameters["global"]


@pytest.mark.parametrize("command", ["global", "build", "validate", "deploy", "package"])
def test_demo_key_is_only_of_local_commands(parameters: dict[str, Any], command: str) -> None:
    assert "env_vars" not in parameters[command]


@pytest.mark.parametrize("command", LOCAL)
def test_local_commands_take_the_demo_key_and_the_machines_processor(
    parameters: dict[str, Any], command: str
) -> None:
    assert parameters[command]["env_vars"] == "events/local/env.json"
    assert "file://.aws-sam/local.yaml" in parameters[command]["parameter_overrides"]
    makefile = (ROOT / "sam" / "document.mk").read_text()
    assert "LOCAL := $(ROOT)/.aws-sam/local.yaml" in makefile


def test_local_variables_are_variables_of_the_function() -> None:
    """SAM CLI ignores a variable that the template does not declare."""
    local = json.loads((ROOT / "events" / "local" / "env.json").read_text())
    resources = template()["Resources"]
    for name, variables in local.items():
        declared = resources[name]["Properties"]["Environment"]["Variables"]
        assert variables.keys() <= declared.keys()


def test_overridden_parameters_exist(parameters: dict[str, Any]) -> None:
    for command in LOCAL:
        for override in parameters[command]["parameter_overrides"]:
            if not override.startswith("file://"):
                assert override.partition("=")[0] in template()["Parameters"]

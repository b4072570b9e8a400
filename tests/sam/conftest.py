"""
Templates as CloudFormation would see them.

AWS's own SAM translator transforms a template; then parameters are put in and conditions decided,
as CloudFormation does after the transform, so that tests look at what a deployment creates.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "authorizers",
    "AWS::URLSuffix": "amazonaws.com",
}
THREE_WORDS = {
    "Issuer": "https://login.example.com/",
    "Audience": "https://api.example.com",
    "Access": "any_route_when_authenticated",
}
NO_WORDS = dict.fromkeys(THREE_WORDS, "")
KEYS = {"ApiKeyConfig": "authorizers.json"}
CERTIFICATES = {"CertificateConfig": "authorizers.json", "TrustBucket": "trust-bucket"}
NO_VALUE = object()
Function = Callable[["Deployment", Any], Any]


class Deployment:
    """A transformed template with its parameters' values: what CloudFormation would create."""

    def __init__(self, template: dict[str, Any], values: dict[str, str]) -> None:
        self.template = template
        parameters = template.get("Parameters", {})
        defaults = {name: str(p["Default"]) for name, p in parameters.items() if "Default" in p}
        self.values = PSEUDO_PARAMETERS | defaults | values
        self.resources: dict[str, Any] = self.resolve(
            {name: r for name, r in template["Resources"].items() if self.exists(r)}
        )
        outputs = template.get("Outputs", {})
        self.outputs = self.resolve({n: o for n, o in outputs.items() if self.exists(o)})

    def of_type(self, type_: str) -> dict[str, Any]:
        """Return the properties of all resources of one type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == type_
        }

    def properties(self, name: str) -> Any:
        """Return the properties of the resource with this logical id."""
        return self.resources[name]["Properties"]

    def condition(self, name: str) -> bool:
        """Decide one of the template's conditions."""
        return bool(self.resolve(self.template["Conditions"][name]))

    def broken_rules(self) -> list[str]:
        """Return what CloudFormation would answer instead of deploying these parameters."""
        return [
            assertion["AssertDescription"]
            for rule in self.template.get("Rules", {}).values()
            if self.resolve(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self.resolve(assertion["Assert"])
        ]

    def resolve(self, node: Any) -> Any:
        """Replace references to parameters and decide what can be decided; keep the rest."""
        if isinstance(node, list):
            return [x for x in map(self.resolve, node) if x is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and next(iter(node)) in FUNCTIONS:
            name, argument = next(iter(node.items()))
            return FUNCTIONS[name](self, argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def exists(self, resource: dict[str, Any]) -> bool:
        """Decide the condition of a resource or an output."""
        return "Condition" not in resource or self.condition(resource["Condition"])


def _ref(stack: Deployment, name: Any) -> Any:
    return NO_VALUE if name == "AWS::NoValue" else stack.values.get(name, {"Ref": name})


def _if(stack: Deployment, arguments: Any) -> Any:
    condition, then, otherwise = arguments
    return stack.resolve(then if stack.condition(condition) else otherwise)


def _equals(stack: Deployment, arguments: Any) -> bool:
    left, right = stack.resolve(arguments)
    return bool(left == right)


def _sub(stack: Deployment, argument: Any) -> str:
    text, extra = argument if isinstance(argument, list) else (argument, {})
    values = stack.values | {k: str(v) for k, v in stack.resolve(extra).items()}
    return re.sub(r"\$\{([\w.:]+)\}", lambda match: values.get(match[1], match[0]), text)


def _join(stack: Deployment, arguments: Any) -> str:
    separator, parts = stack.resolve(arguments)
    return str(separator).join(parts)


def _split(stack: Deployment, arguments: Any) -> list[str]:
    separator, text = stack.resolve(arguments)
    return str(text).split(separator)


def _select(stack: Deployment, arguments: Any) -> Any:
    index, values = stack.resolve(arguments)
    return values[index]


FUNCTIONS: dict[str, Function] = {
    "Ref": _ref,
    "Condition": lambda stack, name: stack.condition(name),
    "Fn::And": lambda stack, arguments: all(stack.resolve(arguments)),
    "Fn::Or": lambda stack, arguments: any(stack.resolve(arguments)),
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": lambda stack, argument: not stack.resolve(argument)[0],
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
}


def transform(path: Path, values: dict[str, str], code: str = "s3://artifacts/code") -> Any:
    """
    Transform a template as the SAM service does, with built folders replaced by uploads. Tests
    share what comes out, and change nothing in it.
    """
    return _transformed(path, tuple(sorted(values.items())), code)


@lru_cache(maxsize=64)
def _transformed(path: Path, values: tuple[tuple[str, str], ...], code: str) -> Any:
    template = yaml_parse(path.read_text())
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        for key in ("CodeUri", "ContentUri", "Location"):
            if key in properties:
                properties[key] = f"https://s3/{name}" if key == "Location" else f"{code}/{name}"
    return Translator({}, Parser()).translate(template, dict(values))


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", PSEUDO_PARAMETERS["AWS::Region"])


@pytest.fixture
def deploy() -> Callable[..., Deployment]:
    """Deploy sam/template.yaml with the three words and whatever else a test says."""

    def deploy_(**values: str) -> Deployment:
        values = THREE_WORDS | values
        return Deployment(transform(ROOT / "sam" / "template.yaml", values), values)

    return deploy_


@pytest.fixture
def deploy_keys(deploy: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Deploy sam/template.yaml for API keys alone, with whatever else a test says."""
    return partial(deploy, **NO_WORDS, **KEYS)


@pytest.fixture
def deploy_certificates(deploy: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Deploy sam/template.yaml for client certificates alone, with whatever else a test says."""
    return lambda **values: deploy(**NO_WORDS | CERTIFICATES | values)


@pytest.fixture
def deploy_file() -> Callable[..., Deployment]:
    """Deploy any template of the repository."""

    def deploy_(path: str, **values: str) -> Deployment:
        return Deployment(transform(ROOT / path, values), values)

    return deploy_

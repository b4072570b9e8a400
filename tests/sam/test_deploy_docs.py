"""docs/deploy.md says what the templates do: names, links and code in it are checked."""

import ast
import re
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXT = (DOCS / "deploy.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def template(path: str = "sam/template.yaml") -> Any:
    return yaml_parse((ROOT / path).read_text())


def test_python_is_python() -> None:
    (cdk,) = [code for language, code in BLOCKS if language == "python"]
    ast.parse(cdk)


def test_yaml_is_yaml() -> None:
    blocks = [code for language, code in BLOCKS if language == "yaml"]
    assert len(blocks) == 8
    assert all(isinstance(yaml_parse(code), dict) for code in blocks)


def test_overridden_parameters_exist() -> None:
    commands = " ".join(code for language, code in BLOCKS if language == "sh")
    overridden = set(re.findall(r"\b([A-Z][A-Za-z]+)=", commands))
    assert {"Issuer", "Audience", "Access", "Config", "ApiKeyConfig"} <= overridden
    assert {"CertificateConfig", "TrustBucket", "CrlConfig", "TruststoreVersion"} <= overridden
    examples = ("sam/examples/mutual-tls.yaml", "sam/examples/trust-bucket.yaml")
    known = [template(path)["Parameters"].keys() for path in ("sam/template.yaml", *examples)]
    assert overridden <= {name for names in known for name in names}


def test_every_parameter_is_in_the_table() -> None:
    table = TEXT.partition("### Parameters")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) >= template()["Parameters"].keys()


def test_exports_exist() -> None:
    exports = set(re.findall(r"`authorizers-(\w+)`", TEXT))
    assert exports == {name for name, o in template()["Outputs"].items() if "Export" in o}


def test_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (DOCS / target.partition("#")[0]).exists(), target

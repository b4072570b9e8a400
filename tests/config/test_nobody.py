"""`nobody: true`: a route that is known, and closed."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import RuleSet

HEAD = """\
version: 1
authenticate:
  main:
    jwt:
      issuer: https://login.example.com/
      audience: [a]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
"""
ANN = Principal("main|ann", "main", "https://login.example.com/", frozenset({"a"}), {"sub": "ann"})


@pytest.mark.parametrize(
    ("requirement", "granted"),
    [
        ("{nobody: true}", False),
        ("{all_of: [{nobody: true}, {scheme: main}]}", False),
        ("{any_of: [{nobody: true}, {scopes: {all_of: [b]}}]}", False),
        ("{any_of: [{nobody: true}, {scheme: main}]}", True),
    ],
)
def test_nobody_meets_it(requirement: str, granted: bool) -> None:
    document = compile_document(f"{HEAD}  GET /x: {requirement}\n")
    assert bool(RuleSet(document["routes"]).grants(ANN)) is granted


def test_it_compiles_to_never() -> None:
    document = compile_document(f"{HEAD}  GET /x: {{nobody: true}}\n")
    assert document["routes"] == [{"key": "GET /x", "requirement": ["never"]}]


@pytest.mark.parametrize("value", ["false", "1", "{}", "[main]", "'true'"])
def test_only_true_has_a_meaning(value: str) -> None:
    with pytest.raises(ConfigurationError):
        compile_document(f"{HEAD}  GET /x: {{nobody: {value}}}\n")


def test_it_stands_alone_in_a_requirement() -> None:
    with pytest.raises(ConfigurationError):
        compile_document(f"{HEAD}  GET /x: {{nobody: true, authenticated: true}}\n")

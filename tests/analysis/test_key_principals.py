"""Principals of API keys in the tools: those of a document, and those tied to networks."""

from collections.abc import Iterator
from typing import Any

import pytest

from authorizers.analysis.canary import check_expectations
from authorizers.analysis.matrix import Cell, matrix
from authorizers.config.compile import compile_document
from authorizers.config.examples import Examples, read_examples

TEXT = """\
version: 1
authenticate:
  machines:
    api_key: {prefix: a1, pepper: environment, keys: {dynamodb: Keys}, routes_per_key: true}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  GET /keys/{owner}: {path: {owner: claims.owner}}
  GET /inside: {source_ip: [10.0.0.0/8, 192.168.0.0/16]}
  $connect: {authenticated: true}
principals:
  acme: {scheme: machines, claims: {owner: acme, scope: orders:read}}
  narrow: {scheme: machines, claims: {owner: acme, scope: orders:read, routes: [GET /orders]}}
expectations:
  - {principal: acme, allow: [GET /orders, GET /keys/acme, $connect], deny: [GET /keys/other]}
  - {principal: narrow, allow: [GET /orders], deny: [GET /keys/acme, $connect]}
"""


@pytest.fixture(scope="module")
def document() -> Any:
    return compile_document(TEXT)


@pytest.fixture(scope="module")
def examples(document: Any) -> Examples:
    return read_examples(TEXT, document)


def tied(examples: Examples, *networks: str) -> Examples:
    """Return the examples with everybody tied to `networks`."""
    people = {name: p._replace(networks=networks) for name, p in examples.principals.items()}
    return examples._replace(principals=people)


def column(document: Any, examples: Examples, name: str) -> Iterator[Cell]:
    return (row.cells[0] for row in matrix(document, {name: examples.principals[name]}).rows)


def test_expectations_of_keys_are_asked_of_rules_and_policies(
    document: Any, examples: Examples
) -> None:
    checks = check_expectations(document, examples)
    assert len(checks) == 7
    assert all(check.holds for check in checks), [check.differing for check in checks]


def test_a_key_that_is_for_some_networks_may_nothing_elsewhere(
    document: Any, examples: Examples
) -> None:
    checks = check_expectations(document, tied(examples, "10.1.0.0/16"))
    for check in checks:
        assert check.holds is not check.expected.allow  # denials hold, permissions do not
        answers = {(a.witness, a.allowed) for a in check.answers if " from 10.1." in a.request}
        assert {allowed for _, allowed in answers} <= {check.expected.allow}
    (allowed, *_) = checks
    elsewhere = [a for a in allowed.answers if " from 10.1." not in a.request]
    assert elsewhere
    assert not any(answer.allowed for answer in elsewhere)


def test_a_key_that_is_for_no_network_may_nothing(document: Any, examples: Examples) -> None:
    nowhere = tied(examples)
    cells = list(column(document, nowhere, "acme"))
    assert {(cell.answer, cell.why) for cell in cells} == {("denied", "is for nobody")}
    for check in check_expectations(document, nowhere):
        assert not any(answer.allowed for answer in check.answers)


def test_cells_of_a_key_say_its_networks(document: Any, examples: Examples) -> None:
    cells = list(column(document, tied(examples, "10.1.0.0/16"), "acme"))
    assert [(cell.answer, cell.conditions) for cell in cells] == [
        ("conditional", "from 10.1.0.0/16"),
        ("conditional", "{owner} = acme, from 10.1.0.0/16"),
        ("conditional", "from 10.0.0.0/8, 192.168.0.0/16, from 10.1.0.0/16"),
        ("conditional", "from 10.1.0.0/16"),
    ]
    assert cells[0].why == "where it comes from 10.1.0.0/16"


def test_cells_of_a_key_say_its_routes(document: Any, examples: Examples) -> None:
    cells = list(column(document, examples, "narrow"))
    assert [cell.answer for cell in cells] == ["allowed", "denied", "denied", "denied"]
    assert "claims.routes" in cells[1].why

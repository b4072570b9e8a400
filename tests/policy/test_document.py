"""The parts of a document: statements, and methods that share a pattern without opening another."""

from collections.abc import Iterable
from itertools import combinations

import pytest

from authorizers.model.arn import METHODS
from authorizers.policy import glob
from authorizers.policy.document import (
    EVERY_METHOD,
    INVOKE,
    document,
    method_patterns,
    statement,
)
from authorizers.policy.table.tails import Tails

SETS = [
    frozenset(chosen)
    for count in range(1, len(METHODS) + 1)
    for chosen in combinations(METHODS, count)
]
PATHS = ["", "a", "a/b", "/a", "//a", "a/", "GET/a", "S/a", "T/a", "xx/a", "xxx/a", "xxxx/a"]


def resources_of(methods: frozenset[str], patterns: Iterable[str]) -> list[str]:
    return [f"{method}/{pattern}" for pattern in patterns for method in method_patterns(methods)]


def _reached(resources: Iterable[str]) -> set[tuple[str, str]]:
    return {
        (method, path)
        for method in METHODS
        for path in PATHS
        if any(glob.matches(resource, f"{method}/{path}") for resource in resources)
    }


@pytest.mark.parametrize("methods", SETS, ids=lambda methods: "-".join(sorted(methods)))
@pytest.mark.parametrize("path", ["", "a", "a/b", "T/a"])
def test_methods_share_patterns_and_open_nothing_else(methods: frozenset[str], path: str) -> None:
    """Paths that begin with a slash too many are where `????` would take `GET/` for a method."""
    resources = resources_of(methods, [path])
    assert _reached(resources) == {(method, path) for method in methods if path in PATHS}


@pytest.mark.parametrize("methods", SETS, ids=lambda methods: "-".join(sorted(methods)))
@pytest.mark.parametrize(("pattern", "least"), [("*", 0), ("?*", 1)])
def test_a_path_that_is_anything_stays_with_its_methods(
    methods: frozenset[str], pattern: str, least: int
) -> None:
    expected = {(m, path) for m in methods for path in PATHS if len(path) >= least}
    assert _reached(resources_of(methods, [pattern])) == expected


def test_no_set_of_methods_takes_more_patterns_than_methods() -> None:
    assert all(len(method_patterns(methods)) <= len(methods) for methods in SETS)
    assert method_patterns(frozenset({"GET", "PUT"})) == ("??T",)
    assert method_patterns(frozenset({"HEAD", "POST"})) == ("HEAD", "POST")
    assert len(method_patterns(EVERY_METHOD)) == len(METHODS) - 1


def test_no_methods_are_no_resources() -> None:
    assert method_patterns(frozenset()) == ()
    assert Tails([]).of(frozenset(), ["*"]) == []
    assert Tails([]).of(EVERY_METHOD, []) == []


@pytest.mark.parametrize("pattern", ["*", "?*"])
def test_every_method_on_anything_is_one_resource(pattern: str) -> None:
    assert Tails([]).of(EVERY_METHOD, [pattern]) == [f"*/{pattern}"]
    assert not glob.matches(f"*/{pattern}", "$connect")


def test_a_statement_has_a_resource_or_a_not_resource() -> None:
    assert statement("Allow", ["r"]) == {"Effect": "Allow", "Action": INVOKE, "Resource": ["r"]}
    assert statement("Deny", ["r"], outside=True) == {
        "Effect": "Deny",
        "Action": INVOKE,
        "NotResource": ["r"],
    }


def test_a_statement_shares_nothing_with_its_condition() -> None:
    condition = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}
    made = statement("Allow", ["r"], condition)
    made["Condition"]["IpAddress"]["aws:SourceIp"].append("0.0.0.0/0")
    assert condition == {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}


def test_an_empty_condition_is_not_the_same_as_none() -> None:
    """Whoever asks for a condition and has none to give has made a mistake: it stays visible."""
    assert statement("Allow", ["r"], {})["Condition"] == {}
    assert "Condition" not in statement("Allow", ["r"])


def test_a_document_has_the_version_that_knows_policy_variables() -> None:
    assert dict(document([])) == {"Version": "2012-10-17", "Statement": []}

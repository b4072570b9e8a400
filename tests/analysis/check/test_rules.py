"""What is wrong or dangerous in a document itself."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.analysis.check.checking import File, check_document
from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.rules import rule_findings
from authorizers.config.table import MAX_POLICY_BYTES

Find = Callable[..., dict[str, list[str]]]
Make = Callable[..., str]

TWO_SCHEMES = "{all_of: [{scheme: main}, {not: {scheme: main}}]}"
TWO_VALUES = "{all_of: [{claim: {team: {equals: a}}}, {claim: {team: {equals: b}}}]}"
EVERY_METHOD = "\n".join(
    f"{method} /x: {{authenticated: true}}"
    for method in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
)


def test_nothing_is_found_in_a_plain_document(find: Find, document: Make) -> None:
    assert find(document("GET /x: {authenticated: true}\nPOST /x: {scheme: main}")) == {}


def test_every_problem_of_a_document_that_does_not_compile_is_a_finding(
    find: Find, document: Make
) -> None:
    text = document("GET /x: {scheme: none}\nGET x: {authenticated: true}\nGET /y: {}")
    assert find(text) == {
        "document-problem": [
            "GET /x: {scheme: none}",
            "GET x: {authenticated: true}",
            "GET /y: {}",
        ]
    }


@pytest.mark.parametrize("text", ["", "a: [", "[]", "\0", "a: &a [*a]", "version: 1", "x"])
def test_what_is_no_document_is_a_finding(find: Find, text: str) -> None:
    assert list(find(text)) == ["document-problem"]


@pytest.mark.parametrize(
    "requirement",
    [TWO_SCHEMES, TWO_VALUES, "{not: {authenticated: true}}", "{not: {scheme: main}}"],
)
def test_a_requirement_that_contradicts_itself_is_met_by_nobody(
    find: Find, document: Make, requirement: str
) -> None:
    line = f"GET /x: {requirement}"
    assert find(document(line)) == {"met-by-nobody": [line]}


def test_nobody_by_name_is_meant(find: Find, document: Make) -> None:
    assert find(document("GET /x: {nobody: true}")) == {}


@pytest.mark.parametrize(
    ("routes", "never"),
    [
        (f"ANY /x: {{scheme: main}}\n{EVERY_METHOD}", "ANY /x: {scheme: main}"),
        (
            "GET /{a+}: {scheme: main}\nGET /{b}: {scheme: main}\nGET /{b}/{c+}: {scheme: main}",
            "GET /{a+}: {scheme: main}",
        ),
        (
            "$default: {scheme: main}\nANY /: {scheme: main}\nANY /{a+}: {scheme: main}",
            "$default: {scheme: main}",
        ),
    ],
)
def test_a_rule_of_which_others_answer_every_request_is_never_chosen(
    find: Find, document: Make, routes: str, never: str
) -> None:
    assert find(document(routes))["rule-never-chosen"] == [never]


@pytest.mark.parametrize(
    "routes",
    [
        "ANY /x: {scheme: main}\n" + EVERY_METHOD.partition("\n")[2],
        "GET /{a+}: {scheme: main}\nGET /{b}/{c+}: {scheme: main}",
        "$default: {scheme: main}\nANY /{a+}: {scheme: main}",
        "GET /{a+}: {scheme: main}\nGET /x: {scheme: main}\nGET /x/{c+}: {scheme: main}",
        '"*": {scheme: main}',
        "$connect: {scheme: main}",
    ],
)
def test_a_rule_that_keeps_some_request_is_chosen(find: Find, document: Make, routes: str) -> None:
    assert not {"rule-never-chosen", "document-problem"} & set(find(document(routes)))


def test_any_audience_is_a_warning_with_its_reason(document: Make) -> None:
    text = document("GET /x: {authenticated: true}").replace(
        "[https://api.example.com]", "{any: tokens name none}"
    )
    (finding,) = check_document(File("doc.yaml", text.encode()))
    assert (finding.rule, finding.severity) == ("any-audience", "warning")
    assert finding.message.startswith("main: ")
    assert "(tokens name none)" in finding.message
    assert finding.place == ("doc.yaml", 6, 7)


def test_http_on_the_own_machine_is_a_warning(find: Find, document: Make) -> None:
    text = document("GET /x: {authenticated: true}").replace(
        "{discovery: true}", "{discovery: true, insecure_loopback_http: a demo}"
    )
    assert list(find(text)) == ["loopback-http"]


LOSSY = """\
GET /{a}/x: {scopes: {all_of: [a]}}
GET /b/{c}: {scopes: {all_of: [b]}}
GET /b/x: {scopes: {all_of: [c]}}
GET /{d+}: {scopes: {all_of: [d]}}
"""


def test_what_inexact_documents_lose_is_a_warning_once_a_route(find: Find, document: Make) -> None:
    assert list(find(document(LOSSY))) == ["document-problem"]
    found = find(f"inexact: deny\n{document(LOSSY)}")["inexact-deny"]
    assert found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("size", "rules"),
    [(MAX_POLICY_BYTES + 1, ["policy-too-large"]), (MAX_POLICY_BYTES, [])],
    ids=["over", "at"],
)
def test_a_policy_that_may_be_too_large_is_a_warning_where_the_document_takes_it(
    document: Make, size: int, rules: list[str]
) -> None:
    text = document("GET /x: {authenticated: true}\nGET /y: {authenticated: true}")
    checked = CheckedDocument(text.encode(), "doc.yaml")
    assert checked.compiled is not None
    table: dict[str, Any] = checked.compiled["table"]
    table["largest"] = {"bytes": size, "routes": ["GET /y"]}
    found = list(rule_findings(checked))
    assert [finding.rule for finding in found] == rules
    assert all(finding.place.line == 12 for finding in found)


def test_rules_of_roles_are_found_where_the_role_names_them(find: Find, document: Make) -> None:
    roles = (
        "roles:\n"
        "  clerk:\n"
        "    requirement: {all_of: [{scheme: main}, {not: {scheme: main}}]}\n"
        "    routes: [GET /y]\n"
    )
    found = find(document("GET /x: {authenticated: true}") + roles)
    assert found == {"met-by-nobody": ["routes: [GET /y]"]}

"""Who may do what: the matrix, and the page that shows it."""

import re
from html.parser import HTMLParser

import pytest

from authorizers.analysis.matrix import Cell, Matrix, Row, matrix
from authorizers.analysis.matrix_page import render
from authorizers.config.compile import compile_document
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples, read_examples
from authorizers.model.principal import Principal

HOSTILE = "</style></title><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.fixture
def made(document: CompiledDocument, examples: Examples) -> Matrix:
    return matrix(document, examples.principals)


def cells(made: Matrix, route: str) -> dict[str, Cell]:
    (row,) = (row for row in made.rows if row.route == route)
    return dict(zip(made.principals, row.cells, strict=True))


def test_every_route_has_a_cell_for_every_principal(
    made: Matrix, document: CompiledDocument
) -> None:
    assert [row.route for row in made.rows] == [route["key"] for route in document["routes"]]
    assert made.principals == ("alice", "root")
    assert all(len(row.cells) == 2 for row in made.rows)


@pytest.mark.parametrize(
    ("route", "principal", "cell"),
    [
        ("GET /orders", "alice", Cell("allowed", "has the scope orders:read")),
        ("POST /orders", "alice", Cell("denied", "needs the scope orders:write")),
        (
            "GET /users/{user_id}",
            "alice",
            Cell("conditional", "where {user_id} is alice (claims.sub)", "{user_id} = alice"),
        ),
        (
            "ANY /admin/{proxy+}",
            "root",
            Cell("conditional", "where it comes from 10.0.0.0/8", "from 10.0.0.0/8"),
        ),
        (
            "ANY /admin/{proxy+}",
            "alice",
            Cell("denied", 'needs "admin" in claims.groups (has none)'),
        ),
    ],
)
def test_a_cell_says_what_and_why(made: Matrix, route: str, principal: str, cell: Cell) -> None:
    assert cells(made, route)[principal] == cell


def test_many_networks_are_cut_short(document: CompiledDocument, examples: Examples) -> None:
    networks = [f"10.{n}.0.0/16" for n in range(0, 20, 2)]
    document["routes"][0]["requirement"] = ["source_ip", networks]
    cell = cells(matrix(document, examples.principals), "GET /orders")["alice"]
    assert cell.conditions == "from 10.0.0.0/16, 10.2.0.0/16, 10.4.0.0/16, …"


def test_a_value_that_cannot_stand_in_a_path_grants_nothing(
    document: CompiledDocument, examples: Examples
) -> None:
    mallory = examples.principals["alice"]._replace(claims={"sub": "*"})
    cell = cells(matrix(document, {"mallory": mallory}), "GET /users/{user_id}")["mallory"]
    assert cell.answer == "denied"
    assert "no plain segment" in cell.why


def test_a_role_is_explained_by_who_holds_it(text: str) -> None:
    roles = "roles: {clerk: {routes: [GET /ledger]}}\n"
    bindings = 'bindings: [{role: clerk, principals: ["staff|alice"]}]\n'
    document = compile_document(roles + bindings + text)
    made = matrix(document, read_examples(text, document).principals)
    assert cells(made, "GET /ledger") == {
        "alice": Cell("allowed", 'is "staff|alice"'),
        "root": Cell("denied", 'must be "staff|alice" (is "staff|root")'),
    }


class Page(HTMLParser):
    """The elements of a page, with their attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_stands_alone(made: Matrix) -> None:
    text = render(made, "authorizers.yaml")
    page = Page(text)
    assert page.open == []
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form"})
    for _, attributes in page.elements:
        assert attributes.keys().isdisjoint({"src", "href", "style", "srcset", "action"})
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"https?:|//|url\(|@import", text)


def test_the_pages_own_policy_takes_its_style_and_nothing_else(made: Matrix) -> None:
    import base64
    import hashlib

    page = Page(render(made, "authorizers.yaml"))
    (policy,) = (m["content"] for m in page.all("meta") if m.get("http-equiv"))
    (style,) = page.text["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_the_table_can_be_read_without_seeing_it(made: Matrix) -> None:
    page = Page(render(made, "authorizers.yaml"))
    assert page.all("html") == [{"lang": "en"}]
    assert page.text["caption"]
    scopes = [th["scope"] for th in page.all("th")]
    assert scopes.count("col") == 1 + len(made.principals)
    assert scopes.count("row") == len(made.rows)
    tooltips = {span["id"] for span in page.all("span") if span.get("role") == "tooltip"}
    for td in page.all("td"):
        assert td["tabindex"] == "0"
        assert td["aria-describedby"] in tooltips
    assert len(tooltips) == len(page.all("td")) == len(made.rows) * len(made.principals)


def test_an_answer_is_a_word_and_not_a_colour_alone(made: Matrix) -> None:
    words = [text.strip() for text in Page(render(made, "x")).text["td"] if text.strip()]
    expected = [cell.conditions or cell.answer for row in made.rows for cell in row.cells]
    assert words == expected


def test_whatever_a_document_says_is_text() -> None:
    cell = Cell("conditional", HOSTILE, HOSTILE)
    page = Page(render(Matrix((HOSTILE,), (Row(HOSTILE, (cell,)),), True), HOSTILE))
    assert {"script", "img"}.isdisjoint(tag for tag, _ in page.elements)
    assert page.text["title"] == [f"Who may do what: {HOSTILE}"]
    assert page.text["h1"] == [f"Who may do what: {HOSTILE}"]
    assert HOSTILE in page.text["th"]
    assert HOSTILE in page.text["td"]
    assert page.text["b"] == [f"{HOSTILE}: {HOSTILE}: conditional"]
    assert HOSTILE in page.text["span"]


def test_hostile_claims_come_out_as_text(document: CompiledDocument, examples: Examples) -> None:
    claims = {"sub": "x", "groups": ["<script>alert(1)</script>"]}
    mallory = Principal("staff|x", "staff", "i", frozenset(), claims)
    text = render(matrix(document, {"mallory": mallory}), "x")
    assert "&lt;script&gt;" in text
    assert "<script" not in text


def test_a_document_that_loses_paths_says_so(document: CompiledDocument, text: str) -> None:
    inexact = compile_document(text.partition("routes:")[0] + _INEXACT)
    assert "inexact: deny" in render(matrix(inexact, {}), "x")
    assert "inexact: deny" not in render(matrix(document, {}), "x")


_INEXACT = """\
inexact: deny
routes:
  GET /files/{name}: {scopes: {any_of: [a]}}
  GET /files/{name}/versions/{v}: {scopes: {any_of: [b]}}
  GET /files/{name}/versions/latest: {scopes: {any_of: [c]}}
"""

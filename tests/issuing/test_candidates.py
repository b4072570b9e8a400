"""The lines of a CSV file: none is lost, and every bad one is told with its reasons."""

import re
from pathlib import Path

import pytest

from authorizers.cli.moment import parse_moment
from authorizers.errors import ConfigurationError
from authorizers.issuing.candidates import Candidate, Candidates, split_routes
from authorizers.issuing.rows import COLUMNS, LABEL, MAX_LINE_CHARS, PROBLEM, BadRow, Row, Rows
from tests.issuing.keys import NOW


def rows_of(path: Path, text: str | bytes) -> Rows:
    file = path / "keys.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Rows(file)


def candidates_of(path: Path, text: str | bytes) -> list[Candidate | BadRow]:
    rows = rows_of(path, text)
    return list(Candidates(rows, created_at=NOW, parse_moment=lambda t: parse_moment(t, NOW)))


def good(candidate: Candidate | BadRow) -> Candidate:
    assert isinstance(candidate, Candidate), candidate
    return candidate


def test_every_column_is_read(tmp_path: Path) -> None:
    text = (
        "owner,scopes,roles,routes,networks,not_before,expires_at,usage_plan,reference,label:team\n"
        "acme,a b,r,GET /a $connect,10.0.0.0/8 9.0.0.0/8,2027-02-01,90d,gold,17,x y\n"
    )
    (only,) = map(good, candidates_of(tmp_path, text))
    draft = only.draft
    assert (only.line, only.reference, draft.owner) == (2, "17", "acme")
    assert (draft.scopes, draft.roles, draft.routes) == (("a", "b"), ("r",), ("GET /a", "$connect"))
    assert draft.networks == ("9.0.0.0/8", "10.0.0.0/8")
    assert (draft.not_before, draft.expires_at) == (1_801_440_000, NOW + 90 * 86400)
    assert (draft.usage_plan, draft.labels, draft.created_at) == ("gold", {"team": "x y"}, NOW)
    assert (draft.key_id, draft.secrets) == ("", ())


def test_what_a_line_leaves_out_is_not_said(tmp_path: Path) -> None:
    text = "owner,scopes,routes,networks,expires_at,usage_plan,label:a,reference\nacme,,,,,,,\n"
    draft = good(candidates_of(tmp_path, text)[0]).draft
    assert (draft.scopes, draft.routes, draft.networks) == ((), None, None)
    assert (draft.expires_at, draft.usage_plan, draft.labels) == (None, None, {})


@pytest.mark.parametrize(
    "text",
    [
        "owner\nacme\nbeta\n",
        "owner\r\nacme\r\nbeta\r\n",
        "owner\racme\rbeta\r",
        "owner\nacme\nbeta",
        "owner\nacme\n\n\r\nbeta\n\n",
        '"owner"\n"acme"\n"beta"\n',
        "\ufeffowner\nacme\nbeta\n",
        '\ufeff"owner"\nacme\nbeta\n',
    ],
)
def test_the_same_lines_in_every_spelling(tmp_path: Path, text: str) -> None:
    owners = [good(candidate).draft.owner for candidate in candidates_of(tmp_path, text)]
    assert owners == ["acme", "beta"]


def test_quotes_hold_commas_and_quotes(tmp_path: Path) -> None:
    (only,) = map(good, candidates_of(tmp_path, 'owner\n"Acme, ""Inc"""\n'))
    assert only.draft.owner == 'Acme, "Inc"'


def test_a_line_break_in_quotes_is_refused_and_the_next_line_is_read(tmp_path: Path) -> None:
    """As `scopes` it would otherwise be one that swallowed the next line."""
    text = 'owner,scopes\nacme,"a\nb"\nbeta,a\n'
    bad, fine = candidates_of(tmp_path, text)
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.text) == (2, 'acme,"a\nb"\n')
    assert "scopes: has a line break" in bad.problem
    assert (good(fine).line, good(fine).draft.owner) == (4, "beta")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"acme", "has 1 fields where the head has 4"),
        (b"acme,a,,,", "has 5 fields where the head has 4"),
        (b",a,,", "owner: an owner is printable text"),
        (b"   ,a,,", "owner: an owner is printable text"),
        (b" acme,a,,", "owner: an owner is printable text"),
        (b"ac\x00me,a,,", "owner: has a line break, or another character"),
        (b"ac\x1bme,a,,", "owner: has a line break, or another character"),
        (b"ac\tme,a,,", "owner: has a line break, or another character"),
        (b"ac\xffme,a,,", "owner: is not UTF-8"),
        (b"acme,\xe4,,", "scopes: is not UTF-8"),
        ("acme,a\N{NO-BREAK SPACE}b,,".encode(), "scopes: has a line break, or another"),
        ("acme,ä,,".encode(), "scopes: a scope is one word"),
        (b"acme,a,10.0.0.1/8,", "networks: write a network"),
        (b"acme,a,all,", "networks: write a network"),
        (b"acme,a,,2001-01-01", "expires_at: write a moment to come"),
        (b"acme,a,,soon", "expires_at: write a moment to come"),
        (b'"ac"me,a,,', "its quotes are wrong"),
        (b"acme,a,x,y", "expires_at: write a moment"),
        (b"acme,a,x,y", "networks: write a network"),
    ],
)
def test_a_bad_line_is_kept_with_its_reasons(tmp_path: Path, line: bytes, says: str) -> None:
    text = b"owner,scopes,networks,expires_at\nacme,a,,\n" + line + b"\nbeta,a,,\n"
    first, bad, last = candidates_of(tmp_path, text)
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.text.encode("utf-8", "surrogateescape")) == (3, line + b"\n")
    assert says in bad.problem
    assert (good(first).line, good(last).line) == (2, 4)


def test_a_reference_comes_once(tmp_path: Path) -> None:
    text = "owner,reference\na,1\nb,2\nc,1\nd,\ne,\nf,1\ng," + "x" * 257 + "\n"
    found = candidates_of(tmp_path, text)
    bad = [(row.line, row.problem) for row in found if isinstance(row, BadRow)]
    assert bad == [
        (4, "reference: is that of line 2, too"),
        (7, "reference: is that of line 2, too"),
        (8, "reference: has more than 256 characters"),
    ]


def test_the_column_of_rejected_lines_is_not_looked_at(tmp_path: Path) -> None:
    (only,) = map(good, candidates_of(tmp_path, b"problem,owner\n\xff\x00 was wrong,acme\n"))
    assert only.draft.owner == "acme"


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("", "has no column owner"),
        ("\n", "has no column owner"),
        ("scopes", "has no column owner"),
        ("Owner", "has no column owner"),
        (" owner", "has no column owner"),
        ("owner;scopes", "write commas between columns"),
        ("owner\tscopes", "is not UTF-8, or has a character that is not printed"),
        ("owner,owner", "has the column owner twice"),
        ("owner,label:a,label:a", "has the column label:a twice"),
        ("owner,", "has a column that is not known, without a name"),
        ("owner,label:", "has a column that is not known, label:"),
        ("owner,scope", "has a column that is not known, scope; known: owner, scopes"),
        ("owner,key_id", "has a column that is not known, key_id"),
        ('"owner', "has no column owner"),
    ],
)
def test_a_head_that_says_something_else_is_refused(tmp_path: Path, head: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rows_of(tmp_path, f"{head}\nacme\n" if head else "")
    assert caught.value.code == "csv_invalid"
    assert says in caught.value.detail


def test_every_problem_of_a_head_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rows_of(tmp_path, "scope,scope,x\n")
    assert len(caught.value.problems) == 4


def test_utf_16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        rows_of(tmp_path, "owner\nacme\n".encode("utf-16"))


@pytest.mark.parametrize(
    "text",
    [
        'owner,scopes\nacme,a\nbeta,"a\ngamma,a\n',
        'owner,scopes\nacme,a\nbeta,"a\ngamma,"a"\n',
        'owner,scopes\nacme,a\n"',
    ],
)
def test_a_quote_that_is_never_closed_ends_the_file(tmp_path: Path, text: str) -> None:
    """What follows may be anything: nobody can say what is a line."""
    rows = iter(rows_of(tmp_path, text))
    assert isinstance(next(rows), Row)
    with pytest.raises(ConfigurationError, match=r"keys\.csv:3: a quote is opened here") as caught:
        next(rows)
    assert caught.value.code == "csv_invalid"


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_without_end_is_refused_before_it_is_read(tmp_path: Path, quote: str) -> None:
    text = "owner\n" + quote + "x" * (2 * MAX_LINE_CHARS)
    with pytest.raises(ConfigurationError, match="is longer than"):
        list(rows_of(tmp_path, text))


def test_a_file_that_cannot_be_read_is_the_caller_s(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        Rows(tmp_path / "none.csv")
    with pytest.raises(ConfigurationError, match="directory"):
        Rows(tmp_path)


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("", ()),
        ("GET /a", ("GET /a",)),
        ("  GET  /a   POST /b ", ("GET /a", "POST /b")),
        ("$connect GET /a $default", ("$connect", "GET /a", "$default")),
        ("GET", ("GET",)),
        ("GET /a POST", ("GET /a", "POST")),
        ("/a GET", ("/a GET",)),
        ("*", ("*",)),
    ],
)
def test_routes_are_two_words_or_one(text: str, routes: tuple[str, ...]) -> None:
    assert split_routes(text) == routes


def test_the_page_names_every_column() -> None:
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text("utf-8")
    rows = page.partition("<!-- columns -->\n")[2].partition("\n\n")[0].splitlines()[2:]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert named == {*COLUMNS, PROBLEM, f"{LABEL}NAME"}


@pytest.mark.parametrize("field", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1"])
@pytest.mark.parametrize("column", ["owner", "reference"])
def test_what_a_spreadsheet_would_obey_is_refused(tmp_path: Path, column: str, field: str) -> None:
    """It would stand beside the keys."""
    fields = {"owner": "acme", "reference": "1", column: field}
    (bad,) = candidates_of(tmp_path, f"owner,reference\n{fields['owner']},{fields['reference']}\n")
    assert isinstance(bad, BadRow)
    assert bad.problem.startswith(f"{column}: a spreadsheet would take it for a formula")


def test_such_a_character_later_is_no_formula(tmp_path: Path) -> None:
    (only,) = candidates_of(tmp_path, "owner,reference\na=b+c-d@e,1-2\n")
    assert good(only).draft.owner == "a=b+c-d@e"


def test_a_moment_that_no_store_takes_is_a_bad_line(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "owner,expires_at\na,253402300801\nb,253402300800\n")
    bad, fine = Candidates(rows, created_at=NOW, parse_moment=int)
    assert isinstance(bad, BadRow)
    assert bad.problem == "expires_at: is not a time in seconds since 1970"
    assert isinstance(fine, Candidate)


def test_reasons_that_stand_there_already_are_not_looked_at(tmp_path: Path) -> None:
    """Lines that were rejected twice."""
    text = 'problem,problem,owner\n"one, ""reason""",another,acme\n'
    assert good(candidates_of(tmp_path, text)[0]).draft.owner == "acme"

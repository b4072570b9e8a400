"""
The matrix as one page of HTML that stands alone: no script, no network, no address of anything.

Its policy (Content Security Policy Level 3, https://www.w3.org/TR/CSP3/) takes the page's one
style by its hash and nothing else. Every text of the document is escaped.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from authorizers.analysis.matrix import Answer, Cell, Matrix, Row

_SIGNS: dict[Answer, str] = {"allowed": "✓", "conditional": "◐", "denied": "✕"}
_LEGEND = (
    ("allowed", "every request of the route"),
    ("conditional", "some requests, as it says"),
    ("denied", "no request of the route"),
)

_STYLE = """
:root { color-scheme: light dark; --text: #1c2024; --page: #fff; --line: #c9ced6; --soft: #f2f4f7;
  --allowed: #0b6b3a; --on-allowed: #e4f4ea; --conditional: #7a4b00; --on-conditional: #fdf1d8;
  --denied: #5d6672; --on-denied: transparent; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --page: #14171a; --line: #3b424c;
  --soft: #20252b; --allowed: #7ddba3; --on-allowed: #12301f; --conditional: #f0c36d;
  --on-conditional: #352709; --denied: #9aa4b1; --focus: #8ab4f8; } }
* { box-sizing: border-box; }
html { scroll-padding-bottom: 9rem; }
body { margin: 0; padding: 1.5rem 1.5rem 9rem; color: var(--text); background: var(--page);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.35rem; }
p { margin: .25rem 0 1rem; max-width: 48rem; }
ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1rem; padding: 0;
  list-style: none; }
table { border-collapse: separate; border-spacing: 0; border: 1px solid var(--line);
  border-width: 1px 0 0 1px; }
caption { padding: 0 0 .5rem; text-align: left; color: var(--denied); }
th, td { padding: .4rem .75rem; border: 1px solid var(--line); border-width: 0 1px 1px 0;
  text-align: left; vertical-align: top; }
th { background: var(--soft); }
thead th { position: sticky; top: 0; z-index: 2; }
tbody th { position: sticky; left: 0; z-index: 1; font: 13px/1.6 ui-monospace, monospace;
  white-space: nowrap; }
td:focus { outline: 3px solid var(--focus); outline-offset: -3px; }
.allowed { color: var(--allowed); background: var(--on-allowed); }
.conditional { color: var(--conditional); background: var(--on-conditional); }
.denied { color: var(--denied); background: var(--on-denied); }
td.allowed, td.denied { white-space: nowrap; }
.sign { display: inline-block; width: 1.3em; font-weight: bold; }
.why { display: none; white-space: normal; }
td:hover .why, td:focus .why { display: block; position: fixed; z-index: 3; left: 1rem; right: 1rem;
  bottom: 1rem; max-width: 60rem; padding: .75rem 1rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--soft); color: var(--text);
  box-shadow: 0 .25rem 1rem rgb(0 0 0 / .25); overflow-wrap: anywhere; }
tbody:has(td:hover) td:focus:not(:hover) .why { display: none; white-space: normal; }
.why b { display: block; font: 13px/1.6 ui-monospace, monospace; }
@media print { @page { size: A4 landscape; margin: 12mm; }
  :root { --text: #000; --page: #fff; --soft: #eee; --line: #999; --allowed: #04502a;
    --conditional: #5c3900; --denied: #444; }
  body { padding: 0; font-size: 9pt; } table { border-collapse: collapse; }
  th, td { padding: .25rem .4rem; }
  td:focus { outline: none; } th, thead th, tbody th { position: static; }
  tbody th { font-size: 8pt; white-space: normal; } thead { display: table-header-group; }
  tr { break-inside: avoid; }
  .why, td:hover .why, td:focus .why { display: block; position: static; padding: 0; border: 0;
    background: none; box-shadow: none; color: #333; font-size: 7.5pt; }
  .why b, .hint { display: none; } }
"""


def render(matrix: Matrix, title: str) -> str:
    """Return the page; `title` names the document."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';',
            f" style-src 'sha256-{digest}'\">\n",
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>Who may do what: {escape(title)}</title>\n<style>{_STYLE}</style>\n",
            f"</head>\n<body>\n<h1>Who may do what: {escape(title)}</h1>\n",
            *_introduction(matrix),
            *_table(matrix),
            "</body>\n</html>\n",
        )
    )


def _introduction(matrix: Matrix) -> Iterator[str]:
    yield "<p>Whoever is not authenticated, and any route that is not listed, is denied."
    if not matrix.exact:
        yield " The document says <code>inexact: deny</code>: some paths of some routes are lost."
    yield ' <span class="hint">Point at a cell, or move to it with Tab, to read why.</span></p>\n'
    yield "<ul>\n"
    for answer, meaning in _LEGEND:
        yield f'<li><span class="{answer}">{_sign(answer)}{answer}</span>: {meaning}</li>\n'
    yield "</ul>\n"


def _sign(answer: str) -> str:
    sign = _SIGNS[answer]  # type: ignore[index]
    return f'<span class="sign" aria-hidden="true">{sign}</span>'


def _table(matrix: Matrix) -> Iterator[str]:
    yield "<table>\n<caption>Routes down, principals across</caption>\n<thead>\n<tr>"
    yield '<th scope="col">Route</th>'
    for name in matrix.principals:
        yield f'<th scope="col">{escape(name)}</th>'
    yield "</tr>\n</thead>\n<tbody>\n"
    for i, row in enumerate(matrix.rows):
        yield from _row(i, row, matrix.principals)
    yield "</tbody>\n</table>\n"


def _row(i: int, row: Row, principals: tuple[str, ...]) -> Iterator[str]:
    yield f'<tr><th scope="row">{escape(row.route)}</th>\n'
    for j, (name, cell) in enumerate(zip(principals, row.cells, strict=True)):
        yield _cell(f"why-{i}-{j}", f"{name}: {row.route}", cell)
    yield "</tr>\n"


def _cell(anchor: str, subject: str, cell: Cell) -> str:
    text = cell.conditions if cell.answer == "conditional" else cell.answer
    return (
        f'<td class="{cell.answer}" tabindex="0" aria-describedby="{anchor}">'
        f"{_sign(cell.answer)}{escape(text)}"
        f'<span class="why" role="tooltip" id="{anchor}"><b>{escape(subject)}: {cell.answer}'
        f"</b>{escape(cell.why)}</span></td>\n"
    )

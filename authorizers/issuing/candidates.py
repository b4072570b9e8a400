"""The lines of a file that keys are to be made of, each checked as `authorizers keys create` is."""

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from authorizers.api_key.record import KeyRecord
from authorizers.errors import ConfigurationError
from authorizers.issuing.draft import checked_draft
from authorizers.issuing.known_names import KnownNames
from authorizers.issuing.rows import LABEL, BadRow, Row, Rows

MAX_REFERENCE_CHARS = 256


class Candidate(NamedTuple):
    """A line that a key can be made of."""

    line: int
    reference: str
    draft: KeyRecord


class Candidates:
    """
    The candidates and the bad lines of `rows`, in the order of the file.

    `parse_moment` reads a time as people write it, and raises `ValueError`; `known` are the names
    of a document, if there is one. Memory: 16 bytes of each reference, so that none comes twice.
    """

    def __init__(
        self,
        rows: Rows,
        *,
        created_at: int,
        parse_moment: Callable[[str], int],
        known: KnownNames | None = None,
    ) -> None:
        self._rows = rows
        self._created_at = created_at
        self._parse_moment = parse_moment
        self._known = known

    def __iter__(self) -> Iterator[Candidate | BadRow]:
        """
        Yield them.

        Raises:
            ConfigurationError: `csv_invalid`.
        """
        lines: dict[bytes, int] = {}
        for row in self._rows:
            candidate = row if isinstance(row, BadRow) else self._candidate(row)
            if isinstance(candidate, Candidate) and candidate.reference:
                digest = hashlib.blake2b(candidate.reference.encode(), digest_size=16).digest()
                first = lines.setdefault(digest, candidate.line)
                if first != candidate.line:
                    problem = f"reference: is that of line {first}, too"
                    candidate = BadRow(row.line, row.text, problem)
            yield candidate

    def _candidate(self, row: Row) -> Candidate | BadRow:
        try:
            draft = checked_draft(self._draft(row.fields))
        except ConfigurationError as error:
            return BadRow(row.line, row.text, error.detail)
        except ValueError as error:
            return BadRow(row.line, row.text, str(error))
        problems = self._known.problems_of(draft) if self._known is not None else ()
        sentence = "; ".join(map(str, problems))
        if sentence:
            return BadRow(row.line, row.text, sentence)
        return Candidate(row.line, row.fields.get("reference", ""), draft)

    def _draft(self, fields: dict[str, str]) -> KeyRecord:
        if len(fields.get("reference", "")) > MAX_REFERENCE_CHARS:
            raise ValueError(f"reference: has more than {MAX_REFERENCE_CHARS} characters")
        labels = {n.removeprefix(LABEL): v for n, v in fields.items() if n.startswith(LABEL) and v}
        return KeyRecord(
            "",
            fields["owner"],
            (),
            self._created_at,
            scopes=tuple(fields.get("scopes", "").split()),
            roles=tuple(fields.get("roles", "").split()),
            routes=split_routes(fields.get("routes", "")) or None,
            networks=tuple(fields.get("networks", "").split()) or None,
            not_before=self._moment(fields, "not_before"),
            expires_at=self._moment(fields, "expires_at"),
            usage_plan=fields.get("usage_plan") or None,
            labels=labels,
        )

    def _moment(self, fields: dict[str, str], name: str) -> int | None:
        text = fields.get(name, "")
        try:
            return self._parse_moment(text) if text else None
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def split_routes(text: str) -> tuple[str, ...]:
    """Return the routes in `text`: `GET /orders $connect` has two."""
    words, routes = iter(text.split()), []
    for word in words:
        routes.append(word if word.startswith(("$", "*")) else f"{word} {next(words, '')}".strip())
    return tuple(routes)

"""
Keys for every line of a file: issued, written down, stored, batch after batch.

Memory: one batch of records, and what `Candidates` says.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from authorizers.api_key.format import RandomNumber, system_random
from authorizers.api_key.pepper import Peppers
from authorizers.api_key.record import KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.issuing.candidates import Candidate
from authorizers.issuing.issue import IssuedKey, issue_key, stored_secret
from authorizers.issuing.journal import IssuedLine, Journal
from authorizers.issuing.rejected import RejectedLines
from authorizers.issuing.rows import BadRow

# A store of files writes the whole file each time; in DynamoDB these are 20 times 25 items, which
# is what BatchWriteItem takes (Amazon DynamoDB API reference).
BATCH_KEYS = 500
_CHANGED = "was changed while it was imported, or the document was"


class Imported(NamedTuple):
    """
    How many keys are stored, how many of them were before, and how many lines were rejected;
    `already` says that the whole import had been done before.
    """

    stored: int
    before: int
    rejected: int
    already: bool = False


class KeyImport:
    """
    One import: of `candidates` into `registry`, with a `journal` that lets it go on after a kill.

    `rejected` takes bad lines; without it there must be none.
    """

    def __init__(  # noqa: PLR0913 - the store and the randomness are arguments
        self,
        candidates: Iterable[Candidate | BadRow],
        journal: Journal,
        registry: KeyRegistry,
        prefix: str,
        peppers: Peppers,
        *,
        rejected: RejectedLines | None = None,
        random: RandomNumber = system_random,
    ) -> None:
        self._candidates = candidates
        self._journal = journal
        self._registry = registry
        self._prefix = prefix
        self._peppers = peppers
        self._rejected = rejected
        self._random = random

    def run(self, about: dict[str, Any], on_progress: Callable[[int], None]) -> Imported:
        """
        Import what is left; `on_progress` is told, after each batch, how many keys are stored.

        Raises:
            ConfigurationError: the journal's or the file's.
            DependencyError: the store's; doing it again goes on.
        """
        with self._journal.opened(about):
            before = self._journal.stored
            if self._journal.done:
                return Imported(before, before, 0, already=True)
            on_progress(before)
            try:
                self._import(on_progress)
                if self._rejected is not None:
                    self._rejected.finish()
            finally:
                if self._rejected is not None:
                    self._rejected.close()
            self._journal.finish()
        rejected = self._rejected.count if self._rejected is not None else 0
        return Imported(self._journal.stored, before, rejected)

    def _import(self, on_progress: Callable[[int], None]) -> None:
        good = self._good()
        self._resume(good, on_progress)
        while batch := list(islice(good, BATCH_KEYS)):
            self._store(self._issue(batch))
            on_progress(self._journal.stored)

    def _good(self) -> Iterator[Candidate]:
        for candidate in self._candidates:
            if isinstance(candidate, Candidate):
                yield candidate
            elif self._rejected is not None:
                self._rejected.write(candidate)
            else:
                raise self._foreign(_CHANGED)

    def _resume(self, good: Iterator[Candidate], on_progress: Callable[[int], None]) -> None:
        """Pass by what is stored, and store again what may not be."""
        left: list[IssuedKey] = []
        for number, line in enumerate(self._journal.issued()):
            candidate = next(good, None)
            if candidate is None or _name(candidate) != (line.line, line.reference, line.owner):
                raise self._foreign(_CHANGED)
            if number == self._journal.stored - 1:
                self._refuse_other_store(line.key_id)
            if number >= self._journal.stored:
                left.append(self._issued_before(candidate, line))
        if left:
            self._store(left)
            on_progress(self._journal.stored)

    def _refuse_other_store(self, key_id: str) -> None:
        if self._registry.find(key_id) is None:
            message = f"does not have the key {key_id}, which was stored: it is another one"
            problem = Problem(self._registry.place, f"{message} of this name, or was emptied")
            raise ConfigurationError(problem, code="journal_foreign")

    def _issued_before(self, candidate: Candidate, line: IssuedLine) -> IssuedKey:
        secret = stored_secret(line.key.reveal(), self._peppers)
        return IssuedKey(line.key, candidate.draft._replace(key_id=line.key_id, secrets=(secret,)))

    def _issue(self, batch: list[Candidate]) -> list[IssuedKey]:
        """Make keys, and return when they are written down."""
        issued = [issue_key(c.draft, self._prefix, self._peppers, self._random) for c in batch]
        self._journal.append(
            [
                IssuedLine(*_name(candidate), new.record.key_id, new.key)
                for candidate, new in zip(batch, issued, strict=True)
            ]
        )
        return issued

    def _store(self, issued: list[IssuedKey]) -> None:
        taken = self._registry.add_all([new.record for new in issued])
        for new in issued:
            if new.record.key_id in taken and not self._is_ours(new.record):
                detail = f"{self._registry.place} has another key {new.record.key_id}"
                raise DependencyError("key_id_taken", detail)
        self._journal.mark_stored(self._journal.stored + len(issued))

    def _is_ours(self, record: KeyRecord) -> bool:
        """
        Return whether the store has this key: it was stored before, or the write repeated.

        It may have been rotated since, so its secret is not asked for.
        """
        found = self._registry.find(record.key_id)
        made = (record.owner, record.created_at)
        return found is not None and (found.owner, found.created_at) == made

    def _foreign(self, message: str) -> ConfigurationError:
        return ConfigurationError(Problem("the file", message), code="journal_foreign")


def digest_of(path: Path) -> str:
    """
    Return the SHA-256 of the file at `path`, in hexadecimal digits.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        problem = Problem(str(path), error.strerror or "cannot be read")
        raise ConfigurationError(problem) from None


def _name(candidate: Candidate) -> tuple[int, str, str]:
    return candidate.line, candidate.reference, candidate.draft.owner

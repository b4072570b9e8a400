"""How far a long command is: a bar on a terminal, now and then a line elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from authorizers.cli.console import say

LINES = 20  # at most, for the whole


@contextmanager
def progress(what: str, total: int, *, bar: bool) -> Iterator[Callable[[int], None]]:
    """
    Give what is told how many of `total` are done; all of it is shown on standard error.

    Without `bar`, or where no terminal listens, plain lines are.
    """
    console = Console(stderr=True)
    if not (bar and console.is_terminal):
        yield _Lines(what, total)
        return
    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done: shown.update(task, completed=done)


class _Lines:
    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._next = 0

    def __call__(self, done: int) -> None:
        if done >= self._next or done == self._total:
            say(f"{done:,} of {self._total:,} {self._what}", error=True)
            self._next = done + max(1, self._total // LINES)

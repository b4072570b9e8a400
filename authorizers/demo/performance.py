"""One performance of the story."""

import time
from pathlib import Path

from rich.console import Console

from authorizers.demo.report import Report
from authorizers.demo.rows import Shown, Summary, summarize
from authorizers.demo.story import Story


def perform(events: Path | None, console: Console) -> tuple[list[Shown], Summary]:
    """
    Tell the story on `console`, and return all of it.

    `events` is a folder of sample events; without one they are made now.
    """
    started = time.monotonic()
    report = Report(console)
    with Story(events) as story:
        report.opening(story)
        shown = [report.run(section) for section in story.sections()]
    summary = summarize(shown, time.monotonic() - started)
    report.closing(summary)
    return shown, summary

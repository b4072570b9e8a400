"""`python -m benchmarks [--json]`: every figure against its bar; fails where one is missed."""

import json
import sys
from itertools import chain

from rich.console import Console
from rich.table import Table

from benchmarks import (
    builder,
    certificates,
    crl,
    decisions,
    imports,
    key_import,
    keys,
    layer,
    policies,
    storm,
)
from benchmarks.figure import Figure


def _table(figures: list[Figure]) -> Table:
    table = Table(title="Figures to reach", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("")
    table.add_column("behind it", overflow="fold")
    for figure in figures:
        unit = f" {figure.unit}" if figure.unit else ""
        verdict = "[green]reached[/]" if figure.reached else "[red]missed[/]"
        table.add_row(
            figure.what,
            f"{figure.measured:.3g}{unit}",
            f"≤ {figure.bar:.3g}{unit}",
            verdict,
            figure.detail,
        )
    return table


def main() -> int:
    """Measure, print, and return the exit code."""
    figures = list(
        chain(
            *(
                part.measure()
                for part in (
                    storm,
                    decisions,
                    keys,
                    policies,
                    builder,
                    imports,
                    layer,
                    key_import,
                    certificates,
                    crl,
                )
            )
        )
    )
    if "--json" in sys.argv[1:]:
        print(json.dumps([{**f._asdict(), "reached": f.reached} for f in figures], indent=2))
    else:
        Console().print(_table(figures))
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())

"""The layer's size, zipped, for the cheaper architecture. Built by `make layer` before."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure

ARCHIVE = Path(__file__).parent.parent / "build" / "layer-arm64.zip"


def measure() -> Sequence[Figure]:
    """Read the size of the archive."""
    megabytes = ARCHIVE.stat().st_size / 1e6
    return [Figure("layer, zipped, arm64", megabytes, 9, "MB", "bytecode included")]

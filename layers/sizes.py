"""Print what each package adds to the layer, zipped and unzipped: `sizes.py ZIP ...`."""

import sys
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class Size(NamedTuple):
    """Bytes of one package in the archive."""

    zipped: int = 0
    unzipped: int = 0
    bytecode: int = 0

    def plus(self, entry: zipfile.ZipInfo) -> "Size":
        """Add one file of the archive."""
        is_bytecode = entry.filename.endswith(".pyc")
        return Size(
            self.zipped + entry.compress_size,
            self.unzipped + entry.file_size,
            self.bytecode + entry.file_size * is_bytecode,
        )


def sizes_by_package(archive: Path) -> dict[str, Size]:
    """Sum up the files of an archive by the package they belong to, largest first."""
    sizes: dict[str, Size] = defaultdict(Size)
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            package = package_of(entry.filename)
            sizes[package] = sizes[package].plus(entry)
    return dict(sorted(sizes.items(), key=lambda item: -item[1].zipped))


def package_of(name: str) -> str:
    """The package of `python/<package>/...`; licences and metadata count as one."""
    parts = name.split("/")
    top = parts[2] if parts[1] == "__pycache__" else parts[1]
    return "licences, metadata" if top.endswith(".dist-info") else top.partition(".")[0]


def print_table(archive: Path) -> None:
    """Print the table of one archive, in kilobytes of 1000 bytes, and its total."""
    sizes = sizes_by_package(archive)
    print(
        f"\n{archive.name}\n{'package':<24}{'zipped kB':>12}{'unzipped kB':>14}{'bytecode kB':>14}"
    )
    for package, size in sizes.items():
        print(_row(package, size))
    unzipped = sum(size.unzipped for size in sizes.values())
    bytecode = sum(size.bytecode for size in sizes.values())
    print(_row("total, as a file", Size(archive.stat().st_size, unzipped, bytecode)))


def _row(name: str, size: Size) -> str:
    return f"{name:<24}" + "".join(
        f"{bytes_ / 1000:>{width},.0f}" for bytes_, width in zip(size, (12, 14, 14), strict=True)
    )


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print_table(Path(argument))

"""
Build the Lambda layer for one architecture: `python3.13 build.py arm64 DIRECTORY`.

The same requirements, sources and interpreter give the same bytes on any machine: wheels are
pinned by hash and never built, nothing of this machine's clock, umask or paths gets in.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from contents import is_needed, is_package_needed

HERE: Final = Path(__file__).resolve().parent
REQUIREMENTS: Final = HERE / "requirements.txt"
PACKAGE: Final = HERE.parent / "authorizers"

# Lambda's python3.13 runs on Amazon Linux 2023, whose glibc is 2.34: manylinux up to 2_34 would
# load. The oldest tag comes last: pip takes the first that a release offers.
PLATFORMS: Final = {
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}
# 1 January 2000, in no time zone before 1980, where the dates of a zip archive begin.
MODIFIED_AT: Final = 946_728_000


def build(architecture: str, directory: Path) -> None:
    """Fill a directory with what Lambda unpacks to /opt."""
    python = directory / "python"
    shutil.rmtree(python, ignore_errors=True)
    install_requirements(architecture, python)
    prune(python)
    copy_package(python / PACKAGE.name)
    compile_bytecode(directory)
    fix_metadata(directory)


def install_requirements(architecture: str, target: Path) -> None:
    """Unpack the pinned wheels for Lambda's platform, whatever platform this machine is."""
    platforms = [f"--platform={platform}" for platform in PLATFORMS[architecture]]
    subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile"),
            *("--implementation=cp", "--python-version=3.13", *platforms),
            *("--target", str(target), "--requirement", str(REQUIREMENTS)),
        ],
        check=True,
        env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"},
    )


def prune(python: Path) -> None:
    """Remove what no function loads (contents.py says what and why)."""
    for path in files_under(python):
        if not is_needed(path.relative_to(python)):
            path.unlink()
    for folder in sorted(python.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def copy_package(target: Path) -> None:
    """Copy this package's own modules, as they stand in the checkout."""
    for source in files_under(PACKAGE):
        relative = source.relative_to(PACKAGE)
        if is_package_needed(relative):
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / relative)


def compile_bytecode(directory: Path) -> None:
    """
    Compile each module to bytecode that is used without a look at its source.

    The layer is read-only, so that Lambda could never write bytecode itself; and the file times
    it is mounted with are not ours, so that it must not depend on them (PEP 552, unchecked).
    A fresh process with a fixed hash seed, one worker: nothing depends on what ran before.
    """
    subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "compileall", "-q", "-f", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", str(directory), "-p", "/opt", str(directory / "python")),
        ],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )


def fix_metadata(directory: Path) -> None:
    """Give everything the same owner's permissions and the same time."""
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)
        os.utime(path, (MODIFIED_AT, MODIFIED_AT))


def files_under(folder: Path) -> Iterator[Path]:
    """All files below a folder, sorted."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architecture", choices=PLATFORMS)
    parser.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    build(arguments.architecture, arguments.directory.resolve())

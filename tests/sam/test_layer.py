"""The layer: what is in it, that it is the same every time, and that a function can load it."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ROOT / "layers"
ARCHITECTURES = ("arm64", "x86_64")
MAX_ZIPPED_BYTES = 9_000_000
# PEP 552: the flags of a hash-based file whose source is not looked at.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
PYTHON_313_MAGIC = (3571).to_bytes(2, "little") + b"\r\n"  # CPython, pycore_magic_number.h
ENVIRONMENT = {
    "AUTHORIZERS_ISSUER": "https://login.example.com/",
    "AUTHORIZERS_AUDIENCE": "https://api.example.com",
    "AUTHORIZERS_ACCESS": "any_route_when_authenticated",
    "AUTHORIZERS_PROFILE": "rfc9068-access-token",
    "AUTHORIZERS_ALGORITHMS": "RS256",
    "POWERTOOLS_SERVICE_NAME": "jwt-authorizer",
}
LOCAL = ROOT / "events" / "local"
SAMPLES = json.loads((LOCAL / "env.json").read_text())
FILES = {"LAMBDA_TASK_ROOT": str(LOCAL)}  # where the bundles are that the sample documents name
HANDLERS = {
    "jwt": ENVIRONMENT,
    "api_key": SAMPLES["ApiKeyAuthorizer"],
    "client_certificate": SAMPLES["CertificateAuthorizer"] | FILES,
    "combined": SAMPLES["CombinedAuthorizer"] | FILES,
    "crl_keeper": {"AUTHORIZERS_CONFIG": "authorizers.json"},
}


def python313() -> str | None:
    result = subprocess.run(
        ["sh", str(LAYERS / "python313")], capture_output=True, text=True, check=False
    )
    return result.stdout.strip() or None


PYTHON = python313()
needs_python313 = pytest.mark.skipif(PYTHON is None, reason="no Python 3.13 with pip here")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The layer of both processors, from a copy of the sources that nobody edits meanwhile: built
    once for all of pytest-xdist's workers, whose folders have one parent.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    checkout, done = shared / "layer-checkout", shared / "layer-is-built"
    with (shared / "layer-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            copy_sources(checkout)
            build(checkout)
            done.touch()
    return checkout / "build"


def copy_sources(checkout: Path) -> None:
    shutil.rmtree(checkout, ignore_errors=True)  # of a worker that failed
    for folder in ("layers", "authorizers"):
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("*.pyc"))


def build(checkout: Path) -> Path:
    makefile = str(checkout / "layers" / "Makefile")
    command = ["make", "--silent", "--makefile", makefile, "layer"]
    subprocess.run(command, check=True, capture_output=True, cwd=checkout)
    return checkout / "build"


def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@needs_python313
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_layer_is_small_enough(built: Path, architecture: str) -> None:
    assert (built / f"layer-{architecture}.zip").stat().st_size <= MAX_ZIPPED_BYTES


@needs_python313
def test_same_input_gives_the_same_bytes(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another folder, time zone, umask and hash seed, on purpose."""
    elsewhere = tmp_path / "else where"
    shutil.copytree(built.parent, elsewhere, ignore=shutil.ignore_patterns("build"))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    umask = os.umask(0o077)
    try:
        again = build(elsewhere)
    finally:
        os.umask(umask)
    for architecture in ARCHITECTURES:
        first, second = (
            hashlib.sha256((folder / f"layer-{architecture}.zip").read_bytes()).hexdigest()
            for folder in (built, again)
        )
        assert first == second


@needs_python313
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nothing_is_in_it_that_no_function_needs(built: Path, architecture: str) -> None:
    unwanted = re.compile(
        r"^python/(boto3|botocore|pip|setuptools|wheel|pytest|yaml|pydantic|typer|rich|bin)/"
        r"|/tests?/|\.(pyi|h|c|js|css)$|/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$"
        r"|^python/authorizers/(analysis|cli|demo|gateway|issuing|testing)/"
    )
    found = [name for name in names(built / f"layer-{architecture}.zip") if unwanted.search(name)]
    assert found == []


@needs_python313
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_no_module_of_ours_imports_what_the_layer_has_not(built: Path, architecture: str) -> None:
    left_out = re.compile(r"^\s*(?:import|from) (?:yaml|pydantic|typer|rich)\b", re.MULTILINE)
    package = built / f"layer-{architecture}" / "python" / "authorizers"
    modules = sorted(package.rglob("*.py"))
    assert modules
    assert [m for m in modules if left_out.search(m.read_text())] == []


@needs_python313
@pytest.mark.parametrize(("architecture", "machine"), [("arm64", "aarch64"), ("x86_64", "x86_64")])
def test_machine_code_is_of_the_architecture(built: Path, architecture: str, machine: str) -> None:
    elf_machine = {"aarch64": 183, "x86_64": 62}[machine]
    libraries = sorted((built / f"layer-{architecture}").rglob("*.so"))
    assert any(library.name == "_rust.abi3.so" for library in libraries)
    for library in libraries:
        assert int.from_bytes(library.read_bytes()[18:20], "little") == elf_machine


@needs_python313
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_module_has_bytecode_that_is_used_as_it_is(built: Path, architecture: str) -> None:
    python = built / f"layer-{architecture}" / "python"
    for source in python.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[:8] == PYTHON_313_MAGIC + UNCHECKED_HASH


@needs_python313
def test_tracebacks_name_the_files_as_lambda_mounts_them(built: Path) -> None:
    pyc = built / "layer-arm64" / "python" / "authorizers" / "__pycache__"
    content = next(pyc.glob("errors.*.pyc")).read_bytes()
    assert b"/opt/python/authorizers/errors.py" in content
    assert str(built).encode() not in content


def in_layer(
    built: Path, code: str, variables: dict[str, str] = ENVIRONMENT
) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh Python 3.13 that sees this machine's layer and nothing else."""
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(os.uname().machine, "x86_64")
    assert PYTHON is not None
    return subprocess.run(
        [PYTHON, "-P", "-S", "-W", "error", "-c", code],
        env=variables | {"PYTHONPATH": str(built / f"layer-{machine}" / "python")},
        capture_output=True,
        text=True,
        check=False,
    )


runs_here = pytest.mark.skipif(sys.platform != "linux", reason="the layer is Linux's")


@needs_python313
@runs_here
@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_is_imported_without_what_it_does_not_need(built: Path, handler: str) -> None:
    result = in_layer(
        built,
        f"import sys, json, authorizers.handlers.{handler} as m;"
        "print(json.dumps([sorted(sys.modules), m.__cached__]))",
        HANDLERS[handler],
    )
    assert result.stderr == ""
    # What stands before it is the function's own log: that its pepper is in the environment.
    modules, cached = json.loads(result.stdout.splitlines()[-1])
    assert not {"requests", "boto3", "yaml", "pydantic"}.intersection(modules)
    assert cached.startswith(str(built))


@needs_python313
@runs_here
def test_bytecode_is_used_though_the_sources_say_something_else(
    built: Path, tmp_path: Path
) -> None:
    """Lambda mounts the layer with its own file times; nothing is compared, nothing written."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    for source in tmp_path.rglob("python/authorizers/**/*.py"):
        source.write_text("raise AssertionError('the source was read')\n")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    result = in_layer(tmp_path, "import authorizers.handlers.jwt")
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


@needs_python313
@runs_here
def test_every_module_in_the_layer_can_be_imported(built: Path) -> None:
    """What was left out of Powertools and cryptography is used by nothing that stayed."""
    code = (
        "import importlib, pkgutil, authorizers;"
        "from aws_lambda_powertools import Logger, Metrics;"
        "from aws_lambda_powertools.metrics import MetricUnit, single_metric;"
        "import requests, urllib3, certifi, idna, charset_normalizer, jmespath;"
        "import jwt, jwt.algorithms, cryptography.x509, cryptography.x509.ocsp;"
        "from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa;"
        "rsa.generate_private_key(65537, 2048).public_key(); ed448.Ed448PrivateKey.generate();"
        "names = [m.name for m in pkgutil.walk_packages(authorizers.__path__, 'authorizers.')];"
        # The stores need boto3, which is the runtime's; handlers need their own variables (above).
        "left = ('authorizers.stores', 'authorizers.handlers.');"
        "own = [n for n in names if not n.startswith(left)];"
        "[importlib.import_module(name) for name in own];"
        "print(len(own))"
    )
    result = in_layer(built, code)
    assert result.stderr == ""
    assert int(result.stdout) > 20


@needs_python313
def test_sizes_are_printed_by_package(built: Path) -> None:
    archives = [str(built / f"layer-{architecture}.zip") for architecture in ARCHITECTURES]
    table = subprocess.run(
        [sys.executable, str(LAYERS / "sizes.py"), *archives],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for package in ("cryptography", "authorizers", "aws_lambda_powertools", "total, as a file"):
        assert table.count(f"\n{package} ") == len(ARCHITECTURES)


def test_missing_interpreter_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHORIZERS_PYTHON313", "/no/such/python")
    result = subprocess.run(
        ["sh", str(LAYERS / "python313")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert "AUTHORIZERS_PYTHON313" in result.stderr


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    text = (LAYERS / "requirements.txt").read_text()
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all(re.match(r"^[\w.\[\]-]+==[\w.]+ ", pin) for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "http" not in text
    assert "index" not in text

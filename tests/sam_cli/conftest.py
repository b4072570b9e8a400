"""The real SAM CLI and a Docker engine for its functions, or a clear word that one is missing."""

import http.client
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
DEFAULT_DOCKER_HOST = "unix:///var/run/docker.sock"
Sam = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("sam")


def missing(what: str) -> None:
    """Skip; but fail where the environment promised that nothing would be missing (CI)."""
    if os.environ.get("AUTHORIZERS_REQUIRE_DOCKER") == "1":
        pytest.fail(f"{what}, and AUTHORIZERS_REQUIRE_DOCKER=1 says that it must be there")
    pytest.skip(what)


@pytest.fixture(scope="session")
def sam_path() -> str:
    own = ROOT / ".venv-sam" / "bin" / "sam"
    path = str(own) if own.is_file() else shutil.which("sam")
    if path is None:
        missing("the SAM CLI is not installed (make test-sam installs it)")
    assert path is not None
    return path


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """No account, no credentials, no telemetry: nothing here may reach AWS."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "SAM_CLI_TELEMETRY": "0",
    }


@pytest.fixture(scope="session")
def sam(sam_path: str, environment: dict[str, str]) -> Sam:
    """Run `sam` as it is typed, from the root of the repository."""

    def sam_(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sam_path, *arguments],
            cwd=ROOT,
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return sam_


@pytest.fixture(scope="session")
def built(sam: Sam) -> Path:
    """`sam build`, once."""
    result = sam("build")
    assert result.returncode == 0, result.stderr
    return ROOT / ".aws-sam" / "build"


@pytest.fixture(scope="session")
def docker() -> None:
    """A Docker engine that answers."""
    host = os.environ.get("DOCKER_HOST", DEFAULT_DOCKER_HOST)
    if not _answers(host):
        missing(f"no Docker engine answers at {host} (DOCKER_HOST)")


def _answers(host: str) -> bool:
    address = urlsplit(host)
    family = socket.AF_UNIX if address.scheme == "unix" else socket.AF_INET
    endpoint = (address.hostname or "localhost", address.port or 2375)
    connection = http.client.HTTPConnection("docker")
    with socket.socket(family) as plug:
        plug.settimeout(5)
        try:
            plug.connect(address.path if address.scheme == "unix" else endpoint)
            connection.sock = plug
            connection.request("GET", "/_ping")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

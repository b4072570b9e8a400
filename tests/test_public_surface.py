"""What users may import, how much it costs them, and that nothing else has slipped in."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import authorizers

SURFACE = [
    "Answers", "Authorizer", "AuthorizersError", "ConfigurationError", "CredentialError",
    "DependencyError", "EventError", "PolicyBuilder", "Unauthorized", "__version__",
    "authorizer_from_environment", "build_authorizer", "compile_document", "evaluate",
    "load_compiled_file",
]  # fmt: skip


def test_the_surface_is_what_is_promised() -> None:
    """A name more is a promise more: add it here with the release notes."""
    assert sorted(authorizers.__all__) == SURFACE


@pytest.mark.parametrize("name", SURFACE)
def test_every_name_can_be_had_and_is_seen(name: str) -> None:
    assert getattr(authorizers, name) is getattr(authorizers, name)
    assert name in dir(authorizers)


def test_what_is_not_promised_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'anything'"):
        authorizers.anything  # noqa: B018


@pytest.mark.parametrize(
    "error", ["ConfigurationError", "CredentialError", "DependencyError", "EventError"]
)
def test_every_family_of_errors_has_the_one_root(error: str) -> None:
    assert issubclass(getattr(authorizers, error), authorizers.AuthorizersError)


def test_a_401_is_no_error_of_ours() -> None:
    """Whoever catches this package's errors must not swallow what the gateway has to see."""
    assert not issubclass(authorizers.Unauthorized, authorizers.AuthorizersError)


def test_the_version_is_that_of_the_package() -> None:
    assert authorizers.__version__ == importlib.metadata.version("apigw-authorizers")


def test_the_package_is_typed() -> None:
    assert (Path(authorizers.__file__).parent / "py.typed").is_file()


def test_importing_the_package_imports_nothing_else() -> None:
    program = (
        "import sys\nbefore = set(sys.modules)\nimport authorizers\n"
        "print(*sorted(n for n in set(sys.modules) - before if n.startswith(('authorizers', 'jwt',"
        " 'crypto', 'aws_', 'requests', 'boto'))))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout.decode().split() == ["authorizers"]

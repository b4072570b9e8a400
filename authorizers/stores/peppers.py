"""The places where peppers are kept, which are not those of the records they protect."""

from collections.abc import Callable, Mapping

from authorizers.errors import ConfigurationError, DependencyError, Problem
from authorizers.stores.aws import refuse_large

MAX_BYTES = 64 * 1024  # Secrets Manager's own limit


def pepper_reader(
    pepper: Mapping[str, str], given: str | None, folder: str = ""
) -> tuple[Callable[[], bytes | str], str]:
    """
    Return what reads the peppers' JSON, and what messages call its place.

    `pepper` is as in the compiled document; `given` is what the environment holds, for its kind
    `environment`; a relative path is below `folder`, or else below the working directory. What is
    returned raises `DependencyError`, `ConfigurationError` if boto3 is missing or the file is too
    large.

    Raises:
        ConfigurationError: the environment holds none.
    """
    kind, name = pepper["kind"], pepper["name"]
    if kind == "environment":
        if not given:
            raise ConfigurationError(Problem(name, "is not set, and the pepper is to be there"))
        return lambda: given, name
    if kind == "file":
        path = f"{folder}/{name}" if folder and not name.startswith("/") else name
        return lambda: _read_file(path), path
    if kind == "ssm":
        from authorizers.stores.ssm import SsmParameter  # noqa: PLC0415 paid by whoever uses it

        parameter = SsmParameter(name)
        return lambda: _content(parameter.read()), parameter.place
    from authorizers.stores.secrets_manager import SecretsManagerSecret  # noqa: PLC0415

    secret = SecretsManagerSecret(name)
    return lambda: _content(secret.read()), secret.place


def _content(answer: tuple[bytes, str | None] | None) -> bytes:
    assert answer is not None  # noqa: S101 no version was named that it could still have
    return answer[0]


def _read_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 pathlib costs a cold start
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        raise DependencyError("store_unavailable", f"{path} cannot be read: {reason}") from error
    refuse_large(path, len(data), MAX_BYTES)
    return data

"""What the stores in AWS have in common: how long they may take, and what their errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from authorizers.errors import ConfigurationError, DependencyError, Problem

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.exceptions import ClientError

# API Gateway waits at most 10 s for an authorizer of an HTTP API (quota page), and keys may
# have to be fetched in the same time: two attempts of at most 3 s each, and a short pause.
CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
ATTEMPTS = 2

NOT_FOUND = (
    "ParameterNotFound",
    "ParameterVersionNotFound",
    "ParameterVersionLabelNotFound",
    "NoSuchKey",
    "NoSuchBucket",
    "ResourceNotFoundException",
    "404",
)
DENIED = (
    "AccessDenied",
    "AccessDeniedException",
    "DecryptionFailure",
    "UnrecognizedClientException",
    "403",
)


def client_config() -> "Config":
    """Return the timeouts and the number of attempts of every client of a function."""
    from botocore.config import Config  # noqa: PLC0415 - costs a cold start

    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )


def operator_config(attempts: int) -> "Config":
    """Return how patient an operator's client is: it waits when a service is slow or throttles."""
    from botocore.config import Config  # noqa: PLC0415 - may not be there

    return Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )


@contextmanager
def aws_errors(place: str, done: str = "read") -> Iterator[None]:
    """
    Let nothing foreign out of a call by which `place` is read, or what `done` says.

    Raises:
        DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
        ConfigurationError: boto3 is not installed.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ImportError as error:
        hint = "needs boto3: pip install 'apigw-authorizers[aws]'"
        raise ConfigurationError(Problem(place, hint)) from error
    try:
        yield
    except ClientError as error:
        raise _dependency_error(place, done, error_code(error)) from error
    except (BotoCoreError, ValueError) as error:  # ValueError: a misspelt endpoint
        detail = f"{place} could not be {done}: {type(error).__name__}"
        raise DependencyError("store_unavailable", detail) from error


def error_code(error: "ClientError") -> str:
    """Return what the service calls the error."""
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def _dependency_error(place: str, done: str, code: str) -> DependencyError:
    if code in NOT_FOUND:
        return DependencyError("store_not_found", f"{place} does not exist")
    if code in DENIED:
        detail = f"{place} may not be {done} by this function, or does not exist"
        return DependencyError("store_access_denied", detail)
    return DependencyError("store_unavailable", f"{place} could not be {done}: {code}")


def refuse_large(place: str, size: int, max_bytes: int) -> None:
    """
    Return if `size` is within the cap.

    Raises:
        ConfigurationError: what `place` holds is too large.
    """
    if size > max_bytes:
        raise ConfigurationError(Problem(place, f"is larger than {max_bytes} bytes"))

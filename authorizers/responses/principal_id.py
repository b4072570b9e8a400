"""The `principalId` of an answer, without which the call fails."""

from authorizers.errors import ConfigurationError, Problem
from authorizers.model.principal import MAX_PRINCIPAL_ID_CHARS, names_principal


def check_principal_id(principal_id: object) -> None:
    """
    Check that it is text that can stand in a log: not empty, not endless, nothing unprintable.

    Raises:
        ConfigurationError: `principal_id_invalid`.
    """
    if not names_principal(principal_id):
        message = f"write 1 to {MAX_PRINCIPAL_ID_CHARS} printable characters that name the caller"
        raise ConfigurationError(Problem("principal_id", message), code="principal_id_invalid")

"""
One secret of AWS Secrets Manager, in the version that is current (`AWSCURRENT`).

Sources: Secrets Manager API reference, GetSecretValue (SecretString or SecretBinary); "AWS Secrets
Manager quotas" (a value has at most 65,536 bytes).
"""

from typing import Any, Protocol

from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors, client_config, refuse_large

MAX_BYTES = 65_536


class SecretsManagerClient(Protocol):
    """What is used of boto3's client."""

    def get_secret_value(self, **arguments: Any) -> Any:
        """Read one secret."""
        ...


class SecretsManagerSecret:
    """
    The secret `name_or_arn`. `client` is for tests and for other Regions; without one, boto3 is
    imported and a client made at the first read.
    """

    __slots__ = ("_client", "_name", "place")

    def __init__(self, name_or_arn: str, client: SecretsManagerClient | None = None) -> None:
        self._name = name_or_arn
        self._client = client
        self.place = f"secretsmanager:{name_or_arn}"

    def read(self, known_version: str | None = None) -> tuple[bytes, str | None] | None:
        """
        Return the secret, text or bytes, and the id of its version.

        `known_version` saves nothing here, because Secrets Manager has no conditional read.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied`, `store_unavailable`.
            ConfigurationError: the value is too large, or boto3 is missing.
        """
        del known_version
        with aws_errors(self.place):
            answer = self._open().get_secret_value(SecretId=self._name)
        text = answer.get("SecretString")
        data = answer.get("SecretBinary") if text is None else text.encode()
        if data is None:
            raise DependencyError("store_unavailable", f"{self.place} has no value")
        refuse_large(self.place, len(data), MAX_BYTES)
        return data, answer.get("VersionId")

    def _open(self) -> SecretsManagerClient:
        if self._client is None:
            import boto3  # noqa: PLC0415 - costs a cold start

            client: SecretsManagerClient = boto3.client("secretsmanager", config=client_config())
            self._client = client
        return self._client

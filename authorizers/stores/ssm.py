"""
One parameter of AWS Systems Manager Parameter Store, plain or SecureString.

Sources: Systems Manager API reference, GetParameter; "Managing parameter tiers" (4 KB in the
standard tier, 8 KB in the advanced one).
"""

from typing import TYPE_CHECKING

from authorizers.stores.aws import aws_errors, client_config, refuse_large

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

MAX_BYTES = 8192  # Parameter Store: the advanced tier's limit


class SsmParameter:
    """
    The parameter `name`. `client` is for tests and for other Regions; without one, boto3 is
    imported and a client made at the first read.
    """

    __slots__ = ("_client", "_name", "place")

    def __init__(self, name: str, client: "SSMClient | None" = None) -> None:
        self._name = name
        self._client = client
        self.place = f"ssm:{name}"

    def read(self, known_version: str | None = None) -> tuple[bytes, str | None] | None:
        """
        Return the parameter's value, decrypted, and the version it has.

        `known_version` saves nothing here, because Parameter Store has no conditional read,
        and a parameter that was deleted and made again starts over at version 1.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied`, `store_unavailable`.
            ConfigurationError: the value is too large, or boto3 is missing.
        """
        del known_version
        with aws_errors(self.place):
            answer = self._open().get_parameter(Name=self._name, WithDecryption=True)
        data = answer["Parameter"]["Value"].encode()
        refuse_large(self.place, len(data), MAX_BYTES)
        return data, str(answer["Parameter"]["Version"])

    def _open(self) -> "SSMClient":
        if self._client is None:
            import boto3  # noqa: PLC0415 - costs a cold start

            self._client = boto3.client("ssm", config=client_config())
        return self._client

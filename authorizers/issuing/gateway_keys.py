"""
The API keys of API Gateway, by which its usage plans know whom to throttle.

Sources: Amazon API Gateway V1 API reference: CreateApiKey, GetApiKeys (`nameQuery` is how names
begin), UpdateApiKey, GetUsagePlans, GetUsagePlanKeys, CreateUsagePlanKey; "Amazon API Gateway
quotas": 10,000 keys and 300 plans in an account and Region, five CreateApiKey a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from authorizers.api_key.format import ALPHABET, RandomNumber, system_random
from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors, operator_config

PLACE = "apigateway"
VALUE_CHARS = 40  # 238 random bits; 20 to 128 characters are taken
ATTEMPTS = 10
PAGE_KEYS = 500


class FoundKey(NamedTuple):
    """A key of API Gateway. Its value is a secret: it is in no `repr`."""

    gateway_id: str
    name: str
    value: str
    enabled: bool

    def __repr__(self) -> str:
        return f"FoundKey({self.gateway_id!r}, {self.name!r}, enabled={self.enabled})"


class GatewayKeys:
    """The keys and usage plans of one account and Region. `client` is for tests."""

    def __init__(self, client: Any = None) -> None:
        self._client = client

    def named(self, prefix: str) -> Iterator[FoundKey]:
        """
        Yield the keys whose names begin with `prefix`, page by page.

        Raises:
            DependencyError: `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        with _errors():
            pages = self._opened().get_paginator("get_api_keys")
            arguments = {"nameQuery": prefix, "includeValues": True}
            for page in pages.paginate(**arguments, PaginationConfig={"PageSize": PAGE_KEYS}):
                yield from map(_found, page["items"])

    def find(self, gateway_id: str) -> FoundKey | None:
        """
        Return one key, or None if there is none.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        with _errors():
            client = self._opened()
            try:
                return _found(client.get_api_key(apiKey=gateway_id, includeValue=True))
            except client.exceptions.NotFoundException:
                return None

    def create(self, name: str, value: str) -> FoundKey | None:
        """
        Create a key that is enabled; return None if some key has this value already.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        with _errors("changed"):
            client = self._opened()
            try:
                return _found(client.create_api_key(name=name, value=value, enabled=True))
            except client.exceptions.ConflictException:
                return None

    def disable(self, gateway_id: str) -> None:
        """
        Disable one key.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        patch = [{"op": "replace", "path": "/enabled", "value": "false"}]
        with _errors("changed"):
            self._opened().update_api_key(apiKey=gateway_id, patchOperations=patch)

    def plans(self) -> Iterator[tuple[str, str]]:
        """
        Yield the id and the name of each usage plan.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        with _errors():
            for page in self._opened().get_paginator("get_usage_plans").paginate():
                yield from ((plan["id"], plan.get("name", "")) for plan in page["items"])

    def attached(self, plan_id: str) -> Iterator[str]:
        """
        Yield the ids of the keys that are attached to a usage plan.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        with _errors():
            pages = self._opened().get_paginator("get_usage_plan_keys")
            config = {"PageSize": PAGE_KEYS}
            for page in pages.paginate(usagePlanId=plan_id, PaginationConfig=config):
                yield from (key["id"] for key in page["items"])

    def attach(self, plan_id: str, gateway_id: str) -> bool:
        """
        Attach a key to a usage plan; return False if the gateway says that it cannot be, because
        it is, or is attached to another plan of the same stage.

        Raises:
            DependencyError, ConfigurationError: as `named`.
        """
        with _errors("changed"):
            client = self._opened()
            try:
                client.create_usage_plan_key(
                    usagePlanId=plan_id, keyId=gateway_id, keyType="API_KEY"
                )
            except client.exceptions.ConflictException:
                return False
        return True

    def _opened(self) -> Any:
        if self._client is None:
            import boto3  # noqa: PLC0415 - may not be there

            self._client = boto3.client(PLACE, config=operator_config(ATTEMPTS))
        return self._client


def new_value(random: RandomNumber = system_random) -> str:
    """Return the value of a new key: the server's own, never a caller's key."""
    return "".join(ALPHABET[random(len(ALPHABET))] for _ in range(VALUE_CHARS))


@contextmanager
def _errors(verb: str = "read") -> Iterator[None]:
    """Let nothing foreign out, nor a sentence about a function: here an operator asks."""
    try:
        with aws_errors(PLACE, verb):
            yield
    except DependencyError as error:
        if error.code != "store_access_denied":
            raise
        detail = "API Gateway does not let you see or change its keys"
        raise DependencyError(error.code, detail) from error


def _found(key: Any) -> FoundKey:
    return FoundKey(key["id"], key.get("name") or "", key.get("value") or "", key["enabled"])

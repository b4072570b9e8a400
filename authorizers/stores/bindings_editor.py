"""
What an operator does with a table of bindings: grant, revoke, list. Functions never write.

Each change is one atomic write of one attribute, so that two operators do not undo each other's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors
from authorizers.stores.dynamodb import KEY, ROLE, DynamoDbClient, end_of, open_client


class BoundRole(NamedTuple):
    """
    `role` is bound to `subject` until `ends_at`, in seconds since 1970; `inf` is for good, None is
    what can be read as neither: a function that meets it fails.
    """

    subject: str
    role: str
    ends_at: float | None


class BindingsEditor:
    """The bindings in the table `name`, for operators. `client` is for tests and other Regions."""

    def __init__(self, name: str, client: DynamoDbClient | None = None) -> None:
        self._name = name
        self._client = client
        self._place = f"dynamodb:{name}"

    def grant(self, role: str, subject: str, *, until: int | None = None) -> bool:
        """
        Bind `role` to `subject`, for good or `until` a time in seconds since 1970, whatever it was
        before. Return whether that changed anything.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        value = {"BOOL": True} if until is None else {"N": str(until)}
        with aws_errors(self._place):
            answer = self._opened().update_item(
                TableName=self._name,
                Key={KEY: {"S": subject}},
                UpdateExpression="SET #role = :value",
                ExpressionAttributeNames={"#role": ROLE + role},
                ExpressionAttributeValues={":value": value},
                ReturnValues="ALL_OLD",
            )
        return bool(answer.get("Attributes", {}).get(ROLE + role) != value)

    def revoke(self, role: str, subject: str) -> bool:
        """
        Take `role` from `subject`. Return whether it was bound, even if its time had come.

        An item from which every role was taken stays, and means nothing: it cannot be deleted
        without the risk that somebody is binding a role to it at the same moment.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self._place):
            from botocore.exceptions import ClientError  # noqa: PLC0415 - may not be there

            try:
                self._opened().update_item(
                    TableName=self._name,
                    Key={KEY: {"S": subject}},
                    UpdateExpression="REMOVE #role",
                    ConditionExpression="attribute_exists(#role)",
                    ExpressionAttributeNames={"#role": ROLE + role},
                )
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code")
                if code == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def listed(self) -> Iterator[BoundRole]:
        """
        Yield everything that is bound, page by page, in no order.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self._place):
            pages = self._opened().get_paginator("scan")
            for page in pages.paginate(TableName=self._name, ConsistentRead=True):
                for item in page["Items"]:
                    yield from self._bound(item)

    def _bound(self, item: dict[str, dict[str, object]]) -> Iterator[BoundRole]:
        subject = str(item[KEY].get("S", ""))
        for name, value in sorted(item.items()):
            if name.startswith(ROLE):
                yield BoundRole(subject, name.removeprefix(ROLE), self._end(value))

    def _end(self, value: dict[str, object]) -> float | None:
        try:
            return end_of(value, self._place)
        except DependencyError:
            return None

    def _opened(self) -> DynamoDbClient:
        if self._client is None:
            self._client = open_client()
        return self._client

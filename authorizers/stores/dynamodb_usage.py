"""
A table of Amazon DynamoDB in which functions count what keys use.

    name (S, partition key)   ttl          bucket/200000/10   quota/day POST /orders
    machines|7Fh3kQ9ZpLm2     1802764800   1800000000200000   20833000000000017

One item for each key, one attribute for each limit (`authorizers.limits.part`). `ttl`, in seconds
since 1970, is when DynamoDB may remove the item. To take back what a key has used, delete its item.

Writes to an item happen one after another, and a condition is judged in the same step (Developer
Guide, "Working with items": conditional writes). That holds within one Region: replicas of a global
table overwrite one another, so each Region counts in a table of its own.

Source: Amazon DynamoDB API reference, UpdateItem.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from authorizers.limits.counters import Change, Fresh, Item, Outcome, Step
from authorizers.stores.aws import aws_errors, error_code
from authorizers.stores.dynamodb import DynamoDbClient, open_client

KEY = "name"
TTL = "ttl"


class DynamoDbUsage:
    """
    The counters in the table `table`.

    `client` is for tests and for other Regions; without one, boto3 is imported and a client made
    by `open`, or at the first change. A change that timed out may have been made all the same, and
    boto3 tries it again: it is then made twice, or refused for having been made.
    """

    __slots__ = ("_client", "_table", "place")

    def __init__(self, table: str, client: DynamoDbClient | None = None) -> None:
        self._table = table
        self._client = client
        self.place = f"dynamodb:{table}"

    def open(self) -> None:
        """
        Make the client, where nobody waits for it.

        Raises:
            ConfigurationError: boto3 is missing.
            DependencyError: `store_unavailable`, such as for want of a Region.
        """
        with aws_errors(self.place):
            self._opened()

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        """
        Make all of `changes` to the counters of `name`, or none; see `Counters.change`.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self.place, "written"):
            from botocore.exceptions import ClientError  # noqa: PLC0415 - may not be there

            try:
                answer = self._opened().update_item(
                    TableName=self._table,
                    Key={KEY: {"S": name}},
                    **_expressions(changes, ends_at),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    raise
                response: Any = error.response
                return Outcome(False, _counters_in(response.get("Item", {})))
        return Outcome(True, _counters_in(answer.get("Attributes", {})))

    def _opened(self) -> DynamoDbClient:
        if self._client is None:
            self._client = open_client()
        return self._client


def _expressions(changes: Iterable[Change], ends_at: int) -> dict[str, Any]:
    """Return the expressions; names and numbers stand beside them, never in them."""
    sets, removes, conditions = ["#t = :t"], [], []
    names, numbers = {"#t": TTL}, {":t": ends_at}
    for i, change in enumerate(changes):
        names[f"#{i}"] = change.attribute
        if isinstance(change, Step):
            sets.append(f"#{i} = #{i} + :v{i}")
            conditions.append(f"#{i} >= :f{i} AND #{i} <= :l{i}")
            numbers |= {f":v{i}": change.by, f":f{i}": change.first, f":l{i}": change.last}
            continue
        conditions.append(f"(attribute_not_exists(#{i}) OR #{i} < :b{i})")
        numbers[f":b{i}"] = change.below
        if isinstance(change, Fresh):
            sets.append(f"#{i} = :v{i}")
            numbers[f":v{i}"] = change.value
        else:
            removes.append(f"#{i}")
    remove = f" REMOVE {', '.join(removes)}" if removes else ""
    return {
        "UpdateExpression": f"SET {', '.join(sets)}{remove}",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {name: {"N": str(n)} for name, n in numbers.items()},
    }


def _counters_in(item: Mapping[str, Any]) -> Item:
    return {name: _number(value) for name, value in item.items() if name not in (KEY, TTL)}


def _number(value: Mapping[str, Any]) -> int | None:
    try:
        return int(value["N"])
    except (KeyError, TypeError, ValueError):
        return None

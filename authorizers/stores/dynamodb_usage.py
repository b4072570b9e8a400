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
from typing import TYPE_CHECKING, Any

from authorizers.errors import DependencyError
from authorizers.limits.counters import Change, Fresh, Item, Outcome, Step
from authorizers.stores.aws import DENIED, NOT_FOUND, aws_errors, error_code
from authorizers.stores.dynamodb import DynamoDbTable

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

KEY = "name"
TTL = "ttl"
_THROTTLED = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
)
_TOLD_APART = (*NOT_FOUND, *DENIED)


class DynamoDbUsage(DynamoDbTable):
    """
    The counters in a table.

    A change that timed out may have been made all the same, and boto3 tries it again: it is then
    made twice, or refused for having been made.
    """

    __slots__ = ()

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        """
        Make all of `changes` to the counters of `name`, or none; see `Counters.change`.

        Raises:
            DependencyError: `store_unavailable`, if nobody answered or the service failed;
                `usage_throttled`, if the table or the item takes no more;
                `store_not_found`, `store_access_denied` or `usage_refused`, if it is not such a
                table, or the request was not acceptable.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self.place, "written"):
            from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - perhaps absent

            try:
                answer = self._opened().update_item(
                    TableName=self._name,
                    Key={KEY: {"S": name}},
                    **_expressions(changes, ends_at),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if error_code(error) != "ConditionalCheckFailedException":
                    _raise_unless_failed(error, self.place)
                    raise
                response: Any = error.response
                return Outcome(False, _counters_in(response.get("Item", {})))
            except BotoCoreError as error:
                _raise_unless_unreached(error, self.place)
                raise
        return Outcome(True, _counters_in(answer.get("Attributes", {})))


def _raise_unless_failed(error: "ClientError", place: str) -> None:
    """Tell what a caller may have caused, or a deployer, from a service that failed by itself."""
    code = error_code(error)
    if code in _THROTTLED:
        raise DependencyError("usage_throttled", f"{place} takes no more: {code}") from error
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status < 500 and code not in _TOLD_APART:
        raise DependencyError("usage_refused", f"{place} refused to count: {code}") from error


def _raise_unless_unreached(error: "BotoCoreError", place: str) -> None:
    """Tell a request that was never made, such as without credentials, from one without answer."""
    from botocore.exceptions import ConnectionError, HTTPClientError  # noqa: A004, PLC0415

    if not isinstance(error, ConnectionError | HTTPClientError):
        reason = type(error).__name__
        raise DependencyError("usage_refused", f"{place} was not asked: {reason}") from error


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

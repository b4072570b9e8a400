"""
A table of Amazon DynamoDB in which an operator binds roles.

    subject (S, partition key)   role:reader   role:admin
    group#staff|ops              true          1798675200

One item for each subject (`model.subject`), one attribute for each role: `true`, or the time when
it ends, in seconds since 1970, whether or not anybody removes it then.
Source: Amazon DynamoDB API reference, BatchGetItem (100 keys, UnprocessedKeys).
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf, nan
from typing import Any, Protocol

from authorizers.errors import DependencyError
from authorizers.model.clock import Clock, Deadline
from authorizers.stores.aws import aws_errors, client_config

KEY = "subject"
ROLE = "role:"  # what the attribute of a role begins with
MAX_SUBJECTS = 300  # Entra ID puts up to 200 groups into a token; more is a token gone wrong
BATCH_KEYS = 100
PAUSES_SECONDS = (0.05, 0.1, 0.2)  # before keys that were left are asked for again
MAX_END_SECONDS = 253_402_300_800  # the year 10000; beyond are milliseconds, and no end at all
DEADLINE_SECONDS = 3  # no further batch is begun after that: the gateway waits for 10 s at most


class DynamoDbClient(Protocol):
    """What is used of boto3's client."""

    def get_item(self, **arguments: Any) -> Any:
        """Read one item."""
        ...

    def batch_get_item(self, **arguments: Any) -> Any:
        """Read several items."""
        ...

    def put_item(self, **arguments: Any) -> Any:
        """Write one item, whole."""
        ...

    def update_item(self, **arguments: Any) -> Any:
        """Change one item."""
        ...

    def batch_write_item(self, **arguments: Any) -> Any:
        """Write several items, whole, whatever is there."""
        ...

    def get_paginator(self, operation_name: str, /) -> Any:
        """Read page after page."""
        ...


class DynamoDbTable:
    """
    The table `name`. `client` is for tests and for other Regions; without one, boto3 is imported
    and a client made by `open`, or when it is first needed.
    """

    __slots__ = ("_client", "_name", "place")

    def __init__(self, name: str, client: DynamoDbClient | None = None) -> None:
        self._name = name
        self._client = client
        self.place = f"dynamodb:{name}"

    def open(self) -> None:
        """
        Make the client, where nobody waits for it.

        Raises:
            ConfigurationError: boto3 is missing.
            DependencyError: `store_unavailable`, such as for want of a Region.
        """
        with aws_errors(self.place):
            self._opened()

    def _opened(self) -> DynamoDbClient:
        if self._client is None:
            self._client = open_client()
        return self._client


class DynamoDbBindings(DynamoDbTable):
    """
    The bindings in a table, for functions: read, never written.

    Reads are strongly consistent, so that `life` of the document is all that a revocation may
    take; a global table's replicas follow one another when they can.
    """

    __slots__ = ("_clock", "_pause")

    def __init__(
        self,
        name: str,
        client: DynamoDbClient | None = None,
        *,
        clock: Clock,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(name, client)
        self._clock = clock
        self._pause = pause

    def read(self, subjects: Sequence[str]) -> dict[str, float]:
        """
        Return the roles that are bound to any of `subjects`, and when each ends (`inf`: never).

        Raises:
            DependencyError: `too_many_subjects`, `bindings_malformed`, `store_not_found`,
                `store_access_denied` or `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        if len(subjects) > MAX_SUBJECTS:
            detail = f"a caller is more than {MAX_SUBJECTS} subjects; look up fewer kinds of them"
            raise DependencyError("too_many_subjects", detail)
        ends: dict[str, float] = {}
        with aws_errors(self.place):
            for item in self._items([{KEY: {"S": subject}} for subject in subjects]):
                for role, end in roles_in(item, self.place):
                    ends[role] = max(end, ends.get(role, end))
        return ends

    def _items(self, keys: list[Any]) -> Iterable[Mapping[str, Any]]:
        deadline, pauses = Deadline.after(DEADLINE_SECONDS, self._clock), iter(PAUSES_SECONDS)
        while keys:
            found, left = self._batch(keys[:BATCH_KEYS])
            yield from found
            keys = keys[BATCH_KEYS:] + left
            pause = next(pauses, None) if left else 0.0
            if pause is None or (keys and deadline.passed(self._clock)):
                detail = f"{self.place} did not answer whole in time"
                raise DependencyError("store_unavailable", detail)
            if pause:
                self._pause(pause)

    def _batch(self, keys: list[Any]) -> tuple[list[Any], list[Any]]:
        wanted = {self._name: {"Keys": keys, "ConsistentRead": True}}
        answer = self._opened().batch_get_item(RequestItems=wanted)
        left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
        return answer.get("Responses", {}).get(self._name, []), left


def open_client(config: Any = None) -> DynamoDbClient:
    """Return boto3's client for DynamoDB, which costs an import; as functions wait, or `config`."""
    import boto3  # noqa: PLC0415 - costs a cold start

    client: DynamoDbClient = boto3.client("dynamodb", config=config or client_config())
    return client


def roles_in(item: Mapping[str, Any], place: str) -> Iterable[tuple[str, float]]:
    """
    Yield the roles of one item and when each ends.

    Raises:
        DependencyError: `bindings_malformed`: a role is neither `true` nor a time.
    """
    for name, value in item.items():
        if name.startswith(ROLE):
            yield name.removeprefix(ROLE), end_of(value, place)


def end_of(value: Mapping[str, Any], place: str) -> float:
    """
    Return when the role of an attribute's `value` ends, in seconds since 1970; `inf` is never.

    Raises:
        DependencyError: `bindings_malformed`.
    """
    if value.get("BOOL") is True:
        return inf
    try:
        end = float(value["N"])
    except (KeyError, TypeError, ValueError):
        end = nan
    if not -MAX_END_SECONDS <= end <= MAX_END_SECONDS:  # nor is it NaN
        detail = f"{place} has a role that is neither true nor a time, in seconds since 1970"
        raise DependencyError("bindings_malformed", detail)
    return end

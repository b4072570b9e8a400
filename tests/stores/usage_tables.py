"""The table of counters, as moto plays it, with what DynamoDB promises and moto does not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from authorizers.testing import tables

TABLE = "ApiKeyUsage"


def create_table(client: Any) -> None:
    tables.create_table(client, TABLE, "name")


@contextmanager
def updates_one_after_another() -> Iterator[None]:
    """
    DynamoDB judges a condition and writes in one step; moto's threads come between the two. What
    happens between two requests of a client is as it was.
    """
    from moto.dynamodb.responses import DynamoHandler

    update_item, lock = DynamoHandler.update_item, threading.Lock()

    def serialised(handler: Any) -> Any:
        with lock:
            return update_item(handler)

    with patch.object(DynamoHandler, "update_item", serialised):
        yield


@contextmanager
def types_that_differ_do_not_compare() -> Iterator[None]:
    """
    "{"S":"6"} does not compare to {"N":"6"}" (API reference, Condition); moto raises an error of
    Python's, or compares truth with numbers.
    """
    from moto.dynamodb import comparisons

    def of_one_type(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        def expr(op: Any, item: Any) -> bool:
            return op.lhs.get_type(item) == op.rhs.get_type(item) and compare(op, item)

        return expr

    with ExitStack() as patches:
        for name in ("LessThan", "LessThanOrEqual", "GreaterThan", "GreaterThanOrEqual"):
            kind = getattr(comparisons, f"Op{name}")
            patches.enter_context(patch.object(kind, "expr", of_one_type(kind.expr)))
        yield

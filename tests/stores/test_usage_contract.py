"""What every place of counters does: the same tests for each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from authorizers.limits.counters import Change, Counters, Fresh, Outcome, Removal, Step
from authorizers.stores.dynamodb_usage import DynamoDbUsage
from authorizers.stores.usage_in_memory import UsageInMemory
from tests.stores.usage_tables import TABLE, create_table, types_that_differ_do_not_compare

REGION = "eu-central-1"
KEY = "machines|7Fh3kQ9ZpLm2"
END = 1_900_000_000
HOSTILE = "quota/day GET /a#b:c/{size}.ttl[0] \N{SNOWMAN} 'name' \"SET\""


class Place(Counters):
    """Counters, and what a test needs to look behind them."""

    def __init__(
        self,
        counters: Counters,
        put: Callable[[Mapping[str, int | None]], None],
        end: Callable[[], int | None],
    ) -> None:
        self.place, self.put, self.end = counters.place, put, end
        self._counters = counters

    def change(self, name: str, changes: Sequence[Change], ends_at: int) -> Outcome:
        return self._counters.change(name, changes, ends_at)


def in_memory() -> Place:
    store = UsageInMemory()
    return Place(
        store, lambda item: store.items.update({KEY: dict(item)}), lambda: store.ends_at.get(KEY)
    )


def in_dynamodb() -> Place:
    import boto3

    client: Any = boto3.client("dynamodb")
    create_table(client)

    def put(item: Mapping[str, int | None]) -> None:
        values = {k: {"S": "?"} if n is None else {"N": str(n)} for k, n in item.items()}
        client.put_item(TableName=TABLE, Item={"name": {"S": KEY}, **values})

    def end() -> int | None:
        found = client.get_item(TableName=TABLE, Key={"name": {"S": KEY}}).get("Item", {})
        return int(found["ttl"]["N"]) if "ttl" in found else None

    return Place(DynamoDbUsage(TABLE, client), put, end)


@pytest.fixture(params=[in_memory, in_dynamodb], ids=["memory", "dynamodb"])
def place(request: pytest.FixtureRequest, aws: None) -> Iterator[Place]:
    with types_that_differ_do_not_compare():
        yield request.param()


def test_what_is_not_there_begins(place: Place) -> None:
    outcome = place.change(KEY, [Fresh("a", 5, 9), Fresh("b", 0, 1)], END)
    assert outcome == Outcome(True, {"a": 9, "b": 1})
    assert place.end() == END


@pytest.mark.parametrize(("there", "changed"), [(4, True), (-1, True), (5, False), (6, False)])
def test_what_is_below_begins_anew(place: Place, there: int, changed: bool) -> None:
    place.put({"a": there})
    item = {"a": 9 if changed else there}
    assert place.change(KEY, [Fresh("a", 5, 9)], END) == Outcome(changed, item)
    assert place.end() == (END if changed else None)


@pytest.mark.parametrize(
    ("there", "changed"), [(2, False), (3, True), (4, True), (5, True), (6, False)]
)
def test_what_is_within_bounds_is_added_to(place: Place, there: int, changed: bool) -> None:
    place.put({"a": there})
    item = {"a": there + 7 if changed else there}
    assert place.change(KEY, [Step("a", 3, 5, 7)], END) == Outcome(changed, item)


@pytest.mark.parametrize("there", [1, 2, 3])
def test_nothing_is_within_bounds_that_are_the_wrong_way_round(place: Place, there: int) -> None:
    place.put({"a": there})
    assert not place.change(KEY, [Step("a", 3, 1, 7)], END).changed


def test_nothing_is_added_to_what_is_not_there(place: Place) -> None:
    assert place.change(KEY, [Step("a", 0, 9, 1)], END) == Outcome(False, {})
    place.put({"b": 1})
    assert place.change(KEY, [Step("a", 0, 9, 1)], END) == Outcome(False, {"b": 1})


@pytest.mark.parametrize(("there", "changed"), [(4, True), (5, False)])
def test_what_is_below_is_removed(place: Place, there: int, changed: bool) -> None:
    place.put({"a": there, "b": 1})
    item = {"b": 1} if changed else {"a": there, "b": 1}
    assert place.change(KEY, [Removal("a", 5)], END) == Outcome(changed, item)


def test_what_is_not_there_can_be_removed(place: Place) -> None:
    outcome = place.change(KEY, [Fresh("b", 0, 1), Removal("a", 5)], END)
    assert outcome == Outcome(True, {"b": 1})


FITS: list[Change] = [Fresh("a", 5, 9), Step("b", 0, 5, 1), Removal("c", 5)]


@pytest.mark.parametrize(
    "item",
    [
        {"a": 5, "b": 0, "c": 0},
        {"a": 0, "b": 6, "c": 0},
        {"a": 0, "c": 0},
        {"a": 0, "b": 0, "c": 5},
    ],
    ids=str,
)
def test_all_changes_are_made_or_none(place: Place, item: dict[str, int | None]) -> None:
    place.put(item)
    assert place.change(KEY, FITS, END) == Outcome(False, item)
    place.put({"a": 0, "b": 0, "c": 0})
    assert place.change(KEY, FITS, END) == Outcome(True, {"a": 9, "b": 1})


@pytest.mark.parametrize(
    "change", [Fresh("a", 10**30, 1), Step("a", -(10**30), 10**30, 1), Removal("a", 10**30)]
)
def test_what_is_no_number_is_never_changed_and_shown_as_none(place: Place, change: Change) -> None:
    place.put({"a": None, "b": 2})
    assert place.change(KEY, [change], END) == Outcome(False, {"a": None, "b": 2})


def test_numbers_of_every_size_that_is_used_are_exact(place: Place) -> None:
    last = 106_751 * 10**12 + 999_999_999  # a quota of the year 2262
    place.put({"a": last - 1})
    assert place.change(KEY, [Step("a", last - 1, last - 1, 1)], END).item == {"a": last}


def test_callers_have_counters_of_their_own(place: Place) -> None:
    place.change(KEY, [Fresh("a", 0, 1)], END)
    assert place.change("others|7Fh3kQ9ZpLm2", [Step("a", 0, 9, 1)], END) == Outcome(False, {})


def test_names_are_names_whatever_is_in_them(place: Place) -> None:
    hostile: list[Change] = [Fresh(HOSTILE, 0, 1), Fresh("size", 0, 2), Fresh("a.b[0]", 0, 3)]
    expected = {HOSTILE: 1, "size": 2, "a.b[0]": 3}
    assert place.change(KEY, hostile, END) == Outcome(True, expected)
    assert place.change(KEY, [Step(HOSTILE, 0, 9, 1)], END).item == expected | {HOSTILE: 2}


def test_as_many_changes_as_ever_are_made_at_once_are_made(place: Place) -> None:
    removals = [Removal(f"bucket/1/1 GET /{i}", 5) for i in range(8)]
    counted: list[Change] = [Fresh(f"quota/day GET /{i}", 5, 9) for i in range(4)]
    place.put({removal.attribute: 0 for removal in removals})
    outcome = place.change(KEY, [*counted, *removals], END)
    assert outcome == Outcome(True, {change.attribute: 9 for change in counted})


def test_the_end_is_that_of_the_last_change(place: Place) -> None:
    for end in (END, END + 5):
        place.change(KEY, [Fresh("a", 10, 1)], end)
        assert place.end() == end


def test_what_was_answered_does_not_change_later(place: Place) -> None:
    before = place.change(KEY, [Fresh("a", 0, 1)], END).item
    place.change(KEY, [Step("a", 0, 9, 1)], END)
    assert before == {"a": 1}

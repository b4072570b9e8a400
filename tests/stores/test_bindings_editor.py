"""What an operator does with a table of bindings, as moto plays it."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest
from botocore.stub import Stubber

from authorizers.errors import DependencyError
from authorizers.stores.bindings_editor import BindingsEditor, BoundRole
from authorizers.stores.dynamodb import DynamoDbBindings
from authorizers.testing.clock import FrozenClock

TABLE = "Bindings"
REGION = "eu-central-1"
ALICE, OPS = "principal#staff|alice", "group#staff|ops"


@pytest.fixture(autouse=True)
def client(bindings_table: Any) -> Any:
    return bindings_table


@pytest.fixture
def editor(client: Any) -> BindingsEditor:
    return BindingsEditor(TABLE)


def read(*subjects: str) -> dict[str, float]:
    """What a function would read."""
    return DynamoDbBindings(TABLE, clock=FrozenClock()).read(subjects)


def test_what_is_granted_is_what_functions_read(editor: BindingsEditor) -> None:
    assert editor.grant("reader", ALICE)
    assert editor.grant("admin", ALICE, until=1_900_000_000)
    assert editor.grant("admin", OPS)
    assert read(ALICE) == {"reader": inf, "admin": 1_900_000_000}
    assert read(OPS) == {"admin": inf}


def test_granting_twice_changes_nothing_the_second_time(editor: BindingsEditor) -> None:
    for until in (None, 1_900_000_000):
        assert editor.grant("reader", ALICE, until=until)
        assert not editor.grant("reader", ALICE, until=until)


def test_a_role_that_is_bound_ends_as_was_said_last(editor: BindingsEditor) -> None:
    editor.grant("reader", ALICE, until=1_900_000_000)
    assert editor.grant("reader", ALICE, until=1_900_000_001)
    assert read(ALICE) == {"reader": 1_900_000_001}
    assert editor.grant("reader", ALICE)
    assert read(ALICE) == {"reader": inf}


def test_a_malformed_role_is_mended_by_granting_it(editor: BindingsEditor, client: Any) -> None:
    item = {"subject": {"S": ALICE}, "role:reader": {"S": "yes"}}
    client.put_item(TableName=TABLE, Item=item)
    assert editor.grant("reader", ALICE)
    assert read(ALICE) == {"reader": inf}


def test_what_is_revoked_is_gone_and_the_rest_stays(editor: BindingsEditor) -> None:
    editor.grant("reader", ALICE)
    editor.grant("admin", ALICE)
    assert editor.revoke("admin", ALICE)
    assert read(ALICE) == {"reader": inf}
    assert editor.revoke("reader", ALICE)
    assert read(ALICE) == {}
    assert list(editor.listed()) == []


@pytest.mark.parametrize("role", ["reader", "admin", "subject"])
def test_revoking_what_is_not_bound_changes_nothing(
    editor: BindingsEditor, client: Any, role: str
) -> None:
    editor.grant("writer", OPS)
    assert not editor.revoke(role, ALICE)
    assert not editor.revoke(role, OPS)
    assert client.scan(TableName=TABLE)["Count"] == 1


def test_names_that_are_words_of_dynamodb_are_names(editor: BindingsEditor) -> None:
    for role in ("role", "roles", "user", "subject", "size", "a-b", "a_b"):
        editor.grant(role, ALICE)
    assert read(ALICE).keys() == {"role", "roles", "user", "subject", "size", "a-b", "a_b"}


def test_everything_is_listed_page_by_page(editor: BindingsEditor, client: Any) -> None:
    for i in range(30):
        attributes = {f"role:r{n}": {"S": "x" * 60_000} for n in range(3)}
        item = {"subject": {"S": f"group#staff|{i}"}, "role:reader": {"BOOL": True}, **attributes}
        client.put_item(TableName=TABLE, Item=item)
    pages = client.scan(TableName=TABLE)
    assert "LastEvaluatedKey" in pages  # one page holds 1 MB
    found = [bound for bound in editor.listed() if bound.role == "reader"]
    assert sorted(found) == sorted(BoundRole(f"group#staff|{i}", "reader", inf) for i in range(30))


def test_what_functions_fail_at_is_listed_as_malformed(editor: BindingsEditor, client: Any) -> None:
    item = {"subject": {"S": ALICE}, "role:reader": {"BOOL": False}, "note": {"S": "x"}}
    client.put_item(TableName=TABLE, Item=item)
    assert list(editor.listed()) == [BoundRole(ALICE, "reader", None)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ResourceNotFoundException", "store_not_found"),
        ("AccessDeniedException", "store_access_denied"),
        ("ThrottlingException", "store_unavailable"),
    ],
)
@pytest.mark.parametrize("operation", ["grant", "revoke", "list"])
def test_what_the_service_refuses(client: Any, operation: str, error: str, code: str) -> None:
    editor = BindingsEditor(TABLE, client)
    calls: dict[str, Callable[[], Any]] = {
        "grant": lambda: editor.grant("reader", ALICE),
        "revoke": lambda: editor.revoke("reader", ALICE),
        "list": lambda: list(editor.listed()),
    }
    with Stubber(client) as stub:
        stub.add_client_error("scan" if operation == "list" else "update_item", error, "own words")
        with pytest.raises(DependencyError) as caught:
            calls[operation]()
    assert caught.value.code == code
    assert "own words" not in str(caught.value)

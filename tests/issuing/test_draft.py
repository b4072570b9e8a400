"""What an operator may write of a key."""

from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.issuing.draft import MAX_OWNER_CHARS, checked_draft
from authorizers.issuing.issue import issue_key
from authorizers.stores.keys_in_memory import KeysInMemory
from tests.issuing.keys import NOW, PEPPERS, PREFIX, draft


def test_a_draft_is_stored_in_one_form() -> None:
    checked = checked_draft(
        draft(
            scopes=("b", "a", "b"),
            roles=("r", "r"),
            routes=("GET /b", "GET /a", "GET /b"),
            networks=("2001:db8::/32", "10.0.0.1", "10.0.0.0/32", "10.0.0.0/31", "9.0.0.0/8"),
        )
    )
    assert (checked.scopes, checked.roles) == (("b", "a"), ("r",))
    assert checked.routes == ("GET /b", "GET /a")
    assert checked.networks == ("9.0.0.0/8", "10.0.0.0/31", "2001:db8::/32")


def test_what_is_not_said_narrows_nothing_and_what_is_empty_is_nothing() -> None:
    assert (checked_draft(draft()).routes, checked_draft(draft()).networks) == (None, None)
    empty = checked_draft(draft(routes=(), networks=()))
    assert (empty.routes, empty.networks) == ((), ())


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"owner": ""}, "owner"),
        ({"owner": " acme"}, "owner"),
        ({"owner": "acme "}, "owner"),
        ({"owner": "ac\nme"}, "owner"),
        ({"owner": "ac\tme"}, "owner"),
        ({"owner": "ac\x00me"}, "owner"),
        ({"owner": "ac\x1b[31mme"}, "owner"),
        ({"owner": "ac\N{ZERO WIDTH SPACE}me"}, "owner"),
        ({"owner": "ac\N{RIGHT-TO-LEFT OVERRIDE}me"}, "owner"),
        ({"owner": "ac\ud800me"}, "owner"),
        ({"owner": "x" * (MAX_OWNER_CHARS + 1)}, "owner"),
        ({"scopes": ("a b",)}, "scopes"),
        ({"scopes": ("",)}, "scopes"),
        ({"scopes": ('a"b',)}, "scopes"),
        ({"scopes": ("ä",)}, "scopes"),
        ({"roles": ("",)}, "roles"),
        ({"roles": ("a b",)}, "roles"),
        ({"roles": ("a\n",)}, "roles"),
        ({"routes": ("orders",)}, "routes"),
        ({"routes": ("get /orders",)}, "routes"),
        ({"routes": ("GET /orders/",)}, "routes"),
        ({"routes": ("GET /orders*",)}, "routes"),
        ({"routes": ("*",)}, "routes"),
        ({"networks": ("10.0.0.1/8",)}, "networks"),
        ({"networks": ("10.0.0.0/33",)}, "networks"),
        ({"networks": ("010.0.0.0/8",)}, "networks"),
        ({"networks": ("localhost",)}, "networks"),
        ({"networks": ("",)}, "networks"),
        ({"networks": ("fe80::1%eth0",)}, "networks"),
        ({"networks": tuple(f"10.0.{i * 2}.0/24" for i in range(9))}, "networks"),
        ({"not_before": NOW, "expires_at": NOW}, "expires_at"),
        ({"not_before": NOW + 1, "expires_at": NOW}, "expires_at"),
        ({"expires_at": 253_402_300_801}, "expires_at"),
        ({"not_before": -1}, "not_before"),
        ({"created_at": 253_402_300_801}, "created_at"),
        ({"usage_plan": ""}, "usage_plan"),
        ({"usage_plan": "a\nb"}, "usage_plan"),
        ({"labels": {"": "x"}}, "labels"),
        ({"labels": {"a b": "x"}}, "labels"),
        ({"labels": {"a": "x\n"}}, "labels"),
        ({"labels": {"a": "x" * 16_384}}, ""),
    ],
)
def test_what_could_not_be_used_is_refused(members: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_draft(draft()._replace(**members))
    assert [problem.place for problem in caught.value.problems] == [place]
    assert caught.value.code == "key_draft_invalid"


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_draft(draft("", scopes=("a b",), routes=("x", "*"), networks=("y",)))
    assert len(caught.value.problems) == 5


def test_an_owner_of_any_language_is_taken() -> None:
    assert checked_draft(draft("Müller & Söhne, 東京 | 7")).owner == "Müller & Söhne, 東京 | 7"


def test_what_is_taken_can_be_stored() -> None:
    """The last second, and the most networks that a record has."""
    networks = tuple(f"10.0.{i * 2}.0/24" for i in range(8))
    taken = checked_draft(draft(networks=networks, expires_at=253_402_300_800))
    keys = KeysInMemory()
    assert keys.add(issue_key(taken, PREFIX, PEPPERS).record)

"""The roles that a table binds: how long they are remembered, and what a failure does."""

from collections.abc import Mapping, Sequence
from math import inf

import pytest

from authorizers.errors import DependencyError
from authorizers.model.principal import Principal
from authorizers.model.subject import Subjects
from authorizers.stores.remembered_roles import REMEMBERED, RememberedRoles
from authorizers.testing.clock import FrozenClock

ALICE = Principal("staff|alice", "staff", "https://i", frozenset(), {"groups": ["ops"]})
BOB = ALICE._replace(principal_id="staff|bob", claims={})
LIFE = 60


class Table:
    """Bindings in a dictionary; while `down` it cannot be read, and a read takes `seconds`."""

    def __init__(self, clock: FrozenClock) -> None:
        self.bound: dict[str, dict[str, float]] = {}
        self.reads: list[tuple[str, ...]] = []
        self.down = False
        self.seconds = 0.0
        self._clock = clock

    def read(self, subjects: Sequence[str]) -> Mapping[str, float]:
        self.reads.append(tuple(subjects))
        if self.down:
            raise DependencyError("store_unavailable", "it is down")
        found = {
            role: end for subject in subjects for role, end in self.bound.get(subject, {}).items()
        }
        self._clock.advance(self.seconds)
        return found


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def table(clock: FrozenClock) -> Table:
    return Table(clock)


@pytest.fixture
def roles(table: Table, clock: FrozenClock) -> RememberedRoles:
    return remembered(table, clock)


def remembered(table: Table, clock: FrozenClock, life: float = LIFE) -> RememberedRoles:
    subjects = Subjects(["principal", "group"], {"staff": {"group": "groups"}})
    return RememberedRoles(table, subjects, ["reader", "admin"], clock=clock, life_seconds=life)


def test_who_is_bound_has_the_role_and_others_have_not(
    roles: RememberedRoles, table: Table
) -> None:
    table.bound["group#staff|ops"] = {"reader": inf}
    assert roles.roles_of(ALICE) == {"reader"}
    assert roles.roles_of(BOB) == frozenset()
    assert roles.roles_of(ALICE._replace(scheme="partners")) == frozenset()


def test_a_role_that_the_document_does_not_know_means_nothing(
    roles: RememberedRoles, table: Table
) -> None:
    """One table may serve several documents."""
    table.bound["principal#staff|alice"] = {"Reader": inf, "owner": inf, "": inf}
    assert roles.roles_of(ALICE) == frozenset()


def test_within_its_life_nothing_is_read_again(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    roles.roles_of(ALICE)
    table.bound["principal#staff|alice"] = {"admin": inf}
    clock.advance(LIFE - 1)
    assert roles.roles_of(ALICE) == frozenset()
    assert len(table.reads) == 1
    clock.advance(1)
    assert roles.roles_of(ALICE) == {"admin"}


def test_a_revocation_counts_when_the_life_has_passed(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": inf}
    assert roles.roles_of(ALICE) == {"admin"}
    table.bound.clear()
    clock.advance(LIFE - 1)
    assert roles.roles_of(ALICE) == {"admin"}
    clock.advance(1)
    assert roles.roles_of(ALICE) == frozenset()


def test_a_frozen_environment_does_not_extend_the_life(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": inf}
    roles.roles_of(ALICE)
    table.bound.clear()
    clock.freeze_environment(LIFE)
    assert roles.roles_of(ALICE) == frozenset()


def test_setting_the_clock_back_does_not_extend_the_life(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": inf}
    roles.roles_of(ALICE)
    table.bound.clear()
    clock.freeze_environment(-3600)
    clock.advance(LIFE)
    assert roles.roles_of(ALICE) == frozenset()


def test_the_life_begins_before_the_read_does(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": inf}
    table.seconds = 5
    roles.roles_of(ALICE)
    table.bound.clear()
    clock.advance(LIFE - 5)
    assert roles.roles_of(ALICE) == frozenset()


def test_a_life_of_nothing_reads_at_every_request(table: Table, clock: FrozenClock) -> None:
    roles = remembered(table, clock, life=0)
    table.bound["principal#staff|alice"] = {"admin": inf}
    assert roles.roles_of(ALICE) == {"admin"}
    table.bound.clear()
    assert roles.roles_of(ALICE) == frozenset()


def test_a_role_ends_when_its_time_has_come_even_within_the_life(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    end = clock.wall() + 10
    table.bound["principal#staff|alice"] = {"admin": end, "reader": inf}
    assert roles.roles_of(ALICE) == {"admin", "reader"}
    clock.advance(9)
    assert roles.roles_of(ALICE) == {"admin", "reader"}
    clock.advance(1)
    assert roles.roles_of(ALICE) == {"reader"}


@pytest.mark.parametrize("ago", [0, 1, 1_800_000_000])
def test_a_role_whose_time_has_come_is_none(
    roles: RememberedRoles, table: Table, clock: FrozenClock, ago: float
) -> None:
    table.bound["principal#staff|alice"] = {"admin": clock.wall() - ago}
    assert roles.roles_of(ALICE) == frozenset()
    clock.advance(LIFE - 1)
    assert len(table.reads) == 1


def test_a_role_that_ends_while_it_is_read_is_none(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": clock.wall() + 3}
    table.seconds = 3
    assert roles.roles_of(ALICE) == frozenset()


def test_another_token_of_the_same_principal_with_other_groups_asks_anew(
    roles: RememberedRoles, table: Table
) -> None:
    table.bound["group#staff|ops"] = {"admin": inf}
    assert roles.roles_of(ALICE) == {"admin"}
    assert roles.roles_of(ALICE._replace(claims={"groups": ["dev"]})) == frozenset()
    assert roles.roles_of(ALICE) == {"admin"}


def test_a_principal_that_is_no_subject_is_not_asked_about(
    table: Table, clock: FrozenClock
) -> None:
    roles = RememberedRoles(
        table, Subjects(["group"], {}), ["reader"], clock=clock, life_seconds=LIFE
    )
    assert roles.roles_of(ALICE) == frozenset()
    assert table.reads == []


def test_while_the_table_is_down_nobody_gets_an_answer(
    roles: RememberedRoles, table: Table
) -> None:
    table.down = True
    for _ in range(2):
        with pytest.raises(DependencyError, match="store_unavailable"):
            roles.roles_of(ALICE)
    assert len(table.reads) == 2


def test_what_is_known_is_used_to_the_end_of_its_life_and_never_beyond(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    table.bound["principal#staff|alice"] = {"admin": inf}
    roles.roles_of(ALICE)
    table.down = True
    clock.advance(LIFE - 1)
    assert roles.roles_of(ALICE) == {"admin"}
    clock.advance(1)
    with pytest.raises(DependencyError):
        roles.roles_of(ALICE)
    table.down = False
    table.bound.clear()
    assert roles.roles_of(ALICE) == frozenset()


def test_the_memory_has_a_bound_and_the_least_recently_used_goes_first(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    people = [BOB._replace(principal_id=f"staff|{i}") for i in range(REMEMBERED)]
    for person in people:
        roles.roles_of(person)
    roles.roles_of(people[0])
    assert len(table.reads) == REMEMBERED
    roles.roles_of(ALICE)
    assert len(roles._remembered) == REMEMBERED
    roles.roles_of(people[0])
    assert len(table.reads) == REMEMBERED + 1
    roles.roles_of(people[1])
    assert len(table.reads) == REMEMBERED + 2


def test_reading_anew_in_a_full_memory_drops_nothing(
    roles: RememberedRoles, table: Table, clock: FrozenClock
) -> None:
    people = [BOB._replace(principal_id=f"staff|{i}") for i in range(REMEMBERED)]
    for person in people:
        roles.roles_of(person)
    clock.advance(LIFE)
    roles.roles_of(people[0])
    assert len(roles._remembered) == REMEMBERED

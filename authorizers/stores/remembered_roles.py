"""The roles that a table binds to principals, remembered for as long as the document says."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Protocol

from authorizers.model.clock import Clock, Deadline
from authorizers.model.principal import Principal
from authorizers.model.recent import Recent
from authorizers.model.subject import Subjects

REMEMBERED = 1024


class Bindings(Protocol):
    """Where roles are bound to subjects."""

    def read(self, subjects: Sequence[str]) -> Mapping[str, float]:
        """
        Return the roles of any of `subjects`, and when each ends.

        Raises:
            DependencyError: they cannot be read.
        """
        ...


class RememberedRoles:
    """
    A `RoleSource` that asks `bindings`, and not at every request.

    Key: all subjects that the principal is, so that another token with other groups asks anew.
    Life: `life_seconds` from before the read began, less if a role ends before; who has no role is
    remembered as long. The 1024 used last are kept. When a read fails nobody gets an answer: what
    has outlived its life is never used, and a failure is not remembered.
    """

    def __init__(
        self,
        bindings: Bindings,
        subjects: Subjects,
        roles: Iterable[str],
        *,
        clock: Clock,
        life_seconds: float,
    ) -> None:
        """`roles` are those that the document knows; others in the table mean nothing here."""
        self._bindings = bindings
        self._subjects = subjects
        self._roles = frozenset(roles)
        self._clock = clock
        self._life_seconds = life_seconds
        # Two threads that miss the same key both read.
        self._remembered: Recent[tuple[str, ...], tuple[frozenset[str], Deadline]] = Recent(
            REMEMBERED
        )

    def roles_of(self, principal: Principal) -> frozenset[str]:
        """
        Return the roles that are bound to `principal`.

        Raises:
            DependencyError: they are not known, and cannot be read.
        """
        key = self._subjects.of(principal)
        known = self._remembered.get(key)
        if known is not None and not known[1].passed(self._clock):
            return known[0]
        found = self._read(key)
        self._remembered.keep(key, found)
        return found[0]

    def _read(self, subjects: tuple[str, ...]) -> tuple[frozenset[str], Deadline]:
        wall, monotonic = self._clock.wall(), self._clock.monotonic()
        ends = self._bindings.read(subjects) if subjects else {}
        now = self._clock.wall()
        held = {role: end for role, end in ends.items() if role in self._roles and end > now}
        life = min(self._life_seconds, min(held.values(), default=inf) - wall)
        return frozenset(held), Deadline(wall + life, monotonic + life)

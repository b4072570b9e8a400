"""Who says which roles are bound to a principal, apart from the document."""

from typing import Protocol

from authorizers.model.principal import Principal


class RoleSource(Protocol):
    """Where roles are bound; `authorizers.stores` has one that reads a table."""

    def roles_of(self, principal: Principal) -> frozenset[str]:
        """
        Return the roles that are bound to `principal` now.

        Raises:
            DependencyError: nobody can say. Never a reason to take it for no roles, because a rule
                may ask for somebody who has none.
        """
        ...

"""What one principal may do with one route."""

from typing import NamedTuple

Networks = tuple[str, ...]  # CIDR blocks, sorted and disjoint
EVERYWHERE = None


class Grant(NamedTuple):
    """
    `route` (its place in the document) is granted: to the paths whose parameters have the values
    of `bindings`, and to callers from `networks`, or from everywhere.
    """

    route: int
    bindings: tuple[tuple[str, str], ...] = ()
    networks: Networks | None = EVERYWHERE

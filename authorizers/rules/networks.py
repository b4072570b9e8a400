"""Sets of source addresses, as CIDR blocks: union, intersection and the rest of the world."""

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
    summarize_address_range,
)
from typing import Any

from authorizers.model.grant import Networks

_WORLD: tuple[Any, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def _collapsed(networks: Iterable[Any]) -> Networks:
    networks = list(networks)
    families = [[n for n in networks if n.version == version] for version in (4, 6)]
    return tuple(str(n) for family in families for n in collapse_addresses(family))


def union(one: Iterable[str], other: Iterable[str]) -> Networks:
    """Return the addresses that are in either set."""
    return _collapsed(ip_network(n) for n in (*one, *other))


def intersection(one: Networks, other: Networks) -> Networks:
    """Return the addresses that are in both sets. Two CIDR blocks are disjoint or nested."""
    common: list[Any] = []
    for version in (4, 6):
        left, right = (
            sorted(n for n in map(ip_network, networks) if n.version == version)
            for networks in (one, other)
        )
        common += _common(left, right)
    return _collapsed(common)


def _common(left: Sequence[Any], right: Sequence[Any]) -> Iterable[Any]:
    """Yield what two sorted lists of disjoint blocks share, in one pass over both."""
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        if a.overlaps(b):
            yield a if a.prefixlen >= b.prefixlen else b
        if a.broadcast_address <= b.broadcast_address:
            i += 1
        else:
            j += 1


def complement(networks: Networks) -> Networks:
    """Return every address, of both families, that is not in the set."""
    return tuple(
        str(block)
        for world in _WORLD
        for block in _gaps(
            world, sorted(n for n in map(ip_network, networks) if n.version == world.version)
        )
    )


def _gaps(world: Any, taken: Iterable[Any]) -> Iterable[Any]:
    start, last = int(world.network_address), int(world.broadcast_address)
    address: Any = IPv4Address if world.version == 4 else IPv6Address
    for network in taken:
        if int(network.network_address) > start:
            yield from summarize_address_range(
                address(start), address(int(network.network_address) - 1)
            )
        start = max(start, int(network.broadcast_address) + 1)  # blocks may be nested
    if start <= last:
        yield from summarize_address_range(address(start), address(last))


def contains(networks: Networks, text: str | None) -> bool:
    """Return whether the address `text` is in the set; what is no address is in none."""
    if text is None:
        return False
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)

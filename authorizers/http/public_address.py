"""
Whether an IP address belongs to the public Internet.

What is not public may be this machine, its network, or the metadata service of a cloud, which
hands out credentials to whoever asks from the right place (169.254.169.254, fd00:ec2::254).
The tables are ours: those of `ipaddress` differ between releases of Python.
Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), IANA IPv4 Multicast
Address Space Registry, RFC 4291 §2.4; Amazon EC2 User Guide, instance metadata.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_SPECIAL_V4: Final = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared, behind a carrier's NAT (RFC 6598)
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # of the IETF
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # relays of 6to4, given up
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/3",  # multicast, reserved and broadcast
)
_UNICAST_V6: Final = "2000::/3"  # all that has been given out
_SPECIAL_V6: Final = (
    "2001::/23",  # of the IETF, with Teredo
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "3fff::/20",  # documentation (RFC 9637)
)
_NAT64: Final = "64:ff9b::/96"  # an IPv4 address is in its last 32 bits (RFC 6052 §2.1)


def is_public(address: str) -> bool:
    """
    Return whether `address`, of a connection's other end, is one of the public Internet. What is
    no address is not.
    """
    from ipaddress import ip_address  # noqa: PLC0415 - costs a cold start

    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return _is_public_v4(ip) if ip.version == 4 else _is_public_v6(ip)


def is_loopback(address: str) -> bool:
    """Return whether `address` is this machine."""
    from ipaddress import ip_address  # noqa: PLC0415 - costs a cold start

    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _is_public_v4(ip: "IPv4Address") -> bool:
    from ipaddress import IPv4Network  # noqa: PLC0415 - costs a cold start

    return not any(ip in IPv4Network(network) for network in _SPECIAL_V4)


def _is_public_v6(ip: "IPv6Address") -> bool:
    """Where an IPv4 address is inside, as in one of NAT64, it is that address that counts."""
    from ipaddress import IPv4Address, IPv6Network  # noqa: PLC0415 - costs a cold start

    if ip.scope_id is not None:
        return False
    if ip.ipv4_mapped is not None:
        return _is_public_v4(ip.ipv4_mapped)
    if ip in IPv6Network(_NAT64):
        return _is_public_v4(IPv4Address(int(ip) & 0xFFFFFFFF))
    special = any(ip in IPv6Network(network) for network in _SPECIAL_V6)
    return ip in IPv6Network(_UNICAST_V6) and not special

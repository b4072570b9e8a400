"""Sets of addresses: compared with asking about single addresses."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizers.rules.networks import complement, contains, intersection, union


def v4(address: int, length: int) -> str:
    return str(ip_network((address, length), strict=False))


# Blocks near one another, so that they nest, touch and overlap.
small = st.builds(
    lambda last, length: v4(0xC0000200 + last, length), st.integers(0, 15), st.integers(28, 32)
)
large = st.builds(v4, st.integers(0, 2**32 - 1), st.integers(0, 8))
v6 = st.builds(
    lambda last, length: str(ip_network((0x20010DB8 << 96 | last, length), strict=False)),
    st.integers(0, 7),
    st.integers(125, 128),
)
networks = st.lists(st.one_of(small, small, large, v6), max_size=5).map(tuple)
ADDRESSES = [
    *(str(ip_address(0xC0000200 + i)) for i in range(-1, 17)),
    *(str(ip_address(i << 24)) for i in range(0, 256, 15)),
    "255.255.255.255",
    *(str(ip_address((0x20010DB8 << 96) + i)) for i in range(-1, 9)),
    "::", "::ffff:192.0.2.1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(networks, networks)
def test_the_algebra_is_that_of_sets(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    for address in ADDRESSES:
        a, b = contains(one, address), contains(other, address)
        assert contains(union(one, other), address) == (a or b)
        assert contains(intersection(one, other), address) == (a and b)
        assert contains(complement(one), address) == (not a)


@given(networks)
def test_nothing_overlaps_in_a_result(one: tuple[str, ...]) -> None:
    for result in (union(one, ()), complement(one)):
        blocks = [ip_network(block) for block in result]
        for i, block in enumerate(blocks):
            assert not any(
                block.version == other.version and block.overlaps(other) for other in blocks[:i]
            )


def test_the_rest_of_nested_blocks_is_outside_of_the_largest() -> None:
    """`not` of a list in which one block lies in another once opened the larger one's rest."""
    rest = complement(("10.0.0.0/8", "10.1.0.0/16"))
    assert not contains(rest, "10.200.0.1")
    assert contains(rest, "11.0.0.0")


def test_the_rest_of_the_world_is_nothing() -> None:
    assert complement(("0.0.0.0/0", "::/0")) == ()
    assert complement(()) == ("0.0.0.0/0", "::/0")


@pytest.mark.parametrize(
    "text",
    [None, "", "office", "10.0.0.1 ", "10.0.0.1/32", "0x0a000001", "10.1", "010.0.0.1", "::g"],
)
def test_what_is_no_address_is_nowhere(text: str | None) -> None:
    assert not contains(("0.0.0.0/0", "::/0"), text)

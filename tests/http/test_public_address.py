"""Which addresses belong to the public Internet; everything else is refused."""

import pytest

from authorizers.http.public_address import is_loopback, is_public

PUBLIC = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2600:1f18::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # the metadata service of Alibaba Cloud
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",  # of AWS, and of others
    "169.254.170.2",  # credentials of tasks in Amazon ECS
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::1.1.1.1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:100.64.0.1",
    "::ffff:224.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1.1.1.1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:101:101::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # the metadata service of AWS
    "fe80::1",
    "fe80::1%eth0",
    "2600:1f18::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
NO_ADDRESS = [
    "",
    "localhost",
    "example.com",
    "1.1.1",
    "2130706433",
    "0x7f.1",
    "01.1.1.1",
    "1.1.1.1 ",
    "::g",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [*NOT_PUBLIC, *NO_ADDRESS])
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_is_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "1.1.1.1", "localhost"])
def test_nothing_else_is_loopback(address: str) -> None:
    assert not is_loopback(address)

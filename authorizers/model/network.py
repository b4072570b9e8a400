"""A network of source addresses, as documents, records and policies write it."""

NETWORK_EXPECTED = "write a network such as 10.0.0.0/8 or 2001:db8::/32, without host bits"


def canonical_network(text: str) -> str:
    """
    Return the network `text` in its one spelling: a CIDR block without host bits, and without
    what may follow an IPv6 address after `%` (RFC 4007 §11), which can be any text.

    Raises:
        ValueError: it is none; says what to write instead, without the text.
    """
    from ipaddress import ip_network  # noqa: PLC0415 only who has networks pays

    try:
        network = None if "%" in text else ip_network(text)
    except ValueError:
        network = None
    if network is None:
        raise ValueError(NETWORK_EXPECTED)
    return str(network)

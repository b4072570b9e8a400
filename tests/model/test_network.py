"""Networks have one spelling, and nothing in them is free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizers.model.network import canonical_network


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:DB8:0::/48", "2001:db8::/48"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_network_is_written_in_its_one_spelling(text: str, canonical: str) -> None:
    assert canonical_network(text) == canonical
    assert canonical_network(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "everywhere", "*", "172.16.0.0/12 ",
        "::/129",
        "fe80::%eth0/64", "fe80::%${aws:username}/64", "fe80::%\n/64", "fe80::%\ud800/64", "::%*/0",
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="write a network") as raised:
        canonical_network(text)
    assert not text.strip("*") or text not in str(raised.value)


@given(st.text(max_size=40))
def test_whatever_is_taken_is_made_of_digits_dots_colons_and_one_slash(text: str) -> None:
    try:
        network = canonical_network(text)
    except ValueError:
        return
    assert set(network) <= set("0123456789abcdef.:/")
    assert network.count("/") == 1

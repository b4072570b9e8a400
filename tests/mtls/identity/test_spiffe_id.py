"""SPIFFE IDs: one spelling for each, and nothing that is nearly one."""

import pytest

from authorizers.mtls.identity.spiffe_id import SpiffeId, is_trust_domain, parse_spiffe_id

GOOD = [
    "spiffe://example.org",
    "spiffe://example.org/orders",
    "spiffe://example.org/ns/staging/sa/default",
    "spiffe://a_b-c.d/A.z_9-0/...",
    "spiffe://1/1",
    "spiffe://" + "a" * 255,
    "spiffe://a/" + "b" * 2037,
]
BAD = {
    "empty": "",
    "no_scheme": "example.org/orders",
    "other_scheme": "https://example.org/orders",
    "upper_case_scheme": "SPIFFE://example.org/orders",
    "no_trust_domain": "spiffe:///orders",
    "no_authority": "spiffe:example.org/orders",
    "upper_case_trust_domain": "spiffe://Example.org/orders",
    "user": "spiffe://user@example.org/orders",
    "port": "spiffe://example.org:443/orders",
    "empty_port": "spiffe://example.org:/orders",
    "query": "spiffe://example.org/orders?a=b",
    "empty_query": "spiffe://example.org/orders?",
    "fragment": "spiffe://example.org/orders#a",
    "percent": "spiffe://example.org/%6frders",
    "percent_in_trust_domain": "spiffe://example%2eorg/orders",
    "slash_at_the_end": "spiffe://example.org/orders/",
    "slash_alone": "spiffe://example.org/",
    "empty_segment": "spiffe://example.org//orders",
    "dot_segment": "spiffe://example.org/./orders",
    "dot_dot_segment": "spiffe://example.org/a/../orders",
    "dot_dot_at_the_end": "spiffe://example.org/..",
    "space": "spiffe://example.org/or ders",
    "newline": "spiffe://example.org/orders\n",
    "nul": "spiffe://example.org/orders\0",
    "non_ascii": "spiffe://example.org/bücher",
    "non_ascii_digit": "spiffe://example.org/\N{ARABIC-INDIC DIGIT ONE}",
    "backslash": "spiffe://example.org\\orders",
    "wildcard": "spiffe://example.org/*",
    "comma": "spiffe://example.org/a,b",
    "plus": "spiffe://example.org/a+b",
    "tilde": "spiffe://example.org/~a",
    "trust_domain_too_long": "spiffe://" + "a" * 256 + "/a",
    "too_long": "spiffe://a/" + "b" * 2038,
}


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_its_text_is_what_was_parsed(text: str) -> None:
    assert str(parse_spiffe_id(text)) == text


def test_its_parts() -> None:
    assert parse_spiffe_id("spiffe://example.org/a/b") == SpiffeId("example.org", "/a/b")
    assert parse_spiffe_id("spiffe://example.org") == SpiffeId("example.org", "")


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_nearly_one_is_none(text: str) -> None:
    assert parse_spiffe_id(text) is None


@pytest.mark.parametrize(
    "text", ["", "Example.org", "example.org:1", "a/b", "a@b", "a b", "a\n", "ä", "a" * 256]
)
def test_what_is_no_trust_domain(text: str) -> None:
    assert not is_trust_domain(text)

"""A compact JWS has one spelling; any other text, of any size and shape, is malformed."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from authorizers.errors import MalformedCredential
from authorizers.jwt.compact import decode_base64url, parse_compact

HEADER = b'{"alg":"RS256"}'
CLAIMS = b'{"iss":"https://issuer.example"}'


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


SOUND = f"{b64(HEADER)}.{b64(CLAIMS)}.c2lnbg"
Compact = Callable[..., str]
Refuse = Callable[[str], None]


def test_a_token_is_taken_apart(compact: Compact) -> None:
    token = parse_compact(compact(HEADER, CLAIMS, b"\x00\xffsignature"))

    assert token.header == {"alg": "RS256"}
    assert token.claims == {"iss": "https://issuer.example"}
    assert token.signing_input == f"{b64(HEADER)}.{b64(CLAIMS)}".encode()
    assert token.signature == b"\x00\xffsignature"


def test_what_is_signed_is_what_was_sent_and_not_what_was_parsed(compact: Compact) -> None:
    spaced = b'{ "iss" :\t"https://issuer.example"\r\n}'

    assert parse_compact(compact(payload=spaced)).signing_input.endswith(b64(spaced).encode())


def test_an_unverified_token_is_not_printed(compact: Compact) -> None:
    token = parse_compact(compact(payload=b'{"sub":"sentinel"}'))

    assert "sentinel" not in f"{token!r} {token} {[token]}"


# The three parts (RFC 7515 §7.1)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        b64(HEADER),
        f"{b64(HEADER)}.{b64(CLAIMS)}",
        f"{b64(HEADER)}.{b64(CLAIMS)}.",
        f"{b64(HEADER)}..c2lnbg",
        f".{b64(CLAIMS)}.c2lnbg",
        f".{SOUND}",
        f"{SOUND}.",
        f"{SOUND}.c2lnbg",
        f"{SOUND}.c2lnbg.c2lnbg",
        f"{b64(HEADER)}...{b64(CLAIMS)}.c2lnbg",
        "." * 10_000,
        ".".join(["YQ"] * 10_000),
        "a" * 1_000_000,
        f"{'a' * 1_000_000}.b.c",
        f"{b64(HEADER)}.{b64(CLAIMS)}.{'a.' * 100_000}",
    ],
)
def test_another_number_of_parts_is_malformed(token: str, refuse: Refuse) -> None:
    refuse(token)


def test_a_large_part_that_is_no_json_is_malformed(refuse: Refuse) -> None:
    refuse(f"{'A' * 1_000_000}.{b64(CLAIMS)}.c2lnbg")
    refuse(f"{b64(HEADER)}.{'A' * 1_000_000}.c2lnbg")


@pytest.mark.parametrize(
    "token",
    [
        json.dumps({"payload": b64(CLAIMS), "protected": b64(HEADER), "signature": "c2lnbg"}),
        json.dumps({"payload": b64(CLAIMS), "signatures": [{"protected": b64(HEADER)}]}),
        f'{{"protected":"{b64(HEADER)}.{b64(CLAIMS)}.","payload":"x","signature":"c2lnbg"}}',
        f'  {{"a":"{SOUND}"}}',
    ],
)
def test_the_json_serialization_and_polyglots_of_it_are_malformed(
    token: str, refuse: Refuse
) -> None:
    refuse(token)


# base64url (RFC 7515 §2)


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize(
    "junk",
    [
        "=", "==", "===", " ", "\t", "\n", "\r\n", "\x00", "+", "/", "%3D", "!", "~", "\u00e9",
        "\uff21", "\ud800", "\ufeff", "\u200b", "A=", "AA==", "=AAAA", '"', "'", "*",
    ],
)  # fmt: skip
def test_any_other_character_is_malformed_wherever_it_stands(
    part: int, junk: str, compact: Compact, refuse: Refuse
) -> None:
    parts = compact().split(".")
    text = parts[part]

    for place in (0, len(text) // 2, len(text)):
        changed = text[:place] + junk + text[place:]
        refuse(".".join([*parts[:part], changed, *parts[part + 1 :]]))


@pytest.mark.parametrize("data", [b"a", b"ab", b"abc", b"abcd", b"abcde"])
def test_padding_is_malformed_even_where_it_is_right(data: bytes) -> None:
    padded = urlsafe_b64encode(data).decode()

    assert decode_base64url(b64(data).encode()) == data
    if "=" in padded:
        with pytest.raises(MalformedCredential):
            decode_base64url(padded.encode())


@pytest.mark.parametrize("data", [b"a", b"ab", b"\xff", b"\xff\xff"])
def test_bits_that_decode_to_nothing_are_not_set(data: bytes) -> None:
    """A second spelling of the same octets is a second token to whoever remembers tokens."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    canonical = b64(data)

    for last in alphabet:
        other = canonical[:-1] + last
        if other == canonical:
            assert decode_base64url(other.encode()) == data
        elif alphabet.index(last) % (16 if len(data) == 1 else 4):
            with pytest.raises(MalformedCredential):
                decode_base64url(other.encode())


@pytest.mark.parametrize("length", [1, 5, 9, 341])
def test_a_length_that_no_octets_have_is_malformed(length: int) -> None:
    with pytest.raises(MalformedCredential):
        decode_base64url(b"A" * length)


@given(st.binary(max_size=64).filter(len))
def test_octets_have_exactly_one_spelling(data: bytes) -> None:
    assert decode_base64url(b64(data).encode()) == data


@given(st.binary(max_size=12))
@example(b"AA=")
@example(b"AB")
@example(b"")
def test_what_decodes_is_what_would_be_encoded(part: bytes) -> None:
    try:
        data = decode_base64url(part)
    except MalformedCredential:
        return
    assert b64(data).encode() == part


# Whatever is sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
CHARACTERS = 'abcABC019-_.={}"\\:,[] \n\u00e9\ud800+/'


@settings(max_examples=300)
@given(st.text() | st.text(CHARACTERS, max_size=60))
def test_no_text_raises_anything_but_malformed(token: str) -> None:
    with suppress(MalformedCredential):
        parse_compact(token)


@settings(max_examples=300)
@given(header=st.binary(), payload=st.binary(), signature=st.binary())
def test_no_octets_raise_anything_but_malformed(
    compact: Compact, header: bytes, payload: bytes, signature: bytes
) -> None:
    for token in (compact(header, payload, signature), compact(HEADER, payload, signature)):
        with suppress(MalformedCredential):
            parse_compact(token)


@settings(max_examples=300)
@given(JSON)
def test_every_json_object_is_read_as_it_was_written(compact: Compact, value: Any) -> None:
    text = json.dumps(value)
    try:
        claims = parse_compact(compact(payload=text.encode())).claims
    except MalformedCredential:
        lone = any("\ud800" <= c <= "\udfff" for c in json.dumps(value, ensure_ascii=False))
        assert not isinstance(value, dict) or lone or "NaN" in text or "Infinity" in text
        return
    assert json.dumps(claims) == text


@settings(max_examples=300)
@given(st.data())
def test_a_token_that_is_nearly_right_raises_nothing_but_malformed(
    compact: Compact, data: st.DataObject
) -> None:
    token = compact()
    place = data.draw(st.integers(0, len(token)))
    kept = data.draw(st.integers(0, 3))
    changed = token[:place] + data.draw(st.text(CHARACTERS, max_size=3)) + token[place + kept :]
    try:
        parsed = parse_compact(changed)
    except MalformedCredential:
        return
    assert parsed.signing_input == changed.encode().rpartition(b".")[0]

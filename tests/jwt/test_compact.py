"""A compact JWS has one spelling; any other text, of any size and shape, is malformed."""

import json
import time
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from authorizers.errors import MalformedCredential
from authorizers.jwt.compact import decode_base64url, parse_compact, parse_json_object

HEADER = b'{"alg":"RS256"}'
CLAIMS = b'{"iss":"https://issuer.example"}'


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(header: bytes = HEADER, payload: bytes = CLAIMS, signature: bytes = b"sign") -> str:
    return f"{b64(header)}.{b64(payload)}.{b64(signature)}"


def refuse(token: str) -> None:
    with pytest.raises(MalformedCredential) as raised:
        parse_compact(token)
    assert raised.value.code == "jwt_malformed"
    assert raised.value.__cause__ is None


def refuse_json(octets: bytes) -> None:
    """As the payload, and as the header."""
    refuse(compact(payload=octets))
    refuse(compact(header=octets))


def test_a_token_is_taken_apart() -> None:
    token = parse_compact(compact(HEADER, CLAIMS, b"\x00\xffsignature"))

    assert token.header == {"alg": "RS256"}
    assert token.claims == {"iss": "https://issuer.example"}
    assert token.signing_input == f"{b64(HEADER)}.{b64(CLAIMS)}".encode()
    assert token.signature == b"\x00\xffsignature"


def test_what_is_signed_is_what_was_sent_and_not_what_was_parsed() -> None:
    spaced = b'{ "iss" :\t"https://issuer.example"\r\n}'

    assert parse_compact(compact(payload=spaced)).signing_input.endswith(b64(spaced).encode())


def test_an_unverified_token_is_not_printed() -> None:
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
        f".{compact()}",
        f"{compact()}.",
        f"{compact()}.c2lnbg",
        f"{compact()}.c2lnbg.c2lnbg",
        f"{b64(HEADER)}...{b64(CLAIMS)}.c2lnbg",
        "." * 10_000,
        ".".join(["YQ"] * 10_000),
        "a" * 1_000_000,
        f"{'a' * 1_000_000}.b.c",
        f"{b64(HEADER)}.{b64(CLAIMS)}.{'a.' * 100_000}",
    ],
)
def test_another_number_of_parts_is_malformed(token: str) -> None:
    refuse(token)


def test_a_large_part_that_is_no_json_is_malformed() -> None:
    refuse(f"{'A' * 1_000_000}.{b64(CLAIMS)}.c2lnbg")
    refuse(f"{b64(HEADER)}.{'A' * 1_000_000}.c2lnbg")


@pytest.mark.parametrize(
    "token",
    [
        json.dumps({"payload": b64(CLAIMS), "protected": b64(HEADER), "signature": "c2lnbg"}),
        json.dumps({"payload": b64(CLAIMS), "signatures": [{"protected": b64(HEADER)}]}),
        f'{{"protected":"{b64(HEADER)}.{b64(CLAIMS)}.","payload":"x","signature":"c2lnbg"}}',
        f'  {{"a":"{compact()}"}}',
    ],
)
def test_the_json_serialization_and_polyglots_of_it_are_malformed(token: str) -> None:
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
def test_any_other_character_is_malformed_wherever_it_stands(part: int, junk: str) -> None:
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


# JSON (RFC 7519 §4, §7.2; RFC 8259)


@pytest.mark.parametrize(
    "octets",
    [
        b"[]", b'["iss"]', b'"iss"', b"1", b"-0", b"1e3", b"true", b"null", b" ", b"\n",
        b"{", b"}", b"{}}", b"{}{}", b"{},", b"{} x", b"{}\x00", b"{}\xc2\xa0", b"\xc2\xa0{}",
        b"\x0b{}", b"\x0c{}", b"[{}]", b"{'iss':1}", b"{iss:1}", b'{"a":1,}', b'{"a"}', b'{"a":}',
        b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}', b'{"a":0x1}', b'{"a":1_0}',
        b'{"a":True}', b'{"a":undefined}', b'{"a":"\n"}', b'{"a":"\t"}', b'{"a":"\x00"}',
        b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a":"\\u"}', b'{"a":"', b'{"a":"\\', b'{"a":1/**/}',
        b"//\n{}", b'{"a":\xef\xbc\x91}',
    ],
)  # fmt: skip
def test_what_is_not_one_json_object_is_malformed(octets: bytes) -> None:
    refuse_json(octets)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "nan", "inf", "-NaN"])
@pytest.mark.parametrize("place", ['{"exp":%s}', '{"a":[%s]}', '{"a":{"b":%s}}'])
def test_a_number_that_is_none_is_malformed(number: str, place: str) -> None:
    refuse_json((place % number).encode())


@pytest.mark.parametrize(
    "octets",
    [
        b"\xef\xbb\xbf{}",
        b"\xef\xbb\xbf" + CLAIMS,
        CLAIMS.decode().encode("utf-16"),
        CLAIMS.decode().encode("utf-16-le"),
        CLAIMS.decode().encode("utf-16-be"),
        CLAIMS.decode().encode("utf-32"),
        CLAIMS.decode().encode("utf-32-be"),
        b'{"a":"\xff"}',
        b'{"a":"\xc3"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\xe0\x80\xaf"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xf4\x90\x80\x80"}',
        b'{"caf\xe9":1}',
    ],
)
def test_anything_but_utf_8_without_a_mark_is_malformed(octets: bytes) -> None:
    refuse_json(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1,"b":2,"a":3}',
        b'{"a":1,"\\u0061":2}',
        b'{"":1,"":2}',
        b'{"x":{"a":1,"a":2}}',
        b'{"x":[{"a":1,"a":2}]}',
        b'{"x":{"y":{"a":null,"a":null}}}',
    ],
)
def test_a_repeated_name_is_malformed_at_any_depth(octets: bytes) -> None:
    refuse_json(octets)


@pytest.mark.parametrize("text", [b"\\ud800", b"\\udfff", b"\\udc00\\ud800", b"x\\uD83D"])
@pytest.mark.parametrize("place", [b'{"a":"%s"}', b'{"%s":1}', b'{"a":["%s"]}', b'{"a":{"%s":1}}'])
def test_a_lone_surrogate_is_malformed_in_a_name_and_in_a_value(text: bytes, place: bytes) -> None:
    refuse_json(place % text)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_malformed_and_quickly_so(
    depth: int, opening: bytes, closing: bytes
) -> None:
    started = time.perf_counter()
    for end in (b"1" + closing * depth, b"", b"1"):
        refuse_json(b'{"a":' + opening * depth + end + b"}")
    assert time.perf_counter() - started < 5


def test_an_integer_of_many_digits_is_malformed() -> None:
    """Reading one takes time that grows with the square of its length."""
    refuse_json(b'{"a":' + b"9" * 10_000 + b"}")


def test_white_space_of_json_is_no_error() -> None:
    assert parse_compact(compact(payload=b" \t\r\n" + CLAIMS + b"\r\n\t ")).claims["iss"]


def test_a_remembered_header_is_not_shared_with_a_longer_one() -> None:
    one = parse_compact(compact(header=b'{"alg":"RS256","kid":"a"}'))
    two = parse_compact(compact(header=b'{"alg":"RS256","kid":"b"}'))

    assert (one.header["kid"], two.header["kid"]) == ("a", "b")


def test_a_malformed_header_is_refused_every_time() -> None:
    for _ in range(3):
        refuse(compact(header=b'{"alg":"RS256","alg":"none"}'))


def test_ten_thousand_headers_leave_nothing_behind() -> None:
    """The memory of parsed headers is small, whatever callers invent."""
    from authorizers.jwt import compact as module

    for number in range(1_000):
        parse_compact(compact(header=b'{"alg":"RS256","kid":"%d"}' % number))

    info = module._parse_header.cache_info()
    assert info.currsize <= (info.maxsize or 0) <= 64


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
    header: bytes, payload: bytes, signature: bytes
) -> None:
    for token in (compact(header, payload, signature), compact(HEADER, payload, signature)):
        with suppress(MalformedCredential):
            parse_compact(token)


@settings(max_examples=300)
@given(JSON)
def test_every_json_object_is_read_as_it_was_written(value: Any) -> None:
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
def test_a_token_that_is_nearly_right_raises_nothing_but_malformed(data: st.DataObject) -> None:
    token = compact()
    place = data.draw(st.integers(0, len(token)))
    kept = data.draw(st.integers(0, 3))
    changed = token[:place] + data.draw(st.text(CHARACTERS, max_size=3)) + token[place + kept :]
    try:
        parsed = parse_compact(changed)
    except MalformedCredential:
        return
    assert parsed.signing_input == changed.encode().rpartition(b".")[0]

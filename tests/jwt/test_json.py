"""The header and the claims are one JSON object each, in UTF-8, with unique names."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from authorizers.errors import MalformedCredential
from authorizers.jwt.compact import parse_compact, parse_json_object

CLAIMS = b'{"iss":"https://issuer.example"}'
Compact = Callable[..., str]
Refuse = Callable[[str], None]
RefuseJson = Callable[[bytes], None]


@pytest.fixture
def refuse_json(compact: Compact, refuse: Refuse) -> RefuseJson:
    """As the payload, and as the header."""

    def refuse_both(octets: bytes) -> None:
        refuse(compact(payload=octets))
        refuse(compact(header=octets))

    return refuse_both


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
def test_what_is_not_one_json_object_is_malformed(octets: bytes, refuse_json: RefuseJson) -> None:
    refuse_json(octets)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "nan", "inf", "-NaN"])
@pytest.mark.parametrize("place", ['{"exp":%s}', '{"a":[%s]}', '{"a":{"b":%s}}'])
def test_a_number_that_is_none_is_malformed(
    number: str, place: str, refuse_json: RefuseJson
) -> None:
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
def test_anything_but_utf_8_without_a_mark_is_malformed(
    octets: bytes, refuse_json: RefuseJson
) -> None:
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
def test_a_repeated_name_is_malformed_at_any_depth(octets: bytes, refuse_json: RefuseJson) -> None:
    refuse_json(octets)


@pytest.mark.parametrize("text", [b"\\ud800", b"\\udfff", b"\\udc00\\ud800", b"x\\uD83D"])
@pytest.mark.parametrize("place", [b'{"a":"%s"}', b'{"%s":1}', b'{"a":["%s"]}', b'{"a":{"%s":1}}'])
def test_a_lone_surrogate_is_malformed_in_a_name_and_in_a_value(
    text: bytes, place: bytes, refuse_json: RefuseJson
) -> None:
    refuse_json(place % text)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


NESTED = pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])


@NESTED
def test_deep_nesting_is_malformed_and_quickly_so(
    opening: bytes, closing: bytes, refuse_json: RefuseJson
) -> None:
    started = time.perf_counter()
    for end in (b"1" + closing * 100_000, b"", b"1"):
        refuse_json(b'{"a":' + opening * 100_000 + end + b"}")
    assert time.perf_counter() - started < 5


@NESTED
@pytest.mark.parametrize("text", [b"1", b'"\\ud83d\\ude00"', b'"\\ud800"'])
def test_nesting_that_fits_into_a_token_is_parsed_or_malformed(
    opening: bytes, closing: bytes, text: bytes
) -> None:
    """How deep is too deep differs between versions of Python; an error of Python's never leaks."""
    for depth in (900, 1_500, 3_700):
        with suppress(MalformedCredential):
            parse_json_object(b'{"a":' + opening * depth + text + closing * depth + b"}")


def test_an_integer_of_many_digits_is_malformed(refuse_json: RefuseJson) -> None:
    """Reading one takes time that grows with the square of its length."""
    refuse_json(b'{"a":' + b"9" * 10_000 + b"}")


def test_white_space_of_json_is_no_error(compact: Compact) -> None:
    assert parse_compact(compact(payload=b" \t\r\n" + CLAIMS + b"\r\n\t ")).claims["iss"]


def test_a_remembered_header_is_not_shared_with_a_longer_one(compact: Compact) -> None:
    one = parse_compact(compact(header=b'{"alg":"RS256","kid":"a"}'))
    two = parse_compact(compact(header=b'{"alg":"RS256","kid":"b"}'))

    assert (one.header["kid"], two.header["kid"]) == ("a", "b")


def test_a_malformed_header_is_refused_every_time(compact: Compact, refuse: Refuse) -> None:
    for _ in range(3):
        refuse(compact(header=b'{"alg":"RS256","alg":"none"}'))


def test_ten_thousand_headers_leave_nothing_behind(compact: Compact) -> None:
    """The memory of parsed headers is small, whatever callers invent."""
    from authorizers.jwt import compact as module

    for number in range(1_000):
        parse_compact(compact(header=b'{"alg":"RS256","kid":"%d"}' % number))

    info = module._parse_header.cache_info()
    assert info.currsize <= (info.maxsize or 0) <= 64

"""The index against what `cryptography` sees in the same octets, however they are made."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizers.errors import DependencyError
from authorizers.mtls import der
from authorizers.mtls.crl import scan
from authorizers.mtls.crl.crl import MAX_BYTES, Crl
from authorizers.mtls.crl.entries import Entries
from authorizers.mtls.crl.outline import Outline, outline

DATE = der.encode(der.UTC_TIME, b"260101000000Z")
LATE_DATE = der.encode(der.GENERALIZED_TIME, b"20510101000000Z")
REASON = bytes.fromhex("300a0603551d1504030a01")
INVALIDITY = bytes.fromhex("30180603551d180411180f") + b"20251231235959Z"
ISSUER = bytes.fromhex("301c0603551d1d0101ff0412 3010a40e300c310a30080603550403 0c0141")
TAILS = (
    b"",
    REASON + b"\x01",
    REASON + b"\x06",
    INVALIDITY,
    REASON + b"\x04" + INVALIDITY,
    INVALIDITY + REASON + b"\x00",
    bytes.fromhex("300d0603551d150101ff04030a0101"),  # a reason that is critical
    ISSUER,
)


def entry(serial: int, tail: bytes = b"", date: bytes = DATE) -> bytes:
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, signed=True)
    extensions = der.encode(der.SEQUENCE, tail) if tail else b""
    return der.encode(der.SEQUENCE, der.encode(der.INTEGER, octets), date, extensions)


@cache
def empty() -> Outline:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateRevocationListBuilder(name, now, now + timedelta(days=7))
    builder = builder.add_extension(x509.CRLNumber(1), False)
    crl = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return outline(crl.public_bytes(Encoding.DER))


def serials_of(octets: bytes) -> list[int]:
    return [revoked.serial_number for revoked in x509.load_der_x509_crl(octets)]


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lists of a few hundred entries go every way that lists of a million go."""
    monkeypatch.setattr(scan, "_SAMPLE", 4)
    monkeypatch.setattr(scan, "_SEEN", 3)


serials = st.one_of(
    st.integers(0, 2**159 - 1),
    st.integers(2**119, 2**128),
    st.integers(0, 70_000),
    st.integers(-(2**70), 2**170),
)
entries = st.builds(
    entry, serials, st.sampled_from(TAILS), st.sampled_from((DATE, DATE, LATE_DATE))
)
rows = st.builds(  # many entries of one shape, as in real lists
    lambda first, count, tail: [entry(first + i, tail) for i in range(count)],
    st.integers(2, 2**150),
    st.integers(1, 120),
    st.sampled_from(TAILS[:6]),
)


@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")
@settings(deadline=None)
@given(
    st.lists(st.one_of(rows, st.lists(entries, min_size=1, max_size=30)), min_size=1, max_size=6)
)
def test_every_serial_number_is_found_and_no_other(parts: list[list[bytes]]) -> None:
    octets = empty().with_entries([octets for part in parts for octets in part])
    expected = serials_of(octets)

    found = Crl.parse(octets, "x").entries

    assert len(found) == len(expected)
    for serial in set(expected):
        assert len(found.find_all(serial)) == expected.count(serial)
        assert {one.serial for one in found.find_all(serial)} == {serial}
        if serial + 1 not in expected:
            assert found.find(serial + 1) is None


@settings(deadline=None)
@given(
    st.sampled_from(["runs", "alternating", "strange"]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3),
    st.integers(0, 3),
)
def test_damaged_octets_are_refused_or_lose_nothing(
    kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    octets = bytearray(sample(kind))
    for place, value in changes:
        octets[place % len(octets)] = value
    damaged = bytes(octets[: len(octets) - cut])

    try:
        found = parsed(damaged)
        seen = serials_of(damaged)
    except (DependencyError, ValueError):  # the latter is cryptography's: of a date in month 13
        return

    assert len(found) == len(seen)
    assert all(found.find(serial) for serial in seen)


def parsed(octets: bytes) -> Entries:
    """Parse a list; a foreign error is one of this test."""
    try:
        return Crl.parse(octets, "x").entries
    except ValueError as error:
        raise AssertionError from error


@cache
def sample(kind: str) -> bytes:
    source = random.Random(7)  # noqa: S311 any numbers do
    tails = {"runs": TAILS[:1], "alternating": TAILS[:4], "strange": TAILS}[kind]
    octets = 9 if kind == "runs" else 16
    made = [entry(source.getrandbits(octets * 8 - 1), source.choice(tails)) for _ in range(200)]
    return empty().with_entries(made)


def lots(count: int, tails: Sequence[bytes], bits: int = 127) -> tuple[bytes, list[int]]:
    source = random.Random(count)  # noqa: S311 any numbers do
    numbers = [source.getrandbits(bits) for _ in range(count)]
    made = [entry(number, tails[i % len(tails)]) for i, number in enumerate(numbers)]
    return empty().with_entries(made), numbers


@pytest.mark.parametrize(
    "tails", [TAILS[:1], TAILS[1:2], TAILS[:2]], ids=["plain", "reason", "mixed"]
)
@pytest.mark.parametrize("bits", [20, 127])
def test_long_lists_are_indexed_in_full(tails: Sequence[bytes], bits: int) -> None:
    octets, numbers = lots(50_000, tails, bits)

    found = Crl.parse(octets, "x").entries

    assert len(found) == len(numbers)
    assert all(found.find(number) for number in numbers[::97])
    known = set(numbers)
    assert not any(found.find(number ^ 1) for number in numbers[::97] if number ^ 1 not in known)


@pytest.mark.parametrize("tails", [TAILS[:1], TAILS[:2]], ids=["plain", "mixed"])
def test_serial_numbers_that_end_alike_are_all_found(tails: Sequence[bytes]) -> None:
    numbers = [(number << 64) + 1 for number in range(2**20, 2**20 + 50_000)]
    made = (entry(number, tails[number % len(tails)]) for number in numbers)

    found = Crl.parse(empty().with_entries(made), "x").entries

    assert all(found.find(number) for number in numbers[::97])
    assert found.find(numbers[0] + 2) is None
    assert found.find(1) is None


def test_of_two_entries_the_one_that_revokes_counts() -> None:
    removed = REASON + b"\x08"
    octets = empty().with_entries([entry(5, removed), entry(5), entry(6, removed)])

    found = Crl.parse(octets, "x").entries

    assert [one.reason for one in found.find_all(5)] == ["remove_from_crl", "unspecified"]
    assert found.find(5) == found.find_all(5)[1]
    six = found.find(6)
    assert six is not None
    assert six.removed


GOOD = entry(2**100)
BAD = {
    "a serial number with an octet too many": GOOD.replace(b"\x02\x0d", b"\x02\x0e\0").replace(
        b"\x30\x1e", b"\x30\x1f"
    ),
    "a length with an octet too many": b"\x30\x81" + GOOD[1:],
    "an indefinite length": b"\x30\x80" + GOOD[2:] + b"\0\0",
    "an empty serial number": der.encode(der.SEQUENCE, b"\x02\x00", DATE),
    "a serial number that is no INTEGER": GOOD.replace(b"\x02\x0d", b"\x04\x0d"),
    "no date": der.encode(der.SEQUENCE, b"\x02\x01\x05"),
    "a date without Z": GOOD[:-1] + b"0",
    "a date of letters": GOOD.replace(b"260101", b"26o1o1"),
    "an empty list of extensions": der.encode(der.SEQUENCE, b"\x02\x01\x05", DATE, b"\x30\x00"),
    "something behind the extensions": der.encode(
        der.SEQUENCE, b"\x02\x01\x05", DATE, der.encode(der.SEQUENCE, TAILS[1]), b"\x05\x00"
    ),
    "a reason that is none": entry(5, REASON + b"\x07"),
    "a reason twice": entry(5, TAILS[1] + TAILS[1]),
    "an entry that is cut off": GOOD[:-3],
    "an entry that is no SEQUENCE": b"\x31" + GOOD[1:],
    "a length that says there are no extensions": entry(2**100, TAILS[1]).replace(
        b"\x30\x2c", b"\x30\x1e"
    ),
}


@pytest.mark.parametrize("place", [0, 150, 299], ids=["first", "middle", "last"])
@pytest.mark.parametrize("name", BAD)
def test_one_bad_entry_makes_the_list_malformed(name: str, place: int) -> None:
    made = [entry(2**100 + number) for number in range(299)]
    octets = empty().with_entries([*made[:place], BAD[name], *made[place:]])

    with pytest.raises(DependencyError, match="crl_malformed"):
        Crl.parse(octets, "x")


def test_the_list_with_the_good_entry_is_not_malformed() -> None:
    assert len(Crl.parse(empty().with_entries([GOOD] * 3), "x").entries) == 3


def test_a_list_that_is_too_large_is_not_read() -> None:
    with pytest.raises(DependencyError, match="crl_too_large"):
        Crl.parse(bytes(MAX_BYTES + 1), "x")


PEM = b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
TEXTS = {
    "nothing": b"",
    "text": b"revoked: none",
    "another kind of block": PEM.replace(b"X509 CRL", b"CERTIFICATE"),
    "no DER within": PEM,
    "no base64 within": PEM.replace(b"AAAA", b"A=AA"),
    "two blocks": PEM + PEM,
    "something before it": b"see below\n" + PEM,
    "no end": PEM[:30],
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_is_not_one_block_of_pem_is_malformed(name: str) -> None:
    with pytest.raises(DependencyError, match="crl_malformed"):
        Crl.parse(TEXTS[name], "x")


def test_pem_and_der_are_the_same_list() -> None:
    octets = sample("alternating")
    pem = x509.load_der_x509_crl(octets).public_bytes(Encoding.PEM)

    assert len(Crl.parse(b"\n" + pem, "x").entries) == len(Crl.parse(octets, "x").entries) == 200

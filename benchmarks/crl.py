"""A list of a million entries: from bytes to ready, a look-up, and the memory it takes."""

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.mtls import der
from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.outline import outline
from benchmarks.figure import TIMES, Figure

ENTRIES = 1_000_000
ROUNDS = 5
LOOKUPS = 2_000
_DATE = der.encode(der.UTC_TIME, b"261101000000Z")
_REASON = bytes.fromhex("300c300a0603551d1504030a0101")
# The serial numbers' bits, and whether an entry has a reason. What authorities publish is the
# second; the third is one that names a reason now and then, with numbers of 128 bits.
KINDS = {"without reasons": (159, 0.0), "with reasons": (159, 1.0), "with both": (128, 0.5)}
_CHILD = """
import resource, sys
from benchmarks.crl import made
from authorizers.mtls.crl.crl import Crl
octets, _ = made("with reasons")
import tracemalloc
tracemalloc.start()
data = bytes(bytearray(octets))
crl = Crl.parse(data, "bench")
print(tracemalloc.get_traced_memory()[0])
"""


def made(kind: str) -> tuple[bytes, list[int]]:
    """Return a list of a kind, and its serial numbers. It is not signed: nobody asks here."""
    source = random.Random(1)  # noqa: S311 any numbers do
    bits, share = KINDS[kind]
    numbers = [source.getrandbits(bits) for _ in range(ENTRIES)]
    entries = (entry(number, with_reason=source.random() < share) for number in numbers)
    return outline(_empty()).with_entries(entries), numbers


def measure() -> Sequence[Figure]:
    """Index a list of each kind, ask the one with reasons, and weigh it in a child process."""
    ratios, details = {}, []
    for kind in KINDS:
        ours, theirs = _ready(made(kind)[0])
        ratios[kind] = ours / theirs
        details.append(f"{kind} {ours * 1e3:.0f} ms, {ours / theirs:.2f} {TIMES}")
    miss, hit = _lookups(*made("with reasons"))
    return [
        Figure(
            "a CRL of 1,000,000 entries, from bytes to ready",
            ratios["with reasons"],
            1.5,
            TIMES,
            f"of cryptography's own parse; {'; '.join(details)}",
        ),
        Figure(
            "a certificate that is not on it", miss, 5, "µs", f"one that is on it: {hit:.1f} µs"
        ),
        Figure("its memory", _megabytes(), 150, "MB", "with the bytes themselves"),
    ]


def _ready(octets: bytes) -> tuple[float, float]:
    """Return the least seconds that we and `cryptography` take, in turns."""
    turns = [
        (_seconds(lambda: Crl.parse(octets, "bench")), _seconds(lambda: _load(octets)))
        for _ in range(ROUNDS)
    ]
    ours, theirs = zip(*turns, strict=True)
    return min(ours), min(theirs)


def _load(octets: bytes) -> object:
    return x509.load_der_x509_crl(octets)


def _lookups(octets: bytes, numbers: list[int]) -> tuple[float, float]:
    """Return the microseconds for a number that is not on the list, and for one that is."""
    source = random.Random(2)  # noqa: S311 any numbers do
    absent = [source.getrandbits(159) for _ in range(LOOKUPS)]
    present = source.sample(numbers, LOOKUPS)
    find = Crl.parse(octets, "bench").entries.find
    assert not any(map(find, absent))
    assert all(map(find, present))
    return _each(find, absent), _each(find, present)


def _each(find: Callable[[int], object], numbers: list[int]) -> float:
    """Return the microseconds for one of `numbers`."""
    rounds = (_seconds(lambda: [find(number) for number in numbers]) for _ in range(ROUNDS))
    return min(rounds) / len(numbers) * 1e6


def _megabytes() -> float:
    done = subprocess.run(  # the list is made outside of what is traced
        [sys.executable, "-c", _CHILD], check=True, capture_output=True, text=True
    )
    return int(done.stdout) / 1e6


def _seconds(work: Callable[[], object]) -> float:
    started = process_time()
    work()
    return process_time() - started


def entry(number: int, *, with_reason: bool) -> bytes:
    """Return the entry of a serial number, with a reason or without."""
    octets = number.to_bytes(number.bit_length() // 8 + 1)
    serial = bytes((der.INTEGER, len(octets))) + octets
    inner = serial + _DATE + (_REASON if with_reason else b"")
    return bytes((der.SEQUENCE, len(inner))) + inner


def _empty() -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Benchmark CA")])
    now = datetime(2026, 11, 1, tzinfo=UTC)
    builder = x509.CertificateRevocationListBuilder(name, now, now + timedelta(days=7))
    builder = builder.add_extension(x509.CRLNumber(1), False)
    crl = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return crl.public_bytes(Encoding.DER)

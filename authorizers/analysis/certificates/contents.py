"""
What is wrong with one certificate of a truststore, whatever stands beside it: one function a rule.

Sources: "Configuring your truststore"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html): "SHA-256 or
stronger, RSA-2048 or stronger, ECDSA-256 or stronger"; RFC 5280 §4.2 and §6.1.4, which is what the
authorizers of this package go by.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

from authorizers.analysis.certificates.entry import Entry, read
from authorizers.analysis.certificates.words import key_text, moment_text, signature_text
from authorizers.mtls.path.strength import is_strong_key, is_strong_signature


class Times(NamedTuple):
    """The time that is asked about, and until when a certificate should hold, since 1970."""

    now: float
    until: float


Message = str
Rule = Callable[[Entry, Times], Iterator[Message]]


def _version(entry: Entry, _: Times) -> Iterator[Message]:
    if entry.certificate.version is x509.Version.v1:
        yield (
            "of version 1, which has no extensions: it cannot say that it is an authority's, and is"
            " taken for none (RFC 5280 §6.1.4 (k)): have it issued again"
        )


def _unreadable(entry: Entry, _: Times) -> Iterator[Message]:
    if entry.extensions is None:
        yield "its extensions cannot be read: have it issued again"


def _not_an_authority(entry: Entry, _: Times) -> Iterator[Message]:
    if entry.extensions is None or entry.certificate.version is x509.Version.v1:
        return
    if entry.is_authority:
        return
    if entry.is_self_issued:
        yield (
            "no authority's (basicConstraints without CA), but somebody's own: it lets in whoever"
            " has its key, and nobody else: put an authority's in its place"
        )
    else:
        yield (
            "no authority's (basicConstraints without CA), and nothing can be issued with it: put"
            " the certificate of its issuer in its place"
        )


def _cannot_sign(entry: Entry, _: Times) -> Iterator[Message]:
    usage = entry.extension(x509.KeyUsage)
    if entry.is_authority and usage is not None and not usage.key_cert_sign:
        yield (
            "its keyUsage has no keyCertSign, so what it issued is refused (RFC 5280 §6.1.4 (n)):"
            " have it issued again"
        )


def _not_for_clients(entry: Entry, _: Times) -> Iterator[Message]:
    usage = entry.extension(x509.ExtendedKeyUsage)
    known = {Usage.CLIENT_AUTH, Usage.ANY_EXTENDED_KEY_USAGE}
    if entry.is_authority and usage is not None and known.isdisjoint(usage):
        yield (
            "its extendedKeyUsage has no clientAuth: many verifiers take no client's certificate"
            " from such an authority"
        )


def _weak_key(entry: Entry, _: Times) -> Iterator[Message]:
    if not read(lambda: is_strong_key(entry.certificate)):
        yield (
            f"its key is {key_text(entry.certificate)}, and API Gateway takes RSA-2048 or stronger"
            " and ECDSA-256 or stronger: have it issued again"
        )


def _other_key(entry: Entry, _: Times) -> Iterator[Message]:
    strong = read(lambda: is_strong_key(entry.certificate))
    if strong and not read(lambda: is_strong_key(entry.certificate, of_authority=True)):
        yield (
            f"its key is {key_text(entry.certificate)}, and AWS names RSA and ECDSA only: what it"
            " issued is refused: have it issued again"
        )


def _weak_signature(entry: Entry, _: Times) -> Iterator[Message]:
    if not read(lambda: is_strong_signature(entry.certificate)):
        yield (
            f"signed with {signature_text(entry.certificate)}, and API Gateway takes SHA-256 or"
            " stronger: have it issued again"
        )


def _expired(entry: Entry, times: Times) -> Iterator[Message]:
    after = entry.certificate.not_valid_after_utc
    if after.timestamp() < times.now:
        yield (
            f"expired on {moment_text(after)}: whoever has a certificate below it is refused: put"
            " its successor in its place"
        )


def _expires_soon(entry: Entry, times: Times) -> Iterator[Message]:
    after = entry.certificate.not_valid_after_utc
    if times.now <= after.timestamp() < times.until:
        yield f"expires on {moment_text(after)}: put its successor beside it in time"


def _not_yet_valid(entry: Entry, times: Times) -> Iterator[Message]:
    before = entry.certificate.not_valid_before_utc
    if before.timestamp() > times.now:
        yield f"not valid before {moment_text(before)}: until then, what it issued is refused"


def _name_constraints(entry: Entry, _: Times) -> Iterator[Message]:
    constraints = entry.extension(x509.NameConstraints)
    if constraints is not None:
        permitted, excluded = constraints.permitted_subtrees, constraints.excluded_subtrees
        kinds = [f"permits {_names(permitted)}"] if permitted else []
        kinds += [f"excludes {_names(excluded)}"] if excluded else []
        yield f"its name constraints: {'; '.join(kinds)}"


def _names(subtrees: list[x509.GeneralName]) -> str:
    return ", ".join(_name(name) for name in subtrees)


def _name(name: x509.GeneralName) -> str:
    kind = type(name).__name__.removesuffix("Name")
    value = name.value
    text = value.rfc4514_string() if isinstance(value, x509.Name) else str(value)
    return f"{_KINDS.get(kind, kind)} {text or '(all)'}"


_KINDS = {"DNS": "dNSName", "RFC822": "rfc822Name", "UniformResourceIdentifier": "URI"}

RULES: Mapping[str, Rule] = {
    "certificate-version": _version,
    "certificate-unreadable": _unreadable,
    "not-an-authority": _not_an_authority,
    "authority-cannot-sign": _cannot_sign,
    "authority-not-for-clients": _not_for_clients,
    "weak-key": _weak_key,
    "key-not-listed": _other_key,
    "weak-signature": _weak_signature,
    "certificate-expired": _expired,
    "certificate-expires-soon": _expires_soon,
    "certificate-not-yet-valid": _not_yet_valid,
    "name-constraints": _name_constraints,
}

"""Client certificates: who is trusted to issue them, whom they name, whether they are revoked."""

import re
from typing import Annotated, Literal

from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import CertificatePoliciesOID
from pydantic import AfterValidator, Field

from authorizers.config.certificate_facts import FINGERPRINT_PATTERN, fingerprint, trust_domain
from authorizers.config.document.file_place import FilePlace
from authorizers.config.document.revocation import SomeRevocation
from authorizers.config.document.words import Part, Reason, Seconds, spelled
from authorizers.mtls.identity.spiffe_id import MAX_TRUST_DOMAIN_CHARS

IDENTITIES = ("spiffe", "uri", "dns", "email", "common_name", "serial", "fingerprint")
# Developer Guide, "Configuring your truststore" (REST APIs): chains of at most four certificates,
# which are four authorities, an anchor among them; the client's own is not counted.
MAX_INTERMEDIATES = 3
MAX_REFRESH_SECONDS = 3600  # longer, and a revoked certificate or authority would count on
_TRUST_DOMAIN = "[a-z0-9._-]+"
_OID = r"[0-2](?:\.(?:0|[1-9][0-9]{0,30})){1,20}"


def _policy(text: str) -> str:
    try:
        known = ObjectIdentifier(text) if re.fullmatch(_OID, text) else None
    except ValueError:
        known = None
    if known is None:
        raise ValueError("write an object identifier in dotted numbers, such as 1.3.6.1.4.1.99.1")
    if known == CertificatePoliciesOID.ANY_POLICY:
        raise ValueError("anyPolicy is no policy: name one, or leave policies out")
    return text


def _refresh(seconds: int) -> int:
    if seconds > MAX_REFRESH_SECONDS:
        raise ValueError("write at most 1h: for so long what has changed in a file is not seen")
    return seconds


def _max_intermediates(number: int) -> int:
    if not 0 <= number <= MAX_INTERMEDIATES:
        raise ValueError(f"write a whole number from 0 to {MAX_INTERMEDIATES}")
    return number


TrustDomain = Annotated[
    str,
    AfterValidator(trust_domain),
    spelled(_TRUST_DOMAIN, "example.org", maxLength=MAX_TRUST_DOMAIN_CHARS),
]
Fingerprint = Annotated[
    str,
    AfterValidator(fingerprint),
    Field(json_schema_extra={"pattern": f"^(?:{FINGERPRINT_PATTERN})$"}),
]
Policy = Annotated[str, AfterValidator(_policy), spelled(_OID, "1.3.6.1.4.1.99.1")]


class ClientCertificate(Part):
    """
    Client certificates of one sort: what API Gateway does not check of them. There is no default
    for what decides whom to trust.
    """

    trust: FilePlace = Field(
        description="The authorities that are trusted, a PEM bundle: `file:PATH` in the function's"
        " package, or `s3://bucket/key`. Each of its certificates is a trust anchor."
    )
    intermediates: FilePlace | None = Field(
        None,
        description="Certificates that lead from clients to anchors, a PEM bundle. They are trusted"
        " in nothing.",
    )
    identity: Literal[IDENTITIES] = Field(  # type: ignore[valid-type]
        description="What of a certificate says who the caller is."
    )
    trust_domain: TrustDomain | None = Field(
        None, description="The SPIFFE trust domain of the anchors; with `identity: spiffe` only."
    )
    fingerprints: list[Fingerprint] | None = Field(
        None,
        min_length=1,
        description="The SHA-256 of each certificate that is taken, in hexadecimal; with"
        " `identity: fingerprint` only.",
    )
    max_intermediates: Annotated[
        int,
        AfterValidator(_max_intermediates),
        Field(json_schema_extra={"minimum": 0, "maximum": MAX_INTERMEDIATES}),
    ] = Field(
        MAX_INTERMEDIATES,
        description="How many authorities may stand between a certificate and its anchor, at most"
        f" {MAX_INTERMEDIATES}.",
    )
    any_extended_key_usage: Reason | None = Field(
        None,
        description="Why `anyExtendedKeyUsage` is taken in the place of `clientAuth`. It is"
        " logged.",
    )
    policies: list[Policy] | None = Field(
        None,
        min_length=1,
        description="Certificate policies of which the certificate must have one, and its path"
        " allow it (RFC 5280 §4.2.1.4).",
    )
    refresh: Annotated[Seconds, AfterValidator(_refresh)] = Field(
        300,
        description="How long a file that was read is used before it is asked for again, at most"
        f" {MAX_REFRESH_SECONDS:,} seconds; `0` asks at every request.",
    )
    revocation: SomeRevocation = Field(
        description="How revoked certificates are found out. `{none: reason}` checks nothing."
    )

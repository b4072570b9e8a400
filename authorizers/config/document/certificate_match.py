"""What a route requires of a client certificate: one fact, and the values it may have."""

from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from authorizers.config import certificate_matchers as matchers
from authorizers.config.certificate_facts import FINGERPRINT_PATTERN, SERIAL_PATTERN
from authorizers.config.document.words import EXACTLY_ONE, Part, Text, only_one, spelled

_ONE_EXPECTED = f"write exactly one of {', '.join(matchers.MATCHERS)}"
_T = TypeVar("_T")


def _kind(value: Any) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


def _like(example: str) -> Any:
    return Field(json_schema_extra={"examples": [example]})


_OneOrMore = Annotated[
    Annotated[_T, Tag("<text>")] | Annotated[list[_T], Field(min_length=1), Tag("<list>")],
    Discriminator(_kind),
]
_Name = _like("CN=billing,O=Example,C=DE")

# Each text becomes the test of a claim.
TrustDomains = _OneOrMore[
    Annotated[Text, AfterValidator(matchers.trust_domain), spelled("[a-z0-9._-]+", "example.org")]
]
SpiffeIds = _OneOrMore[
    Annotated[
        Text,
        AfterValidator(matchers.spiffe_id),
        spelled("spiffe://.+", "spiffe://example.org/billing"),
    ]
]
DnsNames = _OneOrMore[
    Annotated[Text, AfterValidator(matchers.san_dns), _like("billing.example.org")]
]
Uris = _OneOrMore[Annotated[Text, AfterValidator(matchers.san_uri), _like("urn:example:billing")]]
Emails = _OneOrMore[
    Annotated[Text, AfterValidator(matchers.san_email), _like("billing@example.org")]
]
CommonNames = _OneOrMore[Annotated[Text, AfterValidator(matchers.common_name), _like("billing")]]
Subjects = _OneOrMore[Annotated[Text, AfterValidator(matchers.subject), _Name]]
Issuers = _OneOrMore[Annotated[Text, AfterValidator(matchers.issuer), _Name]]
Fingerprints = _OneOrMore[
    Annotated[Text, AfterValidator(matchers.fingerprint_sha256), spelled(FINGERPRINT_PATTERN)]
]
Serials = _OneOrMore[
    Annotated[Text, AfterValidator(matchers.serial), spelled(SERIAL_PATTERN, "0a1b")]
]


class CertificateMatch(Part):
    """
    What is true of a verified client certificate: exactly one entry, with a value or a list of
    which one is enough. Whoever it was issued by: where several schemes trust different
    authorities, join it with `scheme`.
    """

    model_config = ConfigDict(json_schema_extra=EXACTLY_ONE)

    trust_domain: TrustDomains | None = Field(
        None, description="The trust domain of its SPIFFE ID; for schemes with `identity: spiffe`."
    )
    spiffe_id: SpiffeIds | None = Field(
        None, description="Its SPIFFE ID; for schemes with `identity: spiffe`."
    )
    san_dns: DnsNames | None = Field(
        None, description="One of its DNS names. A wildcard in it is never expanded."
    )
    san_uri: Uris | None = Field(None, description="One of its URIs.")
    san_email: Emails | None = Field(None, description="One of its mail addresses.")
    common_name: CommonNames | None = Field(
        None, description="The common name of its subject, if it has exactly one."
    )
    subject: Subjects | None = Field(
        None, description="The whole name of its subject, as RFC 4514 writes it."
    )
    issuer: Issuers | None = Field(
        None, description="The whole name of its issuer, as RFC 4514 writes it."
    )
    fingerprint_sha256: Fingerprints | None = Field(
        None, description="Its SHA-256, in hexadecimal: this one certificate."
    )
    serial: Serials | None = Field(
        None,
        description="Its serial number, in hexadecimal. Each issuer has its own: join it with"
        " `issuer`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        return only_one(value, _ONE_EXPECTED, _ONE_EXPECTED)

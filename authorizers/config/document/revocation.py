"""Whether client certificates are revoked: who can say, and what happens when nobody does."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
)

from authorizers.config.certificate_facts import dns_name
from authorizers.config.document.file_place import FilePlace, ObjectPlace
from authorizers.config.document.words import Part, Reason, spelled
from authorizers.config.url import validate_crl_url
from authorizers.mtls.identity.alternative_name import MAX_DNS_CHARS

SOURCES = ("crls", "distribution_points", "ocsp")
REVOCATION_EXPECTED = (
    "write mode and where revocations are looked up (crls, distribution_points, ocsp), or"
    " {none: REASON}"
)
_HOST = "[A-Za-z0-9.-]*[A-Za-z-][A-Za-z0-9.-]*"
_SOME_SOURCE: dict[str, JsonValue] = {"anyOf": [{"required": [name]} for name in SOURCES]}


def _crl_url(text: str) -> str:
    validate_crl_url(text)
    return text


def _some_revocation(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError(REVOCATION_EXPECTED)  # noqa: TRY004 - pydantic's way
    return value


def _revocation_kind(value: Any) -> str:
    return "<none>" if isinstance(value, dict) and "none" in value else "<checked>"


def _crl_kind(value: Any) -> str:
    return "<kept>" if isinstance(value, dict) else "<place>"


CrlUrl = Annotated[
    str, AfterValidator(_crl_url), spelled("https?://.+", "http://crl.example.com/issuing.crl")
]
Host = Annotated[
    str,
    AfterValidator(dns_name),
    spelled(_HOST, "crl.example.com", maxLength=MAX_DNS_CHARS),
]


class NoRevocation(Part):
    """The relaxation of `revocation`: a certificate that was revoked is taken until it expires."""

    none: Reason = Field(description="Why nothing is checked. It is logged.")


class KeptCrl(Part):
    """A revocation list that the scheduled function fetches, checks and keeps in a bucket."""

    url: CrlUrl = Field(description="Where the list is published, http or https.")
    kept_in: ObjectPlace = Field(
        description="Where it is kept, `s3://bucket/key`. Authorizers read this place only."
    )


Crl = Annotated[
    Annotated[FilePlace, Tag("<place>")] | Annotated[KeptCrl, Tag("<kept>")],
    Discriminator(_crl_kind),
]


class Hosts(Part):
    """The hosts that the authorizer itself may ask, of those that certificates name."""

    hosts: list[Host] = Field(min_length=1, description="Names of hosts, without ports.")


class Revocation(Part):
    """Whether certificates are revoked, and who can say: at least one of the three sources."""

    model_config = ConfigDict(json_schema_extra=_SOME_SOURCE)

    mode: Literal["required", "best_effort"] = Field(
        description="What happens while nobody can say whether a certificate is revoked:"
        " `required` fails (500), `best_effort` takes it, and says so in the log."
    )
    crls: list[Crl] | None = Field(
        None,
        min_length=1,
        description="Revocation lists: `file:PATH` in the function's package, `s3://bucket/key`, or"
        " one that the scheduled function keeps.",
    )
    distribution_points: Hosts | None = Field(
        None, description="Fetch the lists that certificates name, from these hosts only."
    )
    ocsp: Hosts | None = Field(
        None, description="Ask the OCSP responders that certificates name, on these hosts only."
    )


SomeRevocation = Annotated[
    Annotated[
        Annotated[NoRevocation, Tag("<none>")] | Annotated[Revocation, Tag("<checked>")],
        Discriminator(_revocation_kind),
    ],
    BeforeValidator(_some_revocation),
]

"""What the certificates of `principals` must agree on with the schemes of a document."""

from collections.abc import Iterator
from typing import Any

from authorizers.config.certificate_facts import CERTIFICATE
from authorizers.config.document.plain import mapping, no_such, of_kind
from authorizers.config.document.requirement_agreement import Finding, Place
from authorizers.config.document.text import KEY
from authorizers.config.example_certificate import principal_of_certificate
from authorizers.errors import CredentialError

_NO_CLAIMS = "a certificate alone has no claims: write what is known of it under certificate"
_BESIDE = "write it beside claims: a token's own claim of this name counts for nothing"


def of_certificate_alone(
    place: Place, name: str, principal: dict[str, Any], schemes: dict[str, Any]
) -> Iterator[Finding]:
    """Yield what is wrong with a principal whose scheme, `name`, takes certificates."""
    certificate = mapping(principal.get(CERTIFICATE))
    if "claims" in principal:
        yield (*place, "claims", KEY), _NO_CLAIMS
    if CERTIFICATE not in principal:
        yield place, "`certificate` is required"
    elif certificate.get("scheme", name) != name:
        yield (*place, CERTIFICATE, "scheme"), "is not the principal's scheme: leave it out"
    else:
        yield from _facts((*place, CERTIFICATE), certificate, schemes[name])


def of_certificate_beside(
    place: Place, principal: dict[str, Any], schemes: dict[str, Any]
) -> Iterator[Finding]:
    """Yield what is wrong with the certificate that a principal has beside its token or key."""
    taken = of_kind(schemes, "client_certificate")
    if taken and CERTIFICATE in mapping(principal.get("claims")):
        yield (*place, "claims", CERTIFICATE, KEY), _BESIDE
    if CERTIFICATE not in principal:
        return
    certificate = mapping(principal[CERTIFICATE])
    name = certificate.get("scheme", next(iter(taken), None))
    if not taken:
        yield (*place, CERTIFICATE, KEY), "no scheme of this document takes certificates"
    elif "scheme" not in certificate and len(taken) > 1:
        sentence = f"say which scheme verified it: scheme: {' or '.join(taken)}"
        yield (*place, CERTIFICATE, KEY), sentence
    elif isinstance(name, str) and name not in taken:
        sentence = no_such("client_certificate scheme", name, taken)
        yield (*place, CERTIFICATE, "scheme"), sentence
    elif isinstance(name, str):
        yield from _facts((*place, CERTIFICATE), certificate, schemes[name])


def _facts(place: Place, certificate: dict[str, Any], scheme: dict[str, Any]) -> Iterator[Finding]:
    said = {fact: value for fact, value in certificate.items() if fact != "scheme"}
    try:
        principal_of_certificate("-", scheme["client_certificate"], said)
    except CredentialError as error:
        yield place, error.detail
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # the scheme itself is wrong

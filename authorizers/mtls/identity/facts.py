"""What rules may ask of a verified certificate: its facts, as claims of the principal."""

from collections.abc import Mapping
from typing import Any

from authorizers.mtls.identity.alternative_name import clean_names
from authorizers.mtls.identity.distinguished_name import read_name
from authorizers.mtls.identity.identity import is_common_name_safe
from authorizers.mtls.identity.spiffe_id import parse_spiffe_id
from authorizers.mtls.leaf import Leaf
from authorizers.mtls.path.trusted_path import TrustedPath


def claims_of(
    leaf: Leaf, path: TrustedPath | None, identity: Mapping[str, Any], text: str
) -> dict[str, Any]:
    """
    Return the claims of a verified certificate whose identity is `text`.

    What is not clean is left out, so that no rule can be met by it: a subject or issuer whose text
    would be that of another name too, a name with a wildcard, a common name beside constraints.
    """
    certificate: dict[str, Any] = {
        "identity": text,
        "fingerprint_sha256": leaf.fingerprint,
        "serial": f"{leaf.certificate.serial_number:x}",
        "not_before": int(leaf.not_before),
        "not_after": int(leaf.not_after),
        **clean_names(leaf),
    }
    _add(certificate, "subject", leaf.subject.text)
    _add(certificate, "issuer", _issuer_text(leaf, path))
    if is_common_name_safe(path):
        _add(certificate, "common_name", leaf.subject.common_name)
    spiffe_id = parse_spiffe_id(text) if identity["kind"] == "spiffe" else None
    if spiffe_id is not None:
        certificate |= {"spiffe_id": text, "trust_domain": spiffe_id.trust_domain}
    return {"sub": text, "certificate": certificate}


def _issuer_text(leaf: Leaf, path: TrustedPath | None) -> str | None:
    if path is not None:  # the same name, to the byte
        return path.authorities[0].subject.text
    return read_name(leaf.certificate.issuer).text


def _add(facts: dict[str, Any], name: str, value: str | None) -> None:
    if value is not None:
        facts[name] = value

"""A `client_certificate` scheme of the document → its compiled form."""

from typing import Any

from authorizers.config.document.client_certificate import ClientCertificate
from authorizers.config.document.revocation import Hosts, KeptCrl, NoRevocation, Revocation


def compile_client_certificate(scheme: ClientCertificate) -> dict[str, Any]:
    """Return the compiled form; what the scheme relaxes stands in `reasons`, to be logged."""
    revocation, reasons = scheme.revocation, {}
    if scheme.any_extended_key_usage is not None:
        reasons["any_extended_key_usage"] = scheme.any_extended_key_usage
    if isinstance(revocation, NoRevocation):
        reasons["revocation"] = revocation.none
    return {
        "trust": scheme.trust,
        "intermediates": scheme.intermediates,
        "identity": _identity(scheme),
        "max_intermediates": scheme.max_intermediates,
        "any_extended_key_usage": scheme.any_extended_key_usage is not None,
        "policies": scheme.policies or [],
        "refresh_seconds": scheme.refresh,
        "revocation": None if isinstance(revocation, NoRevocation) else _revocation(revocation),
        **({"reasons": reasons} if reasons else {}),
    }


def _identity(scheme: ClientCertificate) -> dict[str, Any]:
    identity: dict[str, Any] = {"kind": scheme.identity}
    if scheme.trust_domain is not None:
        identity["trust_domain"] = scheme.trust_domain
    if scheme.fingerprints is not None:
        identity["fingerprints"] = scheme.fingerprints
    return identity


def _revocation(revocation: Revocation) -> dict[str, Any]:
    return {
        "mode": revocation.mode,
        "crls": [_crl(crl) for crl in revocation.crls or ()],
        "distribution_points": _hosts(revocation.distribution_points),
        "ocsp": _hosts(revocation.ocsp),
    }


def _crl(crl: Any) -> dict[str, str]:
    return {**crl.kept_in, "url": crl.url} if isinstance(crl, KeptCrl) else crl


def _hosts(hosts: Hosts | None) -> list[str]:
    return [] if hosts is None else hosts.hosts

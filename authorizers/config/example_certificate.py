"""The facts and the principal that a client certificate would prove, without a certificate."""

from collections.abc import Iterable, Mapping
from typing import Any

from authorizers.config.certificate_facts import (
    AS_WRITTEN,
    CERTIFICATE,
    IDENTITY,
    LIST_FACTS,
    NUMBER_FACTS,
    identity_fact,
    trust_domain_of,
)
from authorizers.errors import RejectedCredential
from authorizers.model.principal import Principal

Facts = dict[str, Any]

_LAST_SECOND = 253_402_300_799  # the end of the year 9999: RFC 5280 §4.1.2.5, no known expiry
_NOBODYS_ISSUER = "0" * 32
_NOBODYS = {"fingerprint_sha256": "0" * 64, "serial": "0", "not_before": 0}


def principal_of_certificate(
    scheme: str, form: Mapping[str, Any], said: Mapping[str, Any], roles: Iterable[str] = ()
) -> Principal:
    """
    Return the principal of a certificate of which the facts `said` are known, and which `scheme`
    verified; `form` is what stands under `client_certificate`.

    Nothing is proven: for trying rules only.

    Raises:
        RejectedCredential: `claim_missing` or `claim_malformed`.
    """
    facts = facts_of(form, said)
    identity = facts[IDENTITY] = _identity(_kind(form), facts)
    return Principal(
        f"{scheme}|{identity}",
        scheme,
        f"authenticate.{scheme}.client_certificate",
        frozenset(),
        {"sub": identity, CERTIFICATE: facts},
        facts["fingerprint_sha256"],
        frozenset(roles),
        certificate_scheme=scheme,
    )


def with_certificate(
    principal: Principal, scheme: str, form: Mapping[str, Any], said: Mapping[str, Any]
) -> Principal:
    """
    Return `principal` as it is with a certificate beside its credential; see
    `principal_of_certificate`.

    Raises:
        RejectedCredential: `claim_missing` or `claim_malformed`.
    """
    facts = principal_of_certificate(scheme, form, said).claims[CERTIFICATE]
    claims = {**principal.claims, CERTIFICATE: facts}
    return principal._replace(claims=claims, certificate_scheme=scheme)


def facts_of(form: Mapping[str, Any], said: Mapping[str, Any]) -> Facts:
    """
    Return all facts of a certificate of which those `said` are known: in the form they have, and
    with those that follow from them.

    Raises:
        RejectedCredential: `claim_malformed`, no certificate has such a fact.
    """
    facts: Facts = {name: [] for name in LIST_FACTS} | _NOBODYS | {"not_after": _LAST_SECOND}
    for name, value in said.items():
        facts[name] = _fact(name, value)
    if _kind(form) != "spiffe":
        if {"spiffe_id", "trust_domain"} & said.keys():
            raise _malformed("spiffe_id", "is one of schemes with identity: spiffe only")
        return facts
    return _with_spiffe_id(facts, _of_scheme(form)["trust_domain"])


def _with_spiffe_id(facts: Facts, trust_domain: str) -> Facts:
    spiffe_id = facts.get("spiffe_id")
    if spiffe_id is None:
        raise RejectedCredential("claim_missing", "the certificate's spiffe_id is missing")
    domain = trust_domain_of(spiffe_id)
    if domain != trust_domain or facts.get("trust_domain", domain) != domain:
        raise _malformed("spiffe_id", "is not of the scheme's trust domain")
    return {**facts, "trust_domain": domain, "san_uri": [spiffe_id]}  # X509-SVID §2: exactly one


def _fact(name: str, value: Any) -> Any:
    if name in NUMBER_FACTS and type(value) is int:
        return value
    try:
        if name in LIST_FACTS and isinstance(value, list):
            return [AS_WRITTEN[name](text) for text in value]
        if name in AS_WRITTEN and name not in LIST_FACTS:
            return AS_WRITTEN[name](value)
    except (AttributeError, TypeError, ValueError):
        pass
    raise _malformed(name, "is in no certificate like this")


def _identity(kind: str, facts: Facts) -> str:
    name = identity_fact(kind)
    if name is None:
        return f"{facts['serial']}@{_NOBODYS_ISSUER}"
    value = facts.get(name)
    values = value if isinstance(value, list) else [value] if value is not None else []
    if len(values) != 1:
        detail = f"the certificate's {name}, exactly one, says who the caller is, and is missing"
        raise RejectedCredential("claim_missing", detail)
    return str(values[0])


def _malformed(name: str, problem: str) -> RejectedCredential:
    return RejectedCredential("claim_malformed", f"the certificate's {name} {problem}")


def _of_scheme(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what holds the kind's own settings: `form` in a document, `identity` compiled."""
    identity = form["identity"]
    return form if isinstance(identity, str) else identity


def _kind(form: Mapping[str, Any]) -> str:
    identity = form["identity"]
    return identity if isinstance(identity, str) else str(identity["kind"])

"""
What each step of the procedure says about a certificate, for operators.

The steps are those of `procedure`, and each is taken whatever the others said. The results hold
text of the certificate: they are shown to a person, and never logged by a function.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from cryptography import x509

from authorizers.errors import AuthorizersError, MalformedCredential
from authorizers.mtls.certificate import fingerprint_sha256, read
from authorizers.mtls.identity.facts import claims_of
from authorizers.mtls.leaf import Leaf, parse_leaf
from authorizers.mtls.path.policies import read_policies
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.procedure import STEPS, Examination, Step, certificates_of

if TYPE_CHECKING:
    from authorizers.mtls.scheme import CertificateScheme

Outcome = Literal["passed", "failed", "skipped"]

REVOCATION_UNCHECKED: Final = "the scheme checks no revocation"


class StepResult(NamedTuple):
    """
    What one step says. `code` and `sentence` are those of the error with which it failed, or say
    why it was skipped; `facts` are what it looked at.
    """

    number: int
    name: str
    source: str
    outcome: Outcome
    code: str
    sentence: str
    facts: Mapping[str, Any]


_FIRST: Final = (1, "one certificate", "RFC 7468 §3, RFC 5280 §4.1")


def inspect(scheme: "CertificateScheme", pem: str, trust: Trust, now: float) -> list[StepResult]:
    """Return what every step says about `pem`, as `scheme` would verify it at `now`."""
    try:
        leaf = parse_leaf(pem)
    except MalformedCredential as error:
        first = StepResult(*_FIRST, "failed", error.code, error.detail, {})
        return [first, *(_skipped(step, "there is no certificate") for step in STEPS)]
    examination = scheme.examine(leaf, trust, now)
    results = [StepResult(*_FIRST, "passed", "", "", _encoding(leaf))]
    for step in STEPS:
        results.append(_take(step, examination, results))
    if all(result.outcome != "failed" for result in results):
        results[-1] = _with_principal(scheme, examination, results[-1])
    return results


def _take(step: Step, examination: Examination, before: Sequence[StepResult]) -> StepResult:
    if step.name == "revocation":
        if examination.demands.revocation is None:
            return _skipped(step, REVOCATION_UNCHECKED)
        # Who is no issuer has nothing to say about who is revoked.
        if any(result.name == "path" and result.outcome != "passed" for result in before):
            return _skipped(step, "there is no path whose certificates could be revoked")
    code, sentence = "", ""
    try:
        step.run(examination)
    except AuthorizersError as error:
        code, sentence = error.code, error.detail
    if code == "path_invalid" and any(result.outcome == "failed" for result in before):
        return _skipped(step, "it cannot be said while a step before it fails")
    outcome: Outcome = "failed" if code else "passed"
    facts = _facts_of(step, examination)
    return StepResult(step.number, step.name, step.source, outcome, code, sentence, facts)


def _facts_of(step: Step, examination: Examination) -> dict[str, Any]:
    try:
        return read(lambda: _FACTS[step.name](examination))
    except MalformedCredential:  # a key that is none, say: the step has said so
        return {}


def _skipped(step: Step, why: str) -> StepResult:
    return StepResult(step.number, step.name, step.source, "skipped", "", why, {})


def _with_principal(
    scheme: "CertificateScheme", examination: Examination, last: StepResult
) -> StepResult:
    """Return the last result with the principal, or with why there is none."""
    try:
        principal = scheme.principal(examination)
    except AuthorizersError as error:
        return last._replace(outcome="failed", code=error.code, sentence=error.detail)
    return last._replace(facts={**last.facts, "principal_id": principal.principal_id})


def _encoding(leaf: Leaf) -> dict[str, Any]:
    return {
        "bytes": len(leaf.der),
        "fingerprint_sha256": leaf.fingerprint,
        "subject": leaf.certificate.subject.rfc4514_string(),
        "issuer": leaf.certificate.issuer.rfc4514_string(),
        "serial": f"{leaf.certificate.serial_number:x}",
    }


def _authority_facts(examination: Examination) -> dict[str, Any]:
    constraints = examination.leaf.value(x509.BasicConstraints)
    return {"ca": constraints is not None and constraints.ca}


def _usage_facts(examination: Examination) -> dict[str, Any]:
    usage = examination.leaf.value(x509.KeyUsage)
    extended = examination.leaf.value(x509.ExtendedKeyUsage)
    return {
        "key_usage": None if usage is None else [name for name in _USAGES if getattr(usage, name)],
        "extended_key_usage": None if extended is None else [one.dotted_string for one in extended],
    }


def _strength_facts(examination: Examination) -> dict[str, Any]:
    return {"path": [_strength_of(one) for one in certificates_of(examination)]}


def _strength_of(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    curve, bits = getattr(key, "curve", None), getattr(key, "key_size", "")
    name = curve.name if curve is not None else type(key).__name__.removesuffix("PublicKey")
    return f"{name} {bits}, signed with {certificate.signature_algorithm_oid._name}"


def _validity_facts(examination: Examination) -> dict[str, Any]:
    return {
        "path": [
            (int(one.not_valid_before_utc.timestamp()), int(one.not_valid_after_utc.timestamp()))
            for one in certificates_of(examination)
        ]
    }


def _path_facts(examination: Examination) -> dict[str, Any]:
    path = certificates_of(examination)
    named = read_policies(examination.leaf.extensions.values()).named
    return {
        "path": [certificate.subject.rfc4514_string() for certificate in path],
        "fingerprints_sha256": [fingerprint_sha256(certificate) for certificate in path],
        "policies": sorted(named or ()),
    }


def _revocation_facts(examination: Examination) -> dict[str, Any]:
    check, path = examination.demands.revocation, certificates_of(examination)
    if check is None:
        return {}
    statuses = [check.statuses(path, index, examination.now) for index in range(len(path) - 1)]
    return {"path": [[status._asdict() for status in each] for each in statuses]}


def _identity_facts(examination: Examination) -> dict[str, Any]:
    leaf, demands = examination.leaf, examination.demands
    claims = claims_of(leaf, examination.path, demands.identity, examination.identity)
    return {"identity": examination.identity, **claims["certificate"]}


_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)
_FACTS: Final[Mapping[str, Callable[[Examination], dict[str, Any]]]] = {
    "no authority": _authority_facts,
    "for clients": _usage_facts,
    "strength": _strength_facts,
    "validity": _validity_facts,
    "path": _path_facts,
    "revocation": _revocation_facts,
    "identity": _identity_facts,
}

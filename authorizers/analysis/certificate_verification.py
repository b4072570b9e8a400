"""A client's certificate, verified as the function does it, and what each step says of it."""

from collections.abc import Iterator, Sequence

from authorizers.analysis.verification import Notes, Said, Step, Verification, scheme_of
from authorizers.compose.client_certificate import build_certificate_schemes
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import AuthorizersError, ConfigurationError, CredentialError
from authorizers.model.clock import Clock
from authorizers.model.credential import ClientCertificate
from authorizers.mtls.authenticator import CertificateAuthenticator
from authorizers.mtls.certificate import parse_certificate
from authorizers.mtls.inspection import StepResult
from authorizers.mtls.leaf import read_leaf
from authorizers.mtls.scheme import CertificateScheme

# The steps of `mtls.procedure`, as a story tells them.
_WHAT = {
    "one certificate": "is one certificate, of a size and a form that are taken",
    "no authority": "is no authority's",
    "for clients": "is for TLS clients",
    "strength": "has strong keys and signatures, up to its anchor",
    "validity": "is valid now, and so are its authorities",
    "path": "leads to an anchor of the scheme, which may have issued it",
    "revocation": "is not revoked, and nor are its authorities",
    "identity": "says who its holder is",
}
_SHOWN = (
    "subject", "issuer", "serial", "fingerprint_sha256", "not_before", "not_after",
    "san_uri", "san_dns", "san_email", "common_name", "spiffe_id", "trust_domain", "identity",
)  # fmt: skip


def verify_certificate(
    document: CompiledDocument, certificate: ClientCertificate, clock: Clock
) -> Verification:
    """
    Verify `certificate` by the schemes of `document`: with the trust that they name, and asking
    whom they ask about revocations.

    Raises:
        ConfigurationError: a scheme's trust is none.
    """
    notes = Notes()
    schemes: Sequence[CertificateScheme] = ()
    try:
        schemes = build_certificate_schemes(document, clock=clock, log=notes)
        authenticator = CertificateAuthenticator(schemes, clock=clock, cache_size=0)
        proof, _ = authenticator.authenticate(certificate)
    except AuthorizersError as error:
        if isinstance(error, ConfigurationError):
            raise
        results = _inspected(schemes, scheme_of(error), certificate, clock)
        steps, said = tuple(_steps(results)), tuple(_said(results, "it says"))
        return Verification(steps, None, error, scheme_of(error), said, _once(notes))
    scheme = proof.principal.scheme
    results = _inspected(schemes, scheme, certificate, clock)
    steps, said = tuple(_steps(results)), tuple(_said(results, "certificate"))
    return Verification(steps, proof, None, scheme, said, _once(notes))


def _once(notes: Notes) -> tuple[str, ...]:
    """Return each note once: what is inspected was verified before."""
    return tuple(dict.fromkeys(notes.names))


def _inspected(
    schemes: Sequence[CertificateScheme],
    name: str | None,
    certificate: ClientCertificate,
    clock: Clock,
) -> Sequence[StepResult]:
    """Return what each step says, by the scheme `name`, or else by one that knows the issuer."""
    if not schemes:
        return []  # the trust cannot be read, which was said
    pem, now = certificate.reveal(), clock.wall()
    try:
        leaf = read_leaf(parse_certificate(pem))
        knowing = [s for s in schemes if s.name == name or (not name and s.may_have_issued(leaf))]
        return [*knowing, *schemes][0].inspect(pem, now)
    except CredentialError:
        return schemes[0].inspect(pem, now)
    except AuthorizersError:
        return []  # the same, since


def _steps(results: Sequence[StepResult]) -> Iterator[Step]:
    for result in results:
        what = _WHAT.get(result.name, result.name)
        if result.outcome == "skipped":
            skipped = f"has not taken the step {result.name}: {result.sentence}"
            yield Step(result.name, skipped, None)
        else:
            failed = result.outcome == "failed"
            yield Step(result.name, f"{what} ({result.code})" if failed else what, not failed)


def _said(results: Sequence[StepResult], source: str) -> Iterator[Said]:
    facts = {name: value for result in results for name, value in result.facts.items()}
    for name in _SHOWN:
        if facts.get(name):
            yield Said(source, name, facts[name])

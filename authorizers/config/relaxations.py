"""What a document relaxes by name, to be shown where it is compiled and logged where it runs."""

from collections.abc import Iterator

from authorizers.config.compiled import CompiledDocument


def relaxations(document: CompiledDocument) -> list[str]:
    """Return one sentence for each relaxation of a compiled document, with its reason if it has."""
    sentences = [
        sentence
        for name, scheme in sorted(document["schemes"].items())
        for sentence in (
            *_of_jwt(name, scheme.get("jwt", {})),
            *_of_api_key(name, scheme),
            *_of_client_certificate(name, scheme.get("client_certificate", {})),
        )
    ]
    if "query" in document.get("key_from", {}):
        sentences.append("API keys are taken from the query, and addresses are logged")
    return sentences


def _of_jwt(name: str, jwt: CompiledDocument) -> Iterator[str]:
    if isinstance(jwt.get("audience"), dict):
        yield f"{name} takes tokens for any audience: {jwt['audience'].get('any')}"
    reason = jwt.get("keys", {}).get("insecure_loopback_http")
    if reason:
        yield f"{name} takes http:// on this machine: {reason}"


def _of_api_key(name: str, scheme: CompiledDocument) -> Iterator[str]:
    api_key = scheme.get("api_key", {})
    if api_key.get("pepper", {}).get("kind") == "environment":
        yield f"{name} reads its pepper from the environment, which is for local runs"
    limits = api_key.get("limits") or {}
    if limits.get("when_unavailable") == "allow_unmetered":
        yield f"{name} limits nothing while its table of counters cannot be reached"


def _of_client_certificate(name: str, scheme: CompiledDocument) -> Iterator[str]:
    reasons = scheme.get("reasons", {})
    if scheme.get("any_extended_key_usage"):
        why = reasons.get("any_extended_key_usage")
        yield f"{name} takes anyExtendedKeyUsage in the place of clientAuth: {why}"
    if scheme and scheme.get("revocation") is None:
        yield f"{name} takes certificates that are revoked: {reasons.get('revocation')}"
    elif scheme and scheme["revocation"].get("mode") == "best_effort":
        yield f"{name} takes certificates while nobody can say whether they are revoked"

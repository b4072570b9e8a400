"""What a document relaxes by name, to be shown where it is compiled and logged where it runs."""

from collections.abc import Iterator

from authorizers.config.compiled import CompiledDocument


def relaxations(document: CompiledDocument) -> list[str]:
    """Return one sentence for each relaxation of a compiled document, with its reason."""
    return [
        sentence
        for name, scheme in sorted(document["schemes"].items())
        for sentence in _of_scheme(name, scheme.get("jwt", {}))
    ]


def _of_scheme(name: str, jwt: CompiledDocument) -> Iterator[str]:
    if isinstance(jwt.get("audience"), dict):
        yield f"{name} takes tokens for any audience: {jwt['audience'].get('any')}"
    reason = jwt.get("keys", {}).get("insecure_loopback_http")
    if reason:
        yield f"{name} takes http:// on this machine: {reason}"

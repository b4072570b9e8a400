"""Whether a delta list may be used with a complete one (RFC 5280 §5.2.4, §6.3.3 (c))."""

from authorizers.mtls.crl.crl import Crl


def updates(delta: Crl, complete: Crl) -> bool:
    """Return whether `delta` says what has changed since `complete`; both are believed already."""
    if complete.number is None or delta.number is None or delta.base_number is None:
        return False
    return (
        delta.issuer == complete.issuer  # (c)(1)
        and delta.scope == complete.scope  # (c)(2)
        and delta.key_identifier == complete.key_identifier  # (c)(3)
        and delta.base_number <= complete.number < delta.number  # §5.2.4 (c), (d)
    )

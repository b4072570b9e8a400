"""How long a revoked key still works: a record is remembered, and then its last answer is kept."""

from collections.abc import Iterator

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours

LONG_SECONDS = 3600  # whoever revokes a key because it leaked does not wait for longer


def revocation_findings(document: CheckedDocument, api: Ours) -> Iterator[Finding]:
    """Yield the authorizers whose answers outlive what the document says of revocations."""
    lives = [scheme["life_seconds"] for scheme in document.key_schemes.values()]
    for attachment in api.attachments:
        ttl, life = attachment.cached_seconds, max(lives, default=0)
        if not lives or ttl <= life:
            continue
        delayed = life + ttl > LONG_SECONDS
        yield Finding(
            attachment.place,
            "revocation-delayed" if delayed else "revocation-waits-for-ttl",
            f"{attachment.name}: a revoked key works for up to {life + ttl} s: its record is used"
            f" for {life} s (life), and the last answer kept for {ttl} s (TTL)"
            + (": set a shorter TTL" if delayed else ""),
        )

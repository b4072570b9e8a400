"""Whom a scheme of the document trusts, read once for each run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from authorizers.mtls.path.trust import Trust
from authorizers.mtls.path.trust_bundle import MAX_BUNDLE_BYTES, parse_anchors, parse_trust_bundle
from authorizers.stores.local_bytes import LocalBytes
from authorizers.stores.s3 import S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def read_trust(scheme: Mapping[str, Any], client: "S3Client", task_root: str) -> Trust:
    """
    Read the bundles of a compiled `scheme` of client certificates.

    Raises:
        ConfigurationError: `trust_bundle_invalid`.
        DependencyError: one of them cannot be read.
    """
    anchors = parse_anchors(*_read(scheme["trust"], client, task_root))
    if scheme["intermediates"] is None:
        return Trust(anchors)
    return Trust(anchors, parse_trust_bundle(*_read(scheme["intermediates"], client, task_root)))


def _read(place: Mapping[str, str], client: "S3Client", task_root: str) -> tuple[bytes, str]:
    """Return the bytes, and where they are, for people."""
    store: LocalBytes | S3Object
    if place["kind"] == "file":
        store = LocalBytes(f"{task_root}/{place['name']}", max_bytes=MAX_BUNDLE_BYTES)
    else:
        store = S3Object(place["bucket"], place["name"], client, max_bytes=MAX_BUNDLE_BYTES)
    answer = store.read()
    assert answer is not None  # noqa: S101 no version was known
    return answer[0], store.place

"""Whom a scheme of the document trusts, read once for each run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from authorizers.compose.client_certificate import open_place
from authorizers.mtls.path.trust import Trust
from authorizers.mtls.path.trust_bundle import MAX_BUNDLE_BYTES, parse_anchors, parse_trust_bundle

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
    if place["kind"] == "file":
        place = {**place, "name": f"{task_root}/{place['name']}"}
    store = open_place(place, MAX_BUNDLE_BYTES, client)
    answer = store.read(None)
    assert answer is not None  # noqa: S101 no version was known
    return answer[0], store.place

"""
One object of Amazon S3, read again only when its ETag has changed.

Source: Amazon S3 API reference, GetObject (`If-None-Match`, 304 Not Modified).
"""

from typing import TYPE_CHECKING, Any, cast

from authorizers.stores.aws import aws_errors, client_config, refuse_large

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DEFAULT_MAX_BYTES = 1024 * 1024


class S3Object:
    """
    The object `key` of `bucket`. `client` is for tests and for other Regions; without one,
    boto3 is imported and a client made at the first read.
    """

    __slots__ = ("_bucket", "_client", "_key", "_max_bytes", "place")

    def __init__(
        self,
        bucket: str,
        key: str,
        client: "S3Client | None" = None,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._client = client
        self._max_bytes = max_bytes
        self.place = f"s3://{bucket}/{key}"

    def read(self, known_version: str | None = None) -> tuple[bytes, str | None] | None:
        """
        Return the object and its ETag, or `None` if the ETag is still `known_version`.

        Raises:
            DependencyError: `store_not_found`, `store_access_denied`, `store_unavailable`.
            ConfigurationError: the object is too large, or boto3 is missing.
        """
        with aws_errors(self.place):
            return self._read(known_version)

    def _read(self, known_version: str | None) -> tuple[bytes, str | None] | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - costs a cold start

        condition = {"IfNoneMatch": known_version} if known_version else {}
        try:
            answer = self._open().get_object(
                Bucket=self._bucket, Key=self._key, **cast("Any", condition)
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("304", "NotModified"):
                return None
            raise
        # The cap is applied to what is read: the stated length is the sender's word.
        with answer["Body"] as body:
            data = body.read(self._max_bytes + 1)
        refuse_large(self.place, len(data), self._max_bytes)
        return data, answer["ETag"]

    def _open(self) -> "S3Client":
        if self._client is None:
            import boto3  # noqa: PLC0415 - costs a cold start

            self._client = boto3.client("s3", config=client_config())
        return self._client

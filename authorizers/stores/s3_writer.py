"""
One object of Amazon S3 that is replaced, and never against somebody else's change.

Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".
"""

from typing import Any, cast

from authorizers.errors import DependencyError
from authorizers.stores.aws import aws_errors, error_code
from authorizers.stores.s3 import S3Object

# The object is not what it was when it was read, or somebody else is writing it just now.
_CONFLICTS = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class WritableS3Object(S3Object):
    """The object `key` of `bucket`, which may be written as well."""

    __slots__ = ()

    def write(self, data: bytes, known_version: str | None, content_type: str) -> None:
        """
        Write the object: in the place of what has the ETag `known_version`, or, with None, only
        where nothing is. S3 compares the SHA-256 of what arrives.

        Raises:
            DependencyError: `store_conflict` when something else is there; `store_not_found`,
                `store_access_denied`, `store_unavailable`.
            ConfigurationError: boto3 is missing.
        """
        with aws_errors(self.place, "written"):
            self._write(data, known_version, content_type)

    def _write(self, data: bytes, known_version: str | None, content_type: str) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - costs a cold start

        condition = {"IfMatch": known_version} if known_version else {"IfNoneMatch": "*"}
        try:
            self._open().put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=data,
                ContentType=content_type,
                ChecksumAlgorithm="SHA256",
                **cast("Any", condition),
            )
        except ClientError as error:
            if error_code(error) in _CONFLICTS:
                detail = f"{self.place} is not what it was when it was read"
                raise DependencyError("store_conflict", detail) from error
            raise

"""An object in S3 that is replaced, as moto plays it."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from authorizers.errors import DependencyError
from authorizers.stores.s3_writer import WritableS3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET, KEY = "lists", "crl/issuing.crl"
REGION = "us-east-1"
TYPE = "application/pkix-crl"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def client() -> "S3Client":
    client: S3Client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def kept(client: "S3Client") -> WritableS3Object:
    return WritableS3Object(BUCKET, KEY, client)


def version(kept: WritableS3Object) -> str | None:
    answer = kept.read()
    assert answer is not None
    return answer[1]


def test_what_is_not_there_is_written(client: "S3Client", kept: WritableS3Object) -> None:
    kept.write(b"one", None, TYPE)

    found = client.get_object(Bucket=BUCKET, Key=KEY, ChecksumMode="ENABLED")
    assert (found["Body"].read(), found["ContentType"]) == (b"one", TYPE)
    assert found["ChecksumSHA256"]


def test_what_was_read_is_replaced(kept: WritableS3Object) -> None:
    kept.write(b"one", None, TYPE)
    kept.write(b"two", version(kept), TYPE)

    assert kept.read() == (b"two", version(kept))


def test_what_came_meanwhile_is_not_replaced(kept: WritableS3Object) -> None:
    kept.write(b"one", None, TYPE)
    old = version(kept)
    kept.write(b"two", old, TYPE)

    for known in (None, old):
        with pytest.raises(DependencyError, match="is not what it was") as caught:
            kept.write(b"three", known, TYPE)
        assert caught.value.code == "store_conflict"
    assert kept.read() == (b"two", version(kept))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("ConditionalRequestConflict", "store_conflict"),
        ("AccessDenied", "store_access_denied"),
        ("NoSuchBucket", "store_not_found"),
        ("SlowDown", "store_unavailable"),
    ],
)
def test_a_refusal_is_told_by_its_code(client: "S3Client", answer: str, code: str) -> None:
    expected: dict[str, Any] = {"Bucket": BUCKET, "Key": KEY, "Body": ANY, "ContentType": TYPE}
    expected |= {"ChecksumAlgorithm": "SHA256", "IfNoneMatch": "*"}
    with Stubber(client) as stub:
        stub.add_client_error("put_object", answer, expected_params=expected)
        with pytest.raises(DependencyError, match=r"s3://lists/crl/issuing\.crl") as caught:
            WritableS3Object(BUCKET, KEY, client).write(b"one", None, TYPE)
    assert caught.value.code == code

"""A document in S3, as moto plays it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from authorizers.config.source import RefreshedDocument
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.s3 import S3Object
from authorizers.testing.clock import FrozenClock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET, KEY = "documents", "orders/authorizers.json"
REGION = "us-east-1"
Compiled = Callable[[str], bytes]

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def client() -> "S3Client":
    client: S3Client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    return client


def put(client: "S3Client", data: bytes) -> None:
    client.put_object(Bucket=BUCKET, Key=KEY, Body=data)


def test_an_object_is_read_once_for_each_etag(client: "S3Client") -> None:
    put(client, b"x")
    store = S3Object(BUCKET, KEY)
    answer = store.read()
    assert answer is not None
    data, version = answer
    assert data == b"x"
    assert store.read(version) is None
    put(client, b"y")
    again = store.read(version)
    assert again is not None
    assert again[0] == b"y"


def test_an_object_that_is_not_there(client: "S3Client") -> None:
    with pytest.raises(DependencyError, match=f"s3://{BUCKET}/{KEY} does not exist") as caught:
        S3Object(BUCKET, KEY, client).read()
    assert caught.value.code == "store_not_found"


def test_a_bucket_that_is_not_there() -> None:
    with pytest.raises(DependencyError) as caught:
        S3Object("no-such-bucket", KEY).read()
    assert caught.value.code == "store_not_found"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AccessDenied", "store_access_denied"),
        ("SlowDown", "store_unavailable"),
        ("InternalError", "store_unavailable"),
    ],
)
def test_what_the_service_refuses(client: "S3Client", error: str, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_object", error, "the service's own words")
        with pytest.raises(DependencyError) as caught:
            S3Object(BUCKET, KEY, client).read()
    assert caught.value.code == code
    assert "own words" not in str(caught.value)


def test_an_object_that_is_too_large_is_the_deployers_fault(client: "S3Client") -> None:
    put(client, b"x" * 11)
    with pytest.raises(ConfigurationError, match="larger than 10 bytes"):
        S3Object(BUCKET, KEY, client, max_bytes=10).read()


def test_an_object_of_exactly_the_cap_is_read(client: "S3Client") -> None:
    put(client, b"x" * 10)
    answer = S3Object(BUCKET, KEY, client, max_bytes=10).read()
    assert answer is not None
    assert len(answer[0]) == 10


def test_a_body_that_stops_is_a_dependency_error(client: "S3Client") -> None:
    class Drip:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return

        def read(self, _: int) -> bytes:
            raise ReadTimeoutError(endpoint_url="https://s3.example.com")

    with Stubber(client) as stub:
        stub.add_response("get_object", {"Body": Drip(), "ETag": '"1"'})
        with pytest.raises(DependencyError, match="ReadTimeoutError") as caught:
            S3Object(BUCKET, KEY, client).read()
    assert caught.value.code == "store_unavailable"


def test_a_misspelt_endpoint_is_a_dependency_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not a url")
    with pytest.raises(DependencyError) as caught:
        S3Object(BUCKET, KEY).read()
    assert caught.value.code == "store_unavailable"


def test_a_changed_object_is_in_force_after_its_life(
    client: "S3Client", compiled: Compiled
) -> None:
    clock = FrozenClock()
    put(client, compiled("a"))
    documents = RefreshedDocument(S3Object(BUCKET, KEY), clock, ttl_seconds=300)
    first = documents.current()
    clock.advance(300)
    assert documents.current() is first
    put(client, compiled("b"))
    clock.advance(300)
    assert list(documents.current()["schemes"]) == ["b"]


def test_an_outage_keeps_the_last_good_document_and_then_fails(
    client: "S3Client", compiled: Compiled
) -> None:
    clock = FrozenClock()
    put(client, compiled("a"))
    documents = RefreshedDocument(S3Object(BUCKET, KEY), clock, ttl_seconds=300)
    first = documents.current()
    client.delete_object(Bucket=BUCKET, Key=KEY)
    clock.advance(300 + 3599)
    assert documents.current() is first
    clock.advance(1)
    with pytest.raises(DependencyError) as caught:
        documents.current()
    assert caught.value.code == "configuration_unavailable"

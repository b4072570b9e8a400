"""A document in Parameter Store, as moto plays it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from authorizers.config.source import RefreshedDocument
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.aws import ATTEMPTS, CONNECT_TIMEOUT_SECONDS, client_config
from authorizers.stores.ssm import SsmParameter
from authorizers.testing.clock import FrozenClock

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NAME = "/authorizers/orders"
REGION = "eu-central-1"
Compiled = Callable[[str], bytes]

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def client() -> "SSMClient":
    made: SSMClient = boto3.client("ssm", region_name=REGION)
    return made


def put(client: "SSMClient", value: bytes, *, secure: bool = False) -> None:
    client.put_parameter(
        Name=NAME,
        Value=value.decode(),
        Type="SecureString" if secure else "String",
        Overwrite=True,
        Tier="Advanced",
    )


@pytest.mark.parametrize("secure", [False, True])
def test_a_parameter_is_read_and_decrypted(
    client: "SSMClient", secure: bool, compiled: Compiled
) -> None:
    put(client, compiled("a"), secure=secure)
    assert SsmParameter(NAME).read() == (compiled("a"), "1")


def test_a_client_can_be_given(client: "SSMClient") -> None:
    put(client, b"x")
    assert SsmParameter(NAME, client).read() == (b"x", "1")


def test_a_parameter_that_was_made_again_is_read_although_its_version_is_the_same(
    client: "SSMClient",
) -> None:
    put(client, b"x")
    client.delete_parameter(Name=NAME)
    put(client, b"y")
    assert SsmParameter(NAME, client).read("1") == (b"y", "1")


def test_a_parameter_that_is_not_there(client: "SSMClient") -> None:
    with pytest.raises(DependencyError, match=f"ssm:{NAME} does not exist") as caught:
        SsmParameter(NAME, client).read()
    assert caught.value.code == "store_not_found"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AccessDeniedException", "store_access_denied"),
        ("InternalServerError", "store_unavailable"),
        ("ThrottlingException", "store_unavailable"),
    ],
)
def test_what_the_service_refuses(client: "SSMClient", error: str, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_parameter", error, "the service's own words")
        with pytest.raises(DependencyError) as caught:
            SsmParameter(NAME, client).read()
    assert caught.value.code == code
    assert "own words" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ClientError)


def test_a_value_that_is_too_large_is_the_deployers_fault(client: "SSMClient") -> None:
    with Stubber(client) as stub:
        answer = {"Parameter": {"Name": NAME, "Value": "ä" * 4097, "Version": 1}}
        stub.add_response("get_parameter", answer)
        with pytest.raises(ConfigurationError, match="larger than 8192 bytes"):
            SsmParameter(NAME, client).read()


def test_no_region_is_a_dependency_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(DependencyError, match="NoRegionError") as caught:
        SsmParameter(NAME).read()
    assert caught.value.code == "store_unavailable"


def test_a_store_that_does_not_answer_is_given_up_soon() -> None:
    config = client_config()
    assert config.connect_timeout == CONNECT_TIMEOUT_SECONDS  # type: ignore[attr-defined]
    assert config.retries["total_max_attempts"] == ATTEMPTS  # type: ignore[attr-defined]


def test_a_store_that_cannot_be_reached_is_a_dependency_error(client: "SSMClient") -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://ssm.example.com")

    client.meta.events.register("before-send.ssm.GetParameter", refuse)
    with pytest.raises(DependencyError, match="EndpointConnectionError") as caught:
        SsmParameter(NAME, client).read()
    assert caught.value.code == "store_unavailable"


def test_a_changed_parameter_is_in_force_after_its_life(
    client: "SSMClient", compiled: Compiled
) -> None:
    clock = FrozenClock()
    put(client, compiled("a"))
    documents = RefreshedDocument(SsmParameter(NAME), clock, ttl_seconds=300)
    first = documents.current()
    clock.advance(300)
    assert documents.current() is first
    put(client, compiled("b"))
    clock.advance(299)
    assert documents.current() is first
    clock.advance(1)
    assert list(documents.current()["schemes"]) == ["b"]


def test_an_outage_keeps_the_last_good_document_and_then_fails(
    client: "SSMClient", compiled: Compiled
) -> None:
    clock = FrozenClock()
    put(client, compiled("a"))
    documents = RefreshedDocument(SsmParameter(NAME), clock, ttl_seconds=300)
    first = documents.current()
    client.delete_parameter(Name=NAME)
    clock.advance(300)
    assert documents.current() is first
    clock.advance(3600)
    with pytest.raises(DependencyError) as caught:
        documents.current()
    assert caught.value.code == "configuration_unavailable"


def test_yaml_in_the_parameter_is_a_configuration_error(client: "SSMClient") -> None:
    put(client, b"version: 1\n")
    documents = RefreshedDocument(SsmParameter(NAME), FrozenClock(), ttl_seconds=300)
    with pytest.raises(ConfigurationError, match="authorizers compile"):
        documents.current()

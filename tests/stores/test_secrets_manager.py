"""A secret in Secrets Manager, as moto plays it."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from authorizers.errors import ConfigurationError, DependencyError
from authorizers.stores.secrets_manager import MAX_BYTES, SecretsManagerSecret

NAME = "authorizers/pepper"
REGION = "eu-central-1"
SECRET = '{"current": "1", "1": "thirty-two characters of a pepper"}'

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def client() -> Any:
    return boto3.client("secretsmanager", region_name=REGION)


def refusal(secret: SecretsManagerSecret) -> DependencyError:
    with pytest.raises(DependencyError) as caught:
        secret.read()
    assert "own words" not in str(caught.value)
    return caught.value


def test_a_secret_is_read_with_the_id_of_its_version(client: Any) -> None:
    made = client.create_secret(Name=NAME, SecretString=SECRET)
    assert SecretsManagerSecret(NAME).read() == (SECRET.encode(), made["VersionId"])


def test_a_secret_may_be_named_by_its_arn(client: Any) -> None:
    arn = client.create_secret(Name=NAME, SecretString=SECRET)["ARN"]
    secret = SecretsManagerSecret(arn, client)
    answer = secret.read()
    assert answer is not None
    assert answer[0] == SECRET.encode()
    assert secret.place == f"secretsmanager:{arn}"


@pytest.mark.parametrize("data", [SECRET.encode(), b"\xff\x00", b" "], ids=repr)
def test_a_secret_may_be_bytes(client: Any, data: bytes) -> None:
    client.create_secret(Name=NAME, SecretBinary=data)
    answer = SecretsManagerSecret(NAME, client).read()
    assert answer is not None
    assert answer[0] == data


def test_the_current_version_is_read_and_never_the_one_before(client: Any) -> None:
    old = client.create_secret(Name=NAME, SecretString="old")["VersionId"]
    new = client.put_secret_value(SecretId=NAME, SecretString="new")["VersionId"]
    assert SecretsManagerSecret(NAME, client).read(old) == (b"new", new)


def test_a_version_that_is_known_is_read_again(client: Any) -> None:
    version = client.create_secret(Name=NAME, SecretString=SECRET)["VersionId"]
    assert SecretsManagerSecret(NAME, client).read(version) == (SECRET.encode(), version)


def test_a_secret_that_is_not_there(client: Any) -> None:
    error = refusal(SecretsManagerSecret(NAME, client))
    assert str(error) == f"store_not_found: secretsmanager:{NAME} does not exist"


def test_a_secret_that_is_to_be_deleted_is_not_read(client: Any) -> None:
    client.create_secret(Name=NAME, SecretString=SECRET)
    client.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    assert refusal(SecretsManagerSecret(NAME, client)).code == "store_unavailable"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AccessDeniedException", "store_access_denied"),
        ("UnrecognizedClientException", "store_access_denied"),
        ("DecryptionFailure", "store_access_denied"),
        ("ResourceNotFoundException", "store_not_found"),
        ("InvalidRequestException", "store_unavailable"),
        ("InvalidParameterException", "store_unavailable"),
        ("InternalServiceError", "store_unavailable"),
        ("ThrottlingException", "store_unavailable"),
    ],
)
def test_what_the_service_refuses(client: Any, error: str, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_secret_value", error, "the service's own words")
        told = refusal(SecretsManagerSecret(NAME, client))
    assert told.code == code
    assert isinstance(told.__cause__, ClientError)


@pytest.mark.parametrize("member", ["SecretString", "SecretBinary"])
def test_a_secret_that_is_too_large_is_the_deployers_fault(client: Any, member: str) -> None:
    value = {"SecretString": "ä" * (MAX_BYTES // 2) + "x", "SecretBinary": b"x" * (MAX_BYTES + 1)}
    with Stubber(client) as stub:
        stub.add_response("get_secret_value", {member: value[member], "VersionId": "1" * 32})
        with pytest.raises(ConfigurationError, match="larger than 65536 bytes"):
            SecretsManagerSecret(NAME, client).read()


def test_a_secret_of_exactly_the_bound_is_read(client: Any) -> None:
    client.create_secret(Name=NAME, SecretString="x" * MAX_BYTES)
    answer = SecretsManagerSecret(NAME, client).read()
    assert answer is not None
    assert len(answer[0]) == MAX_BYTES


@pytest.mark.parametrize(
    "answer", [{}, {"VersionId": "1" * 32}, {"Name": NAME}], ids=["nothing", "no value", "a name"]
)
def test_an_answer_without_a_value_is_an_error(client: Any, answer: dict[str, str]) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_secret_value", answer)
        assert refusal(SecretsManagerSecret(NAME, client)).code == "store_unavailable"


@pytest.mark.parametrize("failure", [EndpointConnectionError, ReadTimeoutError])
def test_a_service_that_cannot_be_reached_is_an_error(client: Any, failure: Any) -> None:
    def fail(**_: object) -> None:
        raise failure(endpoint_url="https://secretsmanager.example.com")

    client.meta.events.register("before-send.secrets-manager.GetSecretValue", fail)
    told = refusal(SecretsManagerSecret(NAME, client))
    assert told.detail == f"secretsmanager:{NAME} could not be read: {failure.__name__}"


def test_no_region_is_a_dependency_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert refusal(SecretsManagerSecret(NAME)).code == "store_unavailable"


def test_nothing_of_a_secret_is_told(client: Any) -> None:
    client.create_secret(Name=NAME, SecretString=SECRET)
    secret = SecretsManagerSecret(NAME, client)
    secret.read()
    assert "pepper" not in repr(secret).replace(NAME, "")

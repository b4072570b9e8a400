"""What API Gateway derives from a client's call."""

import pytest

from authorizers.model.arn import parse_arn
from authorizers.testing.call import SentCall


def test_the_arn_has_real_values_and_no_template() -> None:
    sent = SentCall(method="POST", path="/users/42/orders", resource="/users/{user_id}/orders")

    assert sent.arn == (
        "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/POST/users/42/orders"
    )


def test_the_root_path_is_an_arn_with_a_trailing_slash() -> None:
    assert SentCall(path="/").arn.endswith("/prod/GET/")


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_every_partition_makes_an_arn_that_parses(partition: str, region: str) -> None:
    arn = parse_arn(SentCall(partition=partition, region=region, stage="$default").arn)

    assert (arn.api.partition, arn.api.region, arn.api.stage) == (partition, region, "$default")


def test_a_china_domain_has_its_suffix() -> None:
    sent = SentCall(partition="aws-cn", region="cn-north-1")

    assert sent.domain == "abcdef1234.execute-api.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("resource", "path", "parameters"),
    [
        ("/orders", "/orders", {}),
        ("/", "/", {}),
        ("/users/{id}", "/users/42", {"id": "42"}),
        ("/users/{id}", "/users/a%2Fb", {"id": "a%2Fb"}),
        ("/users/{id}/orders/{order}", "/users/1/orders/2", {"id": "1", "order": "2"}),
        ("/files/{path+}", "/files/a/b/c", {"path": "a/b/c"}),
        ("/{proxy+}", "/a", {"proxy": "a"}),
        ("$default", "/any/path", {}),
    ],
)
def test_path_parameters_come_from_the_resource(
    resource: str, path: str, parameters: dict[str, str]
) -> None:
    assert SentCall(resource=resource, path=path).path_parameters == parameters


def test_a_path_too_short_for_its_resource_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit the resource"):
        _ = SentCall(resource="/users/{id}", path="/users").path_parameters


def test_a_token_is_sent_as_a_bearer_credential() -> None:
    sent = SentCall(token="abc")

    assert sent.headers["Authorization"] == ["Bearer abc"]
    assert sent.identity_source == ["Bearer abc"]


def test_a_whole_authorization_header_wins_over_a_token() -> None:
    assert SentCall(token="abc", authorization="Basic eA==").authorization == "Basic eA=="


def test_a_key_is_sent_in_a_header_of_its_own() -> None:
    sent = SentCall(api_key="k")

    assert sent.headers["x-api-key"] == ["k"]
    assert sent.identity_source == ["k"]
    assert sent.authorization is None


def test_a_token_comes_before_a_key_where_an_identity_source_is_looked_for() -> None:
    assert SentCall(api_key="k", token="abc").identity_source == ["Bearer abc"]


@pytest.mark.parametrize("spelling", ["x-api-key", "X-API-Key"])
def test_two_keys_are_one_identity(spelling: str) -> None:
    assert SentCall(headers={spelling: ["a", "b"]}).identity_source == ["a,b"]


def test_without_a_credential_there_is_no_header_and_no_identity() -> None:
    sent = SentCall()

    assert sent.authorization is None
    assert "authorization" not in sent.lower_case_headers
    assert sent.identity_source is None


def test_spellings_of_one_header_are_merged_in_lower_case() -> None:
    sent = SentCall(headers={"X-Tenant": "a", "x-tenant": ["b", "c"]})

    assert sent.lower_case_headers["x-tenant"] == ["a", "b", "c"]
    assert sent.headers["X-Tenant"] == ["a"]


def test_cookies_are_one_header() -> None:
    assert SentCall(cookies=["a=1", "b=2"]).headers["Cookie"] == ["a=1; b=2"]


def test_the_raw_query_is_encoded_and_keeps_repetitions() -> None:
    sent = SentCall(query={"status": ["open", "late"], "q": "a b&c"})

    assert sent.raw_query == "status=open&status=late&q=a+b%26c"


def test_times_are_in_the_formats_of_the_gateway() -> None:
    sent = SentCall(time=1_583_348_638.39)

    assert sent.clf_time == "04/Mar/2020:19:03:58 +0000"
    assert sent.epoch_milliseconds == 1_583_348_638_390

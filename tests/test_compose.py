"""From a function's environment to its answers; nothing of it is mocked but the clock and AWS."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from authorizers.authorizer import Answers, Unauthorized
from authorizers.compose.authorizer import build_authorizer
from authorizers.compose.configured import ConfiguredAuthorizer, authorizer_from_environment
from authorizers.config.table import compile_route_table
from authorizers.errors import AuthorizersError, ConfigurationError, DependencyError
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import http_1_event, http_2_event, rest_token_event
from authorizers.testing.issuer import FakeIssuer
from authorizers.testing.keys import FakeKeys

HEAVY = (
    "requests", "urllib3", "boto3", "yaml", "pydantic", "typer", "rich", "dataclasses", "ipaddress",
)  # fmt: skip
# Powertools imports the bare package `botocore` where there is one, and nothing inside it.
NEVER = ("requests", "boto3", "botocore.client", "yaml", "pydantic", "typer", "rich")


@pytest.fixture(scope="module")
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="module")
def issuer(clock: FrozenClock) -> FakeIssuer:
    issuer = FakeIssuer("https://issuer.example", clock=clock)
    issuer.rotate("ES256")
    return issuer


@pytest.fixture
def single(issuer: FakeIssuer) -> dict[str, str]:
    """The environment of a function without a document."""
    return {
        "AUTHORIZERS_ISSUER": issuer.issuer,
        "AUTHORIZERS_AUDIENCE": issuer.audience,
        "AUTHORIZERS_ACCESS": "any_route_with_any_scope: orders:read orders:write",
        "AUTHORIZERS_PROFILE": "rfc9068-access-token",
        "AUTHORIZERS_ALGORITHMS": "ES256",
        "AUTHORIZERS_JWKS": json.dumps(issuer.jwks()),
        "AUTHORIZERS_HTTP_RESPONSES": "iam",
        "POWERTOOLS_SERVICE_NAME": "tests",
    }


@pytest.fixture
def document(issuer: FakeIssuer) -> Callable[..., dict[str, Any]]:
    def make(scope: str = "orders:read", **scheme: Any) -> dict[str, Any]:
        routes = [{"key": "GET /orders", "requirement": ["scopes_any", [scope]]}]
        jwt = {
            "issuer": issuer.issuer,
            "audience": [issuer.audience],
            "profile": "rfc9068-access-token",
            "algorithms": ["ES256"],
            "keys": {"jwks": issuer.jwks()},
            "leeway_seconds": 0,
            **scheme,
        }
        return {
            "format": 2,
            "schemes": {"staff": {"jwt": jwt}},
            "token_from": ["authorization"],
            "routes": routes,
            "table": compile_route_table(routes, inexact=False),
            "context": {"user": "sub"},
        }

    return make


@pytest.fixture
def own_service(request: pytest.FixtureRequest) -> dict[str, str]:
    """Powertools keeps one logger for each service, with the output of its first use."""
    return {"POWERTOOLS_SERVICE_NAME": request.node.name}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


def allowed(authorizer: ConfiguredAuthorizer, event: dict[str, Any]) -> bool:
    statements = authorizer(event)["policyDocument"]["Statement"]
    return any(statement["Effect"] == "Allow" for statement in statements)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_issuer_in_the_environment_is_a_whole_configuration(
    single: dict[str, str],
    issuer: FakeIssuer,
    clock: FrozenClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    authorizer = authorizer_from_environment(single, clock=clock)
    assert allowed(authorizer, http_1_event(token=issuer.token()))
    assert not allowed(authorizer, http_1_event(token=issuer.token({"scope": "other"})))
    with pytest.raises(Unauthorized):
        authorizer(rest_token_event(token=issuer.token({"aud": "other"})))
    told = [line for line in lines(capsys) if line["message"] == "decision"]
    assert [line["decision"] for line in told] == ["allow", "deny", "unauthorized"]
    assert {line["service"] for line in told} == {"tests"}
    assert told[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "ApiGatewayAuthorizers"


def test_a_document_in_the_package_is_read_once(
    document: Any, issuer: FakeIssuer, clock: FrozenClock, tmp_path: Path
) -> None:
    path = tmp_path / "authorizers.json"
    path.write_text(json.dumps(document()))
    authorizer = authorizer_from_environment({"LAMBDA_TASK_ROOT": str(tmp_path)}, clock=clock)
    path.write_text(json.dumps(document("other")))
    assert allowed(authorizer, http_1_event(token=issuer.token()))


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("store", ["ssm", "s3"])
def test_a_document_in_a_store_is_followed(document: Any, issuer: FakeIssuer, store: str) -> None:
    """A change is in force after the document's life, and what did not change is kept."""
    clock = FrozenClock()
    s3, ssm = boto3.client("s3"), boto3.client("ssm")
    place = {"LocationConstraint": "eu-central-1"}
    s3.create_bucket(Bucket="documents", CreateBucketConfiguration=place)

    def put(text: str) -> None:
        s3.put_object(Bucket="documents", Key="a.json", Body=text.encode())
        ssm.put_parameter(Name="/a", Value=text, Type="String", Overwrite=True)

    put(json.dumps(document()))
    where = {"ssm": "ssm:/a", "s3": "s3://documents/a.json"}[store]
    environment = {"AUTHORIZERS_CONFIG": where, "AUTHORIZERS_CONFIG_TTL_SECONDS": "60"}
    authorizer = authorizer_from_environment(environment, clock=clock)
    event = http_1_event(token=issuer.token({"exp": int(clock.wall()) + 9999}))
    assert allowed(authorizer, event)
    first = authorizer._authorizer

    clock.advance(61)
    assert allowed(authorizer, event)
    assert authorizer._authorizer is first

    put(json.dumps(document("other")))
    clock.advance(59)
    assert allowed(authorizer, event)
    clock.advance(2)
    assert not allowed(authorizer, event)
    assert authorizer._authorizer is not first


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("change", [{"routes": []}, {"table": {}}, {"schemes": {"x": {}}}, None])
def test_a_document_that_is_worse_than_the_last_one_is_not_taken(
    document: Any, issuer: FakeIssuer, capsys: Any, own_service: dict[str, str], change: Any
) -> None:
    """The last good one stays in force for its time, and then there is no answer at all."""
    clock, ssm = FrozenClock(), boto3.client("ssm")
    ssm.put_parameter(Name="/a", Value=json.dumps(document()), Type="String")
    environment = {"AUTHORIZERS_CONFIG": "ssm:/a", **own_service}
    authorizer = authorizer_from_environment(environment, clock=clock)
    event = http_1_event(token=issuer.token({"exp": int(clock.wall()) + 99999}))
    worse = "<html>" if change is None else json.dumps({**document(), **change})
    ssm.put_parameter(Name="/a", Value=worse, Type="String", Overwrite=True)
    clock.advance(301)
    assert allowed(authorizer, event)
    clock.advance(3600)
    with pytest.raises(ConfigurationError):
        authorizer(event)
    told = lines(capsys)
    assert [line["decision"] for line in told if "decision" in line] == ["allow", "error"]
    assert any(line["level"] == "ERROR" for line in told)


@pytest.mark.usefixtures("aws")
def test_a_store_that_is_away_at_the_start_is_asked_again_at_the_first_request(
    document: Any, issuer: FakeIssuer, capsys: Any, own_service: dict[str, str]
) -> None:
    clock = FrozenClock()
    environment = {"AUTHORIZERS_CONFIG": "ssm:/late", **own_service}
    authorizer = authorizer_from_environment(environment, clock=clock)
    event = http_1_event(token=issuer.token())
    with pytest.raises(AuthorizersError) as caught:
        authorizer(event)
    assert str(caught.value) != "Unauthorized"
    boto3.client("ssm").put_parameter(Name="/late", Value=json.dumps(document()), Type="String")
    clock.advance(60)
    assert allowed(authorizer, event)
    told = lines(capsys)
    assert [line["decision"] for line in told if "decision" in line] == ["error", "allow"]
    assert any(line["level"] == "ERROR" for line in told)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"AUTHORIZERS_AUDIENCE": ""}, ["AUTHORIZERS_AUDIENCE"]),
        (
            {"AUTHORIZERS_PROFILE": "x", "AUTHORIZERS_ALGORITHMS": "HS256"},
            ["PROFILE", "ALGORITHMS"],
        ),
        (
            {"AUTHORIZERS_ISSUER": "http://i.example", "AUTHORIZERS_ACCESS": "all"},
            ["ISSUER", "ACCESS"],
        ),
        (
            {"AUTHORIZERS_AUDIENC": "x", "AUTHORIZERS_UNAUTHORIZED": "401"},
            ["AUDIENC", "UNAUTHORIZED"],
        ),
        ({"AUTHORIZERS_CONFIG": "a.json"}, ["AUTHORIZERS_CONFIG"]),
        ({"AUTHORIZERS_JWKS": "{}"}, ["AUTHORIZERS_JWKS"]),
    ],
)
def test_a_wrong_environment_fails_at_the_start_with_everything_that_is_wrong(
    single: dict[str, str], change: dict[str, str], named: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        authorizer_from_environment(single | change)
    places = " ".join(problem.place for problem in caught.value.problems)
    assert all(name in places for name in named)


def broken(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    route = {"key": "GET /orders"}
    return {
        "no table": {**document, "table": {}},
        "a foreign table": {**document, "table": {"exact": True, "routes": [{}]}},
        "an empty requirement": {**document, "routes": [{**route, "requirement": ["any_of", []]}]},
        "an unknown requirement": {**document, "routes": [{**route, "requirement": ["future"]}]},
        "a reserved name": {**document, "context": {"principalId": "sub"}},
        "no routes": {**document, "routes": []},
        "no schemes": {**document, "schemes": {}},
        "no places": {**document, "token_from": []},
        "another format": {**document, "format": 1},
    }


@pytest.mark.parametrize(
    "case",
    [
        "no table", "a foreign table", "an empty requirement", "an unknown requirement",
        "a reserved name", "no routes", "no schemes", "no places", "another format",
    ],
)  # fmt: skip
def test_a_broken_document_fails_at_the_start(
    document: Any, clock: FrozenClock, tmp_path: Path, case: str
) -> None:
    (tmp_path / "authorizers.json").write_text(json.dumps(broken(document())[case]))
    with pytest.raises(ConfigurationError):
        authorizer_from_environment({"LAMBDA_TASK_ROOT": str(tmp_path)}, clock=clock)


def test_no_document_at_all_fails_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"authorizers\.json"):
        authorizer_from_environment({"LAMBDA_TASK_ROOT": str(tmp_path)})


@pytest.mark.parametrize("keys", [{"keys": []}, {"keys": [{"kty": "oct", "k": "AA"}]}])
def test_keys_that_are_written_down_and_useless_fail_at_the_start(
    document: Any, clock: FrozenClock, keys: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        build_authorizer(document(keys={"jwks": keys}), answers=Answers("iam", "deny"), clock=clock)


def test_two_schemes_of_one_issuer_fail_at_the_start(document: Any, clock: FrozenClock) -> None:
    twice = document()
    twice["schemes"]["others"] = twice["schemes"]["staff"]
    with pytest.raises(ConfigurationError, match="same issuer"):
        build_authorizer(twice, answers=Answers("iam", "deny"), clock=clock)


def test_an_audience_that_is_not_checked_is_logged(
    document: Any, issuer: FakeIssuer, tmp_path: Path, capsys: Any, own_service: dict[str, str]
) -> None:
    clock = FrozenClock()
    unchecked = document(audience={"any": "migration until May"})
    (tmp_path / "authorizers.json").write_text(json.dumps(unchecked))
    environment = {"LAMBDA_TASK_ROOT": str(tmp_path), **own_service}
    authorizer = authorizer_from_environment(environment, clock=clock)
    assert allowed(authorizer, http_1_event(token=issuer.token({"aud": "anything"})))
    told = [line for line in lines(capsys) if line["message"] == "audience_not_checked"]
    assert [(line["scheme"], line["why"]) for line in told] == [("staff", "migration until May")]


def test_settings_reach_the_authorizer(
    single: dict[str, str], issuer: FakeIssuer, clock: FrozenClock, capsys: Any
) -> None:
    changes = {
        "AUTHORIZERS_UNAUTHORIZED": "deny",
        "AUTHORIZERS_HTTP_RESPONSES": "simple",
        "AUTHORIZERS_TOKEN_CACHE_SIZE": "0",
        "AUTHORIZERS_METRICS_NAMESPACE": "Orders",
    }
    authorizer = authorizer_from_environment(single | changes, clock=clock)
    assert not allowed(authorizer, rest_token_event(token="x"))
    assert authorizer(http_2_event(token=issuer.token()))["isAuthorized"] is True
    told = [line for line in lines(capsys) if line["message"] == "decision"]
    assert told[-1]["cache"] == "off"
    assert told[-1]["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Orders"


def in_a_fresh_process(program: str, environment: dict[str, str]) -> str:
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def test_a_function_with_a_document_loads_nothing_that_it_does_not_need(
    document: Any, issuer: FakeIssuer, tmp_path: Path
) -> None:
    """A cold start is paid by a user who waits: imports are counted before and after a request."""
    real_time = FakeIssuer(issuer.issuer, keys=issuer.keys)
    (tmp_path / "authorizers.json").write_text(json.dumps(document()))
    (tmp_path / "event.json").write_text(json.dumps(http_1_event(token=real_time.token())))
    program = (
        "import sys, json\n"
        "import aws_lambda_powertools.logging, aws_lambda_powertools.metrics, jwt\n"
        "theirs = set(sys.modules)\n"
        "from authorizers.handlers.jwt import handler\n"
        f"answer = handler(json.load(open({str(tmp_path / 'event.json')!r})), None)\n"
        "assert answer['policyDocument']['Statement'][0]['Effect'] == 'Allow', answer\n"
        f"loaded = [name for name in {HEAVY!r} if name in set(sys.modules) - theirs]\n"
        "print('LOADED', *loaded, sep=',')\n"
        f"print('NEVER', *[name for name in {NEVER!r} if name in sys.modules], sep=',')\n"
    )
    output = in_a_fresh_process(program, {"LAMBDA_TASK_ROOT": str(tmp_path)})
    assert "LOADED\n" in output
    assert "NEVER\n" in output


def test_a_function_without_a_document_loads_none_of_the_document_tools(
    single: dict[str, str],
) -> None:
    program = (
        "import sys, authorizers.handlers.jwt\n"
        f"print('NEVER', *[name for name in {NEVER!r} if name in sys.modules], sep=',')\n"
    )
    assert in_a_fresh_process(program, single) == "NEVER\n"


def test_a_wrong_configuration_fails_the_import_of_the_function() -> None:
    program = "import authorizers.handlers.jwt"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={"AUTHORIZERS_ISSUER": "http://i.example", "AUTHORIZERS_TYPO": "secret-sentinel"},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    for name in ("AUTHORIZERS_ISSUER", "AUTHORIZERS_AUDIENCE", "AUTHORIZERS_ACCESS", "TYPO"):
        assert name in result.stderr.decode()
    assert b"secret-sentinel" not in result.stdout + result.stderr


def test_an_authorizer_of_ones_own_writes_to_standard_output(
    document: Any, issuer: FakeIssuer, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorizer = build_authorizer(document(), answers=Answers("iam", "exception"), clock=clock)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    authorizer(http_1_event(token=issuer.token()))
    assert json.loads(stream.getvalue())["decision"] == "allow"


def keys_document(keys: FakeKeys, scope: str = "orders:read") -> dict[str, Any]:
    """Return the compiled document of these keys, whose pepper is the parameter /pepper."""
    routes = [{"key": "GET /orders", "requirement": ["scopes_any", [scope]]}]
    scheme = {
        "prefix": keys.prefix,
        "pepper": {"kind": "ssm", "name": "/pepper"},
        "keys": {"records": keys.records()},
        "life_seconds": 60,
        "miss_life_seconds": 10,
        "routes_per_key": False,
        "limits": None,
    }
    return {
        "format": 2,
        "schemes": {"machines": {"api_key": scheme}},
        "key_from": {"header": "x-api-key"},
        "routes": routes,
        "table": compile_route_table(routes, inexact=False),
        "context": {},
    }


def keys_with_one() -> FakeKeys:
    keys = FakeKeys()
    keys.issue()
    return keys


@pytest.mark.usefixtures("aws")
def test_a_pepper_that_is_away_at_the_start_is_asked_for_again(own_service: dict[str, str]) -> None:
    keys, ssm = FakeKeys(), boto3.client("ssm")
    event = http_1_event(api_key=keys.issue(scopes=("orders:read",)))
    environment = {"AUTHORIZERS_CONFIG": json.dumps(keys_document(keys)), **own_service}
    authorizer = authorizer_from_environment(environment, takes="api_key")
    for _ in range(2):
        with pytest.raises(DependencyError):
            authorizer(event)
    ssm.put_parameter(Name="/pepper", Value=keys.pepper, Type="SecureString")
    assert allowed(authorizer, event)


@pytest.mark.usefixtures("aws")
def test_a_new_document_whose_pepper_cannot_be_read_does_not_replace_a_good_one(
    own_service: dict[str, str],
) -> None:
    clock, keys, ssm = FrozenClock(), FakeKeys(), boto3.client("ssm")
    event = http_1_event(api_key=keys.issue(scopes=("orders:read",)))
    ssm.put_parameter(Name="/pepper", Value=keys.pepper, Type="SecureString")
    ssm.put_parameter(Name="/a", Value=json.dumps(keys_document(keys)), Type="String")
    environment = {"AUTHORIZERS_CONFIG": "ssm:/a", **own_service}
    authorizer = authorizer_from_environment(environment, takes="api_key", clock=clock)
    assert allowed(authorizer, event)
    ssm.delete_parameter(Name="/pepper")
    changed = json.dumps(keys_document(keys, "orders:all"))
    ssm.put_parameter(Name="/a", Value=changed, Type="String", Overwrite=True)
    clock.advance(301)
    assert allowed(authorizer, event)
    ssm.put_parameter(Name="/pepper", Value=keys.pepper, Type="SecureString")
    clock.advance(301)
    assert not allowed(authorizer, event)


@pytest.mark.parametrize("takes", ["jwt", "api_key"])
def test_a_function_takes_documents_of_its_own_kind_only(
    takes: Any, document: Any, own_service: dict[str, str]
) -> None:
    other = keys_document(keys_with_one()) if takes == "jwt" else document()
    environment = {"AUTHORIZERS_CONFIG": json.dumps(other), **own_service}
    with pytest.raises(ConfigurationError, match=r"authorizers\.handlers\."):
        authorizer_from_environment(environment, takes=takes)


@pytest.mark.parametrize("takes", ["jwt", "api_key", "client_certificate"])
def test_a_document_of_several_kinds_is_for_the_combined_function(
    takes: Any, document: Any, own_service: dict[str, str]
) -> None:
    both = keys_document(keys_with_one())
    both = {**document(), **both, "schemes": {**document()["schemes"], **both["schemes"]}}
    environment = {"AUTHORIZERS_CONFIG": json.dumps(both), **own_service}
    with pytest.raises(ConfigurationError, match=r"handlers\.combined\.handler"):
        authorizer_from_environment(environment, takes=takes)

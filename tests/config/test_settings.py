"""Settings from an environment: what a deployed function is told, and what is refused."""

import pytest

from authorizers.config.location import DocumentLocation
from authorizers.config.settings import Settings, load_settings
from authorizers.errors import ConfigurationError

ISSUER = {
    "AUTHORIZERS_ISSUER": "https://login.example.com/",
    "AUTHORIZERS_AUDIENCE": "https://api.example.com, https://other.example.com",
    "AUTHORIZERS_ACCESS": "any_route_when_authenticated",
    "AUTHORIZERS_PROFILE": "rfc9068-access-token",
    "AUTHORIZERS_ALGORITHMS": "RS256,ES256",
}

PEPPER = '{"current": "1", "1": "hunter2hunter2hunter2hunter2hunter2"}'


def places(variables: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(variables)
    return [problem.place for problem in caught.value.problems]


def test_an_empty_environment_means_the_document_of_the_package() -> None:
    assert load_settings({}) == Settings(
        location=DocumentLocation("file", "./authorizers.json"),
        document=None,
        config_ttl_seconds=300,
        http_responses=None,
        unauthorized="exception",
        rest_deny="everything_else",
        token_cache_size=1024,
        metrics_namespace="ApiGatewayAuthorizers",
        pepper=None,
    )


def test_a_relative_path_is_one_of_the_package() -> None:
    settings = load_settings({"LAMBDA_TASK_ROOT": "/var/task", "AUTHORIZERS_CONFIG": "conf/a.json"})
    assert settings.location == DocumentLocation("file", "/var/task/conf/a.json")


def test_everything_can_be_set() -> None:
    settings = load_settings(
        {
            "AUTHORIZERS_CONFIG": "ssm:/authorizers/orders",
            "AUTHORIZERS_CONFIG_TTL_SECONDS": "60",
            "AUTHORIZERS_HTTP_RESPONSES": "simple",
            "AUTHORIZERS_UNAUTHORIZED": "deny",
            "AUTHORIZERS_REST_DENY": "listed_routes",
            "AUTHORIZERS_TOKEN_CACHE_SIZE": "0",
            "AUTHORIZERS_METRICS_NAMESPACE": "Orders/Api",
            "AUTHORIZERS_PEPPER": PEPPER,
        }
    )
    assert settings[2:] == (60, "simple", "deny", "listed_routes", 0, "Orders/Api", PEPPER)


def test_the_document_itself_may_stand_in_the_environment() -> None:
    settings = load_settings({"AUTHORIZERS_CONFIG": ' {"format": 2}\n'})
    assert settings.location == DocumentLocation("inline", '{"format": 2}')
    assert settings.document is None


def test_what_is_printed_of_settings_shows_no_pepper_and_no_document() -> None:
    """A NamedTuple shows everything by itself."""
    shown = [
        show(
            load_settings({"AUTHORIZERS_CONFIG": '{"a": "hunter2"}', "AUTHORIZERS_PEPPER": PEPPER})
        )
        for show in (repr, str, "{0}".format, "{0!r:>900}".format)
    ]
    shown += [repr([load_settings({"AUTHORIZERS_PEPPER": PEPPER})])]
    assert "hunter2" not in "".join(shown)
    assert all("pepper='…'" in text for text in shown)
    assert "pepper=None" in repr(load_settings({}))
    assert "https://login.example.com/" not in repr(load_settings(ISSUER))


def test_a_pepper_that_nothing_can_read_is_a_problem() -> None:
    assert places({**ISSUER, "AUTHORIZERS_PEPPER": PEPPER}) == ["AUTHORIZERS_PEPPER"]


def test_an_empty_variable_counts_as_unset() -> None:
    assert load_settings(dict.fromkeys(ISSUER, "")) == load_settings({})


def test_defaults_of_the_template_beside_a_document_are_no_problem() -> None:
    given = {name: ISSUER[name] for name in ("AUTHORIZERS_PROFILE", "AUTHORIZERS_ALGORITHMS")}
    assert load_settings({**given, "AUTHORIZERS_LEEWAY_SECONDS": "30"}) == load_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHORIZERS_CONFIG", "https://example.com/a.json"),
        ("AUTHORIZERS_CONFIG", "ssm:"),
        ("AUTHORIZERS_CONFIG", "s3://bucket"),
        ("AUTHORIZERS_CONFIG_TTL_SECONDS", "0"),
        ("AUTHORIZERS_CONFIG_TTL_SECONDS", "3601"),
        ("AUTHORIZERS_CONFIG_TTL_SECONDS", "1.5"),
        ("AUTHORIZERS_CONFIG_TTL_SECONDS", "²"),
        ("AUTHORIZERS_CONFIG_TTL_SECONDS", "99999999999999999999"),
        ("AUTHORIZERS_HTTP_RESPONSES", "Simple"),
        ("AUTHORIZERS_UNAUTHORIZED", "401"),
        ("AUTHORIZERS_TOKEN_CACHE_SIZE", "-1"),
        ("AUTHORIZERS_TOKEN_CACHE_SIZE", "100001"),
        ("AUTHORIZERS_METRICS_NAMESPACE", "ä"),
        ("AUTHORIZERS_METRICS_NAMESPACE", "a" * 256),
        ("AUTHORIZERS_AUDIENCE", "https://api.example.com"),
        ("AUTHORIZERS_ACCESS", "any_route_when_authenticated"),
        ("AUTHORIZERS_JWKS_URI", "https://login.example.com/keys"),
        ("AUTHORIZERS_JWKS", '{"keys": []}'),
        ("AUTHORIZERS_AUDIANCE", "a spelling mistake is no setting"),
    ],
)
def test_a_wrong_value_is_a_problem_of_its_variable(name: str, value: str) -> None:
    assert places({name: value}) == [name]


def test_a_document_and_an_issuer_exclude_one_another() -> None:
    assert places({**ISSUER, "AUTHORIZERS_CONFIG": "a.json"}) == ["AUTHORIZERS_CONFIG"]


def test_all_problems_are_reported_at_once() -> None:
    found = places(
        {
            "AUTHORIZERS_ISSUER": "http://login.example.com/",
            "AUTHORIZERS_UNAUTHORIZED": "nothing",
            "AUTHORIZERS_TOKEN_CACHE_SIZE": "many",
        }
    )
    assert set(found) == {
        "AUTHORIZERS_UNAUTHORIZED",
        "AUTHORIZERS_TOKEN_CACHE_SIZE",
        "AUTHORIZERS_ISSUER",
        "AUTHORIZERS_AUDIENCE",
        "AUTHORIZERS_ACCESS",
        "AUTHORIZERS_PROFILE",
        "AUTHORIZERS_ALGORITHMS",
    }


@pytest.mark.parametrize(
    "name",
    [
        "AUTHORIZERS_CONFIG_TTL_SECONDS",
        "AUTHORIZERS_HTTP_RESPONSES",
        "AUTHORIZERS_UNAUTHORIZED",
        "AUTHORIZERS_TOKEN_CACHE_SIZE",
        "AUTHORIZERS_ISSUER",
        "AUTHORIZERS_PROFILE",
        "AUTHORIZERS_ALGORITHMS",
        "AUTHORIZERS_ACCESS",
        "AUTHORIZERS_JWKS_URI",
        "AUTHORIZERS_JWKS",
        "AUTHORIZERS_LEEWAY_SECONDS",
        "AUTHORIZERS_PEPPER",
    ],
)
def test_a_problem_never_shows_the_value(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings({**ISSUER, name: "hunter2@hunter2"})
    assert "hunter2" not in str(caught.value)
    assert name in str(caught.value)

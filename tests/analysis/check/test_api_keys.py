"""What is dangerous in a document's schemes of API keys, and how long a revoked one still works."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]
Make = Callable[..., str]

REST = """\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        DefaultAuthorizer: Keys
        Authorizers:
          Keys:
            FunctionArn: !ImportValue arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [x-api-key], ReauthorizeEvery: TTL}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events: {X: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /x}}}
"""


@pytest.mark.parametrize(
    "settings", [{}, {"life": "0"}, {"routes_per_key": "true"}, {"pepper": "file:pepper.json"}]
)
def test_nothing_is_found_in_a_plain_document_of_keys(
    find: Find, keys_document: Make, settings: dict[str, str]
) -> None:
    assert find(keys_document(**settings)) == {}
    assert find(keys_document(limits=True, **settings)) == {}


def test_a_key_in_the_query_is_a_warning(find: Find, keys_document: Make) -> None:
    text = keys_document(key_from="{query: key}")
    assert find(text) == {"key-in-query": ["key_from: {query: key}"]}


def test_a_token_in_the_query_is_none_of_a_document_of_keys(find: Find, document: Make) -> None:
    assert find(f"token_from: [{{query: t}}]\n{document('GET /x: {authenticated: true}')}") == {}


def test_a_pepper_in_the_environment_is_a_warning(find: Find, keys_document: Make) -> None:
    text = keys_document(pepper="environment")
    assert find(text) == {"pepper-in-environment": ["pepper: environment"]}


def test_what_is_not_metered_while_the_counters_are_away_is_a_warning(
    findings: Findings, keys_document: Make
) -> None:
    text = keys_document(limits=True, when_unavailable="allow_unmetered")
    (finding,) = findings(text)
    assert (finding.rule, finding.severity) == ("allow-unmetered", "warning")
    line = text.split("\n")[finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith("allow_unmetered")
    assert "write deny" in finding.message


@pytest.mark.parametrize(
    ("life", "ttl", "rules"),
    [
        ("60s", 3600, ["revocation-delayed"]),
        ("10m", 3001, ["revocation-delayed"]),
        ("10m", 3000, ["revocation-waits-for-ttl"]),
        ("60s", 61, ["revocation-waits-for-ttl"]),
        ("60s", 60, []),
        ("1h", 3600, []),
        ("0", 1, ["revocation-waits-for-ttl"]),
        ("0", 0, []),
    ],
)
def test_answers_that_outlive_a_revocation_are_told(
    find: Find, keys_document: Make, life: str, ttl: int, rules: list[str]
) -> None:
    found = find(keys_document(life=life), REST.replace("TTL", str(ttl)))
    assert list(found) == rules


def test_how_long_a_revoked_key_works_is_said_in_seconds(
    findings: Findings, keys_document: Make
) -> None:
    (info,) = findings(keys_document(), REST.replace("TTL", "300"))
    assert info.severity == "info"
    assert info.message.startswith("Keys: a revoked key works for up to 360 s")
    (warning,) = findings(keys_document(), REST.replace("TTL", "3600"))
    assert warning.severity == "warning"
    assert warning.message.endswith("set a shorter TTL")


def test_the_life_of_tokens_says_nothing_of_keys(find: Find, keys_document: Make) -> None:
    template = REST.replace("TTL", "60")
    assert find(keys_document(), template, token_life_seconds=1) == {}
    assert "ttl-outlives-token" in find(None, template, token_life_seconds=1)


def test_revocation_of_keys_says_nothing_of_tokens(find: Find, document: Make) -> None:
    text = document("GET /x: {authenticated: true}", "      max_age: 1h\n")
    template = REST.replace("TTL", "3600").replace("x-api-key", "Authorization")
    assert find(text, template) == {}


TWO = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: authorizers.handlers.KIND.handler
      Environment: {Variables: {AUTHORIZERS_CONFIG: x}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        DefaultAuthorizer: Keys
        Authorizers:
          Keys:
            FunctionArn: !GetAtt Fn.Arn
            FunctionPayloadType: REQUEST
            Identity: {Headers: [x-api-key], ReauthorizeEvery: 0}
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events: {X: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /x}}}
"""


@pytest.mark.parametrize(
    ("kind", "named", "found"),
    [
        ("api_key", (), []),
        ("jwt", (), ["rule-not-asked"]),
        ("jwt", ("Keys",), []),
        ("other", (), []),
    ],
)
def test_a_function_for_tokens_is_none_of_a_document_of_keys(
    find: Find, keys_document: Make, kind: str, named: tuple[str, ...], found: list[str]
) -> None:
    template = TWO.replace("KIND", kind)
    assert list(find(keys_document(), template, authorizers=named)) == found


def test_a_function_for_keys_is_none_of_a_document_of_tokens(find: Find, document: Make) -> None:
    text = document("GET /x: {authenticated: true}")
    assert list(find(text, TWO.replace("KIND", "api_key"))) == ["rule-not-asked"]

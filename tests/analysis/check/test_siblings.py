"""What a greedy sibling answers: methods and paths that people think protected."""

from collections.abc import Callable

import pytest

from authorizers.analysis.check.finding import Finding

Find = Callable[..., dict[str, list[str]]]
Findings = Callable[..., list[Finding]]
Make = Callable[..., str]

YES = "{authenticated: true}"
ADMIN = "{scopes: {all_of: [admin]}}"
WRITE = "{scopes: {all_of: [write]}}"


@pytest.mark.parametrize("wider", ["ANY /{proxy+}", "$default", "GET /{anything}", "GET /{p+}"])
@pytest.mark.parametrize("strict", [ADMIN, "{source_ip: [10.0.0.0/8]}"])
def test_a_wider_rule_that_requires_less_opens_the_path(
    find: Find, document: Make, wider: str, strict: str
) -> None:
    rule = f"POST /admin: {strict}"
    assert find(document(f"{rule}\n{wider}: {YES}"))["rule-opened-by-sibling"] == [rule]


def test_the_finding_names_the_methods_and_both_rules(findings: Findings, document: Make) -> None:
    (finding,) = findings(document(f"POST /admin: {ADMIN}\nGET /{{proxy+}}: {YES}"))
    assert finding.severity == "warning"
    assert finding.message == (
        "GET /admin: answered by the rule GET /{proxy+}, which requires less than POST /admin: if"
        " that is not meant, write a rule ANY /admin"
    )


@pytest.mark.parametrize(
    "routes",
    [
        f"ANY /admin: {ADMIN}\nANY /{{proxy+}}: {YES}",
        f"POST /admin: {ADMIN}\nPOST /{{proxy+}}: {YES}",
        f"POST /admin: {ADMIN}\nANY /{{proxy+}}: {ADMIN}",
        f"POST /admin: {ADMIN}\nANY /{{proxy+}}: {{all_of: [{ADMIN}, {WRITE}]}}",
        f"POST /admin: {ADMIN}\nANY /{{proxy+}}: {{nobody: true}}",
        f"POST /admin: {ADMIN}\nANY /users/{{proxy+}}: {YES}",
        f"POST /admin: {ADMIN}\n$connect: {YES}",
        f"POST /admin: {{scheme: main}}\nANY /{{proxy+}}: {YES}",  # it is the only scheme
        f"POST /admin: {YES}\nANY /{{proxy+}}: {ADMIN}",
        f"POST /admin: {ADMIN}\nANY /admin: {YES}\nANY /{{proxy+}}: {YES}",
    ],
)
def test_nothing_is_opened_where_the_wider_rule_requires_as_much_or_answers_nothing(
    find: Find, document: Make, routes: str
) -> None:
    assert find(document(routes)) == {}


def test_a_wider_rule_with_another_requirement_is_to_be_known(
    findings: Findings, document: Make
) -> None:
    (finding,) = findings(document(f"POST /orders: {WRITE}\nANY /{{proxy+}}: {ADMIN}"))
    assert (finding.rule, finding.severity) == ("rule-continued-by-sibling", "info")


def test_what_the_api_does_not_send_there_is_not_opened(
    find: Find, document: Make, api: Make
) -> None:
    rules = document(f"POST /admin: {ADMIN}\nANY /users/{{id}}: {YES}\nANY /{{proxy+}}: {YES}")
    description = api("POST /admin", "ANY /users/{id}", "GET /other")
    assert find(rules, description) == {}
    assert "rule-opened-by-sibling" in find(rules, api("POST /admin", "ANY /{proxy+}"))


@pytest.mark.parametrize("greedy", ["ANY /{proxy+}", "GET /{proxy+}", "$default"])
def test_a_greedy_route_that_asks_nobody_is_a_warning(find: Find, api: Make, greedy: str) -> None:
    found = find(None, api("POST /test", public=(greedy,)))
    method = "x-amazon-apigateway-any-method" if greedy[0] in "A$" else "get"
    assert found == {"route-opened-by-sibling": [f"{method}: {{security: []}}"]}


def test_the_finding_names_a_request_that_gets_through(findings: Findings, api: Make) -> None:
    (finding,) = findings(None, api("POST /test", public=("ANY /{proxy+}",)))
    assert "asks no authorizer, and answers what POST /test leave over" in finding.message
    assert "such as DELETE /test" in finding.message
    (finding,) = findings(None, api("ANY /test", public=("ANY /{proxy+}",)))
    assert "such as DELETE /test/" in finding.message
    (finding,) = findings(None, api("POST /test", "GET /a/{b}", public=("POST /{proxy+}",)))
    assert "such as POST /a/{b}" in finding.message


@pytest.mark.parametrize(
    ("ours", "public"),
    [
        ("POST /test", "ANY /other/{proxy+}"),
        ("POST /test", "OPTIONS /{proxy+}"),
        ("POST /test", "GET /test"),
        ("POST /test", "GET /{id}"),
        ("ANY /{proxy+}", "GET /health"),
        ("ANY /{proxy+}", "GET /{proxy+}"),
    ],
)
def test_a_route_beside_ours_opens_nothing(find: Find, api: Make, ours: str, public: str) -> None:
    assert find(None, api(ours, public=(public,))) == {}


REST = """\
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Post: {Type: Api, Properties: {RestApiId: !Ref Api, Method: post, Path: /test}}
        Rest:
          Type: Api
          Properties: {RestApiId: !Ref Api, Method: any, Path: "/{proxy+}", Auth: {Authorizer: WHO}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {FunctionArn: arn, Identity: {ReauthorizeEvery: 0}}
          Pool: {UserPoolArn: arn}
"""


@pytest.mark.parametrize(
    ("who", "asks"), [("NONE", "no authorizer"), ("Pool", "the authorizer Pool")]
)
def test_a_greedy_event_with_no_authorizer_or_another_one(
    findings: Findings, who: str, asks: str
) -> None:
    (finding,) = findings(None, REST.replace("WHO", who))
    assert finding.rule == "route-opened-by-sibling"
    assert f"Api: ANY /{{proxy+}} asks {asks}, and answers what POST /test" in finding.message
    assert finding.place.line == 7


def test_a_greedy_event_with_our_authorizer_is_right(find: Find) -> None:
    assert find(None, REST.replace("WHO", "Jwt")) == {}


def test_security_at_the_root_of_a_definition_is_not_applied(find: Find, api: Make) -> None:
    description = api("GET /x", root="security: [{Jwt: []}]\n").replace(
        "  /x:\n", "  /y: {get: {}}\n  /x:\n"
    )
    assert find(None, description) == {"root-security-ignored": ["security: [{Jwt: []}]"]}
    own = api("GET /x", root="security: [{Jwt: []}]\n")
    assert find(None, own) == {}

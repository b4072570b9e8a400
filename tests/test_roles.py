"""Roles from end to end: a document, a table, an operator, and an authorizer that is asked."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from authorizers.authorizer import Answers, Authorizer
from authorizers.compose.authorizer import build_authorizer
from authorizers.config.compile import compile_document
from authorizers.errors import DependencyError
from authorizers.model.decision import Decision
from authorizers.policy.evaluate import evaluate
from authorizers.stores.bindings_editor import BindingsEditor
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import http_2_event, rest_request_event
from authorizers.testing.issuer import FakeIssuer

TABLE = "Bindings"
LIFE = 60
ALICE, OPS = "principal#staff|alice", "group#staff|ops"
DOCUMENT = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://issuer.example
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [ES256]
      keys: {jwks: JWKS}
      leeway: 0
      groups_claim: groups
      client_claim: client_id
roles:
  reader: {routes: [GET /orders, 'GET /orders/{id}']}
  writer: {routes: [POST /orders], requirement: {claim: {level: {equals: senior}}}}
  suspended: {}
bindings:
  - {role: writer, clients: [importer]}
  - {role: reader, groups: [auditors]}
routes:
  DELETE /orders: {all_of: [{role: reader}, {role: writer}, {not: {role: suspended}}]}
"""
WITH_TABLE = (
    f"bindings_table: {{dynamodb: {TABLE}, life: {LIFE}s, subjects: [principals, groups]}}\n"
)


class SilentLog:
    """Keeps failures."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []

    def decision(self, decision: Decision) -> None:
        """Forget it."""

    def failure(self, error: BaseException) -> None:
        self.failures.append(error)

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        """Forget it."""


@pytest.fixture(scope="module")
def issuer() -> FakeIssuer:
    issuer = FakeIssuer("https://issuer.example", clock=FrozenClock())
    issuer.rotate("ES256")
    return issuer


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def aws(bindings_table: Any) -> Any:
    return bindings_table


@pytest.fixture
def make(issuer: FakeIssuer, clock: FrozenClock) -> Callable[..., Authorizer]:
    def build(document: str = DOCUMENT + WITH_TABLE) -> Authorizer:
        compiled = compile_document(document.replace("JWKS", json.dumps(issuer.jwks())))
        answers = Answers("simple_uncached", "exception")
        return build_authorizer(compiled, answers=answers, clock=clock, log=SilentLog())

    return build


def may(authorizer: Authorizer, token: str) -> set[str]:
    """Return what the answer's policy allows on /orders, and /orders/{id}."""
    answer = authorizer(rest_request_event(token=token))
    stage = "/".join(rest_request_event()["methodArn"].split("/")[:2])
    asked = ("GET/orders", "GET/orders/7", "POST/orders", "DELETE/orders", "GET/orders/7/x")
    policy = answer["policyDocument"]
    return {a for a in asked if evaluate(policy, f"{stage}/{a}", {}).decision == "allow"}


READ, WRITE, DELETE = {"GET/orders", "GET/orders/7"}, {"POST/orders"}, {"DELETE/orders"}


@pytest.mark.parametrize(
    ("claims", "allowed"),
    [
        ({}, set()),
        ({"groups": ["auditors"]}, READ),
        ({"groups": "auditors"}, set()),
        ({"client_id": "importer"}, WRITE),
        ({"level": "senior"}, WRITE),
        ({"level": "senior", "groups": ["auditors"]}, READ | WRITE | DELETE),
        ({"groups": ["reader", "writer"], "roles": ["reader"]}, set()),
    ],
)
def test_without_a_table_the_document_alone_says_who_has_which_role(
    make: Any, issuer: FakeIssuer, claims: dict[str, Any], allowed: set[str]
) -> None:
    document = DOCUMENT.replace("  suspended: {}\n", "").replace(", {not: {role: suspended}}", "")
    assert may(make(document), issuer.token(claims)) == allowed


def test_a_grant_counts_and_a_revocation_ends_it_within_the_life(
    make: Any, issuer: FakeIssuer, clock: FrozenClock, aws: Any
) -> None:
    authorizer, token, editor = make(), issuer.token(), BindingsEditor(TABLE)
    assert may(authorizer, token) == set()
    editor.grant("reader", ALICE)
    clock.advance(LIFE)
    assert may(authorizer, token) == READ
    editor.revoke("reader", ALICE)
    clock.advance(LIFE - 1)
    assert may(authorizer, token) == READ
    clock.advance(1)
    assert may(authorizer, token) == set()


def test_a_role_of_a_group_is_a_role_of_its_members(
    make: Any, issuer: FakeIssuer, aws: Any
) -> None:
    BindingsEditor(TABLE).grant("reader", OPS)
    authorizer = make()
    assert may(authorizer, issuer.token({"groups": ["dev", "ops"]})) == READ
    assert may(authorizer, issuer.token({"groups": ["dev"]})) == set()
    assert may(authorizer, issuer.token({"sub": "bob", "scope": "ops"})) == set()


def test_a_temporary_role_ends_by_itself(
    make: Any, issuer: FakeIssuer, clock: FrozenClock, aws: Any
) -> None:
    BindingsEditor(TABLE).grant("reader", ALICE, until=int(clock.wall()) + 10)
    authorizer, token = make(), issuer.token()
    assert may(authorizer, token) == READ
    clock.advance(10)
    assert may(authorizer, token) == set()


def test_a_role_that_takes_something_away_takes_it(
    make: Any, issuer: FakeIssuer, clock: FrozenClock, aws: Any
) -> None:
    authorizer = make()
    token = issuer.token({"level": "senior", "groups": ["auditors"]})
    assert may(authorizer, token) == READ | WRITE | DELETE
    BindingsEditor(TABLE).grant("suspended", ALICE)
    clock.advance(LIFE)
    assert may(authorizer, token) == READ | WRITE


def test_kinds_of_subjects_that_the_document_does_not_look_up_mean_nothing(
    make: Any, issuer: FakeIssuer, aws: Any
) -> None:
    for subject in ("scope#staff|orders:read", "client#staff|test-client"):
        BindingsEditor(TABLE).grant("reader", subject)
    assert may(make(), issuer.token()) == set()


def break_item(client: Any) -> None:
    item = {"subject": {"S": ALICE}, "role:reader": {"S": "yes"}}
    client.put_item(TableName=TABLE, Item=item)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda client: client.delete_table(TableName=TABLE), "store_not_found"),
        (break_item, "bindings_malformed"),
    ],
    ids=["no-table", "malformed"],
)
@pytest.mark.parametrize("event", [rest_request_event, http_2_event], ids=["rest", "http"])
def test_a_table_that_cannot_be_read_is_an_error_and_never_an_answer(
    make: Any,
    issuer: FakeIssuer,
    clock: FrozenClock,
    aws: Any,
    *,
    event: Any,
    damage: Any,
    code: str,
) -> None:
    """Not even for what the document alone grants: a rule may ask for somebody without a role."""
    BindingsEditor(TABLE).grant("reader", ALICE)
    authorizer, token = make(), issuer.token({"level": "senior"})
    asked = event(token=token)
    authorizer(asked)
    damage(aws)
    authorizer(asked)  # within its life, what was read is used
    clock.advance(LIFE)
    for _ in range(2):
        with pytest.raises(DependencyError) as caught:
            authorizer(asked)
        assert caught.value.code == code


def test_more_groups_than_a_token_should_have_are_an_error(
    make: Any, issuer: FakeIssuer, aws: Any
) -> None:
    token = issuer.token({"groups": [f"g{i}" for i in range(300)]})
    with pytest.raises(DependencyError) as caught:
        make()(rest_request_event(token=token))
    assert caught.value.code == "too_many_subjects"


def test_without_a_table_neither_boto3_nor_a_store_is_loaded() -> None:
    program = (
        "import sys\nimport authorizers.compose.configured\n"
        "print([m for m in sys.modules if m.startswith(('boto3', 'authorizers.stores'))"
        " or m == 'authorizers.model.subject'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_without_boto3_a_document_with_a_table_says_so_at_the_start() -> None:
    bindings = {
        "dynamodb": TABLE, "life_seconds": 1, "roles": [], "kinds": ["principal"], "claims": {}
    }  # fmt: skip
    program = (
        "import sys\nsys.modules['boto3'] = sys.modules['botocore'] = None\n"
        "from authorizers.compose.authorizer import _role_source\n"
        "from authorizers.errors import ConfigurationError\n"
        "from authorizers.model.clock import SystemClock\n"
        f"try:\n    _role_source({bindings!r}, SystemClock())\n"
        "except ConfigurationError as error:\n    print(error.problems[0])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    hint = "needs boto3: pip install 'apigw-authorizers[aws]'"
    assert result.stdout == f"dynamodb:{TABLE}: {hint}\n"

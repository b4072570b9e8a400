"""The principals and the expectations of a document: for tools, and never for functions."""

import json

import pytest

from authorizers.api_key.format import generate_key
from authorizers.api_key.pepper import Peppers
from authorizers.api_key.pepper_source import PepperSource
from authorizers.api_key.record import KeyRecord
from authorizers.api_key.scheme import ApiKeyScheme
from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.examples import ExpectedAnswer, read_examples
from authorizers.errors import ConfigurationError
from authorizers.issuing.issue import stored_secret
from authorizers.model.credential import PresentedApiKey
from authorizers.model.principal import Principal
from authorizers.rules.rule_set import RuleSet
from authorizers.stores.keys_in_memory import KeysInMemory
from authorizers.testing.clock import FrozenClock

RULES = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: entra
      algorithms: [RS256]
      keys: {discovery: true}
      principal_claim: oid
  robots:
    jwt:
      issuer: https://robots.example.com/
      audience: [https://api.example.com]
      profile: custom
      algorithms: [RS256]
      keys: {discovery: true}
      custom_profile: {types: [absent], required_claims: [sub], scope_claims: [scope, rights]}
roles:
  clerk: {routes: [GET /ledger]}
bindings:
  - {role: clerk, principals: ["staff|zoe"]}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  GET /orders/{order_id}: {scopes: {any_of: [orders:read]}}
  $connect: {authenticated: true}
"""
EXAMPLES = """\
principals:
  alice: {scheme: staff, claims: {oid: a-1, scp: "orders:read x"}}
  robot@example.com: {scheme: robots, claims: {sub: r2, scope: a, rights: [b]}, roles: [clerk]}
expectations:
  - principal: alice
    allow: [GET /orders, "GET /orders/{order_id}", $connect]
    deny:
      - GET /ledger
    from: 10.0.0.1
"""
GOOD = RULES + EXAMPLES


def test_functions_never_see_them() -> None:
    assert render_compiled(compile_document(GOOD)) == render_compiled(compile_document(RULES))
    assert "alice" not in json.dumps(compile_document(GOOD))


def test_principals_are_read_as_their_tokens_would_be() -> None:
    principals = read_examples(GOOD, compile_document(GOOD)).principals
    alice, robot = principals["alice"], principals["robot@example.com"]
    assert alice.principal_id == "staff|a-1"
    assert alice.scopes == {"orders:read", "x"}
    assert (robot.scheme, robot.issuer) == ("robots", "https://robots.example.com/")
    assert robot.scopes == {"a", "b"}
    assert robot.roles == {"clerk"}
    assert robot.claims["sub"] == "r2"


def test_expectations_are_single_and_know_their_place() -> None:
    expectations = read_examples(GOOD, compile_document(GOOD)).expectations
    requests = [(e.request, e.allow) for e in expectations]
    assert requests == [
        ("GET /orders", True),
        ("GET /orders/{order_id}", True),
        ("$connect", True),
        ("GET /ledger", False),
    ]
    line = GOOD.split("\n").index("      - GET /ledger") + 1
    assert expectations[-1] == ExpectedAnswer(
        "alice", "GET /ledger", False, "10.0.0.1", f"{line}:9"
    )


def test_a_document_needs_none() -> None:
    examples = read_examples(RULES, compile_document(RULES))
    assert (dict(examples.principals), examples.expectations) == ({}, ())


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        read_examples(GOOD.replace("version: 1", "version: 2"), compile_document(GOOD))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scheme: staff, claims", "scheme: stuff, claims", "did you mean `staff`?"),
        ("scheme: staff, claims", "claims", "`scheme` is required"),
        ("{scheme: staff, claims: {oid: a-1,", "{scheme: staff, claims: {sub: a-1,", "oid is miss"),
        ("oid: a-1", "oid: 1", "the claim oid must be printable text"),
        ('scp: "orders:read x"', 'scp: "a  b"', "joined by single spaces"),
        ("roles: [clerk]", "roles: [clark]", "no such role under roles; did you mean `clerk`?"),
        ("  alice: {", '  "a b": {', "a principal's name is letters"),
        ("  alice: {", f"  {'a' * 65}: {{", "a principal's name is letters"),
        ("principal: alice", "principal: alicia", "did you mean `alice`?"),
        ("principal: alice", "principal: robot", "no such principal under principals"),
        ("  - principal: alice\n", "  - from: 10.0.0.2\n", "`principal` is required"),
        ("from: 10.0.0.1", "from: 10.0.0.0/8", "write one address"),
        ("from: 10.0.0.1", "from: home", "write one address"),
        ("allow: [GET /orders,", "allow: [GET /order,", "is denied to everybody"),
        ("allow: [GET /orders,", "allow: [DELETE /orders,", "is denied to everybody"),
        ("allow: [GET /orders,", "allow: [get /orders,", "the method must be one of"),
        ("allow: [GET /orders,", "allow: [/orders,", "write a request, such as"),
        ("allow: [GET /orders,", "allow: ['GET /orders?a=1',", "write the path alone"),
        ("allow: [GET /orders,", "allow: ['GET /or ders',", "write a request, such as"),
        ("allow: [GET /orders,", "allow: ['GET /örders',", "write a request, such as"),
        ("allow: [GET /orders,", "allow: [ANY /orders,", "write one method"),
        ('{order_id}", $connect', '{id}", $connect', "did you mean `GET /orders/{order_id}`?"),
        ("$connect]", "$default]", "no such route in the document"),
        ("- GET /ledger", "- GET /orders", "stands under allow too"),
        ("- GET /ledger", f"- GET /{'a' * 1600}", "is too long for a request"),
        ("      - GET /ledger\n", "      []\n", "must not be empty: nothing means no"),
        ("    from: 10.0.0.1", "    form: 10.0.0.1", "did you mean `from`?"),
    ],
)
def test_what_does_not_fit_is_a_problem_of_the_document(old: str, new: str, message: str) -> None:
    assert old in EXAMPLES
    with pytest.raises(ConfigurationError) as raised:
        compile_document(RULES + EXAMPLES.replace(old, new, 1))
    problems = raised.value.problems
    assert any(message in problem.message for problem in problems), problems
    first = len(RULES.split("\n"))
    assert all(int(problem.place.partition(":")[0]) >= first for problem in problems)


def test_an_expectation_of_nothing_is_refused() -> None:
    text = RULES + "principals: {a: {scheme: staff, claims: {oid: a}}}\n"
    with pytest.raises(ConfigurationError, match="write what is expected"):
        compile_document(text + "expectations: [{principal: a}]\n")


def test_other_mistakes_are_not_hidden_by_wrong_examples() -> None:
    with pytest.raises(ConfigurationError) as raised:
        compile_document("version: 2\nprincipals: [a]\nexpectations: {a: 1}\nroutes: {x: 1}\n")
    assert {problem.place.partition(":")[0] for problem in raised.value.problems} >= {"1", "2", "3"}


CERTIFICATES = """\
version: 1
authenticate:
  partners:
    client_certificate: {trust: file:a.pem, identity: dns, revocation: {none: why}}
  fleet:
    client_certificate: {trust: file:b.pem, identity: common_name, revocation: {none: why}}
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
routes:
  GET /orders: {scheme: partners}
"""
WITH_CERTIFICATES = """\
principals:
  acme: {scheme: partners, certificate: {san_dns: [Acme.example], not_after: 5}, roles: []}
  alice: {scheme: staff, claims: {sub: a}, certificate: {scheme: fleet, common_name: truck}}
"""


def test_principals_are_read_as_their_certificates_would_be() -> None:
    text = CERTIFICATES + WITH_CERTIFICATES
    acme, alice = read_examples(text, compile_document(text)).principals.values()
    assert (acme.principal_id, acme.certificate_scheme) == ("partners|acme.example", "partners")
    assert acme.claims["sub"] == "acme.example"
    assert acme.claims["certificate"]["not_after"] == 5
    assert (alice.principal_id, alice.certificate_scheme) == ("staff|a", "fleet")
    assert alice.claims["certificate"]["common_name"] == "truck"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scheme: partners, certificate: {", "scheme: partners, claims: {", "no claims"),
        (
            "certificate: {san_dns: [Acme.example], not_after: 5}, ",
            "",
            "acme: `certificate` is required",
        ),
        ("[Acme.example]", "[]", "certificate: the certificate's san_dns, exactly one"),
        ("[Acme.example]", "['*.example']", "certificate: the certificate's san_dns is in no"),
        ("[Acme.example]", "Acme.example", "san_dns: write a list"),
        ("not_after: 5", "not_after: never", "not_after: write a whole number"),
        ("not_after: 5", "scheme: fleet", "scheme: is not the principal's scheme"),
        ("not_after: 5", "trust_domain: a", "`trust_domain` is not known here"),
        ("not_after: 5", "spiffe_id: spiffe://a/b", "is one of schemes with identity: spiffe"),
        ("claims: {sub: a}, ", "", "alice: `claims` is required"),
        ("scheme: fleet, ", "", "say which scheme verified it: scheme: partners or fleet"),
        ("scheme: fleet, ", "scheme: fleat, ", "did you mean `fleet`?"),
        ("scheme: fleet, ", "scheme: staff, ", "no such client_certificate scheme"),
        ("common_name: truck", "subject: CN=truck", "common_name, exactly one"),
        ("common_name: truck", "common_name: truck, serial: 0x1", "serial is in no certificate"),
        ("claims: {sub: a}", "claims: {sub: a, certificate: b}", "certificate: write it beside"),
    ],
)
def test_what_certificates_cannot_be_is_a_problem_of_the_document(
    old: str, new: str, message: str
) -> None:
    assert old in WITH_CERTIFICATES
    with pytest.raises(ConfigurationError) as raised:
        compile_document(CERTIFICATES + WITH_CERTIFICATES.replace(old, new, 1))
    problems = raised.value.problems
    assert any(message in problem.message for problem in problems), problems
    first = len(CERTIFICATES.split("\n"))
    assert all(int(problem.place.partition(":")[0]) >= first for problem in problems)


def test_a_certificate_is_tried_where_one_is_taken() -> None:
    text = f"{RULES}principals:\n  a: {{scheme: staff, claims: {{oid: a}}, certificate: {{}}}}\n"
    with pytest.raises(ConfigurationError, match="no scheme of this document takes certificates"):
        compile_document(text)


KEYS = """\
version: 1
authenticate:
  machines:
    api_key: {prefix: orders_live, pepper: environment, keys: {file: a.json}, routes_per_key: true}
roles: {clerk: {routes: [GET /ledger]}}
routes:
  GET /orders: {scopes: {any_of: [orders:read]}}
  GET /by/{who}: {path: {who: claims.owner}}
principals:
  acme: {scheme: machines, claims: {sub: acme, scope: orders:read}, roles: [clerk]}
  globex: {scheme: machines, claims: {owner: globex, key_id: 7Fh3kQ9ZpLm2, usage_plan: gold,
    labels: {team: a}, routes: [GET /orders]}}
"""


def test_principals_are_read_as_records_of_keys_would_be() -> None:
    acme, globex = read_examples(KEYS, compile_document(KEYS)).principals.values()
    record = KeyRecord("0" * 12, "acme", (), 1, scopes=("orders:read",), roles=("clerk",))
    assert acme == proven(record)._replace(issuer=acme.issuer)
    record = KeyRecord(
        "7Fh3kQ9ZpLm2",
        "globex",
        (),
        1,
        usage_plan="gold",
        labels={"team": "a"},
        routes=("GET /orders",),
    )
    assert globex == proven(record)._replace(issuer=globex.issuer)


def proven(record: KeyRecord) -> Principal:
    """Return the principal that a key of `record` proves."""
    peppers = Peppers("1", {"1": b"p" * 32})
    text = generate_key("orders_live", record.key_id)
    store = KeysInMemory([record._replace(secrets=(stored_secret(text, peppers),))], "here")
    scheme = ApiKeyScheme(
        "machines",
        "orders_live",
        store,
        PepperSource(lambda: json.dumps({"current": "1", "1": "p" * 32}), "here", FrozenClock()),
        clock=FrozenClock(),
        lives_seconds=(0, 0),
        cache_size=0,
        routes_per_key=True,
    )
    known, _, _ = scheme.authenticate(PresentedApiKey(text), record.key_id)
    return known.principal


def test_an_example_of_a_key_without_routes_is_for_every_route() -> None:
    document = compile_document(KEYS)
    acme, globex = read_examples(KEYS, document).principals.values()
    keys = [route["key"] for route in document["routes"]]
    rules = RuleSet(document["routes"])
    assert [keys[grant.route] for grant in rules.grants(acme)] == keys
    assert rules.grants(globex) == ()

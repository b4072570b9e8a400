"""Everything that can be wrong with the API keys of a document: where it is, and what is said."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from tests.config.problems import found_in, marked_line, problems

RECORD = """\
{
            id: 7Fh3kQ9ZpLm2,
            owner: acme,
            secrets: [{hmac_sha256: ab, pepper: "1"}],
            created_at: 100,
            scopes: [orders:read],
            roles: [buyer],
            routes: [GET /orders, "*"],
            networks: [10.0.0.0/8],
            not_before: 100,
            expires_at: 200,
            usage_plan: free,
          }
""".replace("ab,", f"{'ab' * 32},")
GOOD = f"""\
version: 1
authenticate:
  machines:
    api_key:
      prefix: orders_live
      pepper: ssm:/authorizers/pepper
      keys:
        records:
          - {RECORD}
      life: 60s
      miss_life: 10s
      routes_per_key: true
      limits:
        dynamodb: Usage
        when_unavailable: deny
        without_plan: free
        plans:
          free:
            rate: 5/s
            burst: 10
            quota: 1000/day
            routes:
              GET /orders: {{quota: 10/day}}
key_from:
  header: x-api-key
roles:
  buyer: {{routes: [POST /orders]}}
routes:
  GET /orders: {{authenticated: true}}
"""
OTHER = """\
  others:
    api_key:
      prefix: others_live
      pepper: environment
      keys: {file: keys.json}
"""
TOKENS = """\
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
"""
SECRET = "hunter2"


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def with_other(more: str, *, rest: str = "") -> str:
    return GOOD.replace("key_from:", f"{more}key_from:") + rest


def test_the_base_of_these_tests_is_right() -> None:
    assert compile_document(GOOD)["format"] == 2
    assert len(compile_document(with_other(OTHER))["schemes"]) == 2


@pytest.mark.parametrize(
    ("old", "new", "marked", "message"),
    [
        ("      prefix: orders_live\n", "", "«api_key:", "api_key: `prefix` is required"),
        ("orders_live", "Orders", "prefix: «Orders", "prefix: a prefix is small letters"),
        ("orders_live", "o__l", "prefix: «o__l", "prefix: a prefix is small letters"),
        ("orders_live", "orders_", "prefix: «orders_", "prefix: a prefix is small letters"),
        ("orders_live", "a", "prefix: «a", "prefix: a prefix is small letters"),
        ("orders_live", "a" * 25, f"prefix: «{'a' * 25}", "at most 24 characters"),
        ("orders_live", "7", "prefix: «7", "prefix: write text"),
        ("      pepper: ssm:/authorizers/pepper\n", "", "«api_key:", "`pepper` is required"),
        ("ssm:/authorizers/pepper", "hunter2", "pepper: «hunter2", "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "ssm:", 'pepper: «"ssm:"', "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "ssm:a b", "pepper: «ssm:a b", "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "s3://a/b", "pepper: «s3://a/b", "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "file", "pepper: «file", "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "environment:X", "pepper: «environment:X", "write ssm:"),
        (
            "ssm:/authorizers/pepper",
            "secretsmanager:a?",
            "pepper: «secretsmanager:a?",
            "pepper: write ssm:",
        ),
        ("ssm:/authorizers/pepper", "5", "pepper: «5", "pepper: write ssm:"),
        ("ssm:/authorizers/pepper", "{ssm: a}", "«pepper: {ssm: a}", "pepper: write ssm:"),
        ("life: 60s", "life: 2h", "life: «2h", "life: write at most 1h"),
        ("life: 60s", "life: soon", "life: «soon", "life: write a duration"),
        ("miss_life: 10s", "miss_life: 301", "miss_life: «301", "miss_life: write at most 5m"),
        ("routes_per_key: true", "routes_per_key: 1", "routes_per_key: «1", "write true"),
        ("routes_per_key: true", "route_per_key: true", "«route_per_key: true", "did you mean"),
    ],
)
def test_a_wrong_scheme(old: str, new: str, marked: str, message: str) -> None:
    new = '"ssm:"' if new == "ssm:" else new
    assert (marked, message) in found_in(changed(old, new), message)


@pytest.mark.parametrize(
    ("keys", "marked", "message"),
    [
        ("{}", "«keys: {}", "keys: write exactly one of dynamodb, file and records"),
        ("{file: a, dynamodb: abc}", "«keys: {file: a, dynamodb: abc}", "keys: write exactly one"),
        ("{dynamodb: ab}", "keys: {dynamodb: «ab}", "dynamodb: write the table's name"),
        ("{dynamodb: a/b/c}", "keys: {dynamodb: «a/b/c}", "dynamodb: write the table's name"),
        ("{file: ''}", "keys: {file: «''}", "file: must not be empty"),
        ("{records: []}", "keys: {«records: []}", "records: must not be empty"),
        ("{records: {}}", "keys: {«records: {}}", "records: write a list"),
        ("{records: [a]}", "keys: {records: [«a]}", "records[0]: write a mapping"),
        ("{redis: a}", "keys: {«redis: a}", "keys: `redis` is not known here"),
        ("dynamodb:Keys", "keys: «dynamodb:Keys", "keys: write a mapping"),
    ],
)
def test_a_wrong_place_of_keys(keys: str, marked: str, message: str) -> None:
    start, end = GOOD.index("keys:\n"), GOOD.index("      life:")
    text = f"{GOOD[:start]}keys: {keys}\n{GOOD[end:]}"
    assert (marked, message) in found_in(text, message)


@pytest.mark.parametrize(
    ("old", "new", "marked", "message"),
    [
        ("id: 7Fh3kQ9ZpLm2", "id: 7Fh3", "id: «7Fh3,", "id: is not 12 letters and digits"),
        ("id: 7Fh3kQ9ZpLm2", "id: 123456789012", "id: «123456789012,", "id: is not 12 letters"),
        ("            owner: acme,\n", "", "- «{", "records[0]: owner is not text"),
        ("owner: acme", "owner: 5", "owner: «5,", "owner: is not text"),
        (
            "owner: acme",
            f"owner: {'a' * 250}",
            f"owner: «{'a' * 250},",
            "owner: cannot identify a principal: it is too long",
        ),
        (
            "secrets: [{hmac_sha256: " + "ab" * 32,
            "secrets: [{hmac_sha256: hunter2",
            '«secrets: [{hmac_sha256: hunter2, pepper: "1"}],',
            "secrets: are not one to 2 digests",
        ),
        (
            'pepper: "1"',
            "pepper: 1",
            f"«secrets: [{{hmac_sha256: {'ab' * 32}, pepper: 1}}],",
            "secrets: are not",
        ),
        ("created_at: 100", "created_at: 1.5", "created_at: «1.5,", "created_at: is not a time"),
        (
            "created_at: 100",
            "created_at: 1767225600000",
            "created_at: «1767225600000,",
            "is not a time",
        ),
        ("created_at: 100", "create_at: 100", "- «{", "a member that this release does not know"),
        (
            "scopes: [orders:read]",
            "scopes: [a b]",
            "scopes: [«a b],",
            "scopes[0]: a scope is one word",
        ),
        ("scopes: [orders:read]", "scopes: a", "scopes: «a,", "scopes: are not a list of text"),
        ("roles: [buyer]", "roles: [buyr]", "roles: [«buyr],", "did you mean `buyer`?"),
        (
            "[GET /orders, ",
            "[GET /order, ",
            'routes: [«GET /order, "*"],',
            "did you mean `GET /orders`?",
        ),
        ("[GET /orders, ", "[GET /orders/42, ", 'routes: [«GET /orders/42, "*"],', "no such route"),
        (
            "[10.0.0.0/8]",
            "[10.0.0.1/8]",
            "networks: [«10.0.0.1/8],",
            "networks[0]: write a network",
        ),
        ("[10.0.0.0/8]", "[10.0.0.1]", "networks: [«10.0.0.1],", "write it as 10.0.0.1/32"),
        ("[10.0.0.0/8]", "[anywhere]", "networks: [«anywhere],", "networks[0]: write a network"),
        (
            "[10.0.0.0/8]",
            f"[{', '.join(f'10.{i}.0.0/16' for i in range(9))}]",
            f"«networks: [{', '.join(f'10.{i}.0.0/16' for i in range(9))}],",
            "networks: are more than 8",
        ),
        ("expires_at: 200", "expires_at: 100", "expires_at: «100,", "is not after not_before"),
        ("expires_at: 200", "expires_at: tomorrow", "expires_at: «tomorrow,", "is not a time"),
        ("usage_plan: free", "usage_plan: fre", "usage_plan: «fre,", "did you mean `free`?"),
        ("usage_plan: free", "usage_plan: unlimited", "usage_plan: «unlimited,", "no such plan"),
        (
            "      routes_per_key: true\n",
            "",
            '«routes: [GET /orders, "*"],',
            "needs routes_per_key: true",
        ),
    ],
)
def test_a_wrong_record(old: str, new: str, marked: str, message: str) -> None:
    assert (marked, message) in found_in(changed(old, new), message)


def test_two_records_of_one_scheme_have_two_ids() -> None:
    message = "id: records[0] has this id already"
    assert found_in(changed("      life:", f"          - {RECORD}\n      life:"), message) == [
        ("id: «7Fh3kQ9ZpLm2,", message)
    ]


def test_a_plan_that_nothing_limits_may_have_any_name() -> None:
    start, end = GOOD.index("      limits:"), GOOD.index("key_from:")
    compile_document((GOOD[:start] + GOOD[end:]).replace("usage_plan: free", "usage_plan: any"))


@pytest.mark.parametrize(
    ("old", "new", "marked", "message"),
    [
        ("        dynamodb: Usage\n", "", "«limits:", "limits: `dynamodb` is required"),
        ("        when_unavailable: deny\n", "", "«limits:", "`when_unavailable` is required"),
        (
            "when_unavailable: deny",
            "when_unavailable: allow",
            "when_unavailable: «allow",
            "when_unavailable: write deny or allow_unmetered",
        ),
        ("        without_plan: free\n", "", "«limits:", "`without_plan` is required"),
        ("without_plan: free", "without_plan: fee", "without_plan: «fee", "did you mean `free`?"),
        ("          free:", "          unlimited:", "«unlimited:", "is the word for no plan"),
        ("          free:", "          a b:", "«a b:", "a plan's name is letters"),
        ("rate: 5/s", "rate: 5", "rate: «5", "rate: write a rate such as 5/s"),
        ("rate: 5/s", "rate: 0/s", "rate: «0/s", "rate: write a rate"),
        ("rate: 5/s", "rate: 5 /s", "rate: «5 /s", "rate: write a rate"),
        ("rate: 5/s", "rate: 5/d", "rate: «5/d", "rate: write a rate"),
        ("rate: 5/s", "rate: 0.5/s", "rate: «0.5/s", "rate: write a rate"),
        ("rate: 5/s", "rate: -5/s", "rate: «-5/s", "rate: write a rate"),
        ("rate: 5/s", "rate: 1001/s", "rate: «1001/s", "at most 1000/s"),
        ("rate: 5/s", "rate: 60001/m", "rate: «60001/m", "at most 1000/s"),
        ("rate: 5/s", "rate: ²/s", "rate: «²/s", "rate: write a rate"),
        ("            burst: 10\n", "", "«rate: 5/s", "rate: needs burst"),
        ("            rate: 5/s\n", "", "«burst: 10", "burst: needs rate"),
        ("burst: 10", "burst: 0", "burst: «0", "burst: write a whole number from 1"),
        ("burst: 10", "burst: 1000001", "burst: «1000001", "burst: write a whole number from 1"),
        ("burst: 10", "burst: '10'", "burst: «'10'", "burst: write a whole number"),
        ("burst: 10", "burst: true", "burst: «true", "burst: write a whole number"),
        ("1000/day", "1000", "quota: «1000", "quota: write a quota such as"),
        ("1000/day", "0/day", "quota: «0/day", "quota: write a quota such as"),
        ("1000/day", "1000/d", "quota: «1000/d", "quota: write a quota such as"),
        ("1000/day", "1000/days", "quota: «1000/days", "quota: write a quota such as"),
        ("1000/day", "1000/year", "quota: «1000/year", "quota: write a quota such as"),
        ("1000/day", "1000000001/day", "quota: «1000000001/day", "at most 1000000000"),
        ("{quota: 10/day}", "{}", "«GET /orders: {}", "write a rate, a quota, or both"),
        ("{quota: 10/day}", "{rate: 1/s}", "GET /orders: {«rate: 1/s}", "rate: needs burst"),
        ("{quota: 10/day}", "{routes: {}}", "GET /orders: {«routes: {}}", "is not known here"),
        (
            "GET /orders: {quota",
            "GET /order: {quota",
            "«GET /order: {quota: 10/day}",
            "did you mean `GET /orders`?",
        ),
    ],
)
def test_a_wrong_limit(old: str, new: str, marked: str, message: str) -> None:
    assert (marked, message) in found_in(changed(old, new), message)


def test_a_plan_that_limits_single_routes_only_limits_nothing() -> None:
    text = GOOD
    for line in (
        "            rate: 5/s\n",
        "            burst: 10\n",
        "            quota: 1000/day\n",
    ):
        text = text.replace(line, "")
    message = "free: write a rate, a quota, or both"
    assert found_in(text, message) == [("«free:", message)]


@pytest.mark.parametrize(
    "more",
    [
        "bindings_table: {dynamodb: Usage, life: 60s, subjects: [principals]}\n",
        OTHER.replace("{file: keys.json}", "{dynamodb: Usage}"),
    ],
    ids=["bindings", "keys"],
)
def test_functions_write_to_no_table_that_says_who_may_do_what(more: str) -> None:
    message = "dynamodb: holds keys or bindings"
    assert found_in(with_other(more), message) == [("dynamodb: «Usage", message)]


@pytest.mark.parametrize(
    ("place", "marked", "message"),
    [
        ("{header: Authorization}", "key_from: {header: «Authorization}", "header: write another"),
        ("{header: aUTHORIZATION}", "key_from: {header: «aUTHORIZATION}", "header: write another"),
        ("{header: a b}", "key_from: {header: «a b}", "header: write a name without spaces"),
        ("{header: ''}", "key_from: {header: «''}", "header: write a name without spaces"),
        ("{}", "«key_from: {}", "key_from: write one place"),
        ("{header: a, query: b}", "«key_from: {header: a, query: b}", "key_from: write one place"),
        ("{cookie: a}", "key_from: {«cookie: a}", "key_from: `cookie` is not known here"),
        ("x-api-key", "key_from: «x-api-key", "key_from: write a mapping"),
        ("[{header: a}]", "«key_from: [{header: a}]", "key_from: write a mapping"),
    ],
)
def test_a_wrong_place_of_the_key_in_requests(place: str, marked: str, message: str) -> None:
    text = changed("key_from:\n  header: x-api-key\n", f"key_from: {place}\n")
    assert found_in(text, message) == [(marked, message)]


def test_tokens_are_not_looked_for_in_a_document_of_keys() -> None:
    message = "token_from: is for jwt schemes; here is none of them"
    assert found_in(f"{GOOD}token_from: [authorization]\n", message) == [
        ("«token_from: [authorization]", message)
    ]


def test_keys_are_not_looked_for_in_a_document_of_tokens() -> None:
    rest = "key_from: {header: x-api-key}\nroutes: {GET /: {authenticated: true}}\n"
    message = "key_from: is for api_key schemes; here is none of them"
    assert found_in(f"version: 1\nauthenticate:\n{TOKENS}{rest}", message) == [
        ("«key_from: {header: x-api-key}", message)
    ]


def test_a_document_may_take_tokens_and_keys() -> None:
    document = compile_document(with_other(TOKENS))
    assert document["token_from"] == ["authorization"]
    assert document["key_from"] == {"header": "x-api-key"}


def test_a_scheme_is_of_one_kind() -> None:
    both = OTHER + TOKENS.replace("  staff:\n", "")
    assert found_in(with_other(both), "others: a scheme is of one kind") == [
        ("«others:", "others: a scheme is of one kind")
    ]


def test_two_schemes_have_two_prefixes() -> None:
    message = "prefix: the scheme machines has this prefix already"
    assert found_in(with_other(OTHER.replace("others_live", "orders_live")), message) == [
        ("prefix: «orders_live", message)
    ]


@pytest.mark.parametrize("kind", ["groups", "clients"])
def test_keys_have_no_groups_and_no_clients(kind: str) -> None:
    message = f"{kind}: API keys have no {kind}"
    assert found_in(f"{GOOD}bindings: [{{role: buyer, {kind}: [a]}}]\n", message) == [
        (f"bindings: [{{role: buyer, «{kind}: [a]}}]", message)
    ]


@pytest.mark.parametrize("kind", ["groups", "clients"])
def test_a_table_cannot_bind_roles_to_what_keys_do_not_have(kind: str) -> None:
    table = f"bindings_table: {{dynamodb: Bindings, life: 60s, subjects: [{kind}]}}"
    message = f"subjects[0]: API keys have no {kind}"
    assert found_in(f"{GOOD}{table}\n", message) == [
        (table.replace(f"[{kind}", f"[«{kind}"), message)
    ]


def test_scopes_of_several_schemes_say_whose_they_are() -> None:
    text = with_other(OTHER, rest="bindings: [{role: buyer, scopes: [a]}]\n")
    message = "say whose scopes these are: scheme: machines or others"
    assert found_in(text, message) == [("bindings: [«{role: buyer, scopes: [a]}]", message)]


@pytest.mark.parametrize(
    ("requirement", "marked"),
    [
        ("{claim: {tenant: {equals: a}}}", "{claim: {«tenant: {equals: a}}}"),
        ("{not: {claim: {groups: {contains: a}}}}", "{not: {claim: {«groups: {contains: a}}}}"),
        ("{claim: {owner.name: {equals: a}}}", "{claim: {«owner.name: {equals: a}}}"),
        ("{claim: {labels.a.b: {equals: a}}}", "{claim: {«labels.a.b: {equals: a}}}"),
        (
            "{any_of: [{all_of: [{path: {who: claims.oid}}]}]}",
            "{any_of: [{all_of: [{path: {who: «claims.oid}}]}]}",
        ),
    ],
)
def test_no_requirement_speaks_of_what_no_key_has(requirement: str, marked: str) -> None:
    """Under `not` it would be met by every key."""
    text = f"{GOOD}  GET /by/{{who}}: {requirement}\n"
    message = "API keys have no such claim"
    assert found_in(text, message) == [(f"GET /by/{{who}}: {marked}", message)]


def test_neither_roles_nor_the_context_speak_of_what_no_key_has() -> None:
    role = "  reader: {requirement: {claim: {scp: {equals: a}}}}"
    text = changed("routes:\n  GET", f"{role}\nroutes:\n  GET") + "context: {a: claims.email}\n"
    message = "API keys have no such claim"
    assert found_in(text, message) == [
        ("reader: {requirement: {claim: {«scp: {equals: a}}}}", message),
        ("context: {a: «claims.email}", message),
    ]


@pytest.mark.parametrize(
    "claim", ["sub", "owner", "key_id", "usage_plan", "labels.tenant", 'labels."a b"']
)
def test_requirements_speak_of_what_keys_have(claim: str) -> None:
    compile_document(f"{GOOD}  GET /a: {{claim: {{'{claim}': {{equals: a}}}}}}\n")
    compile_document(f"{GOOD}  GET /a: {{claim: {{'{claim}': {{any_of: [a, b]}}}}}}\n")


def test_a_plan_that_no_item_of_the_table_could_count_is_refused() -> None:
    routes = [f"GET /{i:03}/{'x' * 200}" for i in range(400)]
    rules = "".join(f"  {route}: {{authenticated: true}}\n" for route in routes)
    limits = "".join(f"              {r}: {{quota: 5/day}}\n" for r in routes)
    plan = f"          long:\n            quota: 5/day\n            routes:\n{limits}"
    text = changed("        plans:\n", f"        plans:\n{plan}").replace(
        "routes_per_key: true", ""
    )
    text = text.replace('            routes: [GET /orders, "*"],\n', "")
    found = found_in(text + rules, "limits more routes than one item can count")
    assert [problem for _, problem in found] == ["limits more routes than one item can count"]


def test_routes_of_a_key_are_a_list() -> None:
    compile_document(f"{GOOD}  GET /a: {{not: {{claim: {{routes: {{contains: GET /a}}}}}}}}\n")


@pytest.mark.parametrize(
    "test",
    [
        "owner: {contains: mallory}",
        "owner: {equals: 1}",
        "usage_plan: {equals: true}",
        "labels.tenant: {any_of: [a, 1]}",
        "routes: {equals: GET /a}",
        "routes: {any_of: [GET /a]}",
        "routes: {contains: 1}",
        "routes: {contains: GET /zzz}",
        "labels: {contains: a}",
        "labels: {equals: a}",
    ],
)
@pytest.mark.parametrize("around", ["", "not"])
def test_no_requirement_tests_a_claim_as_no_key_has_it(test: str, around: str) -> None:
    """Under `not` it would be met by every key, and else by none."""
    claim = f"{{claim: {{{test}}}}}"
    requirement = f"{{not: {claim}}}" if around else claim
    message = "this holds for no key"
    found = found_in(f"{GOOD}  GET /a: {requirement}\n", message)
    assert [problem for _, problem in found] == [message]


def test_routes_of_a_key_are_looked_at_only_where_keys_have_some() -> None:
    text = f"{GOOD}  GET /a: {{claim: {{routes: {{contains: GET /a}}}}}}\n"
    text = text.replace("      routes_per_key: true\n", "")
    assert found_in(text, "this holds for no key")


@pytest.mark.parametrize("claim", ["routes", "labels"])
def test_the_context_is_made_of_text(claim: str) -> None:
    found = found_in(f"{GOOD}context: {{a: claims.{claim}}}\n", "is no text")
    assert found == [(f"context: {{a: «claims.{claim}}}", "is no text")]


@pytest.mark.parametrize(
    "claims",
    [
        "{scope: a}",
        "{sub: 5}",
        "{sub: a, owner: b}",
        "{sub: a, groups: [b]}",
        "{sub: a, tenant: b}",
        "{sub: a, routes: GET /orders}",
        "{sub: a, routes: [1]}",
        "{sub: a, labels: [b]}",
        "{sub: a, labels: {b: 1}}",
        "{sub: a, key_id: 1}",
        "{sub: a, usage_plan: 1}",
        "{sub: a, scope: 'a  b'}",
    ],
)
def test_no_key_has_such_claims(claims: str) -> None:
    example = f"principals: {{acme: {{scheme: machines, claims: {claims}}}}}"
    assert [line for line, _ in found_in(f"{GOOD}{example}\n", "claim")] == [
        example.replace("claims: ", "«claims: ")
    ]


def test_everything_is_found_at_once_in_the_order_of_the_text() -> None:
    text = GOOD
    for old, new in (
        ("orders_live", "Orders"),
        ("ssm:/authorizers/pepper", "nowhere"),
        ("owner: acme", "owner: 5"),
        ("life: 60s", "life: 2h"),
        ("rate: 5/s", "rate: 5"),
        ("GET /orders: {quota", "GET /order: {quota"),
        ("header: x-api-key", "header: authorization"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    assert [marked_line(text, problem.place) for problem in problems(text)] == [
        "prefix: «Orders",
        "pepper: «nowhere",
        "owner: «5,",
        "life: «2h",
        "rate: «5",
        "«GET /order: {quota: 10/day}",
        "header: «authorization",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ssm:/authorizers/pepper", f"{SECRET} {SECRET}"),
        ("orders_live", SECRET.upper()),
        ("id: 7Fh3kQ9ZpLm2", f"id: {SECRET}"),
        ("owner: acme", f"owner: [{SECRET}]"),
        (f"hmac_sha256: {'ab' * 32}", f"hmac_sha256: {SECRET}"),
        ("scopes: [orders:read]", f"scopes: [{SECRET} {SECRET}]"),
        ("networks: [10.0.0.0/8]", f"networks: [{SECRET}]"),
        ("rate: 5/s", f"rate: {SECRET}"),
        ("quota: 1000/day", f"quota: {SECRET}"),
        ("usage_plan: free,", f"gateway_key: {{value: [{SECRET}]}},"),
    ],
)
def test_a_problem_never_shows_a_value(old: str, new: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(changed(old, new))
    assert SECRET not in str(caught.value).lower()

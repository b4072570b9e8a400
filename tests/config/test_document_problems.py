"""Everything that can be wrong with a document: where it is, and what is said about it."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError, Problem

HEAD = """\
version: 1
authenticate:
  staff:
    jwt:
      issuer: https://login.example.com/
      audience: [https://api.example.com]
      profile: rfc9068-access-token
      algorithms: [RS256]
      keys: {discovery: true}
"""
ROUTES = "routes: {GET /: {authenticated: true}}\n"
GOOD = HEAD + ROUTES
SECRET = "hunter2"


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(text)
    return list(caught.value.problems)


def only(text: str | bytes) -> tuple[str, str]:
    (found,) = problems(text)
    return tuple(found)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_the_base_of_these_tests_is_right() -> None:
    assert compile_document(GOOD)["format"] == 1


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("version: 1", "version: 2", "1:10", "version: write 1"),
        ("version: 1", "version: '1'", "1:10", "version: write 1"),
        ("version: 1\n", "", "1:1", "`version` is required"),
        ("issuer: https", "issuer: http", "5:15", "issuer: write an https"),
        ("example.com/\n", "example.com/?a\n", "5:15", "issuer: an issuer has no query"),
        ("//login", "//a:b@login", "5:15", "issuer: an address holds no user name"),
        ("issuer: https://login.example.com/", "issuer: 5", "5:15", "issuer: write text"),
        ("      issuer: https://login.example.com/\n", "", "4:5", "jwt: `issuer` is required"),
        ("[https://api.example.com]", "[]", "6:7", "audience: must not be empty"),
        ("[https://api.example.com]", "['']", "6:18", "audience[0]: must not be empty"),
        ("[https://api.example.com]", "https://a", "6:17", "audience: write a list"),
        ("[https://api.example.com]", "[1]", "6:18", "audience[0]: write text"),
        ("[https://api.example.com]", "{any: ' '}", "6:23", "any: say why"),
        ("[https://api.example.com]", "{any: true}", "6:23", "any: write text"),
        ("[https://api.example.com]", "{all: x}", "6:18", "`all` is not known here"),
        ("      audience: [https://api.example.com]\n", "", "4:5", "`audience` is required"),
        ("rfc9068-access-token", "rfc9068", "7:16", "profile: write one of rfc9068-access-token"),
        ("rfc9068-access-token", "custom", "7:16", "profile: custom needs custom_profile"),
        ("[RS256]", "[]", "8:7", "algorithms: must not be empty"),
        ("[RS256]", "[none]", "8:20", "algorithms[0]: unsigned tokens and shared secrets"),
        ("[RS256]", "[RS256, NonE]", "8:27", "algorithms[1]: unsigned tokens"),
        ("[RS256]", "[HS256]", "8:20", "algorithms[0]: unsigned tokens and shared secrets"),
        ("[RS256]", "[hs512]", "8:20", "algorithms[0]: unsigned tokens and shared secrets"),
        ("[RS256]", "[rs256]", "8:20", "algorithms[0]: write one of RS256"),
        ("[RS256]", "[RS1]", "8:20", "algorithms[0]: write one of RS256"),
        ("      algorithms: [RS256]\n", "", "4:5", "`algorithms` is required"),
        ("{discovery: true}", "{}", "9:7", "keys: write exactly one of discovery"),
        ("{discovery: true}", "{discovery: false}", "9:25", "discovery: only true has a meaning"),
        ("{discovery: true}", "{discovery: yes}", "9:25", "discovery: only true has a meaning"),
        ("{discovery: true}", "{discovery: true, jwks_file: a}", "9:7", "keys: write exactly one"),
        ("{discovery: true}", "{jwks_uri: http://a/}", "9:24", "jwks_uri: write an https"),
        ("{discovery: true}", "{jwks_file: ''}", "9:25", "jwks_file: must not be empty"),
        ("{discovery: true}", "{jwks: {}}", "9:14", "jwks: a JWK Set has a member keys"),
        ("{discovery: true}", "{jwks: {keys: [{}]}}", "9:14", "jwks: each key"),
        ("{discovery: true}", "{jwks: {keys: [{kty: oct, k: x}]}}", "9:14", "jwks: a private"),
        ("{discovery: true}", "{jwks: {keys: [{kty: EC, d: x}]}}", "9:14", "jwks: a private"),
        ("{discovery: true}", "{jwks: 'x'}", "9:20", "jwks: write a mapping"),
        ("{discovery: true}", "{discovery: true, insecure_loopback_http: ''}", "9:55", "say why"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leeway: 301", "10:15", "at most 300s"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leeway: 6m", "10:15", "at most 300s"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leeway: -1", "10:15", "write a duration"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leeway: 1.5", "10:15", "write a duration"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leeway: true", "10:15", "write a duration"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      max_age: 0", "10:16", "at least 1s"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      max_age: soon", "10:16", "write a duration"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      principal_claim: a b", "10:24", "a claim's path"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      custom_profile: {types: [a], required_claims: [a]}", "10:7", "is for profile: custom only"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n      leewy: 1", "10:7", "jwt: `leewy` is not known here; did you mean `leeway`?"),
        ("keys: {discovery: true}", "keys: {discovery: true}\n    api_key: {}", "3:3", "staff: api_key and client_certificate come in a later release"),
        ("    jwt:", "    client_certificate:", "3:3", "come in a later release"),
        ("  staff:", "  9staff:", "3:3", "9staff: a scheme's name"),
        ("  staff:", "  " + "s" * 65 + ":", "3:3", "a scheme's name"),
    ],
)  # fmt: skip
def test_a_wrong_scheme(old: str, new: str, place: str, message: str) -> None:
    found_place, found_message = only(changed(old, new))
    assert message in found_message
    assert found_place == place


@pytest.mark.parametrize(
    ("profile", "place", "message"),
    [
        ("{types: [], required_claims: [a]}", "10:24", "types: must not be empty"),
        ("{types: [''], required_claims: [a]}", "10:32", "types[0]: must not be empty"),
        ("{types: [a], required_claims: []}", "10:36", "required_claims: must not be empty"),
        ("{types: [a]}", "10:7", "`required_claims` is required"),
        ("{required_claims: [a]}", "10:7", "`types` is required"),
        (
            "{types: [a], required_claims: [a], audience_claim: azp}",
            "10:74",
            "write aud or client_id",
        ),
        (
            "{types: [a], required_claims: [a], scope_claims: []}",
            "10:58",
            "scope_claims: must not be",
        ),
        ("{types: [a], required_claims: [a], exact: {a: [1]}}", "10:65", "a: write text, a number"),
        ("{types: [a], required_claims: [a], extra: 1}", "10:58", "`extra` is not known here"),
    ],
)
def test_a_wrong_custom_profile(profile: str, place: str, message: str) -> None:
    text = changed("rfc9068-access-token", "custom").replace(
        "keys: {discovery: true}", f"keys: {{discovery: true}}\n      custom_profile: {profile}"
    )
    found_place, found_message = only(text)
    assert message in found_message
    assert found_place == place


def test_two_schemes_cannot_share_an_issuer() -> None:
    second = HEAD.partition("authenticate:\n")[2].replace("staff", "more")
    place, message = only(HEAD + second + ROUTES)
    assert (place, message) == ("12:15", "issuer: the scheme staff has this issuer already")


@pytest.mark.parametrize(
    ("routes", "place", "message"),
    [
        ("{}", "10:1", "routes: must not be empty"),
        ("[]", "10:1", "routes: write a mapping"),
        ("x", "10:9", "routes: write a mapping"),
        ("{get /: {authenticated: true}}", "10:10", "the method must be ANY or one of"),
        ("{/a: {authenticated: true}}", "10:10", "write METHOD /path"),
        ("{GET /a/: {authenticated: true}}", "10:10", "no trailing /"),
        ("{GET /a*: {authenticated: true}}", "10:10", "no * ? or $"),
        ("{'GET /{a}/{a}': {authenticated: true}}", "10:10", "a name of its own"),
        ("{'*': {authenticated: true}, GET /: {authenticated: true}}", "10:10", "must be the only one"),
        ("{'GET /{a}': {authenticated: true}, 'GET /{b}': {authenticated: true}}", "10:45", "is the same route as GET /{a}"),
        ("{'GET /{a+}': {authenticated: true}, 'GET /{b+}': {authenticated: true}}", "10:46", "is the same route as GET /{a+}"),
        ("{GET /: {authenticated: false}}", "10:34", "authenticated: only true has a meaning"),
        ("{GET /: {authenticated: 1}}", "10:34", "authenticated: only true has a meaning"),
        ("{GET /: {}}", "10:10", "GET /: an empty requirement is met by nobody"),
        ("{GET /: []}", "10:10", "GET /: write a mapping"),
        ("{GET /: authenticated}", "10:18", "GET /: write a mapping"),
        ("{GET /: {scheme: staff, authenticated: true}}", "10:10", "write all_of"),
        ("{GET /: {scope: {any_of: [a]}}}", "10:19", "`scope` is not known here; did you mean `scopes`?"),
        ("{GET /: {password: hunter2}}", "10:19", "`password` is not known here; known here: authenticated"),
        ("{GET /: {scheme: stafff}}", "10:27", "scheme: no such scheme under authenticate; did you mean `staff`?"),
        ("{GET /: {scheme: zzz}}", "10:27", "no such scheme under authenticate: staff"),
        ("{GET /: {not: {scheme: zzz}}}", "10:33", "no such scheme"),
        ("{GET /: {scopes: {}}}", "10:19", "scopes: write any_of: [...] or all_of"),
        ("{GET /: {scopes: [a]}}", "10:19", "scopes: write a mapping"),
        ("{GET /: {scopes: {any_of: []}}}", "10:28", "any_of: must not be empty"),
        ("{GET /: {scopes: {all_of: []}}}", "10:28", "all_of: must not be empty"),
        ("{GET /: {scopes: {any_of: a}}}", "10:36", "any_of: write a list"),
        ("{GET /: {scopes: {any_of: [a], all_of: [b]}}}", "10:19", "scopes: write either any_of or all_of"),
        ("{GET /: {scopes: {any_of: [a b]}}}", "10:37", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: ['']}}}", "10:37", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: [ä]}}}", "10:37", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: [1]}}}", "10:37", "any_of[0]: write text"),
        ("{GET /: {claim: {}}}", "10:19", "claim: must not be empty"),
        ("{GET /: {claim: {a: {equals: 1}, b: {equals: 1}}}}", "10:19", "claim: has one entry; to join several, write all_of"),
        ("{GET /: {claim: {a..b: {equals: 1}}}}", "10:27", "a..b: write a claim's path"),
        ("{GET /: {claim: {'a:b': {equals: 1}}}}", "10:27", "a:b: write a claim's path"),
        ("{GET /: {claim: {a: {}}}}", "10:27", "a: write exactly one of equals, contains and any_of"),
        ("{GET /: {claim: {a: {equals: 1, contains: 2}}}}", "10:27", "a: write exactly one of"),
        ("{GET /: {claim: {a: {equal: 1}}}}", "10:31", "`equal` is not known here; did you mean `equals`?"),
        ("{GET /: {claim: {a: {equals: [1]}}}}", "10:31", "equals: write text, a number"),
        ("{GET /: {claim: {a: {equals: {}}}}}", "10:31", "equals: write text, a number"),
        ("{GET /: {claim: {a: {equals: }}}}", "10:39", "a value is missing"),
        ("{GET /: {claim: {a: {any_of: []}}}}", "10:31", "any_of: must not be empty"),
        ("{GET /: {path: {}}}", "10:19", "path: must not be empty"),
        ("{GET /: {path: {x: claims.sub}}}", "10:26", "x: the route has no such parameter; it has: none"),
        ("{'GET /{a}': {path: {b: claims.sub}}}", "10:31", "b: the route has no such parameter; it has: a"),
        ("{'GET /{a}': {path: {a: sub}}}", "10:34", "a: write claims. and a claim's path"),
        ("{'GET /{a}': {path: {a: claims.}}}", "10:34", "a: write a claim's path"),
        ("{'GET /{a+}': {path: {a: claims.sub}}}", "10:32", "a: takes several segments"),
        ("{$connect: {path: {a: claims.sub}}}", "10:29", "a: the route has no such parameter"),
        ("{'GET /{a}': {not: {path: {a: claims.sub}}}}", "10:30", "path: cannot stand under not"),
        ("{'GET /{a}': {not: {any_of: [{path: {a: claims.sub}}]}}}", "10:40", "path: cannot stand under not"),
        ("{GET /: {source_ip: []}}", "10:19", "source_ip: must not be empty"),
        ("{GET /: {source_ip: [10.0.0.1/8]}}", "10:31", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [example.com]}}", "10:31", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [10.0.0.0/33]}}", "10:31", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [1]}}", "10:31", "source_ip[0]: write text"),
        ("{GET /: {all_of: []}}", "10:19", "all_of: must not be empty"),
        ("{GET /: {any_of: []}}", "10:19", "any_of: must not be empty"),
        ("{GET /: {any_of: [{}]}}", "10:28", "any_of[0]: an empty requirement"),
        ("{GET /: {all_of: {scheme: staff}}}", "10:19", "all_of: write a list"),
        ("{GET /: {not: {}}}", "10:19", "not: an empty requirement"),
    ],
)  # fmt: skip
def test_a_wrong_route(routes: str, place: str, message: str) -> None:
    found_place, found_message = only(f"{HEAD}routes: {routes}\n")
    assert message in found_message
    assert found_place == place


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("token_from: []", "11:1", "token_from: must not be empty"),
        ("token_from: authorization", "11:13", "token_from: write a list"),
        ("token_from: [body]", "11:14", "token_from[0]: write authorization, or one of header"),
        ("token_from: [1]", "11:14", "token_from[0]: write authorization, or one of header"),
        ("token_from: [{}]", "11:14", "token_from[0]: write authorization, or one of header"),
        ("token_from: [{header: a, cookie: b}]", "11:14", "token_from[0]: write authorization"),
        ("token_from: [{coookie: a}]", "11:15", "did you mean `cookie`?"),
        ("token_from: [{cookie: a b}]", "11:23", "cookie: write a name without spaces"),
        ("token_from: [{header: ''}]", "11:23", "header: write a name without spaces"),
        ("token_from: [{header: Authorization}]", "11:14", "token_from[0]: write authorization"),
        ("token_from: [authorization, authorization]", "11:29", "token_from[1]: stands here twice"),
        ("context: []", "11:1", "context: write a mapping"),
        ("context: {principalId: claims.sub}", "11:11", "principalId: this name is written by"),
        ("context: {claims: claims.sub}", "11:11", "this name is written by"),
        ("context: {scopes: claims.sub}", "11:11", "this name is written by"),
        ("context: {integrationLatency: claims.sub}", "11:11", "this name is written by"),
        ("context: {wwwAuthenticate: claims.sub}", "11:11", "this name is written by"),
        ("context: {a-b: claims.sub}", "11:11", "a-b: a context name is"),
        ("context: {ä: claims.sub}", "11:11", "a context name is"),
        ("context: {a: sub}", "11:14", "a: write claims. and a claim's path"),
        ("context: {a: 1}", "11:14", "a: write text"),
        ("inexact: allow", "11:10", "inexact: write refuse or deny"),
        ("inexakt: deny", "11:1", "`inexakt` is not known here; did you mean `inexact`?"),
        ("version: 1", "11:1", "this key stands twice, first at 1:1"),
        ("<<: {}", "11:1", "merge keys (<<) are not taken"),
        ("context: !!map {}", "", ""),
        ("context: !custom {}", "11:10", "tags (!…) are not taken"),
        ("context: {a: !!binary aGk=}", "11:14", "tags (!…) are not taken"),
        ("context: {a: !!int x}", "11:14", "tags (!…) are not taken"),
        ("context: {a: 1234567890123456789}", "11:14", "at most 18 characters"),
        ("context: {a: 1e999}", "11:14", "this number is too large"),
        ('context: {a: "claims.\\u0000"}', "11:14", "control characters and line breaks"),
        ('context: {a: "claims.\\ud800"}', "11:14", "control characters and line breaks"),
        ('context: {"a\\nb": claims.sub}', "11:11", "control characters and line breaks"),
        ("context:", "11:9", "a value is missing"),
        ("? [a]\n: b", "11:3", "a key is text"),
    ],
)
def test_a_wrong_line_beside_the_routes(line: str, place: str, message: str) -> None:
    text = f"{GOOD}{line}\n"
    if not place:
        compile_document(text)
        return
    found = problems(text)
    assert found[0].place == place
    assert message in found[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the document is empty"),
        ("# nothing\n", "the document is empty"),
        ("---\n---\n", "this is not YAML"),
        ("a: [", "this is not YAML"),
        ("\t", "this is not YAML"),
        ("a: *b", "this is not YAML"),
        ('"\\U00110000"', "this is not YAML"),
        ("\x00", "this is not YAML"),
        ("%YAML 9.9\n--- a", "this is not YAML"),
        (b"\xff", "write the document in UTF-8"),
        ("\ufeff" + "a" * 300_000, "at most 262144 characters"),
        ("[" * 100_000, ""),
        ("a: " * 100_000, ""),
        ("&a [*a]", "more than 40 deep"),
        ("a: " + "[" * 50 + "]" * 50, "more than 40 deep"),
        (
            "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)),
            "more than 50000 values",
        ),
    ],
)
def test_text_that_is_no_document(text: str | bytes, message: str) -> None:
    assert message in problems(text)[0].message


def test_text_that_is_a_word_is_no_mapping() -> None:
    assert problems("word")[0] == Problem("1:1", "write a mapping")


def test_all_problems_are_reported_at_once_in_the_order_of_the_text() -> None:
    text = (
        changed("[RS256]", "[none]").replace("example.com/\n", "example.com/#x\n")
        + "context: {claims: x}\nextra: 1\nextra: 2\n"
    ).replace("authenticated: true", "scheme: nobody")
    assert [problem.place for problem in problems(text)] == [
        "5:15",
        "8:20",
        "10:26",
        "11:11",
        "11:19",
        "12:1",
        "13:1",
    ]


@pytest.mark.parametrize(
    "text",
    [
        changed("https://login.example.com/", f"https://u:{SECRET}@login.example.com/"),
        changed("[https://api.example.com]", f"{{any: 1, {'x' * 65}{SECRET}: 2}}"),
        changed("rfc9068-access-token", SECRET),
        changed("[RS256]", f"[{SECRET}]"),
        changed("{discovery: true}", f"{{jwks: {{keys: [{{kty: oct, k: {SECRET}}}]}}}}"),
        changed("{discovery: true}", f"{{discovery: {SECRET}}}"),
        changed("authenticated: true", f"scheme: {SECRET}"),
        changed("authenticated: true", f"claim: {{a: {{equals: [{SECRET}]}}}}"),
        changed("authenticated: true", f"source_ip: [{SECRET}]"),
        GOOD + f"inexact: {SECRET}\n",
        GOOD + f"inexact: *{SECRET}\n",
        GOOD + f"inexact: !{SECRET} deny\n",
        GOOD + f"inexact: &{SECRET} deny\n  x: [",
        GOOD + f'inexact: "{SECRET}\n',
        GOOD + f"%{SECRET}: [\n",
    ],
)
def test_no_value_is_ever_shown(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(text)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)

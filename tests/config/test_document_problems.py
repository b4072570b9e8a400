"""Everything that can be wrong with a document: where it is, and what is said about it."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError, Problem
from tests.config.problems import MARK, found_in, problems

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


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_the_base_of_these_tests_is_right() -> None:
    assert compile_document(GOOD)["format"] == 2


@pytest.mark.parametrize(
    ("old", "new", "marked", "message"),
    [
        ("version: 1", "version: 2", "version: «2", "version: write 1"),
        ("version: 1", "version: '1'", "version: «'1'", "version: write a whole number"),
        ("version: 1", "version: true", "version: «true", "version: write a whole number"),
        ("version: 1", "version: 1.0", "version: «1.0", "version: write a whole number"),
        ("version: 1\n", "", "«authenticate:", "`version` is required"),
        (
            "issuer: https",
            "issuer: http",
            "issuer: «http://login.example.com/",
            "issuer: write an https",
        ),
        (
            "example.com/\n",
            "example.com/?a\n",
            "issuer: «https://login.example.com/?a",
            "issuer: an issuer has no query",
        ),
        (
            "//login",
            "//a:b@login",
            "issuer: «https://a:b@login.example.com/",
            "issuer: an address holds no user name",
        ),
        ("issuer: https://login.example.com/", "issuer: 5", "issuer: «5", "issuer: write text"),
        ("      issuer: https://login.example.com/\n", "", "«jwt:", "jwt: `issuer` is required"),
        ("[https://api.example.com]", "[]", "«audience: []", "audience: must not be empty"),
        ("[https://api.example.com]", "['']", "audience: [«'']", "audience[0]: must not be empty"),
        (
            "[https://api.example.com]",
            "https://a",
            "audience: «https://a",
            "audience: write a list",
        ),
        ("[https://api.example.com]", "[1]", "audience: [«1]", "audience[0]: write text"),
        ("[https://api.example.com]", "{any: ' '}", "audience: {any: «' '}", "any: say why"),
        ("[https://api.example.com]", "{any: true}", "audience: {any: «true}", "any: write text"),
        ("[https://api.example.com]", "{all: x}", "audience: {«all: x}", "`all` is not known here"),
        ("      audience: [https://api.example.com]\n", "", "«jwt:", "`audience` is required"),
        (
            "rfc9068-access-token",
            "rfc9068",
            "profile: «rfc9068",
            "profile: write one of rfc9068-access-token",
        ),
        ("rfc9068-access-token", "custom", "profile: «custom", "custom needs custom_profile"),
        ("[RS256]", "[]", "«algorithms: []", "algorithms: must not be empty"),
        (
            "[RS256]",
            "[none]",
            "algorithms: [«none]",
            "algorithms[0]: unsigned tokens and shared secrets",
        ),
        (
            "[RS256]",
            "[RS256, NonE]",
            "algorithms: [RS256, «NonE]",
            "algorithms[1]: unsigned tokens",
        ),
        (
            "[RS256]",
            "[HS256]",
            "algorithms: [«HS256]",
            "algorithms[0]: unsigned tokens and shared secrets",
        ),
        (
            "[RS256]",
            "[hs512]",
            "algorithms: [«hs512]",
            "algorithms[0]: unsigned tokens and shared secrets",
        ),
        ("[RS256]", "[rs256]", "algorithms: [«rs256]", "algorithms[0]: write one of RS256"),
        ("[RS256]", "[RS1]", "algorithms: [«RS1]", "algorithms[0]: write one of RS256"),
        ("      algorithms: [RS256]\n", "", "«jwt:", "`algorithms` is required"),
        ("{discovery: true}", "{}", "«keys: {}", "keys: write exactly one of discovery"),
        (
            "{discovery: true}",
            "{discovery: false}",
            "keys: {discovery: «false}",
            "discovery: only true has a meaning",
        ),
        (
            "{discovery: true}",
            "{discovery: yes}",
            "keys: {discovery: «yes}",
            "discovery: write true",
        ),
        (
            "{discovery: true}",
            "{discovery: true, jwks_file: a}",
            "«keys: {discovery: true, jwks_file: a}",
            "keys: write exactly one",
        ),
        (
            "{discovery: true}",
            "{jwks_uri: http://a/}",
            "keys: {jwks_uri: «http://a/}",
            "jwks_uri: write an https",
        ),
        (
            "{discovery: true}",
            "{jwks_file: ''}",
            "keys: {jwks_file: «''}",
            "jwks_file: must not be empty",
        ),
        (
            "{discovery: true}",
            "{jwks: {}}",
            "keys: {«jwks: {}}",
            "jwks: a JWK Set has a member keys",
        ),
        (
            "{discovery: true}",
            "{jwks: {keys: [{}]}}",
            "keys: {«jwks: {keys: [{}]}}",
            "jwks: each key",
        ),
        (
            "{discovery: true}",
            "{jwks: {keys: [{kty: oct, k: x}]}}",
            "keys: {«jwks: {keys: [{kty: oct, k: x}]}}",
            "jwks: a private",
        ),
        (
            "{discovery: true}",
            "{jwks: {keys: [{kty: EC, d: x}]}}",
            "keys: {«jwks: {keys: [{kty: EC, d: x}]}}",
            "jwks: a private",
        ),
        ("{discovery: true}", "{jwks: 'x'}", "keys: {jwks: «'x'}", "jwks: write a mapping"),
        (
            "{discovery: true}",
            "{discovery: true, insecure_loopback_http: ''}",
            "keys: {discovery: true, insecure_loopback_http: «''}",
            "say why",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leeway: 301",
            "leeway: «301",
            "at most 300s",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leeway: 6m",
            "leeway: «6m",
            "at most 300s",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leeway: -1",
            "leeway: «-1",
            "write a duration",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leeway: 1.5",
            "leeway: «1.5",
            "write a duration",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leeway: true",
            "leeway: «true",
            "write a duration",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      max_age: 0",
            "max_age: «0",
            "at least 1s",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      max_age: soon",
            "max_age: «soon",
            "write a duration",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      principal_claim: a b",
            "principal_claim: «a b",
            "a claim's path",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      custom_profile: {types: [a], required_claims: [a]}",
            "«custom_profile: {types: [a], required_claims: [a]}",
            "is for profile: custom only",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n      leewy: 1",
            "«leewy: 1",
            "jwt: `leewy` is not known here; did you mean `leeway`?",
        ),
        (
            "keys: {discovery: true}",
            "keys: {discovery: true}\n    api_key: {}",
            "«staff:",
            "staff: a scheme is of one kind: write one of jwt, api_key, client_certificate",
        ),
        ("    jwt:", "    saml:", "«saml:", "`saml` is not known here; known here: jwt, api_key"),
        ("  staff:", "  9staff:", "«9staff:", "9staff: a scheme's name"),
        (
            "  staff:",
            "  sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss:",
            "«sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss:",
            "a scheme's name",
        ),
    ],
)
def test_a_wrong_scheme(old: str, new: str, marked: str, message: str) -> None:
    assert old in GOOD
    assert (marked, message) in found_in(GOOD.replace(old, new), message)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("{«types: [], required_claims: [a]}", "types: must not be empty"),
        ("{types: [«''], required_claims: [a]}", "types[0]: must not be empty"),
        ("{types: [a], «required_claims: []}", "required_claims: must not be empty"),
        ("«custom_profile: {types: [a]}", "`required_claims` is required"),
        ("«custom_profile: {required_claims: [a]}", "`types` is required"),
        ("{types: [a], required_claims: [a], audience_claim: «azp}", "write aud or client_id"),
        ("{types: [a], required_claims: [a], «scope_claims: []}", "scope_claims: must not be"),
        ("{types: [a], required_claims: [a], exact: {«a: [1]}}", "a: write text, a number"),
        ("{types: [a], required_claims: [a], «extra: 1}", "`extra` is not known here"),
    ],
)
def test_a_wrong_custom_profile(marked: str, message: str) -> None:
    line = f"      custom_profile: {marked}" if marked[0] == "{" else f"      {marked}"
    text = HEAD.replace("rfc9068-access-token", "custom") + line.replace(MARK, "")
    assert (line.strip(), message) in found_in(f"{text}\n{ROUTES}", message)


def test_two_schemes_cannot_share_an_issuer() -> None:
    second = HEAD.partition("authenticate:\n")[2].replace("staff", "more")
    (found,) = problems(HEAD + second + ROUTES)
    assert found == Problem("12:15", "issuer: the scheme staff has this issuer already")


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("«routes: {}", "routes: must not be empty"),
        ("«routes: []", "routes: write a mapping"),
        ("«x", "routes: write a mapping"),
        ("{«get /: {authenticated: true}}", "the method must be ANY or one of"),
        ("{«/a: {authenticated: true}}", "write METHOD /path"),
        ("{«GET /a/: {authenticated: true}}", "no trailing /"),
        ("{«GET /a*: {authenticated: true}}", "no * ? or $"),
        ("{«'GET /{a}/{a}': {authenticated: true}}", "a name of its own"),
        ("{«'*': {authenticated: true}, GET /: {authenticated: true}}", "must be the only one"),
        (
            "{'GET /{a}': {authenticated: true}, «'GET /{b}': {authenticated: true}}",
            "is the same route as GET /{a}",
        ),
        (
            "{'GET /{a+}': {authenticated: true}, «'GET /{b+}': {authenticated: true}}",
            "is the same route as GET /{a+}",
        ),
        ("{GET /: {authenticated: «false}}", "authenticated: only true has a meaning"),
        ("{GET /: {authenticated: «1}}", "authenticated: write true"),
        ("{«GET /: {}}", "GET /: an empty requirement is met by nobody"),
        ("{«GET /: []}", "GET /: write a mapping"),
        ("{GET /: «authenticated}", "GET /: write a mapping"),
        ("{«GET /: {scheme: staff, authenticated: true}}", "write all_of"),
        ("{GET /: {«scope: {any_of: [a]}}}", "`scope` is not known here; did you mean `scopes`?"),
        (
            "{GET /: {«password: hunter2}}",
            "`password` is not known here; known here: authenticated",
        ),
        (
            "{GET /: {scheme: «stafff}}",
            "scheme: no such scheme under authenticate; did you mean `staff`?",
        ),
        ("{GET /: {scheme: «zzz}}", "no such scheme under authenticate: staff"),
        ("{GET /: {not: {scheme: «zzz}}}", "no such scheme"),
        ("{GET /: {«scopes: {}}}", "scopes: write any_of: [...] or all_of"),
        ("{GET /: {«scopes: [a]}}", "scopes: write a mapping"),
        ("{GET /: {scopes: {«any_of: []}}}", "any_of: must not be empty"),
        ("{GET /: {scopes: {«all_of: []}}}", "all_of: must not be empty"),
        ("{GET /: {scopes: {any_of: «a}}}", "any_of: write a list"),
        ("{GET /: {«scopes: {any_of: [a], all_of: [b]}}}", "scopes: write either any_of or all_of"),
        ("{GET /: {scopes: {any_of: [«a b]}}}", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: [«'']}}}", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: [«ä]}}}", "any_of[0]: a scope is one word"),
        ("{GET /: {scopes: {any_of: [«1]}}}", "any_of[0]: write text"),
        ("{GET /: {«claim: {}}}", "claim: must not be empty"),
        (
            "{GET /: {«claim: {a: {equals: 1}, b: {equals: 1}}}}",
            "claim: has one entry; to join several, write all_of",
        ),
        ("{GET /: {claim: {«a..b: {equals: 1}}}}", "a..b: write a claim's path"),
        ("{GET /: {claim: {«'a:b': {equals: 1}}}}", "a:b: write a claim's path"),
        ("{GET /: {claim: {«a: {}}}}", "a: write exactly one of equals, contains and any_of"),
        ("{GET /: {claim: {«a: {equals: 1, contains: 2}}}}", "a: write exactly one of"),
        ("{GET /: {claim: {a: {«equal: 1}}}}", "`equal` is not known here; did you mean `equals`?"),
        ("{GET /: {claim: {a: {«equals: [1]}}}}", "equals: write text, a number"),
        ("{GET /: {claim: {a: {«equals: {}}}}}", "equals: write text, a number"),
        ("{GET /: {claim: {a: {equals:« }}}}", "a value is missing"),
        ("{GET /: {claim: {a: {«any_of: []}}}}", "any_of: must not be empty"),
        ("{GET /: {«path: {}}}", "path: must not be empty"),
        ("{GET /: {path: {«x: claims.sub}}}", "x: the route has no such parameter; it has: none"),
        ("{'GET /{a}': {path: {«b: claims.sub}}}", "b: the route has no such parameter; it has: a"),
        ("{'GET /{a}': {path: {a: «sub}}}", "a: write claims. and a claim's path"),
        ("{'GET /{a}': {path: {a: «claims.}}}", "a: write a claim's path"),
        ("{'GET /{a+}': {path: {«a: claims.sub}}}", "a: takes several segments"),
        ("{$connect: {path: {«a: claims.sub}}}", "a: the route has no such parameter"),
        ("{'GET /{a}': {not: {«path: {a: claims.sub}}}}", "path: cannot stand under not"),
        (
            "{'GET /{a}': {not: {any_of: [{«path: {a: claims.sub}}]}}}",
            "path: cannot stand under not",
        ),
        ("{GET /: {«source_ip: []}}", "source_ip: must not be empty"),
        ("{GET /: {source_ip: [«10.0.0.1/8]}}", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [«example.com]}}", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [«10.0.0.0/33]}}", "source_ip[0]: write a network"),
        ("{GET /: {source_ip: [«1]}}", "source_ip[0]: write text"),
        ("{GET /: {«all_of: []}}", "all_of: must not be empty"),
        ("{GET /: {«any_of: []}}", "any_of: must not be empty"),
        ("{GET /: {any_of: [«{}]}}", "any_of[0]: an empty requirement"),
        ("{GET /: {«all_of: {scheme: staff}}}", "all_of: write a list"),
        ("{GET /: {«not: {}}}", "not: an empty requirement"),
    ],
)
def test_a_wrong_route(marked: str, message: str) -> None:
    line = marked if "routes" in marked else f"routes: {marked}"
    assert (line, message) in found_in(HEAD + line.replace(MARK, "") + "\n", message)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("«token_from: []", "token_from: must not be empty"),
        ("token_from: «authorization", "token_from: write a list"),
        ("token_from: [«body]", "token_from[0]: write authorization, or one of header"),
        ("token_from: [«1]", "token_from[0]: write authorization, or one of header"),
        ("token_from: [«{}]", "token_from[0]: write authorization, or one of header"),
        ("token_from: [«{header: a, cookie: b}]", "token_from[0]: write authorization"),
        ("token_from: [{«coookie: a}]", "did you mean `cookie`?"),
        ("token_from: [{cookie: «a b}]", "cookie: write a name without spaces"),
        ("token_from: [{header: «''}]", "header: write a name without spaces"),
        ("token_from: [«{header: Authorization}]", "token_from[0]: write authorization"),
        ("token_from: [authorization, «authorization]", "token_from[1]: stands here twice"),
        ("«context: []", "context: write a mapping"),
        ("context: {«principalId: claims.sub}", "principalId: this name is written by"),
        ("context: {«claims: claims.sub}", "this name is written by"),
        ("context: {«scopes: claims.sub}", "this name is written by"),
        ("context: {«integrationLatency: claims.sub}", "this name is written by"),
        ("context: {«wwwAuthenticate: claims.sub}", "this name is written by"),
        ("context: {«a-b: claims.sub}", "a-b: a context name is"),
        ("context: {«ä: claims.sub}", "a context name is"),
        ("context: {a: «sub}", "a: write claims. and a claim's path"),
        ("context: {a: «1}", "a: write text"),
        ("inexact: «allow", "inexact: write refuse or deny"),
        ("«inexakt: deny", "`inexakt` is not known here; did you mean `inexact`?"),
        ("«version: 1", "this key stands twice, first at 1:1"),
        ("«<<: {}", "merge keys (<<) are not taken"),
        ("context: «!custom {}", "tags (!…) are not taken"),
        ("context: {a: «!!binary aGk=}", "tags (!…) are not taken"),
        ("context: {a: «!!int x}", "tags (!…) are not taken"),
        ("context: {a: «1234567890123456789}", "at most 18 characters"),
        ("context: {a: «1e999}", "this number is too large"),
        ('context: {a: «"claims.\\u0000"}', "control characters and line breaks"),
        ('context: {a: «"claims.\\ud800"}', "control characters and line breaks"),
        ('context: {«"a\\nb": claims.sub}', "control characters and line breaks"),
        ("context:«", "a value is missing"),
        ("? «[a]", "a key is text"),
    ],
)
def test_a_wrong_line_beside_the_routes(marked: str, message: str) -> None:
    text = GOOD + marked.replace(MARK, "") + "\n"
    assert (marked, message) in found_in(text, message)


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
        ("[" * 20_000, ""),
        ("a: " * 20_000, ""),
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

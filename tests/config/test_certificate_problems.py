"""Everything that can be wrong with client certificates: where it is, and what is said."""

import pytest

from authorizers.config.compile import compile_document
from authorizers.errors import ConfigurationError
from tests.config.problems import found_in, marked_line, problems

GOOD = """\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: file:partners.pem
      intermediates: s3://bucket/mid.pem
      identity: spiffe
      trust_domain: example.org
      max_intermediates: 2
      any_extended_key_usage: their authority is old
      policies: [1.2.3.4]
      refresh: 5m
      revocation:
        mode: required
        crls:
          - s3://bucket/issuing.crl
          - {url: "http://crl.example.com/a.crl", kept_in: s3://bucket/kept.crl}
        distribution_points: {hosts: [crl.example.com]}
        ocsp: {hosts: [ocsp.example.com]}
roles:
  buyer: {routes: [POST /orders]}
bindings:
  - {role: buyer, scheme: partners, certificates: [spiffe://example.org/shop]}
routes:
  GET /orders: {certificate: {trust_domain: example.org}}
"""
PIN = "ab" * 32
PINNED = f"""\
  pinned:
    client_certificate:
      trust: file:pinned.pem
      identity: fingerprint
      fingerprints: [{PIN}]
      revocation: {{none: a handful of terminals}}
"""
OTHER = """\
  others:
    client_certificate:
      trust: file:others.pem
      identity: common_name
      revocation: {none: they live for an hour}
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
KEYS = """\
  machines:
    api_key: {prefix: orders_live, pepper: environment, keys: {file: keys.json}}
"""
BINDING = "{role: buyer, scheme: partners, certificates: [spiffe://example.org/shop]}"
KEPT = "{{url: http://a.example/{}, kept_in: s3://bucket/a}}"
TWO_LISTS = f"{{mode: required, crls: [{KEPT.format('b')}, {KEPT.format('c')}]}}"
SECRET = "hunter2"
REVOCATION = GOOD[GOOD.index("      revocation:") : GOOD.index("roles:")]


def changed(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new, 1)


def with_schemes(*more: str, rest: str = "") -> str:
    return GOOD.replace("roles:", f"{''.join(more)}roles:", 1) + rest


def test_the_base_of_these_tests_is_right() -> None:
    assert compile_document(GOOD)["format"] == 2
    for more in (PINNED, OTHER, TOKENS, KEYS):
        assert len(compile_document(with_schemes(more))["schemes"]) == 2


@pytest.mark.parametrize(
    ("old", "new", "marked", "message"),
    [
        (
            "      trust: file:partners.pem\n",
            "",
            "«client_certificate:",
            "client_certificate: `trust` is required",
        ),
        ("file:partners.pem", "partners.pem", "trust: «partners.pem", "trust: write file:PATH"),
        ("file:partners.pem", "'file:'", "trust: «'file:'", "trust: write file:PATH"),
        ("file:partners.pem", "ssm:/a", "trust: «ssm:/a", "trust: write file:PATH"),
        ("file:partners.pem", "s3://B/a", "trust: «s3://B/a", "or s3://bucket/key"),
        ("file:partners.pem", "s3://bucket/", "trust: «s3://bucket/", "or s3://bucket/key"),
        ("file:partners.pem", "https://a.example/b", "trust: «https://a", "trust: write file:"),
        ("file:partners.pem", "[file:a]", "«trust: [file:a]", "trust: write file:PATH"),
        ("file:partners.pem", "5", "trust: «5", "trust: write file:PATH"),
        ("s3://bucket/mid.pem", "mid.pem", "intermediates: «mid.pem", "intermediates: write file:"),
        ("      identity: spiffe\n", "", "«client_certificate:", "`identity` is required"),
        ("identity: spiffe", "identity: cn", "identity: «cn", "identity: write one of spiffe, uri"),
        ("identity: spiffe", "identity: subject", "identity: «subject", "identity: write one of"),
        (
            "      trust_domain: example.org\n",
            "",
            "identity: «spiffe",
            "identity: spiffe needs trust_domain",
        ),
        (
            "identity: spiffe",
            "identity: uri",
            "«trust_domain: example.org",
            "trust_domain: is for identity: spiffe only",
        ),
        (
            "identity: spiffe",
            "identity: fingerprint",
            "identity: «fingerprint",
            "identity: fingerprint needs fingerprints",
        ),
        (
            "trust_domain: example.org\n",
            f"trust_domain: example.org\n      fingerprints: [{PIN}]\n",
            f"«fingerprints: [{PIN}]",
            "fingerprints: is for identity: fingerprint only",
        ),
        (
            "trust_domain: example.org",
            "trust_domain: Example.org",
            "trust_domain: «Example.org",
            "trust_domain: a trust domain is small letters",
        ),
        (
            "trust_domain: example.org",
            "trust_domain: spiffe://example.org",
            "trust_domain: «spiffe://example.org",
            "without spiffe://",
        ),
        (
            "trust_domain: example.org",
            "trust_domain: example.org:443",
            "trust_domain: «example.org:443",
            "a trust domain is",
        ),
        (
            "trust_domain: example.org",
            f"trust_domain: {'a' * 256}",
            f"trust_domain: «{'a' * 256}",
            "at most 255 characters",
        ),
        ("max_intermediates: 2", "max_intermediates: 4", "max_intermediates: «4", "from 0 to 3"),
        ("max_intermediates: 2", "max_intermediates: -1", "max_intermediates: «-1", "from 0 to 3"),
        ("max_intermediates: 2", "max_intermediates: two", "«two", "write a whole number"),
        ("max_intermediates: 2", "max_intermediates: true", "«true", "write a whole number"),
        (
            "any_extended_key_usage: their authority is old",
            "any_extended_key_usage: true",
            "any_extended_key_usage: «true",
            "any_extended_key_usage: write text",
        ),
        (
            "any_extended_key_usage: their authority is old",
            "any_extended_key_usage: ' '",
            "any_extended_key_usage: «' '",
            "say why",
        ),
        ("[1.2.3.4]", "[]", "«policies: []", "policies: must not be empty"),
        ("[1.2.3.4]", "[1.2]", "policies: [«1.2]", "policies[0]: write text"),
        ("[1.2.3.4]", "[1.2.x]", "policies: [«1.2.x]", "policies[0]: write an object identifier"),
        ("[1.2.3.4]", "[3.2.1.0]", "policies: [«3.2.1.0]", "policies[0]: write an object"),
        ("[1.2.3.4]", "[1.2.03.4]", "policies: [«1.2.03.4]", "policies[0]: write an object"),
        ("[1.2.3.4]", "[1.40.3.4]", "policies: [«1.40.3.4]", "policies[0]: write an object"),
        (
            "[1.2.3.4]",
            "[1.2.3.4, 2.5.29.32.0]",
            "policies: [1.2.3.4, «2.5.29.32.0]",
            "policies[1]: anyPolicy is no policy",
        ),
        (
            "[1.2.3.4]",
            "[1.2.3.4, 1.2.3.4]",
            "policies: [1.2.3.4, «1.2.3.4]",
            "policies[1]: stands here twice",
        ),
        ("refresh: 5m", "refresh: 61m", "refresh: «61m", "refresh: write at most 1h"),
        ("refresh: 5m", "refresh: soon", "refresh: «soon", "refresh: write a duration"),
        ("refresh: 5m", "refreshed: 5m", "«refreshed: 5m", "did you mean `refresh`?"),
        ("      identity: spiffe\n", "      identity: [spiffe]\n", "«identity:", "write one of"),
    ],
)
def test_a_wrong_scheme(old: str, new: str, marked: str, message: str) -> None:
    found = found_in(changed(old, new), message)
    assert any(marked in line and said == message for line, said in found), found


@pytest.mark.parametrize(
    ("revocation", "marked", "message"),
    [
        ("none", "revocation: «none", "revocation: write mode and where revocations are"),
        ("true", "revocation: «true", "revocation: write mode and where revocations are"),
        ("[]", "«revocation: []", "revocation: write mode and where revocations are looked up"),
        ("{}", "«revocation: {}", "revocation: `mode` is required"),
        ("{none: true}", "{none: «true}", "none: write text"),
        ("{none: ''}", "{none: «''}", "none: say why, in a few words"),
        ("{none: why, mode: required}", "{none: why, «mode: required}", "`mode` is not known"),
        ("{mode: required}", "«revocation: {mode: required}", "write at least one of crls"),
        ("{crls: [file:a]}", "«revocation: {crls: [file:a]}", "revocation: `mode` is required"),
        ("{mode: off, crls: [file:a]}", "{mode: «off,", "mode: write required or best_effort"),
        ("{mode: soft, crls: [file:a]}", "{mode: «soft,", "mode: write"),
        ("{mode: required, crls: []}", "«crls: []", "crls: must not be empty"),
        ("{mode: required, crls: file:a}", "crls: «file:a", "crls: write a list"),
        ("{mode: required, crls: [a]}", "crls: [«a]", "crls[0]: write file:PATH"),
        ("{mode: required, crls: [file:a, file:a]}", "«file:a]", "crls[1]: stands here twice"),
        ("{mode: required, crls: ['http://a/b']}", "[«'http://a/b']", "crls[0]: write file:PATH"),
        (
            "{mode: required, crls: [{url: http://a.example/b}]}",
            "crls: [«{url: http://a.example/b}]",
            "crls[0]: `kept_in` is required",
        ),
        (
            "{mode: required, crls: [{kept_in: s3://bucket/a}]}",
            "crls: [«{kept_in: s3://bucket/a}]",
            "crls[0]: `url` is required",
        ),
        (
            "{mode: required, crls: [{url: http://a.example/b, kept_in: file:a}]}",
            "kept_in: «file:a",
            "kept_in: write s3://bucket/key: no function can write into its package",
        ),
        (
            "{mode: required, crls: [{url: ldap://a.example/b, kept_in: s3://bucket/a}]}",
            "{url: «ldap:",
            "url: write an address such as http://crl.example.com/issuing.crl",
        ),
        (
            "{mode: required, crls: [{url: http://u@a.example/b, kept_in: s3://bucket/a}]}",
            "{url: «http:",
            "url: an address holds no user name",
        ),
        (
            "{mode: required, crls: [{url: 'http://a.example/b#c', kept_in: s3://bucket/a}]}",
            "{url: «'http:",
            "url: an address that is fetched has no fragment",
        ),
        (
            "{mode: required, crls: [{url: 'http:///b', kept_in: s3://bucket/a}]}",
            "{url: «'http:",
            "url: write an address such as",
        ),
        (
            "{mode: required, crls: [{url: http://a.example/b, kept_in: file:a, every: 5m}]}",
            "«every: 5m",
            "`every` is not known here",
        ),
        (
            "{mode: required, crls: [{url: http://a.example/b, kept_in: s3://bucket/mid.pem}]}",
            "kept_in: «s3://bucket/mid.pem",
            "kept_in: trusted certificates are read from there",
        ),
        (
            TWO_LISTS,
            "c, kept_in: «s3://bucket/a",
            "kept_in: the list of another url is kept there",
        ),
        (
            "{mode: required, crls: [s3://bucket/a, {url: http://a/b, kept_in: s3://bucket/a}]}",
            "«{url:",
            "crls[1]: stands here twice",
        ),
        ("{mode: required, ocsp: {}}", "«ocsp: {}", "ocsp: `hosts` is required"),
        ("{mode: required, ocsp: {hosts: []}}", "«hosts: []", "hosts: must not be empty"),
        ("{mode: required, ocsp: [a.example]}", "«ocsp: [a.example]", "ocsp: write a mapping"),
        ("{mode: required, ocsp: {hosts: ['*']}}", "[«'*']", "hosts[0]: write one host's name"),
        (
            "{mode: required, ocsp: {hosts: ['*.example.com']}}",
            "[«'*.example.com']",
            "hosts[0]: write one host's name, without a port or a wildcard",
        ),
        ("{mode: required, ocsp: {hosts: [127.0.0.1]}}", "[«127.0.0.1]", "write one host's name"),
        ("{mode: required, ocsp: {hosts: ['[::1]']}}", "[«'[::1]']", "write one host's name"),
        ("{mode: required, ocsp: {hosts: ['a:80']}}", "[«'a:80']", "write one host's name"),
        ("{mode: required, ocsp: {hosts: [a.example.]}}", "[«a.example.]", "write one host's"),
        ("{mode: required, ocsp: {hosts: ['http://a']}}", "[«'http://a']", "write one host's"),
        (
            "{mode: required, distribution_points: {hosts: [a.example, A.example]}}",
            "[a.example, «A.example]",
            "hosts[1]: stands here twice",
        ),
        ("{mode: required, ldap: {hosts: [a.example]}}", "«ldap:", "`ldap` is not known here"),
    ],
)
def test_a_wrong_revocation(revocation: str, marked: str, message: str) -> None:
    text = changed(REVOCATION, f"      revocation: {revocation}\n")
    found = found_in(text, message)
    assert any(marked in line and said == message for line, said in found), found


def test_revocation_has_no_default() -> None:
    message = "client_certificate: `revocation` is required"
    assert found_in(changed(REVOCATION, ""), message) == [("«client_certificate:", message)]


@pytest.mark.parametrize(
    ("pins", "marked", "message"),
    [
        ("[]", "«fingerprints: []", "fingerprints: must not be empty"),
        (PIN, f"fingerprints: «{PIN}", "fingerprints: write a list"),
        ("[abab]", "fingerprints: [«abab]", "fingerprints[0]: write the SHA-256"),
        (f"[{'ab' * 20}]", f"fingerprints: [«{'ab' * 20}]", "fingerprints[0]: write the SHA-256"),
        (f"[{PIN}ab]", f"fingerprints: [«{PIN}ab]", "fingerprints[0]: write the SHA-256"),
        (f"[{PIN[:-1]}g]", f"fingerprints: [«{PIN[:-1]}g]", "64 hexadecimal digits"),
        (
            f"[{PIN}, {':'.join(['AB'] * 32)}]",
            f"«{':'.join(['AB'] * 32)}]",
            "fingerprints[1]: stands here twice",
        ),
    ],
)
def test_a_wrong_pin(pins: str, marked: str, message: str) -> None:
    found = found_in(with_schemes(changed(f"[{PIN}]", pins, PINNED)), message)
    assert [said for line, said in found if marked in line] == [message]


MORE = """\
  more:
    client_certificate:
      trust: file:partners.pem
      identity: spiffe
      trust_domain: example.org
      revocation: {none: they live for an hour}
"""
COPY = GOOD[GOOD.index("  partners:") : GOOD.index("roles:")].replace("partners:", "more:", 1)


@pytest.mark.parametrize("other", [COPY, MORE], ids=["the same", "of the same callers"])
def test_two_schemes_cannot_have_the_same_callers(other: str) -> None:
    found = found_in(with_schemes(other), "trust: the scheme partners trusts the same")
    assert [said for _, said in found] == ["trust: the scheme partners trusts the same"]
    assert "«file:partners.pem" in found[0][0]


@pytest.mark.parametrize("identity", ["dns", "email", "uri", "common_name", "serial"])
def test_two_schemes_cannot_read_one_kind_of_name_of_one_authority(identity: str) -> None:
    schemes = "".join(
        OTHER.replace("others:", f"{name}:", 1).replace("common_name", identity) for name in "ab"
    )
    message = "trust: the scheme a trusts the same and takes the same identities"
    assert found_in(with_schemes(schemes), message) == [("trust: «file:others.pem", message)]


def test_schemes_may_share_authorities_and_tell_callers_apart() -> None:
    shared = OTHER.replace("file:others.pem", "file:partners.pem")
    domain = MORE.replace("example.org", "example.com")
    assert len(compile_document(with_schemes(shared, domain))["schemes"]) == 3


def test_a_certificate_is_pinned_by_one_scheme() -> None:
    again = PINNED.replace("pinned:", "again:", 1).replace("file:pinned.pem", "file:other.pem")
    message = "fingerprints[0]: the scheme pinned has this one already"
    found = found_in(with_schemes(PINNED, again), message)
    assert found == [(f"fingerprints: [«{PIN}]", message)]


def test_no_list_is_kept_where_another_scheme_reads_whom_it_trusts() -> None:
    other = OTHER.replace("file:others.pem", "s3://bucket/kept.crl")
    message = "kept_in: trusted certificates are read from there"
    found = found_in(with_schemes(other), message)
    assert [line.partition("kept_in: ")[2] for line, _ in found] == ["«s3://bucket/kept.crl}"]


@pytest.mark.parametrize(
    ("requirement", "marked", "message"),
    [
        ("{}", "certificate: {}", "certificate: write exactly one of trust_domain, spiffe_id"),
        (
            "{san_dns: a.example, serial: '0a'}",
            "«certificate:",
            "certificate: write exactly one of",
        ),
        ("billing", "certificate: «billing", "certificate: write a mapping"),
        ("{cn: billing}", "{«cn: billing}", "`cn` is not known here"),
        ("{common_name: []}", "{«common_name: []}", "common_name: must not be empty"),
        ("{common_name: ''}", "{common_name: «''}", "common_name: must not be empty"),
        ("{common_name: 5}", "{common_name: «5}", "common_name: write text"),
        ("{common_name: {a: b}}", "{«common_name: {a: b}}", "common_name: write text"),
        ("{common_name: [a, 5]}", "{common_name: [a, «5]}", "common_name[1]: write text"),
        ("{common_name: ' a'}", "{common_name: «' a'}", "common_name: a common name has"),
        ("{common_name: [[a]]}", "[«[a]]", "common_name[0]: write text"),
        ("{trust_domain: Example.org}", "«Example.org", "trust_domain: a trust domain is"),
        ("{trust_domain: [example.com]}", "[«example.com]", "did you mean `example.org`?"),
        ("{trust_domain: elsewhere}", "«elsewhere", "no such trust domain in a scheme"),
        ("{spiffe_id: example.org/a}", "«example.org/a", "spiffe_id: write a workload's SPIFFE ID"),
        ("{spiffe_id: spiffe://example.org}", "«spiffe://example.org", "write a workload's"),
        ("{spiffe_id: spiffe://example.org/}", "«spiffe://example.org/", "write a workload's"),
        ("{spiffe_id: spiffe://example.org/../a}", "«spiffe:", "write a workload's SPIFFE ID"),
        ("{spiffe_id: spiffe://example.com/a}", "«spiffe:", "did you mean `example.org`?"),
        ("{san_dns: '*.example.org'}", "«'*.example.org'", "san_dns: write one host's name"),
        ("{san_dns: 10.0.0.1}", "«10.0.0.1", "san_dns: write one host's name"),
        ("{san_uri: example}", "«example", "san_uri: write a whole URI"),
        ("{san_email: example.org}", "«example.org", "san_email: write an address such as"),
        ("{san_email: 'a b@example.org'}", "«'a b@example.org'", "san_email: write an address"),
        ("{subject: billing}", "«billing", "subject: write a name as RFC 4514 does"),
        ("{subject: 'CN=a, O=b'}", "«'CN=a, O=b'", "without spaces after commas"),
        ("{subject: /CN=a/O=b}", "«/CN=a/O=b", "subject: write a name as RFC 4514 does"),
        ("{issuer: ['CN=a', 'O']}", "['CN=a', «'O']", "issuer[1]: write a name as RFC 4514 does"),
        ("{fingerprint_sha256: abab}", "«abab", "fingerprint_sha256: write the SHA-256"),
        ("{serial: 5}", "{serial: «5}", "serial: write text"),
        ("{serial: 0x5}", "{serial: «0x5}", "serial: write the serial number in hexadecimal"),
        (f"{{serial: {'a' * 41}}}", f"«{'a' * 41}", "serial: write the serial number"),
    ],
)
@pytest.mark.parametrize("around", ["", "not"])
def test_a_wrong_match(requirement: str, marked: str, message: str, around: str) -> None:
    inner = f"{{certificate: {requirement}}}"
    text = f"{GOOD}  GET /a: {f'{{not: {inner}}}' if around else inner}\n"
    found = found_in(text, message)
    assert any(marked in line.replace("«certificate: {}", marked) for line, _ in found), found
    assert message in [said for _, said in found]


def test_no_certificate_is_asked_for_where_none_is_taken() -> None:
    text = f"version: 1\nauthenticate:\n{TOKENS}routes:\n"
    text += "  GET /: {any_of: [{not: {certificate: {common_name: a}}}, {scheme: staff}]}\n"
    message = "certificate: no scheme of this document takes certificates"
    line = "GET /: {any_of: [{not: {«certificate: {common_name: a}}}, {scheme: staff}]}"
    assert found_in(text, message) == [(line, message)]


@pytest.mark.parametrize("name", ["trust_domain: example.org", "spiffe_id: spiffe://a/b"])
def test_spiffe_ids_are_matched_where_a_scheme_verifies_them(name: str) -> None:
    text = f"version: 1\nauthenticate:\n{OTHER}routes:\n  GET /: {{certificate: {{{name}}}}}\n"
    message = "needs a client_certificate scheme with identity: spiffe"
    assert found_in(text, message) == [(f"GET /: {{certificate: {{«{name}}}}}", message)]


@pytest.mark.parametrize(
    ("requirement", "marked", "message"),
    [
        (
            "{scopes: {any_of: [a]}}",
            "{«scopes: {any_of: [a]}}",
            "scopes: client certificates have no scopes",
        ),
        (
            "{not: {scopes: {all_of: [a]}}}",
            "{not: {«scopes: {all_of: [a]}}}",
            "scopes: client certificates have no scopes",
        ),
        ("{claim: {owner: {equals: a}}}", "{claim: {«owner:", "have no such claim: write sub"),
        ("{claim: {email: {equals: a}}}", "{claim: {«email:", "client certificates have no such"),
        ("{claim: {sub: {contains: a}}}", "{claim: {«sub:", "this holds for no certificate"),
        ("{claim: {sub: {equals: 5}}}", "{claim: {«sub:", "this holds for no certificate"),
        ("{claim: {sub.a: {equals: a}}}", "{claim: {«sub.a:", "client certificates have no such"),
        ("{path: {who: claims.email}}", "{who: «claims.email}", "client certificates have no such"),
    ],
)
def test_no_requirement_speaks_of_what_no_certificate_has(
    requirement: str, marked: str, message: str
) -> None:
    text = f"{GOOD}  GET /by/{{who}}: {requirement}\n"
    assert [(marked in line, said) for line, said in found_in(text, message)] == [(True, message)]


FACTS = [
    ("{claim: {certificate.cn: {equals: a}}}", "{«certificate.cn:", "there is no such fact"),
    ("{claim: {certificate: {equals: a}}}", "{«certificate:", "there is no such fact"),
    (
        "{claim: {certificate.subject.cn: {equals: a}}}",
        "{«certificate.subject.cn:",
        "there is no such fact",
    ),
    (
        "{claim: {'\"certificate\".cn': {equals: a}}}",
        "{«'\"certificate\".cn':",
        "there is no such fact",
    ),
    (
        "{claim: {certificate.san_dns: {equals: a.example}}}",
        "{«certificate.san_dns:",
        "this holds for no certificate",
    ),
    (
        "{claim: {certificate.serial: {contains: '1'}}}",
        "{«certificate.serial:",
        "this holds for no certificate",
    ),
    (
        "{claim: {certificate.serial: {equals: 1}}}",
        "{«certificate.serial:",
        "this holds for no certificate",
    ),
    (
        "{claim: {certificate.not_after: {equals: '1'}}}",
        "{«certificate.not_after:",
        "this holds for no certificate",
    ),
    (
        "{claim: {certificate.not_after: {equals: true}}}",
        "{«certificate.not_after:",
        "this holds for no certificate",
    ),
    (
        "{claim: {certificate.serial: {equals: 0A}}}",
        "{«certificate.serial:",
        "in this form: write certificate: {serial: …}",
    ),
    (
        "{claim: {certificate.san_dns: {contains: A.example}}}",
        "{«certificate.san_dns:",
        "in this form: write certificate: {san_dns: …}",
    ),
    (
        "{claim: {certificate.fingerprint_sha256: {any_of: [abab]}}}",
        "{«certificate.fingerprint_sha256:",
        "in this form: write certificate: {fingerprint_sha256: …}",
    ),
    ("{path: {who: claims.certificate.cn}}", "«claims.certificate.cn}", "there is no such fact"),
    (
        "{path: {who: claims.certificate.san_dns}}",
        "«claims.certificate.san_dns}",
        "may have several",
    ),
    (
        "{path: {who: claims.certificate.spiffe_id}}",
        "«claims.certificate.spiffe_id}",
        "a SPIFFE ID has several segments",
    ),
]


@pytest.mark.parametrize(("requirement", "marked", "message"), FACTS)
@pytest.mark.parametrize("beside", ["", TOKENS, KEYS], ids=["alone", "tokens", "keys"])
def test_facts_of_certificates_are_known_beside_whatever_else_is_taken(
    requirement: str, marked: str, message: str, beside: str
) -> None:
    text = with_schemes(beside, rest=f"  GET /by/{{who}}: {requirement}\n")
    assert [(marked in line, said) for line, said in found_in(text, message)] == [(True, message)]


def test_facts_of_spiffe_ids_need_a_scheme_that_verifies_them() -> None:
    text = f"version: 1\nauthenticate:\n{OTHER}routes:\n  GET /: {{authenticated: true}}\n"
    text += "context: {a: claims.certificate.spiffe_id}\n"
    message = "a: needs a client_certificate scheme with identity: spiffe"
    assert found_in(text, message) == [("context: {a: «claims.certificate.spiffe_id}", message)]


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("claims.email", "a: client certificates have no such claim"),
        ("claims.certificate", "a: there is no such fact of a certificate"),
        ("claims.certificate.san_uri", "a: a certificate may have several of these"),
        ("claims.certificate.pem", "a: there is no such fact of a certificate"),
    ],
)
def test_the_context_tells_facts_that_are_single(claim: str, message: str) -> None:
    assert found_in(f"{GOOD}context: {{a: {claim}}}\n", message) == [
        (f"context: {{a: «{claim}}}", message)
    ]


def test_beside_tokens_any_claim_may_be_spoken_of() -> None:
    rest = "  GET /a: {claim: {email: {equals: a}}}\n  GET /b: {scopes: {any_of: [a]}}\n"
    compile_document(with_schemes(TOKENS, rest=f"{rest}context: {{mail: claims.email}}\n"))


def test_beside_keys_only_claims_of_keys_may_be_spoken_of() -> None:
    ours = "  GET /a: {claim: {owner: {equals: a}}}\n  GET /b: {scopes: {any_of: [a]}}\n"
    compile_document(with_schemes(KEYS, rest=ours))
    message = "email: API keys have no such claim: write sub, owner"
    text = with_schemes(KEYS, rest="  GET /a: {claim: {email: {equals: a}}}\n")
    assert found_in(text, message) == [("GET /a: {claim: {«email: {equals: a}}}", message)]


@pytest.mark.parametrize(
    ("binding", "marked", "message"),
    [
        (
            "{role: buyer, certificates: [spiffe://example.org]}",
            "[«spiffe://example.org]",
            "certificates[0]: no certificate of partners has this identity: write a workload's",
        ),
        (
            "{role: buyer, certificates: [acme]}",
            "[«acme]",
            "certificates[0]: no certificate of partners has this identity",
        ),
        (
            "{role: buyer, principals: ['partners|acme']}",
            "[«'partners|acme']",
            "principals[0]: no certificate of partners has this identity",
        ),
        (
            f"{{role: buyer, principals: ['pinned|{'AB' * 32}']}}",
            f"[«'pinned|{'AB' * 32}']",
            f"principals[0]: write it as certificates do: {PIN}",
        ),
        ("{role: buyer, certificates: []}", "«certificates: []", "must not be empty"),
        ("{role: buyer, groups: [a]}", "«{role: buyer, groups: [a]}", "say whose groups these are"),
        (
            "{role: buyer, scheme: partners, groups: [a]}",
            "«groups: [a]",
            "groups: client certificates have no groups",
        ),
        (
            "{role: buyer, scheme: partners, scopes: [a]}",
            "«scopes: [a]",
            "scopes: client certificates have no scopes: write certificates or principals",
        ),
        (
            "{role: buyer, scheme: partners, clients: [a]}",
            "«clients: [a]",
            "clients: client certificates have no clients",
        ),
        (
            "{role: buyer, scheme: partners, principals: ['partners|spiffe://example.org/a']}",
            "«scheme: partners",
            "scheme: is for groups, scopes, clients; here is none of them",
        ),
        (
            "{role: buyer, certificates: [spiffe://example.org/a]}",
            "«certificates: [spiffe://example.org/a]",
            "certificates: say whose certificates these are: scheme: partners or pinned",
        ),
        (
            "{role: buyer, scheme: staff, scopes: [a], certificates: [spiffe://example.org/a]}",
            "«certificates: [spiffe://example.org/a]",
            "certificates: say whose certificates these are",
        ),
    ],
)
def test_a_wrong_binding(binding: str, marked: str, message: str) -> None:
    several = "say whose certificates" in message or "pinned" in binding
    text = with_schemes(TOKENS, *([PINNED] if several else []))
    text = changed(BINDING, binding, text)
    assert [(marked in line, said) for line, said in found_in(text, message)] == [(True, message)]


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ("groups", "subjects[0]: client certificates have no groups"),
        ("clients", "subjects[0]: client certificates have no clients"),
        ("scopes", "subjects[0]: client certificates have no scopes"),
    ],
)
def test_a_table_cannot_bind_roles_to_what_certificates_do_not_have(
    subject: str, message: str
) -> None:
    table = f"bindings_table: {{dynamodb: Bindings, life: 60s, subjects: [{subject}]}}\n"
    assert [said for _, said in found_in(GOOD + table, message)] == [message]
    compile_document(GOOD + table.replace(subject, "principals"))
    if subject == "scopes":
        compile_document(with_schemes(KEYS, rest=table))


def test_tokens_and_keys_are_looked_for_where_schemes_take_them() -> None:
    for key, kind, value in (
        ("token_from", "jwt", "[authorization]"),
        ("key_from", "api_key", "{header: x-api-key}"),
    ):
        message = f"{key}: is for {kind} schemes; here is none of them"
        assert found_in(f"{GOOD}{key}: {value}\n", message) == [(f"«{key}: {value}", message)]


def test_everything_is_found_at_once_in_the_order_of_the_text() -> None:
    text = GOOD
    for old, new in (
        ("file:partners.pem", "partners.pem"),
        ("trust_domain: example.org", "trust_domain: Example.org"),
        ("max_intermediates: 2", "max_intermediates: 9"),
        ("mode: required", "mode: off"),
        ("hosts: [ocsp.example.com]", "hosts: ['*']"),
        ("certificates: [spiffe://example.org/shop]", "certificates: [shop]"),
        ("certificate: {trust_domain: example.org}", "certificate: {serial: 0x1}"),
    ):
        text = changed(old, new, text)
    assert [marked_line(text, problem.place) for problem in problems(text)] == [
        "trust: «partners.pem",
        "trust_domain: «Example.org",
        "max_intermediates: «9",
        "mode: «off",
        "ocsp: {hosts: [«'*']}",
        "- {role: buyer, scheme: partners, certificates: [«shop]}",
        "GET /orders: {certificate: {serial: «0x1}}",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("file:partners.pem", SECRET),
        ("trust_domain: example.org", f"trust_domain: {SECRET.upper()}"),
        ("1.2.3.4", SECRET),
        ("http://crl.example.com/a.crl", f"http://u:{SECRET}@crl.example.com"),
        ("hosts: [crl.example.com]", f"hosts: ['{SECRET}:1']"),
        ("[spiffe://example.org/shop]", f"[{SECRET}]"),
        ("{trust_domain: example.org}", f"{{subject: {SECRET}}}"),
    ],
)
def test_a_problem_never_shows_a_value(old: str, new: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_document(changed(old, new))
    assert SECRET not in str(caught.value).lower()

"""Compiled documents of client certificates that are not whole are refused when they are loaded."""

import copy
import json
from typing import Any

import pytest

from authorizers.config.compile import compile_document
from authorizers.config.compiled import parse_compiled
from authorizers.errors import ConfigurationError

DOCUMENT = compile_document("""\
version: 1
authenticate:
  partners:
    client_certificate:
      trust: s3://bucket/partners.pem
      intermediates: file:mid.pem
      identity: spiffe
      trust_domain: example.org
      policies: [1.2.3.4]
      revocation:
        mode: required
        crls: [{url: "http://crl.example.com/a", kept_in: s3://bucket/a.crl}]
        distribution_points: {hosts: [crl.example.com]}
        ocsp: {hosts: [ocsp.example.com]}
routes: {GET /: {authenticated: true}}
""")
PIN = "ab" * 32
PINS: list[Any] = [[], PIN, [PIN.upper()], [PIN[1:]], [PIN, ""], [None]]
SCHEME = "scheme that is not whole"
SOURCES = ("crls", "distribution_points", "ocsp")
HOSTS: list[Any] = [None, "a", {}, [""], [5], ["a", None]]


def parse(document: Any) -> dict[str, Any]:
    return parse_compiled(json.dumps(document).encode(), "here")


def refused(document: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(document)
    (problem,) = caught.value.problems
    assert problem.place == "here"
    return problem.message


def of_scheme(*way: str | int, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    inner = document["schemes"]["partners"]["client_certificate"]
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = to
    return document


def test_the_document_of_these_tests_is_right() -> None:
    assert parse(DOCUMENT) == DOCUMENT
    for way, value in (
        (("intermediates",), None),
        (("revocation",), None),
        (("policies",), []),
        (("max_intermediates",), 0),
        (("refresh_seconds",), 0),
        (("identity",), {"kind": "dns"}),
        (("identity",), {"kind": "fingerprint", "fingerprints": [PIN]}),
        (("revocation", "crls"), []),
        (("reasons",), {"revocation": "why"}),
    ):
        assert parse(of_scheme(*way, to=value))


@pytest.mark.parametrize(
    ("way", "values"),
    [
        (("trust",), [None, "file:a", {}, {"kind": "file"}, {"name": "a"}]),
        (("trust",), [{"kind": "s3", "name": "a"}, {"kind": "s3", "bucket": "", "name": "a"}]),
        (("trust",), [{"kind": "ssm", "name": "a"}, {"kind": ["file"], "name": "a"}]),
        (("trust", "name"), [None, "", 5, ["a"]]),
        (("intermediates",), ["", [], {}, {"kind": "file"}, 0, False]),
        (("identity",), [None, "dns", {}, [], {"kind": "subject"}, {"kind": ["dns"]}]),
        (("identity",), [{"kind": "spiffe"}, {"kind": "spiffe", "trust_domain": ""}]),
        (("identity",), [{"kind": "dns", "trust_domain": "a"}, {"kind": "fingerprint"}]),
        (("identity",), [{"kind": "dns", "fingerprints": [PIN]}]),
        (("identity",), [{"kind": "fingerprint", "fingerprints": pins} for pins in PINS]),
        (("identity", "trust_domain"), [None, 5, ["example.org"]]),
        (("max_intermediates",), [None, -1, 4, 1.5, True, "3"]),
        (("any_extended_key_usage",), [None, 0, 1, "true", "why"]),
        (("policies",), [None, {}, "1.2.3.4", [5], [""]]),
        (("refresh_seconds",), [None, -1, 1.5, True, "300"]),
        (("revocation",), [{}, [], False, 0, "none", {"mode": "required"}]),
        (
            ("revocation",),
            [{"mode": "required", "crls": [], "distribution_points": [], "ocsp": []}],
        ),
        (("revocation", "mode"), [None, "", "off", "soft", ["required"]]),
        (("revocation", "crls"), [None, {}, "file:a", ["file:a"], [{}], [None]]),
        (("revocation", "crls", 0, "url"), [None, "", 5]),
        (("revocation", "crls", 0, "bucket"), [None, "", 5]),
        (("revocation", "distribution_points"), HOSTS),
        (("revocation", "ocsp"), HOSTS),
    ],
)
def test_a_scheme_that_is_not_whole_is_refused(way: tuple[str, ...], values: list[Any]) -> None:
    for value in values:
        assert SCHEME in refused(of_scheme(*way, to=value)), value


@pytest.mark.parametrize("name", sorted(DOCUMENT["schemes"]["partners"]["client_certificate"]))
def test_every_member_of_a_scheme_must_be_there(name: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["schemes"]["partners"]["client_certificate"][name]
    assert SCHEME in refused(document)


@pytest.mark.parametrize("name", ["mode", "crls", "distribution_points", "ocsp"])
def test_every_member_of_revocation_must_be_there(name: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["schemes"]["partners"]["client_certificate"]["revocation"][name]
    assert SCHEME in refused(document)


def test_without_revocation_is_said_and_not_left_out() -> None:
    document = copy.deepcopy(DOCUMENT)
    del document["schemes"]["partners"]["client_certificate"]["revocation"]
    assert SCHEME in refused(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [("token_from", ["authorization"]), ("key_from", {"header": "x-api-key"})],
)
def test_nothing_else_is_looked_for(name: str, value: Any) -> None:
    assert f"no proper member {name}" in refused({**DOCUMENT, name: value})


def test_a_scheme_of_two_kinds_is_none() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["schemes"]["partners"]["jwt"] = {}
    assert SCHEME in refused(document)

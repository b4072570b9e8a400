"""Fingerprints that are to keep somebody out: whose certificate it is can change them."""

import pytest

from authorizers.config.compile import compile_document
from tests.config.problems import found_in

PIN = "ab" * 32
SAID = "keeps a certificate out by its fingerprint"
HEAD = """\
version: 1
authenticate:
  partners:
    client_certificate: {trust: file:a.pem, identity: dns, revocation: {none: why}}
"""
STAFF = """\
  staff:
    jwt: {issuer: "https://a.example", audience: [a], profile: entra, algorithms: [RS256],
          keys: {discovery: true}}
"""
FACT = f"{{certificate: {{fingerprint_sha256: {PIN}}}}}"
CLAIM = f"{{claim: {{certificate.fingerprint_sha256: {{any_of: [{PIN}]}}}}}}"


def document(requirement: str, rest: str = "", head: str = HEAD) -> str:
    return f"{head}{rest}routes:\n  GET /: {requirement}\n"


@pytest.mark.parametrize(
    "requirement",
    [
        f"{{not: {FACT}}}",
        f"{{not: {CLAIM}}}",
        f"{{all_of: [{{scheme: partners}}, {{not: {{any_of: [{FACT}, {{nobody: true}}]}}}}]}}",
        f"{{not: {{all_of: [{{not: {{not: {FACT}}}}}, {{scheme: partners}}]}}}}",
    ],
    ids=["fact", "claim", "among others", "three times"],
)
def test_a_fingerprint_keeps_nobody_out(requirement: str) -> None:
    ((line, said),) = found_in(document(requirement), SAID)
    assert (line[:6], said) == ("«GET /", SAID)


def test_nor_does_a_role_that_is_had_by_one() -> None:
    role = f"roles: {{banned: {{requirement: {FACT}}}}}\n"
    assert len(found_in(document("{not: {role: banned}}", role), SAID)) == 1


@pytest.mark.parametrize(
    "requirement",
    [
        FACT,
        f"{{not: {{not: {FACT}}}}}",
        f"{{all_of: [{FACT}, {{not: {{certificate: {{serial: 0a1b}}}}}}]}}",
    ],
    ids=["it lets in", "not not", "beside another"],
)
def test_it_may_let_somebody_in(requirement: str) -> None:
    compile_document(document(requirement))


def test_what_a_token_says_of_itself_is_no_fingerprint() -> None:
    compile_document(document(f"{{not: {CLAIM}}}", head=f"version: 1\nauthenticate:\n{STAFF}"))
    assert found_in(document(f"{{not: {CLAIM}}}", head=HEAD + STAFF), SAID)

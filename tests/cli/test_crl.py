"""`authorizers crl check`, as a user calls it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from tests.cli.certificate_files import AT, CLOCK, HOSTILE, Files
from tests.cli.program import Run, command

run_command = command("crl")
REASONS = {
    1: [x509.CRLReason(x509.ReasonFlags.key_compromise)],
    2: [x509.CRLReason(x509.ReasonFlags.key_compromise)],
    3: [x509.CRLReason(x509.ReasonFlags.superseded)],
    4: [],
}


def run(*words: object, stdin: str | None = None) -> Run:
    return run_command("check", *words, *AT, stdin=stdin)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    made = Files(tmp_path_factory.mktemp("files"))
    made.crl("issuing.crl", made.issuing.crl(REASONS, number=7))
    return made


def rules(result: Run) -> list[str]:
    return [finding["rule"] for finding in json.loads(result.out)["findings"]]


def test_a_good_list_is_described(files: Files) -> None:
    result = run(files["issuing.crl"], "--issuer", files["issuing.pem"])
    assert (result.code, result.err) == (0, "ok nothing found\n")
    lines = result.out.splitlines()
    assert lines[:6] == [
        "issuer         CN=Test Issuing CA,O=Test",
        "number         7",
        "this update    2027-01-15T07:00:00Z",
        "next update    2027-01-22T08:00:00Z",
        "about          all certificates of its issuer",
        "entries        4 certificates: 2 key compromise, 1 superseded, 1 unspecified",
    ]
    assert lines[6] == "signed by      CN=Test Issuing CA,O=Test"


def test_pem_is_as_good_as_der(files: Files) -> None:
    path = files.crl("text.crl", files.issuing.crl(REASONS), pem=True)
    assert "2 key compromise" in run(path, "--issuer", files["both.pem"]).out


def test_without_an_issuer_its_signature_is_not_checked(files: Files) -> None:
    result = run(files["issuing.crl"])
    assert result.code == 0
    assert "signed by      not checked" in result.out
    assert "info: its signature was not checked" in result.out


def test_the_issuer_is_found_in_the_document(files: Files) -> None:
    result = run(files["issuing.crl"], "--document", files["authorizers.yaml"], "--json")
    made = json.loads(result.out)
    assert (result.code, made["findings"]) == (0, [])
    expected = files.issuing.certificate.fingerprint(hashes.SHA256()).hex()
    assert made["crl"]["signed_by"] == expected
    assert made["crl"]["reasons"] == {"key_compromise": 2, "superseded": 1, "unspecified": 1}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"signing_key": ec.generate_private_key(ec.SECP256R1())}, "crl-signature-invalid"),
        ({"life": (timedelta(hours=-2), timedelta(days=7))}, "crl-not-yet-valid"),
        ({"life": (timedelta(days=7), timedelta(minutes=30))}, "crl-expired"),
        ({"life": (timedelta(days=7), timedelta(hours=3))}, "crl-ends-soon"),
        ({"hash_algorithm": hashes.SHA224()}, "crl-algorithm-weak"),
        (
            {
                "extensions": [
                    (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.9"), b""), True)
                ]
            },
            "crl-extension-unknown",
        ),
    ],
    ids=["forged", "early", "ended", "soon", "SHA-224", "critical"],
)
def test_what_is_wrong_with_it_is_said(files: Files, changes: dict[str, Any], rule: str) -> None:
    path = files.crl("wrong.crl", files.issuing.crl([1], **changes))
    result = run(path, "--issuer", files["issuing.pem"], "--json")
    assert (result.code, rules(result)) == (1, [rule])


def test_everything_is_said_at_once(files: Files) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    life = (timedelta(days=7), timedelta(minutes=30))
    path = files.crl("wrong.crl", files.issuing.crl([1], signing_key=key, life=life))
    result = run(path, "--issuer", files["issuing.pem"])
    assert "[crl-expired]" in result.out
    assert "[crl-signature-invalid]" in result.out
    assert "signed by      another key" in result.out


def test_an_issuer_that_may_sign_no_lists_is_said(files: Files) -> None:
    wrong = files.root.subordinate("Unable", key_usage=("key_cert_sign",))
    result = run(
        files.crl("unable.crl", wrong.crl()),
        "--issuer",
        files.write("unable.pem", wrong.pem),
        "--json",
    )
    assert (result.code, rules(result)) == (1, ["crl-issuer-may-not-sign"])


def test_the_certificate_of_somebody_else_is_not_the_issuers(files: Files) -> None:
    result = run(files["issuing.crl"], "--issuer", files["root.pem"], "--json")
    assert (result.code, rules(result)) == (1, ["crl-issuer-not-found"])


def test_of_two_with_one_name_the_signer_is_found(files: Files) -> None:
    again = files.root.subordinate()
    bundle = files.write("again.pem", again.pem + files.issuing.pem)
    assert run(files["issuing.crl"], "--issuer", bundle).code == 0


def test_a_scope_and_a_base_are_told(files: Files) -> None:
    scope = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier("http://crl.example.com/a.crl")],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    extensions = [(scope, True), (x509.DeltaCRLIndicator(3), True)]
    path = files.crl("delta.crl", files.issuing.crl([1], number=5, extensions=extensions))
    out = run(path, "--issuer", files["issuing.pem"]).out
    assert "about          certificates of no authorities only" in out
    assert "               those that name http://crl.example.com/a.crl" in out
    assert "changes        those since the list with the number 3 (a delta list)" in out


@pytest.mark.parametrize("data", [b"", b"\x30", b"hello", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_list_is_said(files: Files, data: bytes) -> None:
    result = run(files.write("none.crl", data), "--json")
    assert (result.code, rules(result)) == (1, ["crl-malformed"])
    assert "crl" not in json.loads(result.out)


def test_a_name_commands_no_terminal(files: Files) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOSTILE)])
    evil = FakeCertificateAuthority(clock=CLOCK, subject=name)
    path = files.crl("evil.crl", evil.crl())
    result = run(path, "--issuer", files["issuing.pem"])
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out
    assert not any(line.startswith("::error::") for line in result.out.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-file.crl",),
        ("issuing.crl", "--issuer", "no-such-file.pem"),
        ("issuing.crl", "--issuer", "both.pem", "--document", "authorizers.yaml"),
        ("issuing.crl", "--scheme", "partners"),
        ("issuing.crl", "--within", "0"),
    ],
    ids=" ".join,
)
def test_calling_it_wrongly_exits_with_2(
    files: Files, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files.folder)
    result = run_command("check", *words)
    assert (result.code, result.out) == (2, "")

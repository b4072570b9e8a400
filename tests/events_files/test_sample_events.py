"""The files in events/: what a reader copies, and what `sam local invoke` is run with."""

import base64
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509

from authorizers.api_key.format import parse_key
from authorizers.api_key.pepper import parse_peppers
from authorizers.errors import EventError
from authorizers.events.event import parse_event
from authorizers.model.request import EventKind
from authorizers.testing.certificate_samples import CERTIFICATE_SAMPLES
from authorizers.testing.combined_samples import COMBINED_SAMPLES
from authorizers.testing.key_samples import KEY_SAMPLES
from authorizers.testing.sample import (
    API_KEY_FUNCTION,
    CERTIFICATE_FUNCTION,
    COMBINED_FUNCTION,
    JWT_FUNCTION,
)
from authorizers.testing.sample_certificates import FOLDER, SampleCertificates
from authorizers.testing.sample_events import main, write_sample_events
from authorizers.testing.sample_keys import PREFIX, SampleKeys
from authorizers.testing.sample_tokens import EXPIRES_AT, ISSUER, KEY_ID, SampleTokens
from authorizers.testing.samples import SAMPLES, Verdict
from authorizers.testing.token_samples import TOKEN_SAMPLES

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
FILES = sorted(EVENTS.glob("*.json"))
EXPECTED = json.loads((EVENTS / "local" / "expected.json").read_text())
ENVIRONMENTS = json.loads((EVENTS / "local" / "env.json").read_text())
VARIABLES = ENVIRONMENTS[JWT_FUNCTION]
KEY_VARIABLES = ENVIRONMENTS[API_KEY_FUNCTION]
JWK = json.loads(VARIABLES["AUTHORIZERS_JWKS"])["keys"][0]
CERTIFICATES = SampleCertificates()
CREDENTIALS = [
    *SampleTokens(CERTIFICATES.good).by_name,
    *SampleKeys().by_name,
    *CERTIFICATES.by_name,
]
FUNCTIONS = {
    "api-key": API_KEY_FUNCTION,
    "certificate": CERTIFICATE_FUNCTION,
    "combined": COMBINED_FUNCTION,
}
SKIPPED = {".git", "events", "tests", "node_modules", "__pycache__"}


def event(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_there_is_one_file_for_each_sample_and_no_other() -> None:
    assert [file.name for file in FILES] == sorted(sample.file for sample in SAMPLES)


def test_names_of_samples_are_unique() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_the_event_that_its_name_says(file: Path) -> None:
    content = json.loads(file.read_text())
    expected = EXPECTED[file.name]

    if expected["reason"] == "event_not_recognized":
        with pytest.raises(EventError):
            parse_event(content)
    else:
        assert parse_event(content).kind == expected["kind"]


def test_every_file_is_for_the_function_that_its_name_says() -> None:
    for name, expected in EXPECTED.items():
        prefix = next(filter(name.startswith, FUNCTIONS), "")
        assert expected["function"] == FUNCTIONS.get(prefix, JWT_FUNCTION)
    assert ENVIRONMENTS.keys() == {JWT_FUNCTION, *FUNCTIONS.values()}


@pytest.mark.parametrize("samples", [TOKEN_SAMPLES, KEY_SAMPLES], ids=["tokens", "keys"])
def test_every_kind_has_an_allow_a_deny_and_a_bad_credential(samples: Any) -> None:
    for kind in EventKind:
        verdicts = {sample.verdict for sample in samples if sample.kind is kind}
        assert {Verdict.ALLOW, Verdict.INSUFFICIENT, Verdict.BAD_CREDENTIAL} <= verdicts


@pytest.mark.parametrize(
    "samples",
    [CERTIFICATE_SAMPLES, COMBINED_SAMPLES],
    ids=["certificates", "combined"],
)
def test_every_kind_that_has_certificates_has_all_answers_and_the_others_none(samples: Any) -> None:
    for kind in EventKind:
        verdicts = {sample.verdict for sample in samples if sample.kind is kind}
        if kind in (EventKind.REST_TOKEN, EventKind.WEBSOCKET):
            assert verdicts == {Verdict.FAILURE}
        else:
            assert {Verdict.ALLOW, Verdict.INSUFFICIENT, Verdict.BAD_CREDENTIAL} <= verdicts


@pytest.mark.parametrize(
    "samples",
    [TOKEN_SAMPLES, KEY_SAMPLES, CERTIFICATE_SAMPLES, COMBINED_SAMPLES],
    ids=["tokens", "keys", "certificates", "combined"],
)
def test_wrong_samples_outnumber_right_ones(samples: Any) -> None:
    wrong = [sample for sample in samples if sample.verdict is not Verdict.ALLOW]

    assert len(wrong) > len(samples) / 2


@pytest.mark.parametrize("kind", ["rest-token", "rest-request", "websocket"])
def test_a_bad_credential_is_401_where_the_kind_can_say_it(kind: str) -> None:
    statuses = {
        sample.status
        for sample in SAMPLES
        if sample.kind == kind and sample.verdict is Verdict.BAD_CREDENTIAL
    }

    assert statuses == {401}


@pytest.mark.parametrize("kind", ["http-1.0", "http-2.0"])
def test_a_bad_credential_is_403_on_http_apis(kind: str) -> None:
    answers = {
        (sample.outcome, sample.status)
        for sample in SAMPLES
        if sample.kind == kind and sample.verdict is Verdict.BAD_CREDENTIAL
    }

    assert answers == {("deny", 403)}


def test_the_good_token_verifies_with_the_public_half_until_2100() -> None:
    token = event("rest-token")["authorizationToken"].removeprefix("Bearer ")

    claims = jwt.decode(
        token,
        jwt.PyJWK(JWK),
        algorithms=["RS256"],
        audience=VARIABLES["AUTHORIZERS_AUDIENCE"],
        issuer=VARIABLES["AUTHORIZERS_ISSUER"],
    )

    assert claims["exp"] == EXPIRES_AT
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "at+jwt", "kid": KEY_ID}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("rest-token-expired", jwt.ExpiredSignatureError),
        ("rest-token-forged-signature", jwt.InvalidSignatureError),
    ],
)
def test_a_bad_token_does_not_verify(name: str, error: type[Exception]) -> None:
    token = event(name)["authorizationToken"].removeprefix("Bearer ")

    with pytest.raises(error):
        jwt.decode(
            token, jwt.PyJWK(JWK), algorithms=["RS256"], audience=VARIABLES["AUTHORIZERS_AUDIENCE"]
        )


def records() -> list[Any]:
    document = json.loads(KEY_VARIABLES["AUTHORIZERS_CONFIG"])
    (scheme,) = document["schemes"].values()
    found: list[Any] = scheme["api_key"]["keys"]["records"]
    return found


def test_the_good_key_is_one_of_the_records_until_2100() -> None:
    key = event("api-key-rest-token")["authorizationToken"]
    (record,) = [r for r in records() if r["id"] == parse_key(key).key_id]
    peppers = parse_peppers(KEY_VARIABLES["AUTHORIZERS_PEPPER"], "the sample's")

    (secret,) = record["secrets"]
    assert secret["hmac_sha256"] == peppers.digest(secret["pepper"], key).hex()
    assert record["expires_at"] == EXPIRES_AT


@pytest.mark.parametrize("name", ["http-2-unknown", "http-2-wrong-secret", "rest-request-revoked"])
def test_a_bad_key_is_well_formed(name: str) -> None:
    """Else it would be refused for its form, and show nothing of what its name says."""
    parts = parse_key(event(f"api-key-{name}")["headers"]["x-api-key"])
    known = parts.key_id in {record["id"] for record in records()}

    assert parts.prefix == PREFIX
    assert known is (name != "http-2-unknown")


def test_the_keys_are_of_a_prefix_that_says_what_they_are() -> None:
    (scheme,) = json.loads(KEY_VARIABLES["AUTHORIZERS_CONFIG"])["schemes"].values()

    assert scheme["api_key"]["prefix"] == PREFIX == "sample"
    assert scheme["api_key"]["pepper"]["kind"] == "environment"


def test_no_private_key_is_stored() -> None:
    """A private JWK has the member `d`; PEM says what it is."""
    assert JWK.keys() == {"kty", "use", "alg", "kid", "n", "e"}
    for file in EVENTS.rglob("*"):
        if file.is_file():
            assert b"PRIVATE KEY" not in file.read_bytes()


def test_the_issuer_is_a_name_that_can_never_exist() -> None:
    assert ISSUER.removesuffix("/").endswith(".invalid")
    assert VARIABLES["AUTHORIZERS_ISSUER"] == ISSUER


def test_nothing_but_the_sample_events_trusts_the_demo_key() -> None:
    """
    The modulus stands in one file. The key's name and issuer are spelt by what makes the
    events alone, never by a template, a default or a document.
    """
    modulus = base64.urlsafe_b64decode(JWK["n"] + "==").hex()
    maker = ROOT / "authorizers" / "testing"

    for file, text in _project_texts():
        assert JWK["n"] not in text, file
        assert modulus not in text.lower().replace(":", ""), file
        if not file.is_relative_to(maker):
            assert KEY_ID not in text, file
            assert f'"{ISSUER}"' not in text, file


def test_nothing_but_the_sample_events_has_their_pepper_or_a_record_of_their_keys() -> None:
    pepper = json.loads(KEY_VARIABLES["AUTHORIZERS_PEPPER"])["1"]
    secrets = {s["hmac_sha256"] for record in records() for s in record["secrets"]}

    for file, text in _project_texts():
        assert pepper not in text, file
        assert not [secret for secret in secrets if secret in text], file


@cache
def _project_texts() -> list[tuple[Path, str]]:
    return [(file, file.read_text(encoding="utf-8", errors="ignore")) for file in _project_files()]


def _project_files() -> list[Path]:
    top = [path for path in ROOT.iterdir() if path.name not in SKIPPED and path.name[:5] != ".venv"]
    folders = [path for path in top if path.is_dir() and not path.name.startswith(".")]
    files = [path for path in top if path.is_file()]
    for folder in folders:
        files += [path for path in folder.rglob("*") if path.is_file()]
    return [file for file in files if file.suffix != ".pyc"]


def test_the_project_is_searched_where_it_matters() -> None:
    names = {file.name for file in _project_files()}

    assert {"pyproject.toml", "sample_tokens.py", "Makefile"} <= names


def test_writing_them_again_gives_the_same_files_with_another_key(tmp_path: Path) -> None:
    (tmp_path / "stale.json").write_text("{}")

    write_sample_events(tmp_path)

    assert _names(tmp_path) == _names(EVENTS)
    environments = json.loads((tmp_path / "local" / "env.json").read_text())
    again, keys_again = environments[JWT_FUNCTION], environments[API_KEY_FUNCTION]
    assert json.loads(again["AUTHORIZERS_JWKS"])["keys"][0]["n"] != JWK["n"]
    assert {**again, "AUTHORIZERS_JWKS": ""} == {**VARIABLES, "AUTHORIZERS_JWKS": ""}
    assert keys_again["AUTHORIZERS_PEPPER"] != KEY_VARIABLES["AUTHORIZERS_PEPPER"]
    assert keys_again.keys() == KEY_VARIABLES.keys()


def certificate_of(name: str) -> x509.Certificate:
    shown = event(f"certificate-{name}")["requestContext"]["authentication"]["clientCert"]
    return x509.load_pem_x509_certificate(shown["clientCertPem"].encode())


def test_the_authority_its_lists_and_the_good_certificate_last_until_2100() -> None:
    folder = EVENTS / "local" / FOLDER
    certificates = [
        x509.load_pem_x509_certificate((folder / name).read_bytes())
        for name in ("root.pem", "issuing.pem")
    ]
    lists = [
        x509.load_der_x509_crl((folder / name).read_bytes()) for name in ("root.crl", "issuing.crl")
    ]
    ends = {
        certificate.not_valid_after_utc for certificate in (*certificates, certificate_of("http-2"))
    }
    ends |= {crl.next_update_utc for crl in lists if crl.next_update_utc is not None}

    assert {end.timestamp() for end in ends} == {EXPIRES_AT}


def test_the_revoked_certificate_is_revoked_and_the_good_one_is_not() -> None:
    crl = x509.load_der_x509_crl((EVENTS / "local" / FOLDER / "issuing.crl").read_bytes())
    revoked, good = (certificate_of(name).serial_number for name in ("http-2-revoked", "http-2"))

    assert crl.get_revoked_certificate_by_serial_number(revoked) is not None
    assert crl.get_revoked_certificate_by_serial_number(good) is None


def test_the_documents_name_files_of_this_folder_alone() -> None:
    for function in (CERTIFICATE_FUNCTION, COMBINED_FUNCTION):
        document = json.loads(ENVIRONMENTS[function]["AUTHORIZERS_CONFIG"])
        scheme = document["schemes"]["partners"]["client_certificate"]
        places = [scheme["trust"], scheme["intermediates"], *scheme["revocation"]["crls"]]

        assert {place["kind"] for place in places} == {"file"}
        assert all((EVENTS / "local" / place["name"]).is_file() for place in places)


def test_nothing_but_the_sample_events_has_their_authority() -> None:
    lines = (EVENTS / "local" / FOLDER / "root.pem").read_text().splitlines()

    for file, text in _project_texts():
        assert lines[2] not in text, file


@pytest.mark.parametrize("name", ["README.md", "local/expected.json"])
def test_the_expectations_are_those_of_the_code(tmp_path: Path, name: str) -> None:
    """Run `make events` when this fails."""
    write_sample_events(tmp_path)

    assert (EVENTS / name).read_text() == (tmp_path / name).read_text()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_events_differ_from_the_codes_in_their_credentials_only(sample: Any) -> None:
    """Run `make events` when this fails."""
    placeholders = dict.fromkeys(CREDENTIALS, "CREDENTIAL")

    assert _without_credentials(event(sample.name)) == _without_credentials(
        sample.event(placeholders)
    )


def _without_credentials(value: Any) -> str:
    """Return the event's words; what API Gateway says of a certificate is as new as that is."""
    if isinstance(value, dict) and "requestContext" in value:
        context = value["requestContext"]
        for holder in (context.get("identity"), context.get("authentication")):
            if holder and "clientCert" in holder:
                holder["clientCert"] = dict.fromkeys(holder["clientCert"], "CREDENTIAL")
    text = re.sub("MI[A-Za-z0-9+/]{80,}={0,2}", "CREDENTIAL", json.dumps(value))
    words = text.replace("%", " ").replace("=", " ").replace(",", " ").split(" ")
    return " ".join(
        "CREDENTIAL" if word.startswith(("eyJ", f"{PREFIX}_")) else word
        for word in _split_quotes(words)
    )


def _split_quotes(words: list[str]) -> list[str]:
    return [part for word in words for part in word.split('"')]


def _names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_the_command_writes_the_folder_it_is_given(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "authorizers.testing.sample_events", str(tmp_path / "new")]

    subprocess.run(command, check=True)

    assert _names(tmp_path / "new") == _names(EVENTS)


def test_the_command_needs_exactly_one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sample_events"])

    with pytest.raises(SystemExit, match="usage"):
        main()

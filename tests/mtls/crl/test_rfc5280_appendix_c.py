"""The worked example of RFC 5280, appendix C: an authority, its client, and the list it is on."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from cryptography import x509

from authorizers.mtls.crl.crl import Crl
from authorizers.mtls.crl.source import Crls

# C.1, C.2 and C.4, as NIST publishes them.
AUTHORITY = """
MIICPjCCAaegAwIBAgIBETANBgkqhkiG9w0BAQUFADBDMRMwEQYKCZImiZPyLGQBGRYDY29tMRcwFQYKCZImiZPyLGQB
GRYHZXhhbXBsZTETMBEGA1UEAxMKRXhhbXBsZSBDQTAeFw0wNDA0MzAxNDI1MzRaFw0wNTA0MzAxNDI1MzRaMEMxEzAR
BgoJkiaJk/IsZAEZFgNjb20xFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMRMwEQYDVQQDEwpFeGFtcGxlIENBMIGfMA0G
CSqGSIb3DQEBAQUAA4GNADCBiQKBgQDC15dtKHCqW88jLoBwOe7bb9Ut1WpPejQt+SJyR3Ad74DpyjCMAMSabltFtG6l
5myUDfqR6UD8JZ3Ht2gZVo8RcGrX8ckRTzp+P5mNbnaldF9epFVT5cdoNlPHHTsSpoX+vW6hyt81UKwI17m0flz+4qMs
0SOEqpjAm2YYmmhH6QIDAQABo0IwQDAdBgNVHQ4EFgQUCGivhTPIOUp6+IKTjnBqSiCELDIwDgYDVR0PAQH/BAQDAgEG
MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEFBQADgYEAbPgCdKZh4mQEplQMbHITrTxH+/ZlE6mFkDPqdqMm2fzR
DhVfKLfvk7888+I+fLlS/BZuKarh9Hpv1X/vs5XK82aIg06hNUWEy7ybuMitxV5G2QsOjYDhMyvcviuSfkpDqWrvimNh
s25HOL7oDaNnXfP6kYE8krvFXyUl63zn2KE=
"""
CLIENT = """
MIICcTCCAdqgAwIBAgIBEjANBgkqhkiG9w0BAQUFADBDMRMwEQYKCZImiZPyLGQBGRYDY29tMRcwFQYKCZImiZPyLGQB
GRYHZXhhbXBsZTETMBEGA1UEAxMKRXhhbXBsZSBDQTAeFw0wNDA5MTUxMTQ4MjFaFw0wNTAzMTUxMTQ4MjFaMEMxEzAR
BgoJkiaJk/IsZAEZFgNjb20xFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMRMwEQYDVQQDEwpFbmQgRW50aXR5MIGfMA0G
CSqGSIb3DQEBAQUAA4GNADCBiQKBgQDhauQDMJcCPPQQ87UeTX8Ue/b10HjppIrwo3Xs7bZWln+ImYWa8j5od4frntGf
wLQX3KuJI6QdfhYjTE+oTfUxuHyq4xpJCfRLJtsnZzCCEgFK6Rq2wQxTi2z8L3pD7DM2fjKye9WqzwEUxhLsE/ItFHqL
IVgUE0xGo5ryFpX/IwIDAQABo3UwczAhBgNVHREEGjAYgRZlbmQuZW50aXR5QGV4YW1wbGUuY29tMB0GA1UdDgQWBBQX
e5Iw/0TWZuGQECJsFk/AjkHdbTAfBgNVHSMEGDAWgBQIaK+FM8g5Snr4gpOOcGpKIIQsMjAOBgNVHQ8BAf8EBAMCBsAw
DQYJKoZIhvcNAQEFBQADgYEAACAoNFtoMgG7CjYOrXHFlRrhBM+urcdiFKQbNjHA4gw92R7AANwQoLqFb0HLYnq3TGOB
Jl7SgEVeM+dwRTs5OyZKnDvyJjZpCHm7+5ZDd0thi6GrkWTg8zdhPBqjpMmKsr9z1E3kWORi6rwgdJKGDs6EYHbpc7vH
hdORRepiXc0=
"""
LIST = """
MIIBYDCBygIBATANBgkqhkiG9w0BAQUFADBDMRMwEQYKCZImiZPyLGQBGRYDY29tMRcwFQYKCZImiZPyLGQBGRYHZXhh
bXBsZTETMBEGA1UEAxMKRXhhbXBsZSBDQRcNMDUwMjA1MTIwMDAwWhcNMDUwMjA2MTIwMDAwWjAiMCACARIXDTA0MTEx
OTE1NTcwM1owDDAKBgNVHRUEAwoBAaAvMC0wHwYDVR0jBBgwFoAUCGivhTPIOUp6+IKTjnBqSiCELDIwCgYDVR0UBAMC
AQwwDQYJKoZIhvcNAQEFBQADgYEAItwYffcIzsx10NBqm60Q9HYjtIFutW2+DvsVFGzIF20f7pAXom9g5L2qjFXejoRv
kvifEBInr0rUL4XiNkR9qqNMJTgV/wD9Pn7uPSYS69jnK2LiK8NGgO94gtEVxtCccmrLznrtZ5mLbnCBfUNCdMGmr8FV
F6IzTNYGmCuk/C4=
"""
ISSUED = datetime(2005, 2, 5, 12, tzinfo=UTC).timestamp()


def certificate(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(b64decode(text))


@pytest.fixture(scope="module")
def crl() -> Crl:
    return Crl.parse(b64decode(LIST), "rfc5280.crl")


def test_the_list_is_read_as_appendix_c_4_describes_it(crl: Crl) -> None:
    assert (crl.number, crl.base_number, crl.scope, len(crl.entries)) == (12, None, None, 1)
    assert (crl.this_update, crl.next_update) == (ISSUED, ISSUED + 86_400)
    assert crl.issuer.rfc4514_string() == "CN=Example CA,DC=example,DC=com"
    entry = crl.entries.find(18)
    assert entry is not None
    assert entry.reason == "key_compromise"
    assert entry.revoked_at == datetime(2004, 11, 19, 15, 57, 3, tzinfo=UTC).timestamp()
    assert crl.entries.find(17) is None


def test_it_is_signed_by_the_authority_of_c_1_and_by_nobody_else(crl: Crl) -> None:
    assert crl.verify_signature(certificate(AUTHORITY).public_key())
    assert not crl.verify_signature(certificate(CLIENT).public_key())


def test_its_algorithm_is_of_2005_and_not_believed_any_more(crl: Crl) -> None:
    path = [certificate(CLIENT), certificate(AUTHORITY)]

    status = Crls([lambda: crl], lambda: path[1:]).status(path, 0, ISSUED)

    assert (status.outcome, status.code) == ("unknown", "crl_algorithm_weak")


def test_the_client_of_c_2_is_revoked_where_old_algorithms_are_believed(
    crl: Crl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("authorizers.mtls.path.strength.MIN_RSA_BITS", 1024)
    monkeypatch.setattr("authorizers.mtls.crl.signature.STRONG_HASHES", ("sha1",))
    old = Crl.parse(b64decode(LIST), "rfc5280.crl")
    path = [certificate(CLIENT), certificate(AUTHORITY)]

    status = Crls([lambda: old], lambda: path[1:]).status(path, 0, ISSUED)

    assert (status.outcome, status.code) == ("revoked", "key_compromise")

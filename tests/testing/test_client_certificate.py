"""What events say of a client's certificate, in the formats that API Gateway has."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from authorizers.events.event import parse_event
from authorizers.model.request import EventKind
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.client_certificate import client_cert
from authorizers.testing.clock import FrozenClock
from authorizers.testing.events import EVENT_BUILDERS

# 5 August 2021, 09:36:04, as in the developer guide's sample.
AUTHORITY = FakeCertificateAuthority("Test CA", clock=FrozenClock(1_628_156_164.0))
ISSUED = AUTHORITY.issue("client", life=(timedelta(0), timedelta(days=20)), serial_number=0xA1_0B)
WITH_CERTIFICATES = [EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.HTTP_2]


def shown(kind: EventKind, **call: Any) -> Any:
    context = EVENT_BUILDERS[kind](**call)["requestContext"]
    holder = "authentication" if kind is EventKind.HTTP_2 else "identity"
    return context.get(holder, {}).get("clientCert")


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
def test_the_certificate_is_where_this_kind_has_it(kind: EventKind) -> None:
    assert shown(kind, client_certificate=ISSUED.pem) == {
        "clientCertPem": ISSUED.pem,
        "subjectDN": "O=Test,CN=client",
        "issuerDN": "O=Test,CN=Test CA",
        "serialNumber": "a1:0b",
        "validity": {
            "notBefore": "Aug  5 09:36:04 2021 GMT",
            "notAfter": "Aug 25 09:36:04 2021 GMT",
        },
    }


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
def test_our_own_events_are_read_by_our_own_parser(kind: EventKind) -> None:
    request = parse_event(EVENT_BUILDERS[kind](client_certificate=ISSUED.pem))

    assert request.client_certificate == ISSUED.pem


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
def test_without_mutual_tls_the_member_is_not_there(kind: EventKind) -> None:
    assert shown(kind) is None
    assert "authentication" not in EVENT_BUILDERS[kind]()["requestContext"]


@pytest.mark.parametrize("kind", [EventKind.REST_TOKEN, EventKind.WEBSOCKET])
def test_other_kinds_never_show_a_certificate(kind: EventKind) -> None:
    assert "CERTIFICATE" not in str(EVENT_BUILDERS[kind](client_certificate=ISSUED.pem))


def test_names_are_in_the_order_of_the_certificate_and_escaped() -> None:
    attributes = [(NameOID.COUNTRY_NAME, "US"), (NameOID.ORGANIZATION_NAME, "A, B"),
                  (NameOID.COMMON_NAME, "x")]  # fmt: skip
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    issued = AUTHORITY.issue(subject=name)

    assert client_cert(issued.pem)["subjectDN"] == "C=US,O=A\\, B,CN=x"


@pytest.mark.parametrize("text", ["CERT_CONTENT", "", "-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate_is_passed_on_all_the_same(text: str) -> None:
    said = client_cert(text)

    assert said["clientCertPem"] == text
    assert said["subjectDN"] == said["issuerDN"] == "www.example.com"

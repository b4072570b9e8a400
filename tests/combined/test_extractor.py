"""What a request presents of several kinds: which are taken together, and which are refused."""

from typing import Any

import pytest

from authorizers.combined.extractor import CombinedExtractor
from authorizers.credentials.api_key import ApiKeyExtractor
from authorizers.credentials.bearer import BearerExtractor
from authorizers.credentials.client_certificate import CertificateExtractor
from authorizers.errors import AuthorizersError, ConfigurationError
from authorizers.events.event import parse_event
from authorizers.model.credential import BearerToken, ClientCertificate, PresentedApiKey
from authorizers.model.presented import Presented
from authorizers.model.request import EventKind
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.events import EVENT_BUILDERS

PEM = FakeCertificateAuthority().issue("orders").pem
TOKEN, KEY = "aaa.bbb.ccc", "orders_live_0123456789ab_x"
WITH_CERTIFICATES = (EventKind.REST_REQUEST, EventKind.HTTP_1, EventKind.HTTP_2)
WITHOUT = (EventKind.REST_TOKEN, EventKind.WEBSOCKET)


def extractor(**left_out: None) -> CombinedExtractor:
    taken: dict[str, Any] = {
        "certificate": CertificateExtractor().extract,
        "token": BearerExtractor(["authorization"]).extract,
        "key": ApiKeyExtractor({"header": "x-api-key"}).extract,
    }
    return CombinedExtractor(**taken | left_out)


def presented(kind: EventKind, call: dict[str, Any], **left_out: None) -> Presented:
    return extractor(**left_out).extract(parse_event(EVENT_BUILDERS[kind](**call)))


def refusal(kind: EventKind, call: dict[str, Any], **left_out: None) -> str:
    with pytest.raises(AuthorizersError) as raised:
        presented(kind, call, **left_out)
    return raised.value.code


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
@pytest.mark.parametrize(
    ("call", "certificate", "other"),
    [
        ({"client_certificate": PEM}, True, None),
        ({"token": TOKEN}, False, BearerToken),
        ({"api_key": KEY}, False, PresentedApiKey),
        ({"client_certificate": PEM, "token": TOKEN}, True, BearerToken),
        ({"client_certificate": PEM, "api_key": KEY}, True, PresentedApiKey),
    ],
    ids=["certificate", "token", "key", "certificate and token", "certificate and key"],
)
def test_what_is_presented_is_found(
    kind: EventKind, call: dict[str, Any], certificate: bool, other: type | None
) -> None:
    found = presented(kind, call)

    assert isinstance(found.certificate, ClientCertificate) == certificate
    assert (found.certificate is None or found.certificate.reveal() == PEM) is True
    assert type(found.other) is (other or type(None))


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({}, "credential_missing"),
        ({"token": TOKEN, "api_key": KEY}, "credential_ambiguous"),
        ({"token": TOKEN, "api_key": KEY, "client_certificate": PEM}, "credential_ambiguous"),
        ({"client_certificate": PEM, "authorization": "Basic eA=="}, "credential_malformed"),
        ({"client_certificate": PEM, "token": f"{TOKEN}, x"}, "credential_malformed"),
        ({"client_certificate": PEM, "api_key": "x" * 129}, "key_malformed"),
        ({"headers": {"X-Client-Cert": PEM.replace("\n", "")}}, "credential_missing"),
        ({"headers": {"X-Forwarded-Client-Cert": "Hash=0;Cert=x"}}, "credential_missing"),
        ({"headers": {"Client-Cert": ":eA==:"}}, "credential_missing"),
        ({"headers": {"X-Amzn-Mtls-Clientcert": "x"}}, "credential_missing"),
        ({"client_certificate": ""}, "credential_missing"),
    ],
    ids=["nothing", "token and key", "all three", "certificate and Basic", "two tokens",
         "a long key", "X-Client-Cert", "X-Forwarded-Client-Cert", "Client-Cert",
         "X-Amzn-Mtls-Clientcert", "empty"],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused(kind: EventKind, call: dict[str, Any], code: str) -> None:
    assert refusal(kind, call) == code


@pytest.mark.parametrize("kind", WITHOUT)
@pytest.mark.parametrize(
    "call", [{"token": TOKEN}, {"client_certificate": PEM, "token": TOKEN}], ids=["", "and one"]
)
def test_where_there_is_never_a_certificate_it_is_a_configuration_error(
    kind: EventKind, call: dict[str, Any]
) -> None:
    assert refusal(kind, call) == "certificate_not_available"
    assert isinstance(presented(kind, call, certificate=None).other, BearerToken)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("Bearer a.b.c", BearerToken), ("bEARER a.b.c", BearerToken), (KEY, PresentedApiKey),
     ("Basic eA==", PresentedApiKey)],
)  # fmt: skip
def test_the_one_header_of_a_token_event_is_a_token_by_its_scheme_and_else_a_key(
    sent: str, expected: type
) -> None:
    found = presented(EventKind.REST_TOKEN, {"authorization": sent}, certificate=None)

    assert type(found.other) is expected


@pytest.mark.parametrize("kind", WITH_CERTIFICATES)
def test_what_no_scheme_takes_is_not_looked_at(kind: EventKind) -> None:
    every = {"client_certificate": PEM, "token": TOKEN, "api_key": KEY}

    assert presented(kind, every, certificate=None, key=None).certificate is None
    assert isinstance(presented(kind, every, token=None).other, PresentedApiKey)
    assert isinstance(presented(kind, every, key=None).other, BearerToken)
    assert presented(kind, every, token=None, key=None).other is None


def test_nothing_to_look_for_is_no_extractor() -> None:
    with pytest.raises(ConfigurationError):
        extractor(certificate=None, token=None, key=None)


def test_an_answer_is_keyed_by_all_that_was_presented() -> None:
    both = presented(EventKind.HTTP_2, {"client_certificate": PEM, "token": TOKEN})

    assert both.is_in([f"Bearer {TOKEN}", PEM])
    for values in ([f"Bearer {TOKEN}"], [PEM], []):
        assert not both.is_in(values)


def test_nothing_presented_is_shown() -> None:
    shown = repr(presented(EventKind.HTTP_2, {"client_certificate": PEM, "token": TOKEN}))

    assert TOKEN not in shown
    assert PEM.splitlines()[1] not in shown

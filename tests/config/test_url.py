"""Issuers and addresses of key sets."""

from collections.abc import Callable

import pytest

from authorizers.config.url import validate_crl_url, validate_issuer, validate_jwks_uri

BOTH = pytest.mark.parametrize("validate", [validate_issuer, validate_jwks_uri])


@BOTH
@pytest.mark.parametrize(
    "url",
    [
        "https://login.example.com",
        "https://login.example.com/",
        "https://login.example.com:8443/realms/a%20b/~c",
        "https://[2001:db8::1]/keys",
    ],
)
def test_an_https_address_is_taken(validate: Callable[..., None], url: str) -> None:
    validate(url)


@BOTH
@pytest.mark.parametrize(
    "url",
    [
        "",
        "login.example.com",
        "ftp://login.example.com/",
        "HTTPS://login.example.com/",
        "https:///path",
        "https://login.example.com/#fragment",
        "https://user:password@login.example.com/",
        "https://login.example.com@evil.example/",
        "https://login.example.com/a b",
        "https://login.example.com/\n",
        "https://login.example.com:99999/",
        "https://exämple.com/",
        "https://login.example.com/\\..",
        "http://login.example.com/",
        "http://127.0.0.1/",
        "https://login.example.com/" + "a" * 2048,
    ],
)
def test_anything_else_is_refused(validate: Callable[..., None], url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        validate(url)


@BOTH
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_http_is_taken_for_this_machine_with_the_named_relaxation(
    validate: Callable[..., None], host: str
) -> None:
    validate(f"http://{host}:8080/", loopback_http=True)


@BOTH
@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2", "10.0.0.1", "[::2]"]
)
def test_the_relaxation_reaches_no_other_machine(validate: Callable[..., None], host: str) -> None:
    with pytest.raises(ValueError, match="https"):
        validate(f"http://{host}/", loopback_http=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://crl.example.com/a.crl",
        "https://crl.example.com:8443/a.crl?b=c",
        "http://crl.example.com",
    ],
)
def test_revocation_lists_are_read_over_either(url: str) -> None:
    validate_crl_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "ldap://crl.example.com/cn=a",
        "file:///etc/passwd",
        "http:///a.crl",
        "http://u:p@crl.example.com/a.crl",
        "http://crl.example.com/a.crl#b",
        "http://crl.example.com:65536/a.crl",
        "http://crl.example.com/a b",
        "http://crl.example.com/" + "a" * 2048,
        "//crl.example.com/a.crl",
        "",
    ],
)
def test_revocation_lists_have_plain_addresses(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        validate_crl_url(url)


def test_a_query_is_for_key_sets_only() -> None:
    validate_jwks_uri("https://login.example.com/keys?p=policy")
    with pytest.raises(ValueError, match="no query"):
        validate_issuer("https://login.example.com/?p=policy")

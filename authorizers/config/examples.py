"""The callers and the expectations of a document, for tools. Functions never see them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from authorizers.config.certificate_facts import CERTIFICATE
from authorizers.config.compiled import CompiledDocument
from authorizers.config.document.examples import ExamplePrincipal
from authorizers.config.document.problems import problems_of
from authorizers.config.document.root import Document
from authorizers.config.document.text import DocumentText, parse_document_text
from authorizers.config.example_certificate import with_certificate
from authorizers.config.example_principal import example_principal
from authorizers.errors import ConfigurationError
from authorizers.model.principal import Principal


class ExpectedAnswer(NamedTuple):
    """
    What one principal is expected to be told about one request, or about all of a route.

    `place` is where it stands in the document, `line:column`.
    """

    principal: str
    request: str
    allow: bool
    source_ip: str | None
    place: str


class Examples(NamedTuple):
    """The named principals of a document, and what is expected for them."""

    principals: Mapping[str, Principal]
    expectations: tuple[ExpectedAnswer, ...]


def read_examples(text: str | bytes, document: CompiledDocument) -> Examples:
    """
    Return the examples in `text`. `document` is what `text` compiles to.

    Raises:
        ConfigurationError: `text` is no document.
    """
    parsed = parse_document_text(text)
    try:
        root = Document.model_validate(parsed.value)
    except ValidationError as error:
        raise ConfigurationError(*problems_of(error, parsed)) from None
    principals = {
        name: _principal(example, document["schemes"]) for name, example in root.principals.items()
    }
    return Examples(principals, tuple(_expected(root, parsed)))


def _principal(example: ExamplePrincipal, schemes: Mapping[str, Any]) -> Principal:
    form, certificate = schemes[example.scheme], example.certificate
    said = (
        {} if certificate is None else certificate.model_dump(exclude={"scheme"}, exclude_none=True)
    )
    claims = {CERTIFICATE: said} if example.claims is None else example.claims
    principal = example_principal(example.scheme, form, claims, example.roles)
    if certificate is None or example.claims is None:
        return principal
    name = certificate.scheme or next(n for n, s in schemes.items() if "client_certificate" in s)
    return with_certificate(principal, name, schemes[name]["client_certificate"], said)


def _expected(root: Document, parsed: DocumentText) -> Iterator[ExpectedAnswer]:
    for i, expectation in enumerate(root.expectations):
        for name, requests in (("allow", expectation.allow), ("deny", expectation.deny)):
            for j, request in enumerate(requests):
                yield ExpectedAnswer(
                    expectation.principal,
                    request,
                    name == "allow",
                    expectation.from_,
                    parsed.place(("expectations", i, name, j)),
                )

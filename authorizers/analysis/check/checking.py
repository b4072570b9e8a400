"""Everything that is wrong or dangerous in a document, and in the APIs that it is for, at once."""

from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

from authorizers.analysis.check.api_keys import key_findings
from authorizers.analysis.check.attachments import attachment_findings
from authorizers.analysis.check.caching import replay_findings, ttl_findings
from authorizers.analysis.check.client_certificates import certificate_findings, keeper_findings
from authorizers.analysis.check.coverage import route_findings
from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding, in_order
from authorizers.analysis.check.handlers import handler_findings
from authorizers.analysis.check.identity import identity_findings
from authorizers.analysis.check.metering import metering_findings
from authorizers.analysis.check.mutual_tls import mutual_tls_findings
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.check.revocation import revocation_findings
from authorizers.analysis.check.rules import rule_findings
from authorizers.analysis.check.siblings import routes_opened, rules_opened
from authorizers.analysis.template.api import Api
from authorizers.analysis.template.definition import Read
from authorizers.analysis.template.reading import read_apis, read_nothing
from authorizers.analysis.template.template import Template, read_template


class File(NamedTuple):
    """A file's name, as findings shall have it, and what is in it."""

    path: str
    data: bytes


class Surroundings(NamedTuple):
    """
    What no file says: how long tokens live, what a function in another stack answers to HTTP APIs,
    and the names of the authorizers that the document is for (none: every one that may be).
    """

    token_life_seconds: int | None = None
    http_responses: Literal["simple", "simple_uncached", "iam"] | None = None
    authorizers: Collection[str] = ()


NOTHING_SAID = Surroundings()


def check_document(
    document: File | None,
    templates: Sequence[File] = (),
    surroundings: Surroundings = NOTHING_SAID,
    *,
    read: Read = read_nothing,
) -> list[Finding]:
    """
    Return what is wrong or dangerous in `document`, YAML, and in `templates`: SAM and
    CloudFormation templates and OpenAPI files, which describe the APIs that it is for.

    A document that does not compile is a finding for each of its problems, and what can be checked
    without it is checked. `read` reads files that a template names as an API's definition.

    Raises:
        ConfigurationError: one of `templates` is no YAML and no JSON; its problem's place is
            `file:line:column`.
    """
    parsed = [read_template(file.data, file.path) for file in templates]
    found = [(template, read_apis(template, read)) for template in parsed]
    checked = None if document is None else CheckedDocument(document.data, document.path)
    files = [file.path for file in (document, *templates) if file is not None]
    return in_order(_findings(checked, found, surroundings), files)


def _findings(
    document: CheckedDocument | None,
    templates: Sequence[tuple[Template, Sequence[Api]]],
    surroundings: Surroundings,
) -> Iterator[Finding]:
    apis = [api for _, found in templates for api in found]
    kinds = () if document is None else document.kinds
    ours = [Ours(api, surroundings.authorizers, kinds) for api in apis]
    if document is not None:
        yield from rule_findings(document)
        yield from key_findings(document)
        yield from certificate_findings(document)
        yield from keeper_findings(document, [template for template, _ in templates], ours)
        yield from rules_opened(document, ours)
        yield from route_findings(document, ours)
    for template, found in templates:
        for finding in attachment_findings(template, found, surroundings.http_responses):
            if not (document and document.routing.is_everything and finding.rule == _BY_ROUTE):
                yield finding
    for api in ours:
        yield from _about(document, api, surroundings)
    if templates:
        yield from _not_found(templates[0][0], apis, surroundings.authorizers)
    if document is not None and templates and not apis:
        file, _ = templates[0]
        yield Finding(
            file.place(()),
            "no-api-found",
            "no file describes an API, so the document was compared with nothing: give the"
            " template or the OpenAPI file that has the routes",
        )


def _not_found(
    file: Template, apis: Sequence[Api], authorizers: Collection[str]
) -> Iterator[Finding]:
    known = sorted({attachment.name for api in apis for attachment in api.attachments})
    for name in sorted(set(authorizers).difference(known)):
        yield Finding(
            file.place(()),
            "authorizer-not-found",
            f"no API has an authorizer {name}, so its routes were not looked at; there are:"
            f" {', '.join(known) or 'none'}",
        )


_BY_ROUTE = "simple-response-cached-for-all-routes"  # no matter where all routes are one


def _about(
    document: CheckedDocument | None, api: Ours, surroundings: Surroundings
) -> Iterator[Finding]:
    if document is not None:
        yield from replay_findings(document, api)
        yield from handler_findings(document, api)
        yield from identity_findings(document, api)
        yield from mutual_tls_findings(document, api)
        yield from metering_findings(document, api, surroundings.http_responses)
        yield from revocation_findings(document, api)
    yield from ttl_findings(document, api, surroundings.token_life_seconds)
    yield from routes_opened(api)
    if api.api.ignored_security is not None:
        yield Finding(
            api.api.ignored_security,
            "root-security-ignored",
            f"{api.name}: API Gateway does not apply security at the root: write it at each"
            " operation",
        )

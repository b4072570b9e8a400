"""All rules, asked of one template."""

from collections.abc import Iterator
from itertools import chain

from authorizers.cli.checks.attachment import Finding
from authorizers.cli.checks.cloudformation import cloudformation_attachments
from authorizers.cli.checks.rules import RULES
from authorizers.cli.checks.sam import sam_attachments
from authorizers.cli.checks.template import Template
from authorizers.cli.checks.values import mapping


def inspect_template(template: Template, http_responses: str | None = None) -> list[Finding]:
    """
    Return what is wrong with the way authorizers are attached in `template`.

    `http_responses` is what a function in another stack answers to an HTTP API, `simple` or
    `iam`; a function in this template says it itself.
    """
    findings = [
        Finding(template.place(attachment.loc), rule.name, f"{attachment.name}: {message}")
        for attachment in chain(sam_attachments(template), cloudformation_attachments(template))
        for rule in RULES
        for message in rule.find(template, attachment, http_responses)
    ]
    return sorted([*findings, *_preflights(template)], key=_position)


def _position(finding: Finding) -> tuple[int, int, str]:
    line, _, column = finding.place.partition(":")
    return int(line), int(column), finding.rule


def _preflights(template: Template) -> Iterator[Finding]:
    """A browser sends no credential with a preflight; SAM puts the authorizer there by default."""
    for api in template.of_type("AWS::Serverless::Api"):
        auth = mapping(api.properties.get("Auth"))
        default = template.scalar(auth.get("DefaultAuthorizer"))
        on_preflight = template.flag(auth.get("AddDefaultAuthorizerToCorsPreflight"))
        if (
            default not in (None, "NONE")
            and api.properties.get("Cors")
            and on_preflight in (None, True)
        ):
            yield Finding(
                template.place(("Resources", api.name, "Properties", "Auth")),
                "authorizer-on-preflight",
                f"{api.name}: browsers' preflight requests would be refused: set"
                " AddDefaultAuthorizerToCorsPreflight: false",
            )

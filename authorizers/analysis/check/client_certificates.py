"""What is dangerous in a document's schemes of client certificates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from authorizers.analysis.check.document import CheckedDocument
from authorizers.analysis.check.finding import Finding
from authorizers.analysis.check.ours import Ours
from authorizers.analysis.template.attachment import function_of
from authorizers.analysis.template.template import Template

CRL_HANDLER = "authorizers.handlers.crl_keeper.handler"
_SCHEDULED_EVENTS = ("Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent")
_SCHEDULES = ("AWS::Events::Rule", "AWS::Scheduler::Schedule")
_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def certificate_findings(document: CheckedDocument) -> Iterator[Finding]:
    """Yield what the schemes of client certificates give up by name."""
    for name, scheme in document.certificate_schemes.items():
        loc = ("authenticate", name, "client_certificate")
        yield from _revocation(document, name, scheme)
        if scheme["any_extended_key_usage"]:
            yield Finding(
                document.place(*loc, "any_extended_key_usage"),
                "any-extended-key-usage",
                f"{name}: takes certificates that were not issued for clients: have them issued"
                " with clientAuth",
            )


def _revocation(
    document: CheckedDocument, name: str, scheme: Mapping[str, Any]
) -> Iterator[Finding]:
    place = document.place("authenticate", name, "client_certificate", "revocation")
    if scheme["revocation"] is None:
        yield Finding(
            place,
            "revocation-not-checked",
            f"{name}: a revoked certificate opens this API until it expires, and API Gateway does"
            " not ask either: write how revocations are found out",
        )
    elif scheme["revocation"]["mode"] == "best_effort":
        yield Finding(
            place,
            "revocation-best-effort",
            f"{name}: while nobody can say whether a certificate is revoked, it is taken: write"
            " mode: required, unless an outage is worse",
        )


def keeper_findings(
    document: CheckedDocument, templates: Sequence[Template], apis: Sequence[Ours]
) -> Iterator[Finding]:
    """
    Yield the lists that are to be kept in S3, where the authorizer's own function is in
    `templates`, and the function that keeps them is not.
    """
    here = any(function_of(a) is not None for api in apis for a in api.attachments)
    if not here or any(map(_has_keeper, templates)):
        return
    for name, scheme in document.certificate_schemes.items():
        for i, place in enumerate((scheme["revocation"] or {}).get("crls", ())):
            if "url" in place:
                loc = ("authenticate", name, "client_certificate", "revocation", "crls", i)
                yield Finding(
                    document.place(*loc),
                    "crl-kept-by-nobody",
                    f"{name}: no function of the template keeps this list on a schedule: it is"
                    f" never fetched, and ends: add one with the handler {CRL_HANDLER}, and its"
                    " schedule",
                )


def _has_keeper(template: Template) -> bool:
    has_schedules = any(template.of_type(*_SCHEDULES))
    return any(
        template.scalar(function.properties.get("Handler")) == CRL_HANDLER
        and (has_schedules or _is_scheduled(function.properties.get("Events")))
        for function in template.of_type(*_FUNCTIONS)
    )


def _is_scheduled(events: Any) -> bool:
    found = events.values() if isinstance(events, Mapping) else ()
    return any(isinstance(e, Mapping) and e.get("Type") in _SCHEDULED_EVENTS for e in found)

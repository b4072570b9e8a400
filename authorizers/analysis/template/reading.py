"""All APIs that files describe: templates, and OpenAPI files of their own."""

from authorizers.analysis.template.api import Api
from authorizers.analysis.template.cloudformation_api import cloudformation_apis
from authorizers.analysis.template.definition import Read
from authorizers.analysis.template.endpoints import endpoints_of
from authorizers.analysis.template.openapi import read_openapi
from authorizers.analysis.template.sam_api import sam_apis
from authorizers.analysis.template.template import Template
from authorizers.analysis.template.values import mapping

_LOOPS = "resources are made by Fn::ForEach"


def read_nothing(file: str) -> bytes:
    """Refuse to read `file`: what a template names elsewhere stays unseen."""
    raise OSError(file)


def is_openapi(template: Template) -> bool:
    """Return whether the file is an OpenAPI definition, and no template."""
    return not template.root.keys().isdisjoint(("openapi", "swagger", "paths"))


def read_apis(template: Template, read: Read = read_nothing) -> tuple[Api, ...]:
    """Return the APIs of a file; `read` reads definitions that a template names."""
    if is_openapi(template):
        return (read_openapi(template),)
    merged: dict[str, Api] = {}
    for api in (*sam_apis(template, read), *cloudformation_apis(template, read)):
        known = merged.get(api.name)
        merged[api.name] = _joined(known, api) if known else api
    unseen = _LOOPS if _has_loops(template) else None
    return tuple(
        api._replace(unseen=api.unseen or unseen, endpoints=endpoints_of(template, api.name, read))
        for api in merged.values()
    )


def _joined(one: Api, other: Api) -> Api:
    """Return what SAM makes of an API and what the template's own resources add to it."""
    return one._replace(
        routes=one.routes + other.routes,
        attachments=one.attachments + other.attachments,
        unseen=one.unseen or other.unseen,
    )


def _has_loops(template: Template) -> bool:
    names = mapping(template.root.get("Resources"))
    return any(name.startswith("Fn::ForEach") for name in names)

"""Where an API's OpenAPI definition is: in the template itself, or in a file beside it."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, NamedTuple

from authorizers.analysis.template.template import Resource, Template
from authorizers.analysis.template.values import mapping
from authorizers.config.document.text import Loc
from authorizers.errors import ConfigurationError

Read = Callable[[str], bytes]
"""Returns the content of a file, or raises `OSError`."""

_BODY = ("DefinitionBody", "Body")
_ADDRESS = ("DefinitionUri", "BodyS3Location")


class Body(NamedTuple):
    """An OpenAPI definition at `loc` in `template`, or none, and why it cannot be seen."""

    template: Template | None = None
    loc: Loc = ()
    unseen: str | None = None


def definition_of(template: Template, api: Resource, read: Read) -> Body:
    """Return the definition of `api`, which lists its routes; an empty one if there is none."""
    for name in _BODY:
        if name in api.properties:
            return _inline(template, api, name, read)
    for name in _ADDRESS:
        if name in api.properties:
            return _elsewhere(template, template.scalar(api.properties[name]), read)
    return Body()


def _inline(template: Template, api: Resource, name: str, read: Read) -> Body:
    body = mapping(api.properties[name])
    if "paths" in body:
        return Body(template, ("Resources", api.name, "Properties", name))
    transform = mapping(body.get("Fn::Transform"))
    if transform.get("Name") == "AWS::Include":
        location = mapping(transform.get("Parameters")).get("Location")
        return _elsewhere(template, template.scalar(location), read)
    return Body(unseen=f"{name} is made by CloudFormation")


def _elsewhere(template: Template, address: Any, read: Read) -> Body:
    if not isinstance(address, str) or "://" in address:
        return Body(unseen="its definition is not a local file")
    file = str(PurePath(template.file).parent / address)
    try:
        return Body(template.including(read(file), file))
    except (OSError, ValueError):
        return Body(unseen=f"{address} cannot be read")
    except ConfigurationError as error:
        return Body(unseen=f"{address}:{error.problems[0]}")

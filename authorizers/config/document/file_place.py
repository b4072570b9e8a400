"""The places of the files that functions read beside a document: the package, or a bucket."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from authorizers.config.location import OBJECT

PLACE_EXPECTED = "write file:PATH, in the function's package, or s3://bucket/key"
_FILE = r"[^\x00-\x1f\x7f]+"


def place_of(text: Any) -> dict[str, str]:
    """
    Return the compiled form of a place that holds a file.

    Raises:
        ValueError: says what to write instead.
    """
    kind, _, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if kind == "file" and re.fullmatch(_FILE, name):
        return {"kind": "file", "name": name}
    match = re.fullmatch(OBJECT, name) if kind == "s3" else None
    if match is None:
        raise ValueError(PLACE_EXPECTED)
    return {"kind": "s3", "bucket": match[1], "name": match[2]}


def _object(text: Any) -> dict[str, str]:
    place = place_of(text)
    if place["kind"] != "s3":
        raise ValueError("write s3://bucket/key: no function can write into its package")
    return place


FilePlace = Annotated[
    Any,
    AfterValidator(place_of),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^(?:file:.+|s3:{OBJECT})$",
            "examples": ["s3://bucket/partners.pem"],
        }
    ),
]
ObjectPlace = Annotated[
    Any,
    AfterValidator(_object),
    WithJsonSchema(
        {"type": "string", "pattern": f"^s3:{OBJECT}$", "examples": ["s3://bucket/issuing.crl"]}
    ),
]

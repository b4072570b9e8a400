"""
Where a compiled document is kept: `authorizers.json`, `ssm:/name`, `s3://bucket/key`, or the
document itself, `{"format": …}`.
"""

import re
from typing import Literal, NamedTuple

# Patterns are compiled when they are used, which most cold starts never do.
# Systems Manager User Guide, "Parameter name requirements and constraints": 1011 characters,
# letters, digits and `_.-/`; a parameter shared by another account is named by its ARN, and
# `:3` or `:label` after the name selects one version.
PARAMETER = (
    r"(?:arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/)?[A-Za-z0-9_.\-/]{1,1011}"
    r"(?::[A-Za-z0-9_.\-]{1,100})?"
)
# S3 User Guide, "General purpose bucket naming rules" and "Naming Amazon S3 objects".
OBJECT = r"//([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^\x00-\x1f\x7f]{1,1024})"


class DocumentLocation(NamedTuple):
    """
    One place that holds a compiled document.

    `name` is the file's path, the parameter's name, the object's key in `bucket`, or, of kind
    `inline`, the document itself, which is shown nowhere.
    """

    kind: Literal["file", "ssm", "s3", "inline"]
    name: str
    bucket: str = ""

    def __str__(self) -> str:
        if self.kind == "s3":
            return f"s3://{self.bucket}/{self.name}"
        if self.kind == "inline":
            return "AUTHORIZERS_CONFIG"
        return f"ssm:{self.name}" if self.kind == "ssm" else self.name

    def __repr__(self) -> str:
        return f"DocumentLocation({self.kind!r}, {str(self)!r})"


def parse_location(text: str, task_root: str) -> DocumentLocation:
    """
    Parse the value of `AUTHORIZERS_CONFIG`; a relative path is one below `task_root`.

    Raises:
        ValueError: says what to write instead, without the text.
    """
    if text.startswith("{"):
        return DocumentLocation("inline", text)
    if text.startswith("ssm:"):
        return _parse_parameter(text[4:])
    if text.startswith("s3:"):
        return _parse_object(text[3:])
    if "://" in text or "\x00" in text:
        raise ValueError(
            "write a path, ssm:/parameter/name, s3://bucket/key or the compiled document itself"
        )
    return DocumentLocation("file", text if text.startswith("/") else f"{task_root}/{text}")


def _parse_parameter(name: str) -> DocumentLocation:
    if not re.fullmatch(PARAMETER, name):
        raise ValueError("after ssm: write the parameter's name, such as ssm:/authorizers/orders")
    return DocumentLocation("ssm", name)


def _parse_object(address: str) -> DocumentLocation:
    match = re.fullmatch(OBJECT, address)
    if match is None:
        raise ValueError("write s3://bucket/key, with the bucket's name in lower case")
    return DocumentLocation("s3", match[2], match[1])

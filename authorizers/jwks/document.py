"""A JSON document of an issuer, read strictly: what parsers may read differently is refused."""

import json
from typing import Any, Final

from authorizers.errors import DependencyError
from authorizers.model.strict_json import no_constant, unique_members

MAX_DOCUMENT_BYTES: Final = 512 * 1024  # ours: a hundred RSA keys with certificate chains fit


def parse_object(body: bytes, what: str) -> dict[str, Any]:
    """
    Parse `body`, which must be one JSON object in UTF-8 without repeated names (RFC 7517 §4).

    Raises:
        DependencyError: `keys_unavailable`. `what` names the document in its text.
    """
    if len(body) > MAX_DOCUMENT_BYTES:
        raise DependencyError(
            "keys_unavailable", f"{what} is larger than {MAX_DOCUMENT_BYTES} bytes"
        )
    try:
        # NOTE: no number is read from these documents; as floats, long ones cost nothing.
        value = json.loads(
            body.decode(),
            object_pairs_hook=unique_members,
            parse_constant=no_constant,
            parse_int=float,
        )
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise DependencyError("keys_unavailable", f"{what} is not a JSON object as RFC 8259 has it")
    return value

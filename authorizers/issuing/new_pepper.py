"""A new pepper, first or next: what the secret that holds the peppers is to become."""

import json
import secrets
from collections.abc import Callable

from authorizers.api_key.pepper import MAX_PEPPERS, parse_peppers
from authorizers.errors import ConfigurationError, Problem


def first_pepper(random_text: Callable[[], str] = secrets.token_urlsafe) -> str:
    """Return the JSON of one pepper, of 256 random bits."""
    return json.dumps({"current": "1", "1": random_text()})


def with_new_pepper(
    data: bytes | str, place: str, random_text: Callable[[], str] = secrets.token_urlsafe
) -> str:
    """
    Return the JSON of the peppers in `data` with a new one, which is the current one now.

    Raises:
        ConfigurationError: `pepper_invalid`; `place` is what the message calls `data`.
    """
    parse_peppers(data, place)
    peppers = json.loads(data)
    if len(peppers) > MAX_PEPPERS:
        problem = f"has {MAX_PEPPERS} peppers already: remove one that no key is under"
        raise ConfigurationError(Problem(place, problem), code="pepper_invalid")
    name = str(1 + max((int(n) for n in peppers if n.isascii() and n.isdigit()), default=0))
    return json.dumps({**peppers, "current": name, name: random_text()})

"""What a document may ask of the facts of a certificate, the claims under `certificate`."""

from collections.abc import Mapping, Sequence
from typing import Any

from authorizers.config.certificate_facts import (
    AS_WRITTEN,
    FACTS,
    LIST_FACTS,
    NUMBER_FACTS,
    SPIFFE_FACTS,
)

NEEDS_SPIFFE = "needs a client_certificate scheme with identity: spiffe"
_NO_SUCH_FACT = f"there is no such fact of a certificate: write certificate. and {', '.join(FACTS)}"
_NEVER_HOLDS = (
    "this holds for no certificate, and under `not` for every one: san_dns, san_uri and san_email"
    " contain text, not_before and not_after are whole numbers, and all else is text"
)


def problem_of_fact(steps: Sequence[str], schemes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why no certificate of `schemes` has what is at `steps` below `certificate`."""
    if len(steps) != 1 or steps[0] not in FACTS:
        return _NO_SUCH_FACT
    if steps[0] in SPIFFE_FACTS and not trust_domains(schemes):
        return NEEDS_SPIFFE
    return ""


def trust_domains(schemes: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Return the trust domains of those `schemes` whose identities are SPIFFE IDs."""
    return [s.get("trust_domain") for s in schemes.values() if s.get("identity") == "spiffe"]


def problem_of_fact_test(fact: str, test: Mapping[str, Any]) -> str:
    """Return why a fact is never as `test` says; its shape is somebody else's finding."""
    operators = {"contains"} if fact in LIST_FACTS else {"equals", "any_of"}
    values = [v for value in test.values() for v in (value if isinstance(value, list) else [value])]
    kind = int if fact in NUMBER_FACTS else str
    if not test.keys() <= operators or not all(type(value) is kind for value in values):
        return _NEVER_HOLDS
    if fact in AS_WRITTEN and any(_as_written(fact, value) != value for value in values):
        return f"no certificate has it in this form: write certificate: {{{fact}: …}}"
    return ""


def _as_written(fact: str, value: str) -> str | None:
    try:
        return AS_WRITTEN[fact](value)
    except ValueError:
        return None

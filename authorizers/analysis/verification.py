"""What the verification of a credential came to, and the step at which it was refused."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.errors import AuthorizersError
from authorizers.model.decision import Decision
from authorizers.model.proof import Proof


class Step(NamedTuple):
    """One step of the verification: passed, refused, or (None) never reached."""

    name: str
    what: str
    passed: bool | None


class StepKind(NamedTuple):
    """A step as the verifiers go it, and the codes by which they refuse there."""

    name: str
    what: str
    codes: frozenset[str]


class Said(NamedTuple):
    """One thing that is known of a credential: `claim` `sub`, or what it `says` without proof."""

    source: str
    name: str
    value: Any


class Verification(NamedTuple):
    """
    What a credential proved, or why it proved nothing. `proof` is what its principal stands for.
    """

    steps: tuple[Step, ...]
    proof: Proof | None
    error: AuthorizersError | None
    scheme: str | None
    said: tuple[Said, ...]
    notes: tuple[str, ...]


class Notes:
    """A decision log that keeps what the deployer relaxed and what happened to key sets."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def event(self, name: str, details: Mapping[str, Any]) -> None:
        """Keep the event's name, and why."""
        why = details.get("why")
        self.names.append(f"{name}: {why}" if isinstance(why, str) else name)

    def decision(self, decision: Decision) -> None:
        """Take no decision: none is made here."""

    def failure(self, error: BaseException) -> None:
        """Take no failure: what matters of them is raised."""


def steps_to(kinds: Sequence[StepKind], error: AuthorizersError | None, other: str) -> list[Step]:
    """Return the steps up to `error`, None if there is none; `other` refuses by any other code."""
    names = [kind.name for kind in kinds]
    refused = len(kinds)
    if error is not None:
        found = (kind.name for kind in kinds if error.code in kind.codes)
        refused = names.index(next(found, other))
    return [
        Step(kind.name, kind.what, True if i < refused else False if i == refused else None)
        for i, kind in enumerate(kinds)
    ]

"""What the verification of a credential came to, and the step at which it was refused."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from authorizers.errors import AuthorizersError, CredentialError
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


class Procedure(NamedTuple):
    """
    How credentials of one kind are verified, step by step; what refuses by no code of `kinds`
    does so at the step `other`.
    """

    kinds: tuple[StepKind, ...]
    other: str

    def only(self, *names: str) -> "Procedure":
        """Return the steps of these names alone."""
        return self._replace(kinds=tuple(kind for kind in self.kinds if kind.name in names))

    def passed(self, proof: Proof, said: Iterable[Said], notes: "Notes") -> Verification:
        """Return that every step was passed, and what was proven."""
        steps, scheme = tuple(self._steps(None)), proof.principal.scheme
        return Verification(steps, proof, None, scheme, tuple(said), tuple(notes.names))

    def refused(
        self, error: AuthorizersError, said: Iterable[Said], notes: "Notes"
    ) -> Verification:
        """Return the step at which the credential was refused, and what it says of itself."""
        steps, scheme = tuple(self._steps(error)), scheme_of(error)
        return Verification(steps, None, error, scheme, tuple(said), tuple(notes.names))

    def _steps(self, error: AuthorizersError | None) -> Iterator[Step]:
        names = [kind.name for kind in self.kinds]
        refused = len(names)
        if error is not None:
            found = (kind.name for kind in self.kinds if error.code in kind.codes)
            refused = names.index(next(found, self.other))
        for i, kind in enumerate(self.kinds):
            passed = True if i < refused else False if i == refused else None
            yield Step(kind.name, kind.what, passed)


def scheme_of(error: AuthorizersError) -> str | None:
    """Return the scheme that refused the credential, if one looked at it."""
    return error.scheme if isinstance(error, CredentialError) else None


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

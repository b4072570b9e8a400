"""What is said about one request: stage by stage, what was found and what it came to."""

from typing import Literal, NamedTuple

from authorizers.model.decision import Outcome
from authorizers.model.policy import PolicyDocument
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind

Mark = Literal["yes", "no", "note"]


class Fact(NamedTuple):
    """One thing that was found: it speaks for the request, against it, or neither."""

    mark: Mark
    text: str


class Stage(NamedTuple):
    """One stage of the route of a request. `passed` is None where nothing had to be passed."""

    name: str
    passed: bool | None
    summary: str
    facts: tuple[Fact, ...] = ()


class CachedAnswer(NamedTuple):
    """What a cached copy of the policy answers to a request of one route; `statement` decides."""

    route: str
    request: str
    allowed: bool
    statement: int | None


class Explanation(NamedTuple):
    """
    The whole story of one request.

    `code` is what the function logs. `status` is what the caller meets. Where no principal was
    found there is no policy of its own, and nothing `cached`.
    """

    request: str
    api: ApiKind
    source_ip: str | None
    outcome: Outcome
    code: str
    status: str
    stages: tuple[Stage, ...]
    principal: Principal | None = None
    route: str | None = None
    policy: PolicyDocument | None = None
    statement: int | None = None
    cached: tuple[CachedAnswer, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the request reaches the integration."""
        return self.outcome is Outcome.ALLOW

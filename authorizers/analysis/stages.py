"""What is said of each stage of a request's route; the numbers are those of the architecture."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from authorizers.analysis.choice import Choice
from authorizers.analysis.explanation import Fact, Mark, Stage
from authorizers.analysis.judge import Judge, Rights
from authorizers.analysis.requirement import Circumstances, Reading, read_requirement, shown
from authorizers.analysis.verification import Verification
from authorizers.model.policy import PolicyDocument
from authorizers.model.principal import Principal
from authorizers.model.request import EventKind, Request
from authorizers.policy.explanation import explain as explain_policy

_EVENTS = {
    EventKind.REST_TOKEN: "a REST API's TOKEN authorizer",
    EventKind.REST_REQUEST: "a REST API's REQUEST authorizer",
    EventKind.HTTP_1: "an HTTP API's authorizer, format 1.0",
    EventKind.HTTP_2: "an HTTP API's authorizer, format 2.0",
    EventKind.WEBSOCKET: "a WebSocket API's authorizer",
}
_JOINTS = {"all_of": "all of these:", "any_of": "one of these:", "not": "not this:"}
_MOMENTS = frozenset(
    {"iat", "nbf", "exp", "auth_time"}  # NumericDates (RFC 7519 §2)
    | {"created_at", "not_before", "expires_at", "revoked_at"}  # of an API key's record
    | {"not_after"}  # of a certificate, as is not_before
)


def request_stage(request: Request) -> Stage:
    """Say which event it is, and what was asked for."""
    address = "not known" if request.source_ip is None else shown(request.source_ip)
    facts = [Fact("note", f"ARN: {request.arn.text}"), Fact("note", f"source address: {address}")]
    if request.route_key:
        facts.append(Fact("note", f"the event's own route key: {shown(request.route_key)}"))
    return Stage("request", None, f"the event of {_EVENTS[request.kind]}", tuple(facts))


def verification_stage(name: str, verification: Verification, verified: str = "verified") -> Stage:
    """Say which step of the verification refused the credential, or what it proved."""
    error = verification.error
    facts = [Fact(_mark(step.passed), f"it {step.what}") for step in verification.steps]
    facts += [
        Fact("note", f"{said.source} {said.name}: {_value(said.name, said.value)}")
        for said in verification.said
    ]
    facts += [Fact("note", note) for note in verification.notes]
    if error is None:
        summary = f"{verified} for the scheme {verification.scheme}"
        return Stage(name, True, summary, tuple(facts))
    return Stage(name, False, f"{error.code}: {error.detail}", tuple(facts))


def _mark(passed: bool | None) -> Mark:
    return "note" if passed is None else "yes" if passed else "no"


def _value(name: str, value: object) -> str:
    if name in _MOMENTS and type(value) in (int, float):
        try:
            moment = datetime.fromtimestamp(value, UTC)  # type: ignore[arg-type]
        except (OverflowError, ValueError, OSError):
            return shown(value)
        return f"{shown(value)} ({moment:%Y-%m-%d %H:%M:%S} UTC)"
    return shown(value)


def principal_stage(principal: Principal, *, table: bool) -> Stage:
    """Say who it is, and what of it the rules can look at; `table` says that one binds roles."""
    facts = [Fact("note", f"scopes: {' '.join(sorted(principal.scopes)) or 'none'}")]
    if principal.roles:
        facts.append(Fact("note", f"roles: {', '.join(sorted(principal.roles))}"))
    elif table:
        facts.append(Fact("note", "roles: none; those that the table binds are not looked up here"))
    if principal.certificate_scheme is not None:
        facts.append(Fact("note", f"a certificate of the scheme {principal.certificate_scheme}"))
    return Stage("principal", None, shown(principal.principal_id), tuple(facts))


def route_stage(choice: Choice) -> Stage:
    """Say which route the gateway chooses, and why not another."""
    others = tuple(Fact("note", f"not {other.route}: {other.why}") for other in choice.others)
    if choice.routed is None:
        return Stage("route", False, "no route of the document fits the request", others)
    facts = [
        Fact("note", f"{{{n}}} is {shown(v)}") for n, v in sorted(choice.routed.parameters.items())
    ]
    if choice.disputed:
        why = "some kinds of API choose it for this path, so its grant is needed as well"
        facts.append(Fact("note", f"or {choice.disputed}: {why}"))
    return Stage("route", True, str(choice.route), (*facts, *others))


def rule_stage(
    judge: Judge, choice: Choice, principal: Principal, rights: Rights, request: Request
) -> Stage:
    """Say whether the rule of the chosen route is met, and by which of its parts."""
    routed, granted = choice.routed, rights.granted
    whole = len({grant.route for grant in granted.grants})
    count = f"{whole} of {len(judge.keys)} routes granted, wholly or in part"
    dropped = [
        Fact("no", f"{key} is not granted: a claim's value is no plain segment of a path")
        for key in rights.dropped
    ]
    if routed is None:
        return Stage(
            "rule", False, "nothing is granted to anybody", (*dropped, Fact("note", count))
        )
    facts: list[Fact] = []
    while routed is not None:
        circumstances = Circumstances(routed.parameters, request.source_ip)
        requirement = judge.requirement_for(routed.route, principal)
        reading = read_requirement(requirement, principal, circumstances)
        facts += _parts(reading, 0)
        routed = routed.or_to
    met = granted.allow(choice.routed, request.source_ip)
    summary = f"{choice.route} is {'granted' if met else 'not granted'}"
    return Stage("rule", met, summary, (*facts, *dropped, Fact("note", count)))


def _parts(reading: Reading, depth: int) -> Iterator[Fact]:
    text = _JOINTS.get(reading.kind, reading.sentence)
    yield Fact("yes" if reading.met == "met" else "no", "  " * depth + text)
    for part in reading.parts:
        yield from _parts(part, depth + 1)


def policy_stage(
    policy: PolicyDocument, arn: str, context: Mapping[str, Any], *, granted: bool
) -> Stage:
    """Say which statement of the policy decides, and why the others do not."""
    explained = explain_policy(policy, arn, context)
    allowed = explained.decision == "allow"
    facts = []
    for i, reading in enumerate(explained.statements):
        mark: Mark = "note" if i != explained.statement else "yes" if allowed else "no"
        verb = "" if reading.applies else ", does not apply"  # one that applies says how itself
        facts.append(Fact(mark, f"{reading.place}, {reading.effect}{verb}: {reading.why}"))
    if granted and not allowed:
        facts.append(Fact("no", "the rules grant it: this is what `inexact: deny` takes away"))
    by = "" if explained.statement is None else f" by Statement[{explained.statement}]"
    return Stage("policy", allowed, explained.decision.replace("_", " ") + by, tuple(facts))

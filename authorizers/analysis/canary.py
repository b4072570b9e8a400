"""Expectations of a document, asked of its rules and of the policies that are built from them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from authorizers.analysis.caller import EVENT_KINDS
from authorizers.analysis.judge import Judge, conditions_of
from authorizers.analysis.probe import SAMPLE_STAGE_ARN, probes, request_arn
from authorizers.analysis.requirement import Circumstances, Reading, read_requirement
from authorizers.config.compiled import CompiledDocument
from authorizers.config.examples import Examples, ExpectedAnswer
from authorizers.model.arn import ExecuteApiArn
from authorizers.model.principal import Principal
from authorizers.model.request import ApiKind, Request
from authorizers.policy.evaluate import evaluate
from authorizers.rules.networks import complement, union
from authorizers.rules.routing import RoutedTo
from authorizers.rules.rule_set import Granted

_POLICIES: Mapping[ApiKind, str] = {
    "rest": "the REST policy",
    "http": "the HTTP policy",
    "websocket": "the WebSocket policy",
}


class Answer(NamedTuple):
    """What one witness says of one request: the rules, or the policy of one kind of API."""

    witness: str
    request: str
    allowed: bool
    why: str


class Check(NamedTuple):
    """One expectation, and what the rules and the policies say."""

    expected: ExpectedAnswer
    answers: tuple[Answer, ...]

    @property
    def differing(self) -> tuple[Answer, ...]:
        """The answers that are not the expected one."""
        return tuple(a for a in self.answers if a.allowed != self.expected.allow)

    @property
    def holds(self) -> bool:
        """Whether somebody was asked, and all said what was expected."""
        return bool(self.answers) and not self.differing


def check_expectations(document: CompiledDocument, examples: Examples) -> tuple[Check, ...]:
    """
    Check the expectations of `examples` against a compiled `document`.

    The rules are asked, and each policy that they become: a REST API's, an HTTP API's, and a
    WebSocket API's for `$connect`. So a rule that says too much is found, and a policy too.
    What is expected of a route is asked of all its methods and of the paths that are somebody's
    own; what is expected from no address in particular, of addresses inside and outside of every
    network that the principal's grants are for.
    """
    judge = Judge(document)
    witnesses = {
        name: _Witnesses(judge, principal) for name, principal in examples.principals.items()
    }
    return tuple(
        Check(expected, tuple(witnesses[expected.principal].answers(expected)))
        for expected in examples.expectations
    )


class _Trial(NamedTuple):
    """One request to ask about, from one address, and how people write it."""

    text: str
    arn: ExecuteApiArn
    source_ip: str | None


class _Witnesses:
    """Who is asked about one principal: the rules, and the policies for each kind of API."""

    def __init__(self, judge: Judge, principal: Principal) -> None:
        self._judge = judge
        self._principal = principal
        self._rights = judge.rights(principal)
        self._policies = {
            api: judge.policy(self._rights, api, SAMPLE_STAGE_ARN) for api in _POLICIES
        }
        arn = request_arn("GET /", SAMPLE_STAGE_ARN)  # any request: an answer is for the stage
        self._refusals = {
            api: judge.refusal(principal, Request(EVENT_KINDS[api], arn)) for api in _POLICIES
        }
        self._addresses = _telling_addresses(self._rights.granted)

    def answers(self, expected: ExpectedAnswer) -> Iterator[Answer]:
        """Yield what each of them says of the expected requests."""
        for trial in self._trials(expected):
            yield self._of_rules(trial)
            kinds: tuple[ApiKind, ...] = ("rest", "http") if trial.arn.method else ("websocket",)
            for api in kinds:
                yield self._of_policy(api, trial)

    def _trials(self, expected: ExpectedAnswer) -> Iterator[_Trial]:
        for text, arn in self._requests(expected.request):
            if expected.source_ip is not None or not self._addresses:
                yield _Trial(text, arn, expected.source_ip)
                continue
            for address in self._addresses:
                yield _Trial(f"{text} from {address}", arn, address)

    def _requests(self, text: str) -> Iterator[tuple[str, ExecuteApiArn]]:
        """Yield the request itself, or, for a route of the document, requests that come there."""
        if text not in self._judge.keys:
            yield text, request_arn(text, SAMPLE_STAGE_ARN)
            return
        route = self._judge.keys.index(text)
        for probe in probes(self._judge, route, SAMPLE_STAGE_ARN, self._rights.granted.grants):
            yield probe.text, probe.arn

    def _of_rules(self, trial: _Trial) -> Answer:
        routed = self._judge.find(trial.arn)
        allowed = self._rights.granted.allow(routed, trial.source_ip)
        if routed is None:
            why = "it is on no route of the document"
            return Answer("the rules", trial.text, allowed, why)
        readings = [self._read(routed, trial.source_ip)]
        while (routed := routed.or_to) is not None:  # another kind of API sends it there
            readings.append(self._read(routed, trial.source_ip))
        decisive = [reading for reading in readings if reading.met == "missing"] or readings
        return Answer("the rules", trial.text, allowed, decisive[0].sentence)

    def _read(self, routed: RoutedTo, source_ip: str | None) -> Reading:
        requirement = self._judge.requirement_for(routed.route, self._principal)
        circumstances = Circumstances(routed.parameters, source_ip)
        return read_requirement(requirement, self._principal, circumstances)

    def _of_policy(self, api: ApiKind, trial: _Trial) -> Answer:
        refusal = self._refusals[api]
        if refusal is not None:
            return Answer(_POLICIES[api], trial.text, False, f"no answer: {refusal.detail}")
        context = conditions_of(trial.source_ip)
        evaluation = evaluate(self._policies[api], trial.arn.text, context)
        statement = evaluation.statement
        by = "no statement" if statement is None else f"Statement[{statement}]"
        allowed = evaluation.decision == "allow"
        return Answer(_POLICIES[api], trial.text, allowed, f"decided by {by}")


def _telling_addresses(granted: Granted) -> tuple[str, ...]:
    """Return an address of each network that some grant is for, and one of no network."""
    tied = [granted.networks, *(grant.networks for grant in granted.grants)]
    networks = sorted({network for listed in tied for network in listed or ()})
    if not networks:
        return ()
    outside = complement(union(networks, ()))[:1]
    return tuple(network.partition("/")[0] for network in (*networks, *outside))

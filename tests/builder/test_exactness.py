"""A document that is built means what was said, request by request; else it is refused."""

from typing import Any, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st

from authorizers import ConfigurationError, PolicyBuilder, evaluate
from authorizers.model.arn import METHODS
from authorizers.model.policy import PolicyDocument
from authorizers.policy import glob

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"
INSIDE, OUTSIDE = (
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}},
)
ADDRESSES = ("10.1.2.3", "192.0.2.1", "2001:db8::1", None)


class Said(NamedTuple):
    """One step, and what it means, worked out in the simplest way there is."""

    effect: str
    method: str
    path: str
    is_route: bool
    when: dict[str, Any] | None = None

    def add_to(self, builder: PolicyBuilder) -> PolicyBuilder:
        if self.is_route:
            step = builder.allow if self.effect == "Allow" else builder.deny
            return step(f"{self.method} {self.path}", when=self.when)
        pattern = builder.allow_pattern if self.effect == "Allow" else builder.deny_pattern
        return pattern(self.method, self.path, when=self.when)

    def matches(self, method: str, path: str, address: str | None) -> bool:
        if self.method not in ("ANY", method) or not self._holds(address):
            return False
        if not self.is_route:
            return glob.matches(self.path, path)
        spellings = {path}
        if self.effect == "Deny":  # a slash too many, at the end, at the beginning, or both
            spellings |= {s.removesuffix("/") for s in spellings}
            spellings |= {s[1:] for s in spellings if s.startswith("//")}
        return any(_routed(self.path, spelling) for spelling in spellings)

    def _holds(self, address: str | None) -> bool:
        if self.when is None:
            return True
        inside = address is not None and address.startswith("10.")
        if self.when is INSIDE:
            return inside
        return not inside and not (address or "").startswith("2001:db8:")


def _routed(route: str, path: str) -> bool:
    wanted, found = route.split("/")[1:], path.split("/")[1:]
    if wanted[-1].endswith("+}"):
        rest = "/".join(found[len(wanted) - 1 :])
        return rest != "" and _same(wanted[:-1], found[: len(wanted) - 1])
    return _same(wanted, found)


def _same(wanted: list[str], found: list[str]) -> bool:
    return len(wanted) == len(found) and all(
        f != "" if w.startswith("{") else w == f for w, f in zip(wanted, found, strict=True)
    )


NAMES = st.sampled_from(["a", "b", "{x}"])
METHOD = st.sampled_from(["ANY", "GET", "GET", "PUT", "POST", "HEAD"])


@st.composite
def routes(draw: st.DrawFn) -> str:
    segments = draw(st.lists(NAMES, max_size=4))
    if draw(st.booleans()) and draw(st.booleans()):
        segments.append("{x+}")
    return "/" + "/".join(s.replace("x", f"x{i}") for i, s in enumerate(segments))


PATTERNS = st.lists(st.sampled_from(["a", "b", "/", "*", "?", "a?", "/*"]), max_size=4).map(
    lambda parts: "/" + "".join(parts)
)
WHEN = st.sampled_from([None, None, INSIDE, OUTSIDE])


@st.composite
def saids(draw: st.DrawFn) -> Said:
    effect = draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"]))
    is_route = draw(st.integers(0, 3)) > 0
    path = draw(routes() if is_route else PATTERNS)
    return Said(effect, draw(METHOD), path, is_route, draw(WHEN))


PATHS = st.lists(st.sampled_from(["a", "b", "/", "", "c", "a/b", "GET", "POST"]), max_size=6).map(
    lambda parts: "/" + "/".join(parts)
)
REQUESTS = st.lists(
    st.tuples(st.sampled_from(METHODS), PATHS, st.sampled_from(ADDRESSES)), min_size=1, max_size=40
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(saids(), min_size=1, max_size=5), st.sampled_from(["rest", "http"]), REQUESTS)
def test_every_request_is_decided_as_was_said_or_the_policy_is_refused(
    said: list[Said], kind: Any, requests: list[tuple[str, str, str | None]]
) -> None:
    builder = PolicyBuilder.for_arn(f"{STAGE}/GET/", kind)
    for step in said:
        builder = step.add_to(builder)
    document = _document(builder)
    event("refused" if document is None else "built")
    if document is None:
        return
    for method, path, address in requests:
        keys = {} if address is None else {"aws:SourceIp": address}
        decision = evaluate(document, f"{STAGE}/{method}{path}", keys).decision
        expected = _says(said, method, path, address)
        assert (decision == "allow") == expected, (method, path, address, document)
        assert kind == "http" or decision != "implicit_deny"


def _document(builder: PolicyBuilder) -> PolicyDocument | None:
    try:
        return builder.document()
    except ConfigurationError as error:
        if error.code != "policy_inexact":
            raise
        return None


def _says(said: list[Said], method: str, path: str, address: str | None) -> bool:
    effects = {step.effect for step in said if step.matches(method, path, address)}
    return effects == {"Allow"}

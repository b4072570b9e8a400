"""What does not fit fails with a name, and is never cut."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from authorizers.errors import ConfigurationError
from authorizers.model.policy import PolicyDocument
from authorizers.responses.limits import (
    MAX_RESOURCE_CHARS,
    MAX_RESPONSE_BYTES,
    RESERVED_NAMES,
    check_names,
    check_resources,
)
from authorizers.responses.policy_response import check_policy, render_policy_response
from authorizers.responses.simple_response import render_simple_response

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod"


def policy(*resources: str, element: str = "Resource") -> PolicyDocument:
    statement: Any = {"Effect": "Allow", "Action": "execute-api:Invoke", element: list(resources)}
    return {"Version": "2012-10-17", "Statement": [statement]}


def with_policy(context: dict[str, Any]) -> dict[str, Any]:
    return render_policy_response("staff|alice", check_policy(policy(f"{STAGE}/GET/*")), context)


def simple(context: dict[str, Any]) -> dict[str, Any]:
    return render_simple_response(False, context)


RENDERERS: list[Callable[[dict[str, Any]], dict[str, Any]]] = [with_policy, simple]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], bytes]:
    """Return what the Lambda runtime's own client makes of an answer, in Python 3.12 and later."""
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.13")
    marshaller = pytest.importorskip("awslambdaric.lambda_runtime_marshaller")

    def write(answer: object) -> bytes:
        text: str = marshaller.to_json(answer)
        return text.encode("utf-8")

    return write


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("filler", ["x", "é", '"', "\\", "€", "😀"], ids=ascii)
def test_an_answer_fits_up_to_the_last_byte(
    render: Callable[[dict[str, Any]], dict[str, Any]],
    filler: str,
    written: Callable[[object], bytes],
) -> None:
    room = MAX_RESPONSE_BYTES - len(written(render({"a": "", "b": ""})))
    each = len(written(filler)) - 2
    many, rest = divmod(room, each)
    fitting = {"a": filler * many, "b": "x" * rest}

    assert len(written(render(fitting))) == MAX_RESPONSE_BYTES == 8192
    with pytest.raises(ConfigurationError) as caught:
        render({**fitting, "b": "x" * (rest + 1)})
    assert caught.value.code == "response_too_large"
    assert "8193" in caught.value.detail


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("length", [1, 500, 1300, 1400, 2700, 4000, 7000])
@pytest.mark.parametrize("filler", ["x", "\\", "€"], ids=ascii)
def test_whatever_is_rendered_is_within_the_limit_and_whole(
    render: Callable[[dict[str, Any]], dict[str, Any]],
    filler: str,
    length: int,
    written: Callable[[object], bytes],
) -> None:
    """No answer gets past by the estimate that saves counting."""
    context = {"a": filler * length, "n": -1.5e-300, "t": True}
    try:
        answer = render(context)
    except ConfigurationError as error:
        assert error.code == "response_too_large"  # noqa: PT017 either way is an answer
    else:
        assert len(written(answer)) <= MAX_RESPONSE_BYTES
        assert answer["context"] == context


def test_the_principals_name_counts(written: Callable[[object], bytes]) -> None:
    checked = check_policy(policy(f"{STAGE}/GET/*"))
    room = MAX_RESPONSE_BYTES - len(written(render_policy_response("", checked, {})))
    assert len(written(render_policy_response("p" * room, checked, {}))) == MAX_RESPONSE_BYTES
    with pytest.raises(ConfigurationError, match="response_too_large"):
        render_policy_response("p" * (room + 1), checked, {})


def test_a_policy_that_cannot_fit_is_refused_before_it_is_rendered() -> None:
    many = [f"{STAGE}/GET/{i:0400}" for i in range(30)]
    with pytest.raises(ConfigurationError, match="response_too_large"):
        check_policy(policy(*many))


@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_a_resource_fits_up_to_its_last_character(element: str) -> None:
    longest = f"{STAGE}/GET/".ljust(MAX_RESOURCE_CHARS, "x")
    check_resources(policy(longest, element=element))
    with pytest.raises(ConfigurationError) as caught:
        check_resources(policy("short", longest + "x", element=element))
    assert caught.value.code == "resource_too_long"
    assert "512" in caught.value.detail
    assert "xxx" not in caught.value.detail


@pytest.mark.parametrize(
    "value", ["", "x", "é", 0, -1, 2**63 - 1, -(2**63), 1.5, -0.0, True, False]
)
@pytest.mark.parametrize("render", RENDERERS)
def test_scalars_are_told_as_they_are(
    render: Callable[[dict[str, Any]], dict[str, Any]], value: object
) -> None:
    told = json.loads(json.dumps(render({"a": value})))["context"]["a"]
    assert (type(told), told) == (type(value), value)


class Text(str):
    """Text that might be written in another way than it reads."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        None, [], ["x"], {}, {"x": 1}, (), b"x", set(), complex(1, 1), Text("x"),
        "a\r\nX-Admin: 1", "\x00", "\x7f", "\x85", "\u2028", 2**63, -(2**63) - 1, 10**300,
        float("nan"), float("inf"), -float("inf"), "\ud800", "x\udfffx",
    ],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("render", RENDERERS)
def test_what_is_no_json_scalar_is_refused(
    render: Callable[[dict[str, Any]], dict[str, Any]], value: object
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        render({"ok": "x", "bad": value})
    assert caught.value.code == "context_invalid"
    assert "bad" in caught.value.detail


@pytest.mark.parametrize(
    "name",
    [
        *sorted(RESERVED_NAMES), "principalId", "claims", "integrationLatency",
        "", " ", "a b", "a-b", "a.b", "é", "a\n", "a\r\nb", "x" * 65, "$", "a:b",
    ],
)  # fmt: skip
def test_a_name_that_the_gateway_has_taken_or_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="context_invalid"):
        check_names({"ok": "", name: ""})


def test_plain_names_are_accepted() -> None:
    check_names({"user_id": "", "Tenant2": "", "x" * 64: "", "principalid": ""})


def test_an_answer_does_not_hold_its_makers_context() -> None:
    context: dict[str, Any] = {"a": 1}
    for render in RENDERERS:
        render(context)["context"]["a"] = 2
    assert context == {"a": 1}

"""What a document's schemes of certificates give up, and lists that nobody keeps."""

from collections.abc import Callable

import pytest

from tests.analysis.check.test_mutual_tls import CERTIFICATES, REST

Find = Callable[..., dict[str, list[str]]]

CHECKED = "{mode: required, crls: [file:partners.crl]}"
KEPT = '{mode: required, crls: [{url: "http://crl.example.com/a.crl", kept_in: s3://bucket/a.crl}]}'
KEEPER = """\
  Keeper:
    Type: AWS::Serverless::Function
    Properties:
      Handler: authorizers.handlers.crl_keeper.handler
      Events: {Hourly: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}
"""
UNSCHEDULED = "".join(line for line in KEEPER.splitlines(True) if "Events" not in line)
RULE = """\
  Hourly:
    Type: AWS::Scheduler::Schedule
    Properties: {ScheduleExpression: rate(1 hour)}
"""
OURS = """\
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Handler: authorizers.handlers.client_certificate.handler}
"""
HERE = REST.replace("!ImportValue arn", "!GetAtt Fn.Arn") + OURS


@pytest.mark.parametrize(
    ("revocation", "rule"),
    [
        ("{none: they live for an hour}", "revocation-not-checked"),
        ("{mode: best_effort, crls: [file:partners.crl]}", "revocation-best-effort"),
    ],
)
def test_revocation_that_is_given_up_is_said(find: Find, revocation: str, rule: str) -> None:
    found = find(CERTIFICATES.replace(CHECKED, revocation))
    assert found == {rule: [f"revocation: {revocation}"]}


def test_certificates_for_anything_are_said(find: Find) -> None:
    line = "any_extended_key_usage: the old authority writes it"
    assert find(CERTIFICATES.replace("identity: dns", f"identity: dns\n      {line}")) == {
        "any-extended-key-usage": [line]
    }


def test_required_revocation_is_no_finding(find: Find) -> None:
    assert find(CERTIFICATES) == {}


def test_a_list_that_nobody_keeps_is_said(find: Find) -> None:
    kept = CERTIFICATES.replace(CHECKED, KEPT)
    assert list(find(kept, HERE)) == ["crl-kept-by-nobody"]
    assert find(kept, HERE + KEEPER) == {}


@pytest.mark.parametrize(
    "events",
    ["", "      Events: {A: {Type: Api}}\n", "      Events: [1]\n", "      Events: {A: 1}\n"],
)
def test_a_keeper_without_a_schedule_keeps_nothing(find: Find, events: str) -> None:
    found = find(CERTIFICATES.replace(CHECKED, KEPT), HERE + UNSCHEDULED + events)
    assert "crl-kept-by-nobody" in found


def test_the_schedule_may_be_a_resource_of_its_own(find: Find) -> None:
    assert find(CERTIFICATES.replace(CHECKED, KEPT), HERE + UNSCHEDULED + RULE) == {}


def test_the_keeper_may_be_in_another_of_the_templates(find: Find) -> None:
    kept = CERTIFICATES.replace(CHECKED, KEPT)
    found = find(kept, HERE, f"Resources:\n{KEEPER}")
    assert "crl-kept-by-nobody" not in found


def test_an_authorizer_in_another_stack_may_have_its_keeper_there(find: Find) -> None:
    assert find(CERTIFICATES.replace(CHECKED, KEPT), REST) == {}


def test_lists_that_nobody_needs_to_keep_need_no_keeper(find: Find) -> None:
    assert find(CERTIFICATES, HERE) == {}

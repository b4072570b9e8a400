"""The function that keeps lists of revoked certificates, its role, and the alarms about it."""

from collections.abc import Callable
from typing import Any

import pytest

from authorizers.config.variables import DEFAULTS
from authorizers.keeping.kept_list import KeptList
from authorizers.keeping.outcome import Outcome, render_outcome

Deploy = Callable[..., Any]
KEEPER = {"CrlConfig": "authorizers.json"}
OWNER = {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
BUCKET = "arn:aws:s3:::trust-bucket"


@pytest.fixture
def deploy_keeper(deploy_certificates: Deploy) -> Deploy:
    return lambda **values: deploy_certificates(**KEEPER | values)


def statements(stack: Any) -> list[Any]:
    role = stack.properties("CrlKeeperRole")
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    others: list[Any]
    log, *others = policy["PolicyDocument"]["Statement"]
    assert log["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    return others


def test_it_is_not_there_unless_it_is_asked_for(deploy_certificates: Deploy) -> None:
    assert not [name for name in deploy_certificates().resources if "Crl" in name]


def test_it_runs_on_a_schedule_and_is_called_by_nobody_else(deploy_keeper: Deploy) -> None:
    stack = deploy_keeper(CrlSchedule="rate(2 hours)")
    (rule,) = stack.of_type("AWS::Events::Rule").values()
    callers = {
        permission["Principal"]
        for permission in stack.of_type("AWS::Lambda::Permission").values()
        if permission["FunctionName"] == {"Ref": "CrlKeeper"}
    }
    assert stack.broken_rules() == []
    assert rule["ScheduleExpression"] == "rate(2 hours)"
    assert callers == {"events.amazonaws.com"}


def test_it_needs_a_bucket_to_put_lists_into(deploy_keeper: Deploy) -> None:
    (answer,) = deploy_keeper(TrustBucket="").broken_rules()
    assert "TrustBucket" in answer


def test_lists_are_never_kept_where_the_bundles_are(deploy_keeper: Deploy) -> None:
    (answer,) = deploy_keeper(CrlPrefix="trust/").broken_rules()
    assert "CrlPrefix" in answer


def test_it_may_write_lists_and_nothing_else(deploy_keeper: Deploy) -> None:
    read, refuse, write = statements(deploy_keeper())
    assert read == {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": [f"{BUCKET}/trust/*", f"{BUCKET}/crl/*"],
        "Condition": OWNER,
    }
    assert write == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": f"{BUCKET}/crl/*",
        "Condition": OWNER,
    }
    assert refuse == {
        "Effect": "Deny",
        "Action": "s3:PutObject",
        "Resource": f"{BUCKET}/trust/*",
    }


@pytest.mark.parametrize(
    ("config", "action", "resource"),
    [
        (
            "ssm:/authorizers/document",
            "ssm:GetParameter",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/authorizers/document",
        ),
        ("s3://documents/a.json", "s3:GetObject", "arn:aws:s3:::documents/a.json"),
    ],
)
def test_it_reads_the_one_document(
    deploy_keeper: Deploy, config: str, action: str, resource: str
) -> None:
    first, *_ = statements(deploy_keeper(CrlConfig=config))
    assert (first["Effect"], first["Action"], first["Resource"]) == ("Allow", action, resource)


def test_every_variable_that_is_set_is_one_that_functions_read(deploy_keeper: Deploy) -> None:
    variables = deploy_keeper().properties("CrlKeeper")["Environment"]["Variables"]
    assert {name for name in variables if name.startswith("AUTHORIZERS_")} <= set(DEFAULTS)
    assert variables["AUTHORIZERS_CONFIG"] == "authorizers.json"


def test_the_alarm_watches_what_the_function_says(deploy_keeper: Deploy) -> None:
    stack = deploy_keeper(CrlWarningSeconds="3600", MetricsNamespace="Gate")
    alarm = stack.properties("CrlNearItsEnd")
    service = stack.properties("CrlKeeper")["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    outcome = Outcome(KeptList("partners", "http://crl.example.com/a", "b", "k"), "unchanged", 1.0)
    line = render_outcome(outcome, namespace="Gate", service=service, now=0.0)
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]
    assert '"Dimensions":[["service","list"],["service"]]' in line
    assert f'"Name":"{alarm["MetricName"]}"' in line
    assert (alarm["Namespace"], alarm["Threshold"]) == ("Gate", "3600")
    assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Minimum", "LessThanThreshold")


def test_silence_is_an_alarm_too(deploy_keeper: Deploy) -> None:
    stack = deploy_keeper()
    assert stack.properties("CrlNearItsEnd")["TreatMissingData"] == "breaching"
    assert stack.properties("CrlNearItsEnd")["Period"] >= 2 * 3 * 3600  # the slowest schedule
    errors = stack.properties("CrlKeeperFails")
    assert (errors["Namespace"], errors["MetricName"]) == ("AWS/Lambda", "Errors")
    assert errors["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "CrlKeeper"}}]


def test_alarms_call_whoever_is_named(deploy_keeper: Deploy) -> None:
    topic = "arn:aws:sns:eu-central-1:123456789012:operators"
    alarms = deploy_keeper(AlarmTopic=topic).of_type("AWS::CloudWatch::Alarm")
    assert alarms.keys() == {"CrlNearItsEnd", "CrlKeeperFails", "RevocationUnknown"}
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())

"""API Gateway's own keys: one for each key with a usage plan, however often it is interrupted."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from authorizers.api_key.record import GatewayKey, KeyRecord
from authorizers.errors import AuthorizersError, DependencyError, Problem
from authorizers.issuing.gateway_keys import ATTEMPTS, GatewayKeys, new_value
from authorizers.issuing.gateway_sync import GatewaySync, Step
from authorizers.issuing.issue import issue_key
from authorizers.issuing.revocation import revoke_key
from authorizers.stores.aws import operator_config
from tests.issuing.keys import (
    AWAY,
    NOW,
    PEPPERS,
    PREFIX,
    Killed,
    TroubledKeys,
    draft,
    raising,
)  # fmt: skip


def a_key(**members: Any) -> KeyRecord:
    return issue_key(draft(**members), PREFIX, PEPPERS).record


class TroubledGateway(GatewayKeys):
    """API Gateway, where each change can be troubled before and after it is made."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.before: Callable[..., None] = raising()
        self.after: Callable[..., None] = raising()
        self.changes: list[str] = []

    def create(self, name: str, value: str) -> Any:
        return self._around("create", lambda: GatewayKeys.create(self, name, value))

    def attach(self, plan_id: str, gateway_id: str) -> Any:
        return self._around("attach", lambda: GatewayKeys.attach(self, plan_id, gateway_id))

    def disable(self, gateway_id: str) -> Any:
        return self._around("disable", lambda: GatewayKeys.disable(self, gateway_id))

    def _around(self, name: str, change: Callable[[], Any]) -> Any:
        self.changes.append(name)
        self.before(name)
        result = change()
        self.after(name)
        return result


class Bench:
    """A registry and a gateway."""

    def __init__(self, client: Any, *records: KeyRecord) -> None:
        self.client = client
        self.keys = TroubledKeys(records)
        self.gateway = TroubledGateway(client)
        self.problems: list[Problem] = []

    def run(self, *, dry: bool = False, now: int = NOW) -> list[tuple[str, str]]:
        self.problems.clear()
        job = GatewaySync(self.keys, self.gateway, PREFIX, now=now, dry=dry)
        return [(step.action, step.plan) for step in job.run(self.problems.append)]

    def record(self, record: KeyRecord) -> KeyRecord:
        found = self.keys.find(record.key_id)
        assert found is not None
        return found

    def there(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get_api_keys(includeValues=True)["items"]
        return found

    def attached(self, plan: str) -> list[str]:
        plans = self.client.get_usage_plans()["items"]
        (plan_id,) = (p["id"] for p in plans if plan in (p["name"], p["id"]))
        return [k["id"] for k in self.client.get_usage_plan_keys(usagePlanId=plan_id)["items"]]

    def assert_in_line(self, record: KeyRecord, plan: str = "gold") -> None:
        """Assert that there is one key, of this record, attached and noted, and nothing to do."""
        (there,) = self.there()
        assert (there["name"], there["enabled"]) == (f"{PREFIX}_{record.key_id}", True)
        assert self.record(record).gateway_key == GatewayKey(there["id"], there["value"])
        assert self.attached(plan) == [there["id"]]
        assert self.run() == []
        assert self.problems == []


CREATED = [("create", ""), ("attach", "gold")]


def test_a_key_with_a_plan_gets_one_of_the_gateway(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record, a_key())
    assert bench.run() == CREATED
    bench.assert_in_line(record)


def test_what_else_the_record_says_stays(apigateway: Any) -> None:
    record = a_key(usage_plan="gold", scopes=("a",), labels={"x": "y"})
    bench = Bench(apigateway, record)
    bench.run()
    after = bench.record(record)
    assert after._replace(gateway_key=GatewayKey(), version=1) == record


def test_the_value_is_the_gateway_s_own(apigateway: Any) -> None:
    issued = issue_key(draft(usage_plan="gold"), PREFIX, PEPPERS)
    bench = Bench(apigateway, issued.record)
    bench.run()
    value = bench.record(issued.record).gateway_key.value
    assert value is not None
    assert len(value) == 40
    assert value.isalnum()
    assert value not in issued.key.reveal()
    assert new_value() != new_value()


def test_a_plan_may_be_named_by_its_id(apigateway: Any) -> None:
    plan = apigateway.create_usage_plan(name="third")["id"]
    record = a_key(usage_plan=plan)
    bench = Bench(apigateway, record)
    assert bench.run() == [("create", ""), ("attach", plan)]
    bench.assert_in_line(record, plan)


def test_a_dry_run_says_the_same_and_does_nothing(apigateway: Any) -> None:
    wanted, revoked = a_key(usage_plan="gold"), a_key(usage_plan="gold")
    bench = Bench(apigateway, wanted, revoked)
    planned = bench.run(dry=True)
    assert planned == CREATED * 2
    assert (bench.there(), bench.keys.writes, bench.gateway.changes) == ([], [], [])
    assert bench.run() == planned
    bench.keys.replace(bench.record(revoked)._replace(revoked_at=NOW))
    bench.keys.writes.clear()
    bench.gateway.changes.clear()
    assert bench.run(dry=True) == [("disable", "")]
    assert (bench.keys.writes, bench.gateway.changes) == ([], [])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("part", ["keys", "gateway"])
@pytest.mark.parametrize("calls", range(2))
def test_a_kill_at_any_point_makes_no_second_key(
    apigateway: Any, part: str, moment: str, calls: int
) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    setattr(getattr(bench, part), moment, raising(*[None] * calls, Killed()))
    with pytest.raises(Killed):
        bench.run()
    bench.run()
    bench.assert_in_line(record)


def test_another_run_at_the_same_time_makes_no_second_key(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)

    def other(_: str) -> None:
        bench.gateway.before = raising()
        job = GatewaySync(bench.keys, GatewayKeys(apigateway), PREFIX, now=NOW)
        assert [step.action for step in job.run(bench.problems.append)] == ["create", "attach"]

    bench.gateway.before = other
    bench.run()
    bench.assert_in_line(record)


@pytest.mark.parametrize("end", [{"revoked_at": NOW}, {"expires_at": NOW + 9}], ids=["r", "e"])
def test_the_key_of_one_that_ended_is_disabled_once(apigateway: Any, end: dict[str, Any]) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    bench.run()
    bench.keys.replace(bench.record(record)._replace(**end))
    assert bench.run(now=NOW + 9) == [("disable", "")]
    assert [key["enabled"] for key in bench.there()] == [False]
    assert bench.run(now=NOW + 9) == []


def test_one_that_ended_gets_no_key(apigateway: Any) -> None:
    bench = Bench(apigateway, a_key(usage_plan="gold", revoked_at=NOW))
    assert (bench.run(), bench.there(), bench.problems) == ([], [], [])


def test_one_that_was_revoked_before_its_key_was_noted_is_disabled(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    bench.gateway.after = raising(Killed())
    with pytest.raises(Killed):
        bench.run()
    bench.keys.replace(bench.record(record)._replace(revoked_at=NOW))
    assert bench.run() == [("disable", "")]


def test_one_that_is_revoked_while_its_key_is_made_gets_none(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)

    def revoke() -> None:
        bench.keys.reading = lambda: None
        revoke_key(bench.keys, record.key_id, NOW)

    bench.keys.reading = revoke
    assert bench.run() == []
    (problem,) = bench.problems
    assert "was revoked meanwhile" in problem.message
    assert bench.there() == []


def test_a_key_that_was_there_before_is_noted_with_its_value(apigateway: Any) -> None:
    made = apigateway.create_api_key(name="acme", enabled=True)
    record = a_key(usage_plan="gold", gateway_key=GatewayKey(made["id"]))
    bench = Bench(apigateway, record)
    assert bench.run() == [("note", ""), ("attach", "gold")]
    assert bench.record(record).gateway_key == GatewayKey(made["id"], made["value"])
    assert bench.run() == []


def test_a_key_that_was_deleted_in_the_gateway_is_made_again(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    bench.run()
    before = bench.record(record).gateway_key
    apigateway.delete_api_key(apiKey=before.key_id)
    assert bench.run() == CREATED
    after = bench.record(record).gateway_key
    assert (after.value, after.key_id != before.key_id) == (before.value, True)
    assert bench.run() == []


def problem_of(bench: Bench) -> str:
    bench.run()
    (problem,) = bench.problems
    return problem.message


def test_a_plan_that_is_not_there_is_told_and_stops_no_other(apigateway: Any) -> None:
    lost, fine = a_key(usage_plan="silver"), a_key(usage_plan="gold")
    bench = Bench(apigateway, lost, fine)
    assert bench.run() == CREATED
    (problem,) = bench.problems
    assert problem == Problem(lost.key_id, "API Gateway has no usage plan silver")
    assert bench.record(lost).gateway_key == GatewayKey()


def test_two_plans_of_one_name_are_told(apigateway: Any) -> None:
    apigateway.create_usage_plan(name="gold")
    bench = Bench(apigateway, a_key(usage_plan="gold"))
    assert problem_of(bench) == "API Gateway has two usage plans gold"
    assert bench.there() == []


def test_a_key_that_somebody_disabled_is_told_and_stays_disabled(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    bench.run()
    bench.gateway.disable(str(bench.record(record).gateway_key.key_id))
    assert "is disabled" in problem_of(bench)
    assert [key["enabled"] for key in bench.there()] == [False]


def test_two_keys_of_the_name_are_told(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    for _ in range(2):
        apigateway.create_api_key(name=f"{PREFIX}_{record.key_id}", enabled=True)
    bench = Bench(apigateway, record)
    assert "has another key" in problem_of(bench)
    assert len(bench.there()) == 2


def test_a_key_of_the_name_with_another_value_is_told(apigateway: Any) -> None:
    record = a_key(usage_plan="gold", gateway_key=GatewayKey(None, "v" * 40))
    apigateway.create_api_key(name=f"{PREFIX}_{record.key_id}", value="w" * 40, enabled=True)
    bench = Bench(apigateway, record)
    message = problem_of(bench)
    assert "has another key" in message
    assert "v" * 40 not in message
    assert "w" * 40 not in message


def test_a_value_that_some_key_has_already_is_told(apigateway: Any) -> None:
    apigateway.create_api_key(name="another", value="v" * 40, enabled=True)
    bench = Bench(apigateway, a_key(usage_plan="gold", gateway_key=GatewayKey(None, "v" * 40)))
    assert "has its value" in problem_of(bench)
    assert len(bench.there()) == 1


def test_a_longer_name_is_another_key(apigateway: Any) -> None:
    """`nameQuery` finds every name that begins so."""
    record = a_key(usage_plan="gold")
    apigateway.create_api_key(name=f"{PREFIX}_{record.key_id}_old", enabled=True)
    bench = Bench(apigateway, record)
    assert bench.run() == CREATED
    assert len(bench.there()) == 2


def test_a_store_that_is_away_is_told_for_each_key(apigateway: Any) -> None:
    bench = Bench(apigateway, a_key(usage_plan="gold"), a_key(usage_plan="gold"))
    bench.keys.before = raising(*[AWAY] * 5)
    assert bench.run() == CREATED
    assert len(bench.problems) == 1
    assert bench.run() == CREATED
    assert bench.problems == []


def refusing(client: Any, operation: str, code: str, times: int) -> list[str]:
    """Let the service refuse the first `times` calls of `operation`; return what was asked."""
    asked: list[str] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        asked.append(request.method)
        if len(asked) > times:
            return None

        class Raw:
            def stream(self, *_: Any, **__: Any) -> Any:
                yield b"{}"

            def read(self, *_: Any) -> bytes:
                return b"{}"

        headers: Any = {"x-amzn-errortype": code, "content-type": "application/json"}
        status = 429 if code.startswith("TooMany") else 403
        return AWSResponse(request.url, status, headers, Raw())

    client.meta.events.register_first(f"before-send.apigateway.{operation}", answer)
    return asked


@pytest.fixture
def patient(apigateway: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client that the command makes; it does not really wait."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    return boto3.client("apigateway", config=operator_config(ATTEMPTS))


def test_throttling_is_waited_for(patient: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(patient, record)
    asked = refusing(patient, "CreateApiKey", "TooManyRequestsException", 3)
    assert bench.run() == CREATED
    assert len(asked) == 4
    bench.assert_in_line(record)


def test_throttling_without_end_is_told(patient: Any) -> None:
    bench = Bench(patient, a_key(usage_plan="gold"))
    refusing(patient, "CreateApiKey", "TooManyRequestsException", 99)
    assert problem_of(bench) == "apigateway could not be changed: TooManyRequestsException"


def test_whoever_may_not_list_is_told_at_once(patient: Any) -> None:
    bench = Bench(patient, a_key(usage_plan="gold"))
    refusing(patient, "GetApiKeys", "AccessDeniedException", 99)
    with pytest.raises(DependencyError, match="does not let you see") as caught:
        bench.run()
    assert caught.value.code == "store_access_denied"


@pytest.mark.parametrize("of_this", [True, False], ids=["attached", "elsewhere"])
def test_a_key_that_cannot_be_attached_is_told_unless_it_is(
    apigateway: Any, monkeypatch: pytest.MonkeyPatch, of_this: bool
) -> None:
    """moto attaches whatever it is told; API Gateway answers ConflictException."""
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)

    def conflict(plan_id: str, gateway_id: str) -> bool:
        if of_this:
            GatewayKeys(apigateway).attach(plan_id, gateway_id)
        return False

    monkeypatch.setattr(bench.gateway, "attach", conflict)
    bench.run()
    messages = [problem.message for problem in bench.problems]
    assert messages == ([] if of_this else [ELSEWHERE])


ELSEWHERE = "its key is attached to another usage plan of the same stage"


def test_no_value_is_in_a_step_a_problem_or_a_repr(apigateway: Any) -> None:
    record = a_key(usage_plan="gold")
    bench = Bench(apigateway, record)
    job = GatewaySync(bench.keys, bench.gateway, PREFIX, now=NOW)
    steps: list[Step] = list(job.run(bench.problems.append))
    (found,) = bench.gateway.named(PREFIX)
    assert found.value not in f"{steps!r} {found!r} {job!r} {bench.record(record)!r}"


def test_boto3_s_errors_do_not_escape(apigateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ClientError({"Error": {"Code": "BadRequestException", "Message": "v" * 40}}, "x")
    monkeypatch.setattr(apigateway, "update_api_key", raising(error))
    with pytest.raises(AuthorizersError) as caught:
        GatewayKeys(apigateway).disable("x")
    assert "v" * 40 not in str(caught.value)

"""
API Gateway's own keys for those of a registry, so that its usage plans meter each of them.

A key of the gateway is called `<prefix>_<key id>` and has a value that nobody presents: functions
tell it to the gateway. The value is written into the record before the key is created, and values
are unique in API Gateway, so neither a kill at any point nor two runs at once make a second key.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from authorizers.api_key.format import RandomNumber, system_random
from authorizers.api_key.record import GatewayKey, KeyRecord
from authorizers.api_key.store import KeyRegistry
from authorizers.errors import AuthorizersError, ConfigurationError, Problem
from authorizers.issuing.change import change_record
from authorizers.issuing.gateway_keys import FoundKey, GatewayKeys, new_value
from authorizers.issuing.state import USABLE, state_of

Action = Literal["create", "note", "attach", "disable"]
"""`note` writes into the record which key of the gateway stands for it."""


class Step(NamedTuple):
    """One thing that is done, or would be; `plan` is the usage plan's name where one is meant."""

    key_id: str
    action: Action
    plan: str = ""


class GatewaySync:
    """
    Brings the gateway's keys in line with `registry`; with `dry`, says what it would do.

    Memory: the gateway's keys of this prefix, which are at most 10,000.
    """

    def __init__(  # noqa: PLR0913 - the stores, the clock and the randomness are arguments
        self,
        registry: KeyRegistry,
        gateway: GatewayKeys,
        prefix: str,
        *,
        now: int,
        dry: bool = False,
        random: RandomNumber = system_random,
    ) -> None:
        self._registry = registry
        self._gateway = gateway
        self._prefix = f"{prefix}_"
        self._now = now
        self._dry = dry
        self._random = random
        self._by_id: dict[str, FoundKey] = {}
        self._by_name: dict[str, list[FoundKey]] = {}
        self._plans: dict[str, list[str]] = {}
        self._attached: dict[str, set[str]] = {}

    def run(self, on_problem: Callable[[Problem], None]) -> Iterator[Step]:
        """
        Yield each step when it is done. What stops one key stops no other: `on_problem` is told.

        Raises:
            DependencyError: the keys, or the plans, cannot be listed.
            ConfigurationError: boto3 is missing.
        """
        self._remember(self._gateway.named(self._prefix))
        self._read_plans()
        for record in self._registry.all(lambda error: on_problem(Problem("", error.detail))):
            try:
                yield from self._steps(record)
            except AuthorizersError as error:
                on_problem(Problem(record.key_id, error.detail))

    def _remember(self, found: Iterable[FoundKey]) -> None:
        for key in found:
            if key.gateway_id not in self._by_id:
                self._by_name.setdefault(key.name, []).append(key)
            self._by_id[key.gateway_id] = key

    def _read_plans(self) -> None:
        plans = list(self._gateway.plans())
        for name in (name for _, name in plans):
            self._plans[name] = [plan_id for plan_id, other in plans if other == name]
        for plan_id, _ in plans:
            self._plans[plan_id] = [plan_id]

    def _steps(self, record: KeyRecord) -> Iterator[Step]:
        if state_of(record, self._now) in USABLE:
            if record.usage_plan is not None:
                yield from self._metered(record, record.usage_plan)
            return
        key = self._find(record)
        if key is not None and key.enabled:
            if not self._dry:
                self._gateway.disable(key.gateway_id)
            yield Step(record.key_id, "disable")

    def _metered(self, record: KeyRecord, plan: str) -> Iterator[Step]:
        plan_id, key = self._plan_id(plan), self._find(record)
        action: Action = "create" if key is None else "note"
        if key is None and not self._dry:
            record, key = self._create(record)
        if key is None or record.gateway_key != GatewayKey(key.gateway_id, key.value):
            if key is not None and not self._dry:
                self._note(record.key_id, key)
            yield Step(record.key_id, action)
        if key is None or key.gateway_id not in self._attached_to(plan_id):
            if key is not None and not self._dry:
                self._attach(plan_id, key)
            yield Step(record.key_id, "attach", plan)
        if key is not None and not key.enabled:
            raise _problem("its key of API Gateway is disabled: enable it there, or revoke the key")

    def _plan_id(self, plan: str) -> str:
        ids = self._plans.get(plan, [])
        if len(ids) != 1:
            raise _problem(
                f"API Gateway has {'two usage plans' if ids else 'no usage plan'} {plan}"
            )
        return ids[0]

    def _find(self, record: KeyRecord) -> FoundKey | None:
        gateway_id, value = record.gateway_key.key_id, record.gateway_key.value
        if gateway_id is not None:
            return self._by_id.get(gateway_id) or self._gateway.find(gateway_id)
        named = self._by_name.get(self._prefix + record.key_id, [])
        if len(named) > 1 or (named and value is not None and named[0].value != value):
            raise _problem(f"API Gateway has another key {self._prefix}{record.key_id}: delete it")
        return named[0] if named else None

    def _create(self, record: KeyRecord) -> tuple[KeyRecord, FoundKey]:
        value = new_value(self._random)

        def with_value(newest: KeyRecord) -> KeyRecord | None:
            known = newest.gateway_key
            if state_of(newest, self._now) not in USABLE:
                raise _problem("was revoked meanwhile: no key of API Gateway is made for it")
            return None if known.value else newest._replace(gateway_key=known._replace(value=value))

        record = change_record(self._registry, record.key_id, with_value)
        name = self._prefix + record.key_id
        key = self._gateway.create(name, record.gateway_key.value or value)
        if key is None:  # another run was faster, or the answer to a first attempt was lost
            self._remember(self._gateway.named(name))
            key = self._find(
                record._replace(gateway_key=GatewayKey(None, record.gateway_key.value))
            )
        if key is None:
            raise _problem("another key of API Gateway has its value: write its id into the record")
        self._remember([key])
        return record, key

    def _note(self, key_id: str, key: FoundKey) -> None:
        noted = GatewayKey(key.gateway_id, key.value or None)

        def change(newest: KeyRecord) -> KeyRecord | None:
            return None if newest.gateway_key == noted else newest._replace(gateway_key=noted)

        change_record(self._registry, key_id, change)

    def _attached_to(self, plan_id: str) -> set[str]:
        if plan_id not in self._attached:
            self._attached[plan_id] = set(self._gateway.attached(plan_id))
        return self._attached[plan_id]

    def _attach(self, plan_id: str, key: FoundKey) -> None:
        if not self._gateway.attach(plan_id, key.gateway_id):
            self._attached.pop(plan_id)
            if key.gateway_id not in self._attached_to(plan_id):
                raise _problem("its key is attached to another usage plan of the same stage")
        self._attached_to(plan_id).add(key.gateway_id)


def _problem(message: str) -> ConfigurationError:
    return ConfigurationError(Problem("", message), code="gateway_key_problem")

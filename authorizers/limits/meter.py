"""
Counts the requests of keys, in one conditional update each (docs/decisions/0019).

What is promised: of any n requests that are admitted, the last is admitted by a clock that is at
least (n - burst) intervals ahead of the clock that admitted the first. With clocks that agree that
is rate times time plus burst in any interval, and no request is refused that a bucket of tokens
would admit. Where clocks differ, the widest difference between two of them is added to the time:
once, not for each request. No period has more than its quota; a request near the end of a period
counts for the period that the fastest clock is in, of those that have counted.

What a clock that is wrong can do: AWS takes no request that is signed more than five minutes from
its own time, so nothing is counted by such a clock, and the store is unavailable to it. One that
is ahead by less fills a bucket for its own time, and the others wait for that: at most ten
minutes, if they are five behind. Counters of a time beyond that were not written by this and are
an error, not a limit.

An update that timed out may have been made; boto3 tries it again, and it is counted twice: against
the caller, never for them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from authorizers.errors import AuthorizersError, DependencyError
from authorizers.limits.counters import Change, Counters, Item, Outcome
from authorizers.limits.known_counters import KnownCounters
from authorizers.limits.part import Limited
from authorizers.limits.plan import Plans
from authorizers.limits.stale import stale_counters
from authorizers.model.clock import Clock
from authorizers.model.meter import Over

# A request has one `now`. For it a full bucket can only become less full, and a period only begin:
# each limit proves a belief wrong once. One more for stale counters that came alive, one for
# counters that were removed meanwhile, and the last that holds.
MORE_CALLS = 3


class KeyMeter:
    """A `Meter` for the keys of one scheme."""

    def __init__(
        self,
        limits_compiled: Mapping[str, Any],
        counters: Counters,
        *,
        clock: Clock,
        on_unmetered: Callable[[AuthorizersError], None],
    ) -> None:
        """
        `limits_compiled` is the scheme's `limits` of the compiled document. `on_unmetered` is told
        of each request that is admitted though it could not be counted.

        Raises:
            ConfigurationError: the limits are not whole.
        """
        self._plans = Plans(limits_compiled)
        self._counters = counters
        self._clock = clock
        self._on_unmetered = on_unmetered
        self._known = KnownCounters(clock)

    def limits(self, name: str, plan: str | None) -> bool:  # noqa: ARG002 - of the scheme's
        """
        Return whether `plan` limits the caller `name` in anything.

        Raises:
            ConfigurationError: `usage_plan_unknown`.
        """
        return self._plans.limit_anything(plan)

    def draw(self, name: str, plan: str | None, routes: tuple[str, ...]) -> Over | None:
        """
        Count one request of `name`, `<scheme>|<key id>`, if that is within all limits of `plan`
        and of `routes`, and return None; otherwise count nothing.

        Limits that are known to be reached refuse without a call.

        Raises:
            ConfigurationError: `usage_plan_unknown`.
            DependencyError: the store's; `usage_malformed`, `usage_contended`. Only
                `store_unavailable` admits where the document says `allow_unmetered`.
        """
        limits = self._plans.limits(plan, routes)
        if not limits:
            return None
        now_us = int(self._clock.wall() * 1_000_000)
        item, may_refuse = self._known.find(name)
        if item is not None and may_refuse:
            over = self._over(name, limits, item, now_us)
            if over is not None:
                return over
        return self._count(name, limits, item, now_us)

    def _count(
        self, name: str, limits: Sequence[Limited], item: Item | None, now_us: int
    ) -> Over | None:
        """Try what fits the counters as they are known, and again with what was learnt."""
        changes: list[Change] = [limit.change(item, now_us) for limit in limits]
        if item is not None and len(item) > len(limits):
            changes += stale_counters(item, {limit.attribute for limit in limits}, now_us)
        for _ in range(len(limits) + MORE_CALLS):
            outcome = self._change(name, changes, now_us)
            if outcome is None:
                return None
            changed, item = outcome
            self._known.keep(name, item)
            over = None if changed else self._over(name, limits, item, now_us)
            if changed or over is not None:
                return over
            changes = [limit.change(item, now_us) for limit in limits]
        detail = f"{self._counters.place} was changed by others at every try"
        raise DependencyError("usage_contended", detail)

    def _change(self, name: str, changes: Sequence[Change], now_us: int) -> Outcome | None:
        """Return what came of `changes`; None is a request that is admitted without a count."""
        ends_at = now_us // 1_000_000 + self._plans.life_seconds
        try:
            return self._counters.change(name, changes, ends_at)
        except DependencyError as error:
            # Only an outage admits: not what this caller may have caused by being too fast, and
            # not a table that is missing or may not be written, where nobody would ever be counted.
            if not self._plans.allow_unmetered or error.code != "store_unavailable":
                raise
            self._on_unmetered(error)
            return None

    def _over(self, name: str, limits: Sequence[Limited], item: Item, now_us: int) -> Over | None:
        """Return the limit of `item` that lasts longest, if one is reached."""
        over, longest_us = None, 0
        for limit in limits:
            if limit.attribute not in item:
                continue
            value = item[limit.attribute]
            if value is None or not limit.is_possible(value, now_us):
                detail = f"{self._counters.place} has counters of {name} that no clock has written"
                raise DependencyError("usage_malformed", detail)
            wait_us = limit.wait_us(value, now_us)
            if wait_us > longest_us:
                over, longest_us = Over(limit.code, -(-wait_us // 1_000_000)), wait_us
        return over

"""A moment on both clocks has passed as soon as either of them says so."""

import time

from authorizers.model.clock import NEVER, Deadline, SystemClock
from authorizers.testing.clock import FrozenClock


def test_a_deadline_is_not_passed_before_its_moment() -> None:
    clock = FrozenClock()
    deadline = Deadline.after(10, clock)

    clock.advance(9.9)

    assert not deadline.passed(clock)


def test_a_deadline_is_passed_at_its_very_moment() -> None:
    clock = FrozenClock()
    deadline = Deadline.after(10, clock)

    clock.advance(10)

    assert deadline.passed(clock)


def test_a_freeze_of_the_environment_does_not_extend_a_deadline() -> None:
    """While Lambda freezes an environment, its monotonic clock may stand still."""
    clock = FrozenClock()
    deadline = Deadline.after(10, clock)

    clock.freeze_environment(10)

    assert deadline.passed(clock)


def test_a_wall_clock_that_is_set_back_does_not_extend_a_deadline() -> None:
    clock = FrozenClock()
    deadline = Deadline.after(10, clock)

    clock.advance(10)
    clock.freeze_environment(-3600)

    assert deadline.passed(clock)


def test_never_does_not_pass() -> None:
    clock = FrozenClock()

    clock.advance(1e12)

    assert not NEVER.passed(clock)


def test_the_system_clock_is_the_machines_own() -> None:
    clock = SystemClock()

    assert abs(clock.wall() - time.time()) < 5
    assert clock.monotonic() <= clock.monotonic()

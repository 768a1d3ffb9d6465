"""A machine whose clock is set wrong: nobody is told anything by it."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.clock_watch import ClockWatch

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Machine:
    """Two clocks: one that people set, one that they can't."""

    def __init__(self) -> None:
        self.wall, self.up_s = NOON, 1000.0
        self.watch = ClockWatch(now=NOON, steady=lambda: self.up_s)

    def run(self, **time: float) -> None:
        """Let time pass on both."""
        self.wall += timedelta(**time)
        self.up_s += timedelta(**time).total_seconds()

    def jump(self) -> timedelta | None:
        return self.watch.jump(self.wall)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_time_that_passes_is_no_jump(machine: Machine) -> None:
    """Neither a second nor a month of it."""
    for days in (0.0001, 1, 30):
        machine.run(days=days)
        assert machine.jump() is None
        assert machine.watch.issue(machine.wall) is None


@pytest.mark.parametrize("days", [365, -365, 11, -0.1])
def test_a_clock_that_was_set_wrong_is_noticed_until_it_is_right(
    machine: Machine, days: float
) -> None:
    """It stays noticed while time goes on, and is forgotten when somebody sets it right."""
    machine.wall += timedelta(days=days)
    for _ in range(3):
        machine.run(minutes=10)
        assert machine.jump() == timedelta(days=days)
    issue = machine.watch.issue(machine.wall)
    assert issue is not None
    assert ("forward" if days > 0 else "back") in issue.words
    machine.wall -= timedelta(days=days)
    assert machine.jump() is None


def test_small_corrections_never_add_up_to_a_jump(machine: Machine) -> None:
    """A time server sets the clock by a second each hour, for two years."""
    for _ in range(2 * 365 * 24):
        machine.run(hours=1)
        machine.wall -= timedelta(seconds=1)
        assert machine.jump() is None


def test_a_machine_that_was_stopped_over_the_holidays_goes_on(machine: Machine) -> None:
    """A virtual machine that was paused for a week finds the right time and works."""
    machine.wall += timedelta(days=7)
    assert machine.jump() is None

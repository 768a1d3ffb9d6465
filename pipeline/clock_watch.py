"""A clock of this machine that jumped: nobody is reminded by it until it is right again (F77).

Deadlines follow the wall clock. A year too late it would remind, escalate and close everything at
once; so the daemon compares it with the clock that counts seconds since the machine started.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.clock import steady
from pipeline.status import Issue

#: A machine that was stopped over the longest holidays comes back with less.
FORWARD = timedelta(days=10)
#: What daylight saving on a badly set machine and a first look at a time server may do.
BACK = timedelta(hours=2)


class ClockWatch:
    """Remembers how the two clocks belong together; small corrections are followed."""

    def __init__(self, *, now: datetime, steady: Callable[[], float] = steady) -> None:
        """Trust the clock as it stands when the desk starts."""
        self._steady = steady
        self._zero = now - timedelta(seconds=steady())

    def jump(self, now: datetime) -> timedelta | None:
        """Return by how much the clock jumped, None while it can be trusted."""
        zero = now - timedelta(seconds=self._steady())
        jump = zero - self._zero
        if -BACK <= jump <= FORWARD:
            self._zero = zero  # set, not added to: several threads ask
            return None
        return jump

    def issue(self, now: datetime) -> Issue | None:
        """Return what a person should know about the clock."""
        jump = self.jump(now)
        if jump is None:
            return None
        way = "forward" if jump > timedelta() else "back"
        return Issue(
            kind="clock_jumped",
            words=f"the clock of this machine jumped {way} by {abs(jump)}: it says "
            f"{now.isoformat(timespec='seconds')}. Nobody is reminded and nothing escalates "
            "until it is right again. Set it right; if it is right, restart the desk",
        )

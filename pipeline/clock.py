"""The one place that reads the clock; everybody else is told the time."""

import time
from datetime import UTC, datetime

#: Seconds since the machine started, its sleep included where the system can say (Linux).
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the place


def steady() -> float:
    """Return seconds on a clock that nobody can set."""
    return time.clock_gettime(_STEADY)

"""Is every thread of the daemon getting on? By this the watchdog is told, or left without a word.

A thread says so whenever it begins something: a mail, a letter, one look at a server. What it may
take until the next time is bounded by the time-outs of what it does; beyond that it hangs.
"""

import threading
import time
from collections.abc import Callable

#: One mail, one look at a server (seconds).
USUAL_S = 600.0
#: Parts with longer steps: a letter has ten minutes to leave and ten for the answer (RFC 5321
#: §4.5.3.2), rules are tried on the mails of a month, the whole database is read.
LONG_S = {"deliver": 3600.0, "rules": 3600.0, "upkeep": 3600.0}


class Progress:
    """When each part began its last step; every thread writes its own name only."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Nobody is waited for yet."""
        self._clock = clock
        self._at: dict[str, float] = {}
        self._lock = threading.Lock()

    def step(self, name: str) -> None:
        """The part `name` begins something."""
        with self._lock:
            self._at[name] = self._clock()

    def end(self, name: str) -> None:
        """The part `name` has ended, as it should."""
        with self._lock:
            self._at.pop(name, None)

    def hanging(self) -> tuple[str, ...]:
        """Return the parts that have begun nothing for too long."""
        now = self._clock()
        with self._lock:
            return tuple(
                name for name, at in self._at.items() if now - at > LONG_S.get(name, USUAL_S)
            )

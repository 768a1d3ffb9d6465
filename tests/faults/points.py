"""Named points of the running daemon, and what shall happen at the n-th passing of one.

Only the driver (tests/faults/worker.py) knows them: there is no fault code in the product. A point
is written down when it is passed for the first time, so that a test can list those of a normal run.
"""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

Deed = Literal["crash", "term", "pause", "raise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What shall happen where."""

    point: str  #: its name, or a pattern such as `after-commit:*.take_mail`
    do: Deed = "crash"
    nth: int = 1  #: at this passing, counted from 1
    every: int = 0  #: and again at each so many further ones; 0: never again
    seconds: float = 0.0  #: of a pause

    def rings(self, count: int) -> bool:
        """Tell whether it is this passing's turn."""
        if count < self.nth:
            return False
        return count == self.nth or (self.every > 0 and (count - self.nth) % self.every == 0)


class Broken(Exception):
    """The error that an armed point raises."""


class Points:
    """Counts passings, writes down new names, does what was armed."""

    def __init__(self, log: Path | None = None, arms: Iterable[Arm] = ()) -> None:
        """`log` gets a line `passed NAME` per name and one per deed, e.g. `crash NAME`."""
        self._arms = tuple(arms)
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if log else -1

    def __call__(self, name: str) -> None:
        """Pass the point `name`."""
        with self._lock:
            self._counts[name] += 1
            count = self._counts[name]
        if count == 1:
            self._write(f"passed {name}")
        for arm in self._arms:
            if fnmatchcase(name, arm.point) and arm.rings(count):
                self._write(f"{arm.do} {name}")
                _DEEDS[arm.do](arm)

    def _write(self, line: str) -> None:
        if self._log >= 0:
            os.write(self._log, f"{line}\n".encode())


def _raise(arm: Arm) -> None:
    raise Broken(f"armed at {arm.point}")


_DEEDS: dict[Deed, Callable[[Arm], None]] = {
    "crash": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "term": lambda _: os.kill(os.getpid(), signal.SIGTERM),
    "pause": lambda arm: time.sleep(arm.seconds),
    "raise": _raise,
}


def dump(arms: Iterable[Arm]) -> str:
    """Return arms as text for the driver's environment."""
    return json.dumps([asdict(arm) for arm in arms])


def load(text: str) -> tuple[Arm, ...]:
    """Return the arms of `dump`."""
    return tuple(Arm(**row) for row in json.loads(text or "[]"))

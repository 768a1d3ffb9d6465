"""The ways out of an alarm: what one of them did not take is kept and told again later.

The program of `alarm.command` gets what a web hook gets, on its standard input. It knows none of
our passwords: variables of the environment that begin with DESK_ are kept from it.
"""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

#: A way that did not take a message gets it again after so long.
RESEND = timedelta(minutes=5)
#: Messages kept for a way that does not take them; the oldest are dropped first.
MOST_UNSENT = 50
COMMAND_S = 10.0  #: what a program may take to deal with a message
_GONE_S = 5.0  # for a killed program to go

Tell = Callable[[Mapping[str, object]], str]  #: payload → "" or why it was not taken
News = TypeVar("News")


@dataclass(slots=True)
class Way(Generic[News]):
    """One way out, and what still has to go it; one thread's own."""

    name: str  #: as in "the web hook did not take it"
    tell: Tell
    unsent: list[News] = field(default_factory=list)
    not_before: datetime | None = None

    def hear(
        self,
        news: Sequence[News],
        payload: Callable[[Sequence[News]], Mapping[str, object]],
        *,
        now: datetime,
    ) -> str:
        """Tell what is new and what was left; returns why that failed, "" if it did not."""
        self.unsent = [*self.unsent, *news][-MOST_UNSENT:]
        if not self.unsent or (self.not_before and now < self.not_before):
            return ""
        why = self.tell(payload(self.unsent))
        self.not_before = now + RESEND if why else None
        if not why:
            self.unsent = []
        return why


def run_command(
    words: Sequence[str], payload: Mapping[str, object], *, seconds: float = COMMAND_S
) -> str:
    """Run a program with `payload` as JSON on its input; returns "" if it ended well, else why not.

    No shell, a session of its own, and nothing it prints is kept. After `seconds` it is killed with
    all that it started.
    """
    text = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        program = subprocess.Popen(  # noqa: S603 - the operator's own words, no shell
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={key: value for key, value in os.environ.items() if not key.startswith("DESK_")},
        )
    except (OSError, ValueError) as error:
        return f"it can't be run: {getattr(error, 'strerror', None) or type(error).__name__}"
    try:
        program.communicate(text, timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(program)
        return f"it did not end within {seconds:g} seconds and was killed"
    if program.returncode < 0:
        return f"it was ended by signal {-program.returncode}"
    return f"it ended with exit code {program.returncode}" if program.returncode else ""


def _kill(program: subprocess.Popen[bytes]) -> None:
    """End a program and its children, which share its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.wait(timeout=_GONE_S)
    if program.stdin is not None:
        with contextlib.suppress(OSError):
            program.stdin.close()

"""A limit of processor time for code that gives none: one document must not eat its mail's time.

This is a limit, not a clock: nothing here is a fact of any result. Where no signal can be set
(outside the main thread) there is no limit, and the one of the reading child holds.
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeVar

_AGAIN: Final = 0.25  # seconds until it strikes again, if a library swallowed it

_Result = TypeVar("_Result")


class Overrun(BaseException):
    """The time is up; no Exception, so that no library takes it for one of its own."""


def within(seconds: float, call: Callable[[], _Result]) -> _Result:
    """Return what `call` returns; raises Overrun after `seconds` of processor time."""
    running = True

    def strike(_signal: int, _frame: FrameType | None) -> None:
        if running:
            raise Overrun

    try:
        before = signal.signal(signal.SIGVTALRM, strike)
    except ValueError:  # not in the main thread
        return call()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
        return call()
    finally:
        running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)

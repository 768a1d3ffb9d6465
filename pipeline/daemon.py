"""What surrounds the running service: signals, the listener beside it, the line it begins with."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from pipeline.clock import now
from pipeline.desk import Desk, listener_of

if TYPE_CHECKING:
    from pipeline.watch import Watch


@contextmanager
def stopped_by_signals(
    stop: Callable[[], None], *, reload: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """SIGTERM and SIGINT call `stop`; the second one ends the process like kill -9 would.

    SIGHUP calls `reload`; not where it means that the terminal is gone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen to signals
        return
    asked = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(1)
        asked = True
        stop()

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL and not sys.stdout.isatty():
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: reload())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def give_memory_back() -> None:
    """Let large mails leave no trace in the size of the process.

    glibc keeps what one 25 MiB mail took: its threshold for giving memory back grows with use, in
    every thread. M_MMAP_THRESHOLD pins it (mallopt(3)); elsewhere nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(-3, 256 * 1024)


@contextmanager
def listening(desk: Desk) -> Iterator[None]:
    """Run the embedded SMTP listener, if config.yaml asks for one."""
    listener = listener_of(desk.settings)
    if listener is None:
        yield
        return
    listener.start()
    try:
        yield
    finally:
        listener.stop()


def watch_of(desk: Desk) -> "Watch | None":
    """Return what answers those who watch over the desk, if config.yaml asks for it."""
    settings = desk.settings.watch
    if settings is None:
        return None
    from pipeline.watch import Watch  # late: only who asks for it pays for its memory

    return Watch(settings, desk, up_since=now())


def where(desk: Desk) -> str:
    """Say in one line where mail comes from and goes to."""
    settings = desk.settings
    words = [f"reading {', '.join(settings.mailboxes)} for {desk.box.address}"]
    if settings.listen:
        words.append("write to it by SMTP at {}:{}".format(*settings.listen))
    if settings.watch:
        words.append(f"metrics and health at {settings.watch.host}:{settings.watch.port}")
    if isinstance(settings.outgoing, Path):
        words.append(f"letters go to {settings.outgoing}")
    else:
        words.append(f"letters go out through {settings.outgoing.host}")
    return "; ".join(words)

"""Word to whoever started the daemon: ready, still working, stopping (sd_notify(3), systemd's way).

One datagram to the socket that NOTIFY_SOCKET names; without it nothing happens, so the same program
runs under systemd, in a container and by hand.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from pipeline.clock import now
from pipeline.progress import Progress
from pipeline.show import Reporter


class Notify:
    """The socket of the service manager, if there is one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Take note of what the environment says."""
        told = os.environ if environment is None else environment
        address = told.get("NOTIFY_SOCKET", "")
        # An abstract socket is written with @ for its first byte, which is NUL.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.every = self._watchdog(told)  #: seconds between signs of life, 0: nobody waits for any

    @staticmethod
    def _watchdog(told: Mapping[str, str]) -> float:
        for_us = told.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        with suppress(ValueError):
            return int(told.get("WATCHDOG_USEC", "0")) / 2e6 if for_us else 0.0
        return 0.0

    def ready(self, words: str) -> None:
        """The daemon works."""
        self._say("READY=1", f"STATUS={words}")

    def alive(self) -> None:
        """Every part of it has made progress lately."""
        self._say("WATCHDOG=1")

    def status(self, words: str) -> None:
        """What `systemctl status` shows."""
        self._say(f"STATUS={words}")

    def stopping(self) -> None:
        """It finishes what it holds."""
        self._say("STOPPING=1")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        text = "\n".join(" ".join(line.split()) for line in lines)
        # A manager that is gone must not stop the work.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(text.encode(), self._address)


class Pulse:
    """Tells the service manager that the daemon lives, as long as every thread gets on."""

    def __init__(self, notify: Notify, progress: Progress, out: Reporter) -> None:
        """Nothing is told yet."""
        self._notify, self._progress, self._out = notify, progress, out
        self._next, self._hangs = 0.0, ""

    def beat(self, *, at: float) -> None:
        """Tell it if it is time to; `at` is on the monotonic clock, in seconds."""
        if not self._notify.every or at < self._next:
            return
        self._next = at + self._notify.every
        hangs = ", ".join(self._progress.hanging())
        if not hangs:
            self._notify.alive()
        elif hangs != self._hangs:
            words = f"{hangs}: no step for too long; the service manager will start the desk anew"
            self._notify.status(words)
            self._out.line("trouble", words, at=now(), action="watchdog")
        self._hangs = hangs

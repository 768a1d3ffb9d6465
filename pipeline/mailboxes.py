"""One mailbox of the daemon: of several instances one reads it, files what is settled, and waits.

New mail is stored by `pipeline/poll.py`; whoever processes is woken by an event.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from cases.errors import MailboxUnavailable
from ingest.source import MailSource
from pipeline.clock import now
from pipeline.config import MailboxSettings
from pipeline.current import Current
from pipeline.desk import source_of
from pipeline.guard import Guard
from pipeline.poll import file_settled, poll
from pipeline.show import Reporter

#: A full look at the mailbox whatever IDLE says (reliability 4.9).
SCAN_S = 300.0
LEASE = timedelta(seconds=60)
RENEW_S = 15.0


class Mailbox:
    """What one thread does for one mailbox; `settled` is set when there is something to file."""

    def __init__(
        self,
        box: MailboxSettings,
        current: Current,
        out: Reporter,
        *,
        stop: threading.Event,
        arrived: threading.Event,
    ) -> None:
        """`stop` ends the work; `arrived` is set whenever new mail was stored."""
        self._box, self._current, self._out = box, current, out
        self._guard = Guard(out)
        self._stop, self._arrived = stop, arrived
        self.settled = threading.Event()

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return self._box.name

    def watch(self) -> None:
        """Poll for ever; wait longer after each failure, from 1 second to 5 minutes."""
        source, failures = source_of(self._box), 0
        while not self._stop.is_set():
            if not self._lead():
                self._stop.wait(RENEW_S)  # another instance reads this mailbox
                continue
            ok = self._guard(f"mailbox {self.name}", lambda: self._watch_once(source))
            failures = 0 if ok else failures + 1
            if failures:
                self._stop.wait(min(2.0 ** (failures - 1), 300.0))
        source.close()
        self._guard("lease", self._give_up_lead)

    @contextmanager
    def reading(self) -> Iterator[bool]:
        """Read it once, for the block; yields whether that went well. At the end it is filed."""
        if not self._lead():
            self._out.line("standby", f"another desk reads {self.name}", at=now(), action="poll")
            yield True
            return
        source = source_of(self._box)
        yield self._guard(f"mailbox {self.name}", lambda: self._poll(source))
        self._guard(f"mailbox {self.name}", lambda: self._file(source))
        source.close()
        self._guard("lease", self._give_up_lead)

    def _watch_once(self, source: MailSource) -> None:
        """Read the mailbox, then file what gets settled until new mail is likely."""
        self._poll(source)
        end, renew_at = time.monotonic() + SCAN_S, time.monotonic() + RENEW_S

        def enough() -> bool:
            return self._stop.is_set() or self.settled.is_set() or time.monotonic() >= renew_at

        while not self._stop.is_set() and (left := end - time.monotonic()) > 0:
            self.settled.clear()
            self._file(source)
            if source.wait(left, stop=enough):
                return
            if time.monotonic() >= renew_at:
                if not self._lead():
                    return
                renew_at = time.monotonic() + RENEW_S

    def _lead(self) -> bool:
        """Hold the lease of the mailbox, so that of several instances one reads it."""
        held = False

        def take() -> None:
            nonlocal held
            desk = self._current.desk
            with desk.store.begin() as tx:
                held = tx.hold_lease(
                    f"mailbox:{self.name}", owner=desk.owner, now=now(), until=LEASE
                )

        self._guard("lease", take)
        return held

    def _give_up_lead(self) -> None:
        desk = self._current.desk
        with desk.store.begin() as tx:
            tx.drop_lease(f"mailbox:{self.name}", owner=desk.owner)

    def _poll(self, source: MailSource) -> None:
        desk = self._current.desk
        try:
            if poll(desk, self._box, source, now=now()):
                self._arrived.set()
        except MailboxUnavailable as error:
            with desk.store.begin() as tx:
                tx.mailbox_failed(self.name, error.why, now=now())
            raise

    def _file(self, source: MailSource) -> None:
        while file_settled(self._current.desk, self._box, source):
            pass

"""One mailbox of the daemon: of several instances one reads it, files what is settled, and waits.

New mail is stored by `pipeline/poll.py`; whoever processes is woken by an event.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from cases.errors import DeskError, MailboxUnavailable
from ingest.source import MailSource
from pipeline.clock import now
from pipeline.config import MailboxSettings
from pipeline.copies import remove_copies
from pipeline.current import Current
from pipeline.desk import source_of
from pipeline.disk import shortage
from pipeline.guard import Guard
from pipeline.mailbox_trouble import noted
from pipeline.poll import file_settled, poll
from pipeline.retake import retake
from pipeline.show import Reporter, show_fetched, show_renumbered, show_stuck

#: A full look at the mailbox whatever IDLE says (reliability 4.9).
SCAN_S = 300.0
LEASE = timedelta(seconds=60)
RENEW_S = 15.0
ROOM_S = 10.0  #: between two looks whether a disk that was full has room again
#: A session that lasted so long owes nothing to the failures before it.
STEADY_S = 60.0


class StandBy(DeskError):
    """Another instance has taken this mailbox over."""


class _Stops(Exception):
    """The desk goes down in the middle of a long look; the next start goes on from there."""


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
        step: Callable[[], None] = lambda: None,
        news: Callable[[], None] = lambda: None,
    ) -> None:
        """`stop` ends the work; `arrived` is set whenever new mail was stored.

        `step` is called whenever something is begun, `news` when the mailbox can be read again, and
        when it can't.
        """
        self._step, self._news = step, news
        self._well: bool | None = None  # None: nobody has tried
        self._box, self._current, self._out = box, current, out
        self._guard = Guard(out)
        self._stop, self._arrived = stop, arrived
        self.settled = threading.Event()
        # Both on the monotonic clock.
        self._read_at: float | None = None
        self._numbers: frozenset[int] | None = None  # every UIDVALIDITY that mails came under
        self._stuck = False  # handled mail can't be moved away
        self._stuck_up_to = 0  # the last time
        self._renew_at = 0.0

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return self._box.name

    def watch(self) -> None:
        """Poll for ever; wait longer after each failure, from 1 second to 5 minutes."""
        source, failures = source_of(self._box), 0
        while not self._stop.is_set():
            self._step()
            if not self._lead():
                self._stop.wait(RENEW_S)  # another instance reads this mailbox
                continue
            self._read_at = None
            ok = self._guard(f"mailbox {self.name}", lambda: self._session(source))
            failures = 0 if ok else 1 if self._was_steady() else failures + 1
            if failures:
                most = ROOM_S if shortage(self._current.desk) else 300.0
                self._stop.wait(min(2.0 ** (failures - 1), most))
        source.close()
        self._guard("lease", self._give_up_lead)

    @contextmanager
    def reading(self) -> Iterator[bool]:
        """Read it once, for the block; yields whether that went well. At the end it is filed."""
        if not self._lead():
            about = {"action": "poll", "mailbox": self.name}
            self._out.line("standby", f"another desk reads {self.name}", at=now(), **about)
            yield True
            return
        source = source_of(self._box)
        yield self._guard(f"mailbox {self.name}", lambda: self._poll(source))
        self._guard(f"mailbox {self.name}", lambda: self._file(source))
        source.close()
        self._guard("lease", self._give_up_lead)

    def _was_steady(self) -> bool:
        """Tell whether it went well for a while: many servers hang up on who idles (F14)."""
        return self._read_at is not None and time.monotonic() - self._read_at >= STEADY_S

    def _session(self, source: MailSource) -> None:
        with suppress(_Stops):
            self._watch_once(source)

    def _watch_once(self, source: MailSource) -> None:
        """Read the mailbox, then file what gets settled until new mail is likely."""
        self._poll(source)
        self._read_at = time.monotonic()
        end = time.monotonic() + SCAN_S

        def enough() -> bool:
            self._step()
            due = time.monotonic() >= self._renew_at
            return self._stop.is_set() or self.settled.is_set() or due

        while not self._stop.is_set() and (left := end - time.monotonic()) > 0:
            self.settled.clear()
            self._file(source)
            if source.wait(left, stop=enough):
                return
            self._go_on()

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
        if held:
            self._renew_at = time.monotonic() + RENEW_S
        return held

    def _go_on(self) -> None:
        """Keep the lease through a long piece of work; raises StandBy once another desk has it."""
        self._step()
        if self._stop.is_set():
            raise _Stops  # a full mailbox takes minutes, and we have ten seconds (F03)
        if time.monotonic() >= self._renew_at and not self._lead():
            raise StandBy(f"mailbox {self.name}: another desk reads it now")

    def _give_up_lead(self) -> None:
        desk = self._current.desk
        with desk.store.begin() as tx:
            tx.drop_lease(f"mailbox:{self.name}", owner=desk.owner)

    def _poll(self, source: MailSource) -> None:
        desk, begun = self._current.desk, time.monotonic()
        before = self._numbers
        if before is None:
            before = self._numbers = self._numberings()
        try:
            if count := poll(desk, self._box, source, now=now(), step=self._go_on):
                self._arrived.set()
                seconds = time.monotonic() - begun
                show_fetched(self._out, self.name, count, at=now(), seconds=seconds)
                self._numbers = self._numberings()
                if before and (anew := self._numbers - before):
                    show_renumbered(self._out, self.name, before, anew, at=now())
            self._retake(source)
        except MailboxUnavailable as error:
            with desk.store.begin() as tx:
                tx.mailbox_failed(self.name, noted(error), now=now())
            self._is(well=False)
            raise
        self._is(well=True)

    def _numberings(self) -> frozenset[int]:
        with self._current.desk.store.read() as tx:
            return tx.numberings(self.name)

    def _is(self, *, well: bool) -> None:
        """Have the alarm look at once when something changed: a refusal is told without waiting."""
        if well is not self._well:
            self._well = well
            self._news()

    def _retake(self, source: MailSource) -> None:
        """After a restore, take in what the database that was lost had handled already."""
        taken = retake(self._current.desk, self._box, source, now=now(), step=self._go_on)
        if taken is None:
            return
        words = f"mailbox {self.name}: {taken} mails taken in again that the backup did not know"
        self._out.line("restored", words, at=now(), action="restore", mailbox=self.name)
        self._arrived.set()

    def _stays(self, number: int) -> None:
        """Say once that handled mail can't be moved, and again after all of it could be."""
        if number and not self._stuck:
            show_stuck(self._out, self.name, at=now())
        self._stuck = bool(number) or (self._stuck and self._stuck_up_to > 0)
        self._stuck_up_to = number

    def _file(self, source: MailSource) -> None:
        desk = self._current.desk
        while file_settled(desk, self._box, source, self._stays, after=self._stuck_up_to):
            self._go_on()
        remove_copies(self._current.desk, self.name, source, now=now())

"""The daemon: a thread per mailbox, one each that processes, delivers, chases, watches the rules.

`schedule` is only the metronome: it wakes the threads. A verb that fails says so, waits and tries
again; it never stops another. SIGTERM lets each finish what it holds, a second one ends at once.
"""

import os
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial

import schedule

from cases.errors import DeskError, MailboxUnavailable
from ingest.source import MailSource
from outbox.sender import Sender
from pipeline.alarm import Alarm
from pipeline.chase import chase, recover
from pipeline.clock import now
from pipeline.config import MailboxSettings
from pipeline.current import Current
from pipeline.daemon import give_memory_back, listening, stopped_by_signals, where
from pipeline.deliver import deliver_one
from pipeline.desk import (
    Desk,
    require_letters,
    require_schema,
    sender_of,
    source_of,
)
from pipeline.live_rules import LiveRules
from pipeline.lock import only_one
from pipeline.poll import file_settled, poll
from pipeline.process import process_one
from pipeline.samples import lay_out
from pipeline.show import Reporter, show_letter, show_mail

#: A full look at the mailbox whatever IDLE says (reliability 4.9).
SCAN_S = 300.0
MAILBOX_LEASE = timedelta(seconds=60)
RENEW_S = 15.0
GRACE_S = 10.0
EX_TEMPFAIL = 75
#: `schedule` goes by the wall clock: one that was set back must not stop us for longer.
TICK_S = 60.0
#: Between two looks at the health of the desk, for the alarm.
LOOK_S = 30
RULES_S = 2  #: between two looks at the file of rules


class Service:
    """The verbs of one process, and what wakes and stops them.

    Each takes the desk once, for one mail, one letter or one turn: the rules may be swapped between
    two of them, never within one.
    """

    def __init__(self, desk: Desk, out: Reporter) -> None:
        self._current, self._out = Current(desk), out
        self._stop = threading.Event()
        self._rules = LiveRules(self._current, out, stop=self._stop)
        self._filing = {name: threading.Event() for name in desk.settings.mailboxes}
        self._mail, self._letters, self._time, self._look = (threading.Event() for _ in range(4))
        self._file_look = threading.Event()

    @property
    def _desk(self) -> Desk:
        return self._current.desk

    def begin(self) -> None:
        """Take in what happened to the file of rules while nobody watched it."""
        self._guard("rules", lambda: self._rules.begin(now=now()))

    def close(self) -> None:
        """Let go of the reader."""
        self._current.close()

    # -------------------------------------------------------------- running

    def once(self) -> int:
        """Read every mailbox, work off what is waiting; returns how many could not be read."""
        failed = 0
        for box in self._desk.settings.mailboxes.values():
            if not self._lead(box):
                self._out.line("standby", f"another desk reads {box.name}", at=now(), action="poll")
                continue
            source = source_of(box)
            failed += not self._guard(f"mailbox {box.name}", partial(self._poll, box, source))
            self._guard("process", self._process)
            self._guard(f"mailbox {box.name}", partial(self._file, box, source))
            source.close()
            self._guard("lease", partial(self._give_up_lead, box))
        self._guard("chase", self._chase)
        self.work_off()
        return failed

    def work_off(self) -> None:
        """Handle and send what is waiting, without a look into any mailbox."""
        sender = sender_of(self._desk.settings)
        self._guard("process", self._process)
        self._guard("rules", lambda: self._rules.answer(now=now()))
        self._guard("deliver", lambda: self._deliver(sender))
        sender.close()

    def run(self) -> None:
        """Work until stopped and every thread has finished what it held, ten seconds at most."""
        threads = [
            threading.Thread(target=self._watch, args=(box,), name=f"mailbox {box.name}")
            for box in self._desk.settings.mailboxes.values()
        ]
        for name, verb, wake in (
            ("process", self._process, self._mail),
            ("chase", self._chase, self._time),
            ("alarm", self._alarm(), self._look),
            ("rules", self._watch_rules, self._file_look),
        ):
            threads.append(threading.Thread(target=self._loop, args=(name, verb, wake), name=name))
        sender = sender_of(self._desk.settings)  # a wrong setting ends the start, not a thread
        threads.append(threading.Thread(target=self._deliveries, args=(sender,), name="deliver"))
        for thread in threads:
            thread.start()
        metronome = schedule.Scheduler()
        metronome.every(2).seconds.do(self._mail.set)
        metronome.every(1).seconds.do(self._letters.set)
        metronome.every(10).seconds.do(self._time.set)
        metronome.every(LOOK_S).seconds.do(self._look.set)
        metronome.every(RULES_S).seconds.do(self._file_look.set)
        for event in (self._mail, self._letters, self._time, self._file_look):
            event.set()
        while not self._stop.wait(0.25):
            metronome.run_pending()
        for event in (self._mail, self._letters, self._time, self._look, self._file_look):
            event.set()
        deadline = time.monotonic() + GRACE_S
        for thread in threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            # A server keeps us waiting: end like kill -9, before another desk may take over.
            os._exit(EX_TEMPFAIL)

    def stop(self) -> None:
        """Ask every thread to finish what it holds."""
        self._stop.set()

    # -------------------------------------------------------------- the threads

    def _loop(self, name: str, verb: Callable[[], None], wake: threading.Event) -> None:
        while not self._stop.is_set():
            wake.wait(TICK_S)
            wake.clear()
            self._guard(name, verb)

    def _deliveries(self, sender: Sender) -> None:
        self._loop("deliver", lambda: self._deliver(sender), self._letters)
        sender.close()

    def _watch(self, box: MailboxSettings) -> None:
        """Poll one mailbox for ever; wait longer after each failure, from 1 second to 5 minutes."""
        source, failures = source_of(box), 0
        while not self._stop.is_set():
            if not self._lead(box):
                self._stop.wait(RENEW_S)  # another instance reads this mailbox
                continue
            ok = self._guard(f"mailbox {box.name}", lambda: self._watch_once(box, source))
            failures = 0 if ok else failures + 1
            if failures:
                self._stop.wait(min(2.0 ** (failures - 1), 300.0))
        source.close()
        self._guard("lease", lambda: self._give_up_lead(box))

    def _watch_once(self, box: MailboxSettings, source: MailSource) -> None:
        """Read the mailbox, then file what gets settled until new mail is likely."""
        self._poll(box, source)
        filing, end = self._filing[box.name], time.monotonic() + SCAN_S
        renew_at = time.monotonic() + RENEW_S

        def enough() -> bool:
            return self._stop.is_set() or filing.is_set() or time.monotonic() >= renew_at

        while not self._stop.is_set() and (left := end - time.monotonic()) > 0:
            filing.clear()
            self._file(box, source)
            if source.wait(left, stop=enough):
                return
            if time.monotonic() >= renew_at:
                if not self._lead(box):
                    return
                renew_at = time.monotonic() + RENEW_S

    def _lead(self, box: MailboxSettings) -> bool:
        """Hold the lease of one mailbox, so that of several instances one reads it."""
        held = False

        def take() -> None:
            nonlocal held
            with self._desk.store.begin() as tx:
                held = tx.hold_lease(
                    f"mailbox:{box.name}", owner=self._desk.owner, now=now(), until=MAILBOX_LEASE
                )

        self._guard("lease", take)
        return held

    def _give_up_lead(self, box: MailboxSettings) -> None:
        with self._desk.store.begin() as tx:
            tx.drop_lease(f"mailbox:{box.name}", owner=self._desk.owner)

    # -------------------------------------------------------------- the verbs, until nothing waits

    def _poll(self, box: MailboxSettings, source: MailSource) -> None:
        try:
            if poll(self._desk, box, source, now=now()):
                self._mail.set()
        except MailboxUnavailable as error:
            with self._desk.store.begin() as tx:
                tx.mailbox_failed(box.name, error.why, now=now())
            raise

    def _file(self, box: MailboxSettings, source: MailSource) -> None:
        while file_settled(self._desk, box, source):
            pass

    def _process(self) -> None:
        while not self._stop.is_set():
            with self._current.hold() as desk:
                done = process_one(desk, now=now())
            if done is None:
                return
            show_mail(self._out, done, at=now())
            self._letters.set()
            for event in self._filing.values():
                event.set()

    def _deliver(self, sender: Sender) -> None:
        while not self._stop.is_set():
            done = deliver_one(self._desk, sender, now=now())
            if done is None:
                return
            show_letter(self._out, done, at=now())

    def _chase(self) -> None:
        with self._current.hold() as desk:
            chase(desk, now=now())

    def _watch_rules(self) -> None:
        self._rules.look(now=now())
        self._rules.answer(now=now())

    def _alarm(self) -> Callable[[], None]:
        alarm = Alarm(self._desk, self._out, host=socket.gethostname(), up_since=now())
        return lambda: None if self._stop.is_set() else alarm.check(now=now())

    def _guard(self, name: str, verb: Callable[[], None]) -> bool:
        """Run a verb; say what went wrong and return False instead of raising."""
        try:
            verb()
        except DeskError as error:
            words = str(error)
            self._trouble(name, words if words.startswith(name) else f"{name}: {words}")
        except Exception as error:  # noqa: BLE001 - one verb's failure must never stop the others
            words = f"{name}: {type(error).__name__}: {error}"
            self._trouble(name, words, traceback=traceback.format_exc(limit=-6))
        else:
            return True
        return False

    def _trouble(self, name: str, words: str, **extra: str) -> None:
        # A full disk or a closed pipe takes our words, but not the thread (F45).
        with suppress(OSError, ValueError):
            self._out.line("trouble", words, at=now(), action=name, **extra)


def serve(desk: Desk, out: Reporter, *, once: bool = False) -> int:
    """Run the daemon until a signal, or once; returns the number of mailboxes that failed."""
    with only_one(desk.store.file), closing(Service(desk, out)) as service:
        require_letters(desk)
        require_schema(desk)
        if desk.store.file:
            recover(desk, now=now())
        service.begin()
        lay_out(desk)
        give_memory_back()
        if once:
            return service.once()
        with stopped_by_signals(service.stop), listening(desk):
            out.line("ready to work", where(desk), at=now(), action="ready")
            service.run()
    return 0


def work_off(desk: Desk, out: Reporter) -> None:
    """Handle and send what is waiting; raises AlreadyRunning if a daemon is there to do it."""
    with only_one(desk.store.file), closing(Service(desk, out)) as service:
        service.begin()
        service.work_off()

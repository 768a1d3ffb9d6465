"""The daemon: one thread per mailbox, one that processes, one that delivers, one that chases.

`schedule` is only the metronome: it wakes the threads. A verb that fails says so, waits and tries
again; it never stops another. SIGTERM lets each finish what it holds, a second one ends at once.
"""

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType

import schedule

from cases.errors import DeskError, MailboxUnavailable
from ingest.source import MailSource
from outbox.sender import Sender
from pipeline.chase import chase, recover
from pipeline.clock import now
from pipeline.config import MailboxSettings
from pipeline.deliver import deliver_one
from pipeline.desk import (
    Desk,
    listener_of,
    require_letters,
    require_schema,
    sender_of,
    source_of,
)
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


class Service:
    """The verbs of one process, and what wakes and stops them."""

    def __init__(self, desk: Desk, out: Reporter) -> None:
        self._desk, self._out = desk, out
        self._stop = threading.Event()
        self._mail, self._letters, self._time, self._filing = (threading.Event() for _ in range(4))

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
        self._guard("deliver", lambda: self._deliver(sender))
        sender.close()

    def run(self) -> None:
        """Work until stopped; returns after every thread has finished what it held."""
        threads = [
            threading.Thread(target=self._watch, args=(box,), name=f"mailbox {box.name}")
            for box in self._desk.settings.mailboxes.values()
        ]
        for name, verb, wake in (
            ("process", self._process, self._mail),
            ("chase", self._chase, self._time),
        ):
            threads.append(threading.Thread(target=self._loop, args=(name, verb, wake), name=name))
        threads.append(threading.Thread(target=self._deliveries, name="deliver"))
        for thread in threads:
            thread.start()
        metronome = schedule.Scheduler()
        metronome.every(2).seconds.do(self._mail.set)
        metronome.every(1).seconds.do(self._letters.set)
        metronome.every(10).seconds.do(self._time.set)
        for event in (self._mail, self._letters, self._time):
            event.set()
        while not self._stop.wait(0.25):
            metronome.run_pending()
        for event in (self._mail, self._letters, self._time):
            event.set()
        deadline = time.monotonic() + GRACE_S
        for thread in threads:
            thread.join(max(0.1, deadline - time.monotonic()))

    def stop(self) -> None:
        """Ask every thread to finish what it holds."""
        self._stop.set()

    # -------------------------------------------------------------- the threads

    def _loop(self, name: str, verb: Callable[[], None], wake: threading.Event) -> None:
        while not self._stop.is_set():
            wake.wait()
            wake.clear()
            self._guard(name, verb)

    def _deliveries(self) -> None:
        sender = sender_of(self._desk.settings)
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
        self._poll(box, source)
        self._filing.clear()
        self._file(box, source)
        renew_at = time.monotonic() + RENEW_S

        def enough() -> bool:
            nonlocal renew_at
            if time.monotonic() >= renew_at:
                renew_at = time.monotonic() + RENEW_S
                if not self._lead(box):
                    return True
            return self._stop.is_set() or self._filing.is_set()

        source.wait(SCAN_S, stop=enough)

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
            done = process_one(self._desk, now=now())
            if done is None:
                return
            show_mail(self._out, done, at=now())
            self._letters.set()
            self._filing.set()

    def _deliver(self, sender: Sender) -> None:
        while not self._stop.is_set():
            done = deliver_one(self._desk, sender, now=now())
            if done is None:
                return
            show_letter(self._out, done, at=now())

    def _chase(self) -> None:
        chase(self._desk, now=now())

    def _guard(self, name: str, verb: Callable[[], None]) -> bool:
        """Run a verb; say what went wrong and return False instead of raising."""
        try:
            verb()
        except DeskError as error:
            self._out.line("trouble", f"{name}: {error}", at=now(), action=name)
        except Exception as error:  # noqa: BLE001 - one verb's failure must never stop the others
            self._out.line(
                "trouble",
                f"{name}: {type(error).__name__}: {error}",
                at=now(),
                action=name,
                traceback=traceback.format_exc(limit=-6),
            )
        else:
            return True
        return False


def serve(desk: Desk, out: Reporter, *, once: bool = False) -> int:
    """Run the daemon until a signal, or once; returns the number of mailboxes that failed."""
    with only_one(desk.store.file), closing(desk.reader):
        require_letters(desk)
        require_schema(desk)
        if desk.store.file:
            recover(desk, now=now())
        lay_out(desk)
        service = Service(desk, out)
        if once:
            return service.once()
        with _signals(service), _listening(desk):
            out.line("ready to work", _where(desk), at=now(), action="ready")
            service.run()
    return 0


def work_off(desk: Desk, out: Reporter) -> None:
    """Handle and send what is waiting; raises AlreadyRunning if a daemon is there to do it."""
    with only_one(desk.store.file), closing(desk.reader):
        Service(desk, out).work_off()


@contextmanager
def _signals(service: Service) -> Iterator[None]:
    """SIGTERM and SIGINT stop; the second one ends the process like kill -9 would."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen to signals
        return
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(1)
        asked = True
        service.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(desk: Desk) -> Iterator[None]:
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


def _where(desk: Desk) -> str:
    """Say in one line where mail comes from and goes to."""
    settings = desk.settings
    words = [f"reading {', '.join(settings.mailboxes)} for {desk.box.address}"]
    if settings.listen:
        words.append("write to it by SMTP at {}:{}".format(*settings.listen))
    if isinstance(settings.outgoing, Path):
        words.append(f"letters go to {settings.outgoing}")
    else:
        words.append(f"letters go out through {settings.outgoing.host}")
    return "; ".join(words)

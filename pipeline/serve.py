"""The daemon: a thread per mailbox, one each that processes, delivers, chases, watches the rules.

`schedule` is only the metronome: it wakes the threads. A verb that fails says so, waits and tries
again; it never stops another. SIGTERM lets each finish what it holds, a second one ends at once.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial

import schedule

from cases.errors import StoreDamaged
from cases.store import Transaction
from outbox.pace import Pace
from outbox.sender import Sender
from pipeline.alarm import Alarm
from pipeline.anchors import anchor, show_anchor
from pipeline.chase import chase, recover
from pipeline.clock import now
from pipeline.clock_watch import ClockWatch
from pipeline.current import Current
from pipeline.daemon import give_memory_back, listening, stopped_by_signals, watch_of, where
from pipeline.deliver import deliver_one
from pipeline.desk import Desk, require_letters, require_schema, sender_of
from pipeline.exits import TRY_AGAIN
from pipeline.guard import Guard
from pipeline.live_rules import LiveRules
from pipeline.lock import note_use, only_one
from pipeline.mailboxes import Mailbox
from pipeline.notify import Notify, Pulse
from pipeline.process import process_one
from pipeline.progress import Progress
from pipeline.samples import lay_out
from pipeline.show import Reporter, show_letter, show_mail, show_ring, show_rules
from pipeline.sound import require_sound
from pipeline.upkeep import upkeep

GRACE_S = 10.0
#: `schedule` goes by the wall clock: one that was set back must not stop us for longer.
TICK_S = 60.0
#: Between two looks at the health of the desk, for the alarm.
LOOK_S = 30
RULES_S = 2  #: between two looks at the file of rules
UPKEEP_S = 60  #: between two turns of the duties


class Service:
    """The verbs of one process, and what wakes and stops them.

    Each takes the desk once, for one mail, one letter or one turn: the rules may be swapped between
    two of them, never within one.
    """

    def __init__(self, desk: Desk, out: Reporter) -> None:
        self._current, self._out = Current(desk), out
        self._stop = threading.Event()
        self._rules = LiveRules(self._current, out, stop=self._stop)
        self._guard = Guard(out)
        self._progress, self._asked = Progress(), threading.Event()
        self._pace, self.clock = Pace(), ClockWatch(now=now())
        self._broken_off: set[str] = set()  # verbs that an error ended
        self._wakes = tuple(threading.Event() for _ in range(6))
        self._mail, self._letters, self._time, self._look, self._file_look, self._minute = (
            self._wakes
        )
        self._boxes = tuple(
            Mailbox(
                box,
                self._current,
                out,
                stop=self._stop,
                arrived=self._mail,
                step=partial(self._progress.step, f"mailbox {box.name}"),
                news=self._look.set,
            )
            for box in desk.settings.mailboxes.values()
        )

    @property
    def desk(self) -> Desk:
        """The desk of the moment: its rules may be swapped."""
        return self._current.desk

    def begin(self) -> None:
        """Take in what happened to the file of rules while nobody watched it."""
        self._guard("rules", lambda: self._rules.begin(now=now()))

    def close(self) -> None:
        """Let go of the reader."""
        self._current.close()

    def once(self) -> int:
        """Read every mailbox, work off what is waiting; returns how many could not be read."""
        failed = 0
        for box in self._boxes:
            with box.reading() as read:
                failed += not read
                self._guard("process", self._process)
        self._guard("chase", self._chase)
        self._upkeep()
        self.work_off()
        return failed

    def work_off(self) -> None:
        """Handle and send what is waiting, without a look into any mailbox."""
        sender = sender_of(self.desk.settings)
        self._guard("process", self._process)
        self._guard("rules", lambda: self._rules.answer(now=now()))
        self._guard("deliver", lambda: self._deliver(sender))
        sender.close()

    def run(self, notify: Notify | None = None) -> None:
        """Work until stopped and every thread has finished what it held, ten seconds at most.

        Raises StoreDamaged if that is what stopped it.
        """
        threads = [
            threading.Thread(target=box.watch, name=f"mailbox {box.name}") for box in self._boxes
        ]
        for name, verb, wake in (
            ("process", self._process, self._mail),
            ("chase", self._chase, self._time),
            ("alarm", self._alarm(), self._look),
            ("rules", self._watch_rules, self._file_look),
            ("upkeep", self._upkeep, self._minute),
        ):
            threads.append(threading.Thread(target=self._loop, args=(name, verb, wake), name=name))
        sender = sender_of(self.desk.settings)  # a wrong setting ends the start, not a thread
        threads.append(threading.Thread(target=self._deliveries, args=(sender,), name="deliver"))
        for thread in threads:
            thread.start()
        metronome = schedule.Scheduler()
        metronome.every(2).seconds.do(self._mail.set)
        metronome.every(1).seconds.do(self._letters.set)
        metronome.every(10).seconds.do(self._time.set)
        metronome.every(LOOK_S).seconds.do(self._look.set)
        metronome.every(RULES_S).seconds.do(self._file_look.set)
        metronome.every(UPKEEP_S).seconds.do(self._minute.set)
        for event in (self._mail, self._letters, self._time, self._file_look, self._minute):
            event.set()
        notify = notify or Notify({})
        pulse = Pulse(notify, self._progress, self._out)
        while not self._stop.wait(0.25) and not self.desk.store.damage:
            metronome.run_pending()
            pulse.beat(at=time.monotonic())
        self._stop.set()
        notify.stopping()
        self._end(threads)
        if self.desk.store.damage:
            raise self.desk.store.damage

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        """Wait until every thread has finished what it holds."""
        for event in self._wakes:
            event.set()
        deadline = time.monotonic() + GRACE_S
        for thread in threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            # A server keeps us waiting: end like kill -9, before another desk may take over.
            os._exit(TRY_AGAIN)

    def stop(self) -> None:
        """Ask every thread to finish what it holds."""
        self._stop.set()

    def look_at_rules(self) -> None:
        """Look at the file of rules now, and say what came of it."""
        self._asked.set()
        self._file_look.set()

    # -------------------------------------------------------------- the threads

    def _loop(self, name: str, verb: Callable[[], None], wake: threading.Event) -> None:
        while not self._stop.is_set():
            wake.wait(TICK_S)
            wake.clear()
            self._progress.step(name)
            self._guard(name, verb)
        self._progress.end(name)

    def _deliveries(self, sender: Sender) -> None:
        self._loop("deliver", lambda: self._deliver(sender), self._letters)
        sender.close()

    # -------------------------------------------------------------- the verbs, until nothing waits

    def _process(self) -> None:
        with self._turn("process", Transaction.hand_back_mails):
            while not self._stop.is_set():
                self._progress.step("process")
                begun = time.monotonic()
                with self._current.hold() as desk:
                    done = process_one(desk, now=now())
                if done is None:
                    return
                show_mail(self._out, done, at=now(), seconds=time.monotonic() - begun)
                self._letters.set()
                for box in self._boxes:
                    box.settled.set()

    def _deliver(self, sender: Sender) -> None:
        with self._turn("deliver", Transaction.hand_back_letters):
            while not self._stop.is_set() and self._pace.allows(now()):
                self._progress.step("deliver")
                begun = time.monotonic()
                done = deliver_one(self.desk, sender, now=now())
                if done is None:
                    return
                self._pace = self._pace.after(done.delivery, now=now())
                show_letter(self._out, done, at=now(), seconds=time.monotonic() - begun)

    @contextmanager
    def _turn(self, name: str, hand_back: Callable[[Transaction, str], int]) -> Iterator[None]:
        """Give back what an outage left in our hands, if the turn before did not come to an end."""
        if name in self._broken_off:
            with self.desk.store.begin() as tx:
                hand_back(tx, self.desk.owner)
        self._broken_off.add(name)
        yield
        self._broken_off.discard(name)

    def _chase(self) -> None:
        if self.clock.jump(now()):
            return  # the alarm says so; nobody is reminded by a wrong clock (F77)
        with self._current.hold() as desk:
            chase(desk, now=now(), tell=lambda rang: show_ring(self._out, rang, at=now()))

    def _watch_rules(self) -> None:
        asked = self._asked.is_set()
        self._asked.clear()
        before = self.desk.rules.policy.version
        for _ in range(3 if asked else 1):  # the first only sees whether it has changed
            self._rules.look(now=now())
        if asked:
            show_rules(self._out, self.desk.rules.policy.version, before=before, at=now())
        self._rules.answer(now=now())

    def _upkeep(self) -> None:
        upkeep(self.desk, self._guard, now=now())
        self._guard("audit", self._anchor)

    def _anchor(self) -> None:
        show_anchor(self._out, anchor(self.desk, now=now()), at=now())

    def _alarm(self) -> Callable[[], None]:
        alarm = Alarm(
            self.desk, self._out, host=socket.gethostname(), up_since=now(), clock=self.clock
        )
        return lambda: None if self._stop.is_set() else alarm.check(now=now())


def serve(desk: Desk, out: Reporter, *, once: bool = False) -> int:
    """Run the daemon until a signal, or once; returns the number of mailboxes that failed.

    Raises StoreDamaged where no work is safe; the alarm was told.
    """
    try:
        return _serve(desk, out, once=once)
    except StoreDamaged as error:
        desk.store.damage = desk.store.damage or error
        Alarm(desk, out, host=socket.gethostname(), up_since=now()).check(now=now())
        raise


def _serve(desk: Desk, out: Reporter, *, once: bool) -> int:
    watch = None if once else watch_of(desk)
    out = watch.counting(out) if watch else out
    with only_one(desk.store.file), closing(Service(desk, out)) as service:
        require_letters(desk)
        require_sound(desk.store)
        require_schema(desk)
        note_use(desk.store.file)
        if desk.store.file:
            recover(desk, now=now())
        service.begin()
        lay_out(desk)
        give_memory_back()
        if once:
            return service.once()
        reload, clock = service.look_at_rules, service.clock
        watched = watch.running(lambda: service.desk, out, clock=clock) if watch else nullcontext()
        with stopped_by_signals(service.stop, reload=reload), listening(desk), watched:
            out.line("ready to work", where(desk), at=now(), action="ready")
            notify = Notify()
            notify.ready(where(desk))
            service.run(notify)
    return 0


def work_off(desk: Desk, out: Reporter) -> None:
    """Handle and send what is waiting; raises AlreadyRunning if a daemon is there to do it."""
    with only_one(desk.store.file), closing(Service(desk, out)) as service:
        service.begin()
        service.work_off()

"""The daemon: a thread per mailbox, one each that processes, delivers, chases, watches the rules.

`schedule` is only the metronome: it wakes the threads. A verb that fails says so, waits and tries
again; it never stops another. SIGTERM lets each finish what it holds, a second one ends at once.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing

import schedule

from outbox.sender import Sender
from pipeline.alarm import Alarm
from pipeline.chase import chase, recover
from pipeline.clock import now
from pipeline.current import Current
from pipeline.daemon import give_memory_back, listening, stopped_by_signals, where
from pipeline.deliver import deliver_one
from pipeline.desk import Desk, require_letters, require_schema, sender_of
from pipeline.guard import Guard
from pipeline.live_rules import LiveRules
from pipeline.lock import only_one
from pipeline.mailboxes import Mailbox
from pipeline.process import process_one
from pipeline.samples import lay_out
from pipeline.show import Reporter, show_letter, show_mail
from pipeline.upkeep import upkeep

GRACE_S = 10.0
EX_TEMPFAIL = 75
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
        self._wakes = tuple(threading.Event() for _ in range(6))
        self._mail, self._letters, self._time, self._look, self._file_look, self._minute = (
            self._wakes
        )
        self._boxes = tuple(
            Mailbox(box, self._current, out, stop=self._stop, arrived=self._mail)
            for box in desk.settings.mailboxes.values()
        )

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
        sender = sender_of(self._desk.settings)
        self._guard("process", self._process)
        self._guard("rules", lambda: self._rules.answer(now=now()))
        self._guard("deliver", lambda: self._deliver(sender))
        sender.close()

    def run(self) -> None:
        """Work until stopped and every thread has finished what it held, ten seconds at most."""
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
        metronome.every(UPKEEP_S).seconds.do(self._minute.set)
        for event in (self._mail, self._letters, self._time, self._file_look, self._minute):
            event.set()
        while not self._stop.wait(0.25):
            metronome.run_pending()
        for event in self._wakes:
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

    # -------------------------------------------------------------- the verbs, until nothing waits

    def _process(self) -> None:
        while not self._stop.is_set():
            with self._current.hold() as desk:
                done = process_one(desk, now=now())
            if done is None:
                return
            show_mail(self._out, done, at=now())
            self._letters.set()
            for box in self._boxes:
                box.settled.set()

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

    def _upkeep(self) -> None:
        upkeep(self._desk, self._guard, now=now())

    def _alarm(self) -> Callable[[], None]:
        alarm = Alarm(self._desk, self._out, host=socket.gethostname(), up_since=now())
        return lambda: None if self._stop.is_set() else alarm.check(now=now())


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

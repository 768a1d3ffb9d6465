"""The daemon as `python run.py` starts it, with seams to break it at; for fault tests only.

What differs from the product, and why that is honest for what is tested here:
- mails are judged without the model (tests/faults/plain_child.py), in a child process all the same;
- letters are compiled once for all daemons of a test run, and not proof-read at each start;
- leases, pauses and ticks are shorter by one factor each (`hurry`), never longer or switched off.

The environment says what shall happen: FAULTS_LOG (file), FAULTS_ARMS (points.dump), FAULTS_HURRY
(JSON, see `Hurry`), FAULTS_MUTANT (a name of tests/faults/mutants.py).
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import schedule

import run
from ingest.imap_wire import Connection
from ingest.maildir import deliver
from pipeline import clock, config, reading
from pipeline import desk as desk_module
from pipeline.reading import ChildReader, InlineReader
from pipeline.reading_wire import write_frame
from pipeline.serve import Service, serve
from templates.render import Letters
from tests.faults import mutants, plain_child, points, seams
from tests.faults.patch import put

ROOT = Path(__file__).parent.parent.parent
_CONFIG = """\
config_version: 1
database: sqlite:///desk.db
mailboxes:
  complaints:
    address: complaints@example.com
    source: maildir:in
    answer_mail_since: 2020-01-01T00:00:00+00:00
outgoing: maildir:out
trust: token_and_list
rules: {root}/routing/rules.yaml
secret_file: secret.key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hurry:
    """How long things take in seconds that take minutes in the product."""

    lease: float = 5.0  #: of a mail, of a letter before its dot, of a mailbox
    dot_lease: float = 5.0
    renew: float = 0.5  #: between two renewals of the lease of a mailbox
    mail_pause: float = 0.1  #: times the number of attempts, before a mail is tried again
    letter_pause: float = 0.2  #: before a letter is tried again
    ticks: float = 0.05  #: factor for everything that happens every so many seconds
    ahead: float = 0.0  #: days by which the clock is wrong: what takes weeks happens now
    most_per_hour: int = (
        100_000  #: automatic letters: the long run sends more than the breaker lets
    )

    def dump(self) -> str:
        """Return the value of FAULTS_HURRY."""
        return json.dumps(asdict(self))

    def apply(self) -> None:
        """Shorten everything, for the rest of this process."""
        lease, pause = timedelta(seconds=self.lease), timedelta(seconds=self.letter_pause)
        _set("LEASE", lease)
        _set("DOT_LEASE", timedelta(seconds=self.dot_lease))
        _set("RENEW_S", self.renew)
        _set("PAUSE", timedelta(seconds=self.mail_pause))
        _set("_FIRST", (pause,) * 50, package="outbox")
        _set("_LONGEST", pause, package="outbox")
        _set("PER_HOUR", self.most_per_hour)
        every: Callable[..., Any] = schedule.Scheduler.every
        put(schedule.Scheduler, "every", lambda one, count=1: every(one, count * self.ticks))
        _quicken(Service)
        if self.ahead:
            _set_clock(timedelta(days=self.ahead))
        readable = Connection.readable  # else each stop waits for up to a second
        put(Connection, "readable", lambda wire, seconds: readable(wire, min(seconds, 0.05)))


def _set(name: str, value: object, *, package: str = "pipeline") -> None:
    """Set a constant wherever it is known; a name that is gone ends the driver."""
    homes = [
        module
        for key, module in list(sys.modules.items())
        if key.startswith(f"{package}.") and hasattr(module, name)
    ]
    if not homes:
        raise LookupError(f"no module of {package} has {name} any more: mend {__file__}")
    for home in homes:
        setattr(home, name, value)


def _quicken(service: Any) -> None:
    """Let the metronome look at its ticks every 20 ms, not 250."""
    original: Callable[..., None] = service.__init__

    def init(self: Any, *args: Any) -> None:
        original(self, *args)
        wait = self._stop.wait
        self._stop.wait = lambda seconds=None: wait(0.02 if seconds == 0.25 else seconds)

    put(service, "__init__", init)


def _set_clock(ahead: timedelta) -> None:
    original: Callable[[], datetime] = clock.now
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, lambda: original() + ahead)


# -------------------------------------------------------------- what is made once


@cache
def _letters(zone: ZoneInfo) -> Letters:
    letters = Letters(zone=zone)
    assert letters._sheets, "they are compiled now"
    return letters


def warm_up() -> None:
    """Load what every daemon needs, by one turn of a throw-away desk; forks share it."""
    import alembic.config  # noqa: F401
    import psycopg  # noqa: F401

    import pipeline.commands  # noqa: F401

    _share_letters()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(_CONFIG.format(root=ROOT), encoding="utf-8")
        deliver(folder / "in", b"From: a@b.example\r\nSubject: x\r\n\r\nThe kettle leaks.\r\n")
        settings = config.load(folder / "config.yaml", environment={})
        desk = desk_module.open_desk(settings)
        classifier = plain_child.PlainClassifier(desk.rules.vocabulary)
        desk = replace(desk, reader=InlineReader(desk.tools, classifier=classifier))
        serve(desk, Silent(), once=True)
        desk.store.close()


class Silent:
    """A reporter that says nothing."""

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Say nothing."""


def _share_letters() -> None:
    put(desk_module, "Letters", lambda *, zone: _letters(zone))
    put(Letters, "check", lambda _self: ())  # tests/templates does that


# -------------------------------------------------------------- the reading child


class Spare:
    """A reading child forked before this process has threads; what `ChildReader` asks of Popen."""

    def __init__(self) -> None:
        to_child, from_parent = os.pipe()
        to_parent, from_child = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            os.dup2(to_child, 0)
            os.dup2(from_child, 1)
            os.closerange(3, 1024)
            os.setsid()
            _end_with(plain_child.main)
        os.close(to_child)
        os.close(from_child)
        self.stdin, self.stdout = os.fdopen(from_parent, "wb"), os.fdopen(to_parent, "rb")

    def poll(self) -> int | None:
        """Return the exit code, None while it lives."""
        return self._wait(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; with a time limit only look."""
        return self._wait(0 if timeout is None else os.WNOHANG)

    def _wait(self, flags: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, 9)


def _read_plainly(*, spare: bool) -> None:
    ready = [Spare()] if spare else []
    start: Callable[[ChildReader], Any] = ChildReader._start
    put(ChildReader, "program", plain_child.__name__)

    def begin(self: ChildReader) -> "subprocess.Popen[bytes] | Spare":
        if not ready:
            found: subprocess.Popen[bytes] = start(self)
            return found
        child = ready.pop()
        write_frame(child.stdin, pickle.dumps((self._tools, self._limits)))
        return child

    put(ChildReader, "_start", begin)
    put(reading, "Classifier", plain_child.PlainClassifier)  # InlineReader as well


def _end_with(main: Callable[[], object]) -> None:
    """Run `main` and end this process without what its parent would do at its own end."""
    code = 70
    try:
        main()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Be the daemon; the command line is that of run.py."""
    found = os.environ.get
    log = found("FAULTS_LOG")
    point = points.Points(Path(log) if log else None, points.load(found("FAULTS_ARMS", "")))
    _read_plainly(spare="serve" in sys.argv)
    mutants.apply(found("FAULTS_MUTANT", ""))  # first, so that the seams lie around the fault
    seams.watch(point)
    Hurry(**json.loads(found("FAULTS_HURRY", "{}"))).apply()
    _end_with(run.main)


if __name__ == "__main__":
    warm_up()
    main()

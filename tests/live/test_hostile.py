"""Mails made to break readers, each with an ordinary one behind it, on Dovecot and an SMTP server.

One daemon reads the whole set: what one mail costs must not be paid by the next (F87-F110).
"""

import contextlib
import os
import signal
import smtplib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cases.model import Status
from tests.live.desk import LiveDesk, wait_until
from tests.live.hostile import HOSTILE, Hostile
from tests.live.servers import Dovecot, SmtpSink

SLOWEST_S, NEXT_S = 10.0, 15.0
DAEMON_KIB, CHILD_KIB = 256 * 1024, 512 * 1024
SETTLED = {"done", "ignored", "duplicate", "quarantined"}


@dataclass(slots=True)
class Watch:
    """The most memory that the daemon and its children ever had, in KiB."""

    process: subprocess.Popen[bytes]
    daemon: int = 0
    child: int = 0
    children: set[int] = field(default_factory=set)

    def look(self) -> None:
        """Take note of what the kernel says now."""
        self.daemon = max(self.daemon, _peak(self.process.pid))
        for pid in _children(self.process.pid):
            self.children.add(pid)
            self.child = max(self.child, _peak(pid))


def _peak(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            found += map(int, (path / "children").read_text(encoding="ascii").split())
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What one hostile mail and the ordinary mail behind it took, in seconds."""

    name: str
    outcome: str
    seconds: float
    next_seconds: float
    daemon_mib: int
    child_mib: int


def ordinary(number: int, address: str) -> bytes:
    """Return a mail nobody has trouble with."""
    return (
        f"From: Person {number} <p{number}@ordinary{number}.example>\r\nTo: {address}\r\n"
        f"Subject: Complaint {number}\r\nMessage-ID: <{number}@ordinary.example>\r\n\r\n"
        f"The kettle number {number} leaks and nobody answers my calls.\r\n"
    ).encode()


def deliver(desk: LiveDesk, data: bytes) -> None:
    """Deliver by LMTP, or where that refuses, put the file into the mailbox as LMTP would."""
    try:
        desk.dovecot.deliver(desk.user, data)
    except smtplib.SMTPException:
        name = f"{time.time():.6f}.hostile"
        folder = desk.dovecot.maildir(desk.user)
        (folder / "tmp" / name).write_bytes(data)
        (folder / "tmp" / name).chmod(0o666)
        (folder / "tmp" / name).rename(folder / "new" / name)


def outcomes(desk: LiveDesk) -> list[str]:
    """Return the states of all mails that are dealt with, in the order they were delivered."""
    rows = sorted(desk.ledger(), key=lambda row: int(row.uid))
    return [row.state if row.state in SETTLED else "" for row in rows]


def measure(desk: LiveDesk, watch: Watch, number: int, mail: Hostile) -> Timing:
    """Deliver a hostile mail and an ordinary one; return when each was dealt with."""
    deliver(desk, mail.build(number, desk.address))
    started = time.monotonic()
    deliver(desk, ordinary(number, desk.address))
    next_started = time.monotonic()
    first_at = 0.0

    def both() -> bool:
        nonlocal first_at
        watch.look()
        found = outcomes(desk)
        if not first_at and len(found) > 2 * number and found[2 * number]:
            first_at = time.monotonic()
        return len(found) > 2 * number + 1 and all(found)

    wait_until(both, f"{mail.name} and the mail behind it", seconds=60)
    return Timing(
        name=mail.name,
        outcome=outcomes(desk)[2 * number],
        seconds=first_at - started,
        next_seconds=time.monotonic() - next_started,
        daemon_mib=watch.daemon // 1024,
        child_mib=watch.child // 1024,
    )


def _settled(desk: LiveDesk, count: int) -> bool:
    found = outcomes(desk)
    return len(found) == count and all(found)


@contextlib.contextmanager
def daemon(desk: LiveDesk) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon; it must live to the end and go when asked to."""
    process = desk.start()
    try:
        yield process
        assert process.poll() is None, "the daemon must outlive every mail"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)
    assert code == 0, desk.said()[-3000:]


@pytest.mark.timeout(240)
def test_no_hostile_mail_stops_the_desk_or_delays_the_next(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """Each is dealt with in 10 s, the next 15 s later at most, within 256 MiB; none is lost."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    with daemon(desk) as process:
        watch = Watch(process)
        deliver(desk, ordinary(10**6, desk.address))  # the model is loaded by the first mail
        deliver(desk, ordinary(10**6 + 1, desk.address))
        wait_until(lambda: _settled(desk, 2), "the first mails")
        timings = [measure(desk, watch, n, mail) for n, mail in enumerate(HOSTILE, 1)]
        wait_until(lambda: desk.letter_states() <= {"sent"}, "all letters")
        watch.look()

    show(timings, watch)
    assert [t.name for t in timings if t.seconds > SLOWEST_S] == []
    assert [t.name for t in timings if t.next_seconds > NEXT_S] == []
    assert watch.daemon <= DAEMON_KIB
    assert watch.child <= CHILD_KIB
    assert desk.said().count('"action": "ready"') == 1, "the daemon was never started again"
    assert desk.troubles() == []
    check_ledger(desk)
    check_letters(desk)


def test_a_reader_that_is_killed_or_hangs_delays_the_next_mail_by_seconds(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """The kernel kills the reading child, then one stands still: every mail is a case (F08)."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    waited = []
    with daemon(desk) as process:
        deliver(desk, ordinary(0, desk.address))
        wait_until(lambda: _settled(desk, 1), "the first mail")
        for number, how in enumerate((signal.SIGKILL, signal.SIGSTOP), 1):
            (child,) = _children(process.pid)
            os.kill(child, how)
            started = time.monotonic()
            deliver(desk, ordinary(2 * number, desk.address))
            deliver(desk, ordinary(2 * number + 1, desk.address))
            wait_until(lambda: _settled(desk, 2 * number + 1), "two mails")  # noqa: B023 - at once
            waited.append(time.monotonic() - started)
        wait_until(lambda: desk.letter_states() <= {"sent"}, "all letters")

    print(f"\nafter a kill {waited[0]:.1f} s, after a hang {waited[1]:.1f} s for two mails")
    assert max(waited) < NEXT_S
    assert len(desk.cases()) == 5
    assert desk.troubles() == []


def show(timings: list[Timing], watch: Watch) -> None:
    """Print what was measured, for `pytest -s`."""
    print(f"\n{'mail':40} {'outcome':11} {'own':>6} {'next':>6}  daemon  child (peaks so far)")
    for t in timings:
        print(
            f"{t.name[:40]:40} {t.outcome:11} {t.seconds:5.2f}s {t.next_seconds:5.2f}s "
            f"{t.daemon_mib:4} MiB {t.child_mib:4} MiB"
        )
    print(f"{len(timings)} hostile mails, {len(watch.children)} reading children")


def check_ledger(desk: LiveDesk) -> None:
    """Every mail has one outcome; each ordinary one is a case of its own."""
    ledger = sorted(desk.ledger(), key=lambda row: int(row.uid))
    assert len(ledger) == 2 * (len(HOSTILE) + 1)
    assert len({row.uid for row in ledger}) == len(ledger)
    assert [row.uid for row in ledger if row.state == "quarantined"] == []
    assert all(row.reason for row in ledger if row.state != "done")
    assert {row.state for row in ledger[1::2]} == {"done"}
    cases = {case.id: case for case in desk.cases()}
    assert len({row.case_id for row in ledger if row.state == "done"}) == len(cases)
    assert {cases[row.case_id].status for row in ledger[1::2] if row.case_id} == {Status.ROUTED}


def check_letters(desk: LiveDesk) -> None:
    """No letter goes to anybody a mail names, and no field gets in that we did not write."""
    for mail in tuple(desk.sink.mails):
        head = mail.data.partition(b"\r\n\r\n")[0].lower()
        assert b"x-injected" not in head
        assert b"\nbcc:" not in head
        assert not any("victim" in recipient for recipient in mail.recipients)
        assert len(mail.data) < 40 * 2**20
    acknowledged = {r for mail in desk.sink.mails for r in mail.recipients if "ordinary" in r}
    assert len(acknowledged) == len(HOSTILE) + 2, "every ordinary mail is acknowledged"

"""Several daemons on one mailbox, how they end when asked to, and how soon they are back.

R04, R17, F03, F04, F06, F07.
"""

import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.account import account
from tests.faults.conftest import LONG, MakeDesk
from tests.faults.evidence import gather
from tests.faults.mails import Kind, make, mixed
from tests.faults.oracle import judge
from tests.faults.points import Arm
from tests.faults.robot import Robot
from tests.faults.worker import Hurry
from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink

TRY_AGAIN = 75
INSTANCES, MAILS = (4, 10_000) if LONG else (3, 1_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_several_instances_on_one_mailbox_double_nothing(make_desk: MakeDesk) -> None:
    """All of them work, one at a time reads the mailbox, no case and no letter comes twice."""
    desk = make_desk("postgres", hurry=Hurry(lease=2.0, mail_pause=0.02))
    began = time.monotonic()
    daemons = [desk.launch() for _ in range(INSTANCES)]
    for daemon in daemons:
        wait_until(lambda daemon=daemon: daemon.is_ready, "all daemons")  # type: ignore[misc]
    robot = Robot(desk)
    desk.post(mixed(MAILS, to=desk.address))
    wait_until(lambda: desk.settled_mails() > MAILS // 2, "half of the work", seconds=MAILS / 10)
    robot.answer()
    desk.settle(seconds=MAILS / 10)
    worked = Counter(bool('"action": "mail"' in daemon.said()) for daemon in daemons)
    for daemon in daemons:
        desk.end(daemon)
    found = gather(desk)
    told = account(found, kills={}, injected={})
    print(f"\n{INSTANCES} instances, {time.monotonic() - began:.0f} s: {told}")
    assert judge(found) == {}
    assert told.doubles == told.ambiguous == 0
    assert worked == {True: INSTANCES}, "each of them had its share"


def test_a_long_look_into_the_mailbox_keeps_it(make_desk: MakeDesk) -> None:
    """Who takes longer than the lease to read a full mailbox stays the only one who reads it."""
    desk = make_desk("postgres", hurry=Hurry(lease=1.5, renew=0.3))
    slow = Arm(point="before-commit:*.store_mail", do="pause", seconds=0.25, every=1)
    reader = desk.begin(slow)
    desk.post(make(number, Kind.COMPLAINT, to=desk.address) for number in range(12))
    other = desk.begin()
    readers = set()
    while desk.mails_seen() < 12:
        readers.add(desk.reader())
        time.sleep(0.05)
    desk.settle()
    assert readers == {reader.pid}
    for daemon in (reader, other):
        desk.end(daemon)
    assert judge(gather(desk)) == {}


#: A phase of each thread: nothing may keep a daemon from its end.
PHASES = (
    *("imap:fetched", "before-commit:*.store_mail", "imap:before-move", "imap:moved"),
    *("after-commit:*.take_mail", "child:mail-handed-over"),
    *("before-commit:process._settle.*", "after-commit:process._settle.*"),
    *("after-commit:*.lease_letter", "smtp:connected", "smtp:after-RCPT"),
    *("smtp:after-DATA", "after-commit:*.mark_dot", "smtp:dot-sent"),
    *("smtp:answered", "after-commit:deliver._keep.*"),
    "rules:before-swap",
)


def test_a_daemon_that_is_asked_to_end_does_so_in_any_phase(make_desk: MakeDesk) -> None:
    """SIGTERM at a point of each step: exit code 0 within ten seconds, and no lease is left."""
    desk = make_desk()
    slowest = 0.0
    for number, point in enumerate(PHASES):
        desk.post([make(number, Kind.COMPLAINT, to=desk.address)])
        daemon = desk.begin(Arm(point=point, do="term"))
        if point.startswith("rules:"):
            desk.change_rules()
        wait_until(lambda: len(desk.deeds("term")) > number, f"the signal at {point}")  # noqa: B023
        asked = time.monotonic()
        assert daemon.wait(timeout=10) == 0, daemon.said()
        slowest = max(slowest, time.monotonic() - asked)
        state = desk.progress()
        assert not any(name.endswith((" working", " leased", " dot")) for name in state), state
        assert not desk.reader(), "the mailbox is free"
    with desk.working():
        desk.settle()
    assert judge(gather(desk)) == {}
    print(f"\nSIGTERM in {len(PHASES)} phases: the slowest end took {slowest:.2f} s")


def test_a_daemon_that_reads_a_full_mailbox_ends_when_asked(make_desk: MakeDesk) -> None:
    """It does not read on to the end, which may be minutes away, and what it has is kept."""
    desk = make_desk()
    slow = Arm(point="before-commit:*.store_mail", do="pause", seconds=0.1, every=1)
    desk.post(make(number, Kind.COMPLAINT, to=desk.address) for number in range(150))
    daemon = desk.begin(slow)
    wait_until(lambda: desk.mails_seen() > 3, "the first mails")
    took = desk.end(daemon)
    seen = desk.mails_seen()
    assert 3 < seen < 150
    with desk.working():
        desk.settle()
    assert judge(gather(desk)) == {}
    print(f"\nit took {took:.2f} s to end after {seen} of 150 mails")


def test_a_second_signal_ends_a_daemon_at_once(make_desk: MakeDesk) -> None:
    """Whoever asks twice does not wait for a server that hangs (F04); nothing is lost by it."""
    desk = make_desk()
    desk.sink.script["quality@example.com"] = "hang"
    desk.post([make(1, Kind.COMPLAINT, to=desk.address)])
    daemon = desk.begin()
    wait_until(lambda: len(desk.sink.mails) == 2, "the letter over which the server hangs")
    daemon.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert daemon.poll() is None, "it waits for the answer"
    asked = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 1
    print(f"\nthe second signal took {time.monotonic() - asked:.2f} s")
    desk.sink.script.clear()
    with desk.working():
        desk.settle()
    found = gather(desk)
    assert judge(found) == {}
    assert account(found, kills={}, injected={}).ambiguous == 1


# -------------------------------------------------------------- the product itself, model and all


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink) -> LiveDesk:
    """Return a desk as its users start it: `python run.py serve`."""
    return LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )


@pytest.mark.alone
def test_a_second_desk_is_refused_and_a_killed_one_is_back_within_seconds(
    product: LiveDesk,
) -> None:
    """The second on the same file says why at once, exit code 75, and disturbs nobody (F07).

    From the start after a kill to the first new mail that is dealt with, the model included (R17).
    """
    process = product.start()
    began = time.monotonic()
    second = subprocess.run(  # noqa: S603 - our own words
        product.command("serve"), env=product.environment, capture_output=True, check=False
    )
    refused = time.monotonic() - began
    assert second.returncode == TRY_AGAIN
    assert "another desk is running" in second.stderr.decode()

    product.write("first@customer.example", "The kettle leaks.")
    product.wait_letter("first@customer.example")
    product.write("second@customer.example", "The kettle leaks, and how.")
    process.send_signal(signal.SIGKILL)
    process.wait()
    began = time.monotonic()
    with product.running():
        product.write("third@customer.example", "The kettle leaks, still.")
        wait_until(lambda: len(product.cases()) == 3, "the new mail")
        back = time.monotonic() - began
    print(f"\nrefused after {refused:.2f} s; the first new mail was dealt with {back:.2f} s after")
    print(f"the start; {_load():.1f} times as much runs as there are processors")
    assert refused <= 2 * _load()
    assert back <= 5 * _load()


def _load() -> float:
    """Return how much longer things may take where more runs than there are processors."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))

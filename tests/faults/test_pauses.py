"""A worker that sleeps past its lease has lost it, whatever it held (R03, F05).

Named pauses, because random ones do not find a missing fence (reliability 0.10).
"""

import fnmatch
import time

import pytest

from tests.faults.account import account
from tests.faults.conftest import LONG, MakeDesk
from tests.faults.evidence import gather
from tests.faults.mails import mixed
from tests.faults.oracle import judge
from tests.faults.points import Arm
from tests.faults.robot import Robot
from tests.faults.worker import Hurry

LEASE, PAUSE = 0.5, 0.8
HURRY = Hurry(lease=LEASE, dot_lease=LEASE, renew=0.1, mail_pause=0.02)
PAUSES = 500 if LONG else 50
#: Every state in which something is leased, at its beginning and further on, and how often.
LEASED = {
    "after-commit:*.hold_lease": 20,  # the mailbox
    "imap:fetched": 3,
    "imap:before-move": 5,
    "after-commit:*.take_mail": 10,  # a mail
    "child:answered": 10,
    "before-commit:process._settle.*": 10,
    "after-commit:*.lease_letter": 20,  # a letter before its dot
    "smtp:after-RCPT": 20,
    "after-commit:*.mark_dot": 20,  # a letter after it
    "smtp:dot-sent": 20,
    "smtp:answered": 20,
}


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgres", 2)])
def test_who_sleeps_past_a_lease_writes_and_sends_nothing_with_it(
    make_desk: MakeDesk, kind: str, workers: int
) -> None:
    """Pauses at every leased state: all invariants hold, and nothing is unexplained."""
    arms = [
        Arm(point=point, do="pause", seconds=PAUSE, nth=2 + number, every=every)
        for number, (point, every) in enumerate(LEASED.items())
    ]
    desk = make_desk(kind, hurry=HURRY)
    robot, began = Robot(desk), time.monotonic()
    daemons = [desk.begin(*arms) for _ in range(workers)]
    posted = 0
    while len(pauses := desk.deeds("pause")) < PAUSES or not all(
        fnmatch.filter(pauses, point) for point in LEASED
    ):
        assert time.monotonic() - began < 60 * PAUSES / 50, f"{desk.deeds('pause')}"
        assert all(daemon.poll() is None for daemon in daemons), desk.said()[-2000:]
        if desk.is_settled() or desk.delivered - desk.settled_mails() < 10:
            desk.post(mixed(10, to=desk.address, start=posted))
            posted += 10
        robot.answer()
        time.sleep(0.1)
    for daemon in daemons:
        desk.end(daemon)
    with desk.working():
        desk.settle()
    found = gather(desk)
    told = account(found, kills={}, injected={})
    print(f"\n{kind}: {len(desk.deeds('pause'))} pauses, {time.monotonic() - began:.0f} s: {told}")
    assert judge(found) == {}
    assert told.unexplained == 0

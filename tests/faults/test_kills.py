"""kill -9 at moments of chance while mails stream in and the next server misbehaves (R02, F02)."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.faults.account import account
from tests.faults.conftest import LONG, MakeDesk
from tests.faults.evidence import gather
from tests.faults.mails import Sent, mixed
from tests.faults.mails import found as found_mail
from tests.faults.nursery import Daemon
from tests.faults.oracle import judge
from tests.faults.rig import FaultDesk
from tests.faults.robot import Robot
from tests.faults.worker import Hurry
from tests.live.desk import ROOT

HURRY = Hurry(lease=3.0, dot_lease=3.0, mail_pause=0.02)
#: Seconds that a daemon lives after it has said that it is ready.
LIVES = (0.1, 1.5)
SHARED = ROOT.parent / "shared" / "corpus" / "mail"
MOST_WAITING = 60  #: mails; more would only say how fast this machine is
MOST_IDLE = 0.1  #: share of kills that hit a desk without work; with more the run does not count


#: Seconds after which nobody is killed any more, for a long run that must end; 0: all are.
MOST_S = float(os.environ.get("FAULTS_SECONDS", "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How big a run is."""

    kind: str
    workers: int
    mails: int
    kills: int


RUNS = (
    [
        Run(kind="sqlite", workers=1, mails=10_000, kills=500),
        Run(kind="postgres", workers=3, mails=10_000, kills=500),
    ]
    if LONG
    else [
        Run(kind="sqlite", workers=1, mails=500, kills=26),
        Run(kind="postgres", workers=2, mails=500, kills=26),
    ]
)


def _corpus() -> list[Sent]:
    """Return 200 real mails of persons from the shared corpus, if it lies beside the project."""
    manifest = SHARED / "manifest.jsonl"
    if not manifest.exists():
        pytest.skip("the shared corpus is not beside the project")
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    chosen = [row for row in rows if row["kind"] == "customer" and row["format"] == "mail"][:200]
    return [found_mail((SHARED / row["file"]).read_bytes()) for row in chosen]


@dataclass
class Killer:
    """Streams mails in and kills daemons, each soon after it came up, until both are used up."""

    desk: FaultDesk
    run: Run
    chance: random.Random
    mails: list[Sent] = field(default_factory=list)
    phases: Counter[str] = field(default_factory=Counter)  #: of the kills, by what was in work
    posted: int = 0

    def kill_them_all(self) -> None:
        """Kill one daemon after the other; each time another takes its place."""
        robot, began = Robot(self.desk), time.monotonic()
        stop = threading.Event()
        stream = threading.Thread(target=self._stream, args=(stop, robot))
        alive = [self._birth() for _ in range(self.run.workers)]
        stream.start()
        try:
            for _ in range(self.run.kills):
                if MOST_S and time.monotonic() > began + MOST_S:
                    break
                alive.sort(key=lambda one: one[1])
                daemon, due = alive.pop(0)
                time.sleep(max(0.0, due - time.monotonic()))
                self.desk.measure(daemon)
                daemon.send_signal(signal.SIGKILL)
                assert daemon.wait(timeout=5) == -signal.SIGKILL, daemon.said()[-2000:]
                self.phases[self.desk.phase() or "nothing"] += 1
                alive.append(self._birth())
        finally:
            stop.set()
            stream.join()
        for daemon, _ in alive:
            self.desk.end(daemon)

    def _birth(self) -> tuple[Daemon, float]:
        return self.desk.begin(), time.monotonic() + self.chance.uniform(*LIVES)

    def _stream(self, stop: threading.Event, robot: Robot) -> None:
        """Post the mails evenly over all the kills: as many as there were kills so far."""
        size = max(1, self.run.mails // (self.run.kills * 20))
        while not stop.is_set():
            share = (self.phases.total() + 1) * self.run.mails / self.run.kills
            waiting = self.desk.delivered - self.desk.settled_mails()
            if self.posted < min(share, len(self.mails)) and waiting < MOST_WAITING:
                self._post(size)
            robot.answer()
            stop.wait(0.03)
        if self.phases.total() == self.run.kills:
            self._post(len(self.mails))
        robot.answer()

    def _post(self, count: int) -> None:
        batch = self.mails[self.posted : self.posted + count]
        self.desk.post(batch)
        self.posted += len(batch)


@pytest.mark.long
@pytest.mark.timeout(24 * 3600 if LONG else 900)
@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.kind)
def test_kills_lose_and_double_nothing(make_desk: MakeDesk, run: Run) -> None:
    """Every mail has its outcome, and each letter that may have left twice says so."""
    desk = make_desk(run.kind, hurry=HURRY, lost=0.01, busy=0.01, grey=0.01)
    killer = Killer(desk, run, random.Random(20261124), mixed(run.mails, to=desk.address))
    _prove(desk, killer)
    kills = killer.phases.total()
    assert kills == run.kills or MOST_S
    assert killer.phases["nothing"] <= MOST_IDLE * kills, "too few kills hit work: no proof"


@pytest.mark.timeout(900)
def test_kills_over_real_mails_lose_and_double_nothing(make_desk: MakeDesk) -> None:
    """The same with 200 mails as people and their programs write them."""
    desk, mails = make_desk(hurry=HURRY), _corpus()
    run = Run(kind="sqlite", workers=1, mails=len(mails), kills=5)
    _prove(desk, Killer(desk, run, random.Random(5), mails))


def _prove(desk: FaultDesk, killer: Killer) -> None:
    """Kill, let the work be finished, and look at what is left."""
    run, began = killer.run, time.monotonic()
    killer.kill_them_all()
    with desk.working():
        desk.settle(seconds=3600 if LONG else 240)
    with desk.working():  # once more over finished work
        desk.settle()
    found = gather(desk)
    told = account(found, kills=killer.phases, injected=desk.sink.faults)
    print(f"\n{run.kind}, {run.workers} workers, {time.monotonic() - began:.0f} s: {told}")
    assert judge(found) == {}
    assert told.unexplained == 0
    assert told.ambiguous <= run.kills + desk.sink.faults["reply lost"]

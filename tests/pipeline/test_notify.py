"""What the service manager hears: ready, signs of life only while all threads get on, stopping."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.desk import Desk
from pipeline.notify import Notify, Pulse
from pipeline.progress import Progress
from pipeline.serve import Service


@dataclass
class Manager:
    """A service manager's end of the socket."""

    end: socket.socket
    heard: list[str] = field(default_factory=list)

    def listen(self, until: str, *, most: int = 400) -> bool:
        """Read until a line begins so; False after `most` datagrams or ten silent seconds."""
        for _ in range(most):
            try:
                self.heard += self.end.recv(4096).decode().splitlines()
            except TimeoutError:
                return False
            if any(line.startswith(until) for line in self.heard):
                return True
        return False

    def count_within(self, seconds: float) -> int:
        """Return how many signs of life come within that time."""
        self.end.settimeout(seconds)
        found = 0
        try:
            while True:
                found += self.end.recv(4096) == b"WATCHDOG=1"
                if found > 50:
                    return found
        except TimeoutError:
            return found


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """A fake service manager that listens at `notify` in the test's folder."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as end:
        end.bind(str(tmp_path / "notify"))
        end.settimeout(10)
        yield Manager(end)


@dataclass
class Lines:
    """What the daemon says."""

    said: list[str] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.said.append(f"{outcome}: {words}")


def _notify(tmp_path: Path, micros: int) -> Notify:
    return Notify({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": str(micros)})


def test_nothing_is_said_where_nobody_listens(tmp_path: Path) -> None:
    """By hand and in a container there is no socket, or one whose owner is gone."""
    for told in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}, {"NOTIFY_SOCKET": "@gone"}):
        Notify(told).ready("works")


def test_being_ready_is_told_with_words_on_one_line(manager: Manager, tmp_path: Path) -> None:
    """A line break in the words would be another message."""
    _notify(tmp_path, 0).ready("reads complaints\nSTOPPING=1")
    manager.listen("STATUS")

    assert manager.heard == ["READY=1", "STATUS=reads complaints STOPPING=1"]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
        ({}, 0.0),
    ],
)
def test_signs_of_life_come_twice_as_often_as_they_must(
    told: dict[str, str], seconds: float
) -> None:
    """Half of WatchdogSec; none for another process, or where none is asked for."""
    assert Notify(told).every == seconds


def test_one_hanging_part_ends_the_signs_of_life(manager: Manager, tmp_path: Path) -> None:
    """And they begin again when it gets on; the reason is said once, not every time."""
    clock = [0.0]
    progress, lines = Progress(clock=lambda: clock[0]), Lines()
    pulse = Pulse(_notify(tmp_path, 2_000_000), progress, lines)
    progress.step("process")
    progress.step("deliver")
    for clock[0] in (0.0, 0.5, 1.0, 601.0, 602.0, 603.0):
        pulse.beat(at=clock[0])
    progress.step("process")
    pulse.beat(at=604.0)
    progress.end("process")
    clock[0] = 9_000.0
    pulse.beat(at=9_000.0)
    manager.listen("STATUS=deliver")

    assert [line.partition(":")[0] for line in manager.heard] == [
        *("WATCHDOG=1", "WATCHDOG=1"),
        "STATUS=process",
        "WATCHDOG=1",
        "STATUS=deliver",
    ]
    assert len(lines.said) == 2
    assert lines.said[0].startswith("trouble: process: no step for too long")


def test_a_thread_that_hangs_lets_the_watchdog_start_the_daemon_anew(
    desk: Desk, manager: Manager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All threads run on, one does not come back from its work: no more signs of life."""
    hangs, release = threading.Event(), threading.Event()

    def chase(*_args: object, **_options: object) -> None:
        if hangs.is_set():
            release.wait(30)

    monkeypatch.setattr("pipeline.serve.chase", chase)
    monkeypatch.setattr("pipeline.serve.TICK_S", 0.2)
    monkeypatch.setattr("pipeline.progress.USUAL_S", 1.5)
    service = Service(desk, Lines())
    thread = threading.Thread(target=service.run, args=(_notify(tmp_path, 200_000),))
    thread.start()
    alive = manager.count_within(0.5)
    hangs.set()
    assert manager.listen("STATUS=chase")
    hung = manager.count_within(0.6)
    release.set()
    service.stop()
    manager.end.settimeout(10)
    stopping = manager.listen("STOPPING=1")
    thread.join(20)
    desk.store.close()

    assert alive > 2
    assert hung == 0
    assert stopping

"""A day of fifty ordinary ones in half an hour: nothing grows, no reminder is missing or doubled.

`make soak` runs it for thirty minutes (R16); FAULTS_SOAK_MINUTES makes it shorter. The clock of the
daemon runs 48 times as fast as ours; people write, departments answer some of it, the mail server
fails now and then, rules are saved every hour, and the daemon is started anew twice.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.store import Store
from cases.tables import clock, inbox, outbox
from tests.faults.fast_clock import fast_time
from tests.faults.sink import FaultySink
from tests.live.desk import ROOT, LiveDesk, parsed, wait_until
from tests.live.servers import Dovecot

FACTOR = 48
MINUTES = float(os.environ.get("FAULTS_SOAK_MINUTES", "30"))
#: Fifty times the two hundred mails of an ordinary day.
PER_MINUTE = 50 * 200 / (24 * 60 / FACTOR)
ANSWERED = 3  #: one in so many cases has its answer from the department
SLOPE_MIB, WAL_MIB, QUEUE = 1.0, 64, timedelta(seconds=60)
HOUR_S = 3600 / FACTOR

pytestmark = pytest.mark.skipif(
    os.environ.get("FAULTS") != "long", reason="takes half an hour: make soak"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What the daemon held at one moment."""

    mails: int
    memory_mib: float
    files: int
    threads: int


@dataclass
class Soak:
    """The desk, its daemon, and what was seen of it."""

    desk: LiveDesk
    sink: FaultySink
    since: float
    sizes: list[list[Size]] = field(default_factory=list)  #: of each daemon
    mails: int = 0
    answered: set[str] = field(default_factory=set)
    wal: int = 0

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a daemon with the fast clock; it must end by itself."""
        environment = {
            **self.desk.environment,
            "FAST_FACTOR": str(FACTOR),
            "FAST_SINCE": str(self.since),
            "PYTHONPATH": str(ROOT),
        }
        ready = self.desk.said().count('"action": "ready"')
        with self.desk.lines.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", "tests.faults.fast_clock", *self.desk.command("serve")[2:]],
                stdout=out,
                stderr=out,
                env=environment,
                cwd=ROOT,
            )
        wait_until(
            lambda: self.desk.said().count('"action": "ready"') > ready, "the daemon's start"
        )
        self.sizes.append([])
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=20)
        assert code == 0, self.desk.said()[-3000:]

    def people(self, until: float) -> None:
        """Write at an even pace, and let departments answer what they got."""
        start, first = time.monotonic(), self.mails
        while (now := time.monotonic()) < until:
            due = first + (now - start) * PER_MINUTE / 60
            while self.mails < due:
                self.mails += 1
                self.desk.write(
                    f"p{self.mails}@customer{self.mails}.example",
                    f"My kettle number {self.mails} of batch 2026{self.mails % 97:04} leaks.",
                )
            self._answer()
            time.sleep(0.2)

    def _answer(self) -> None:
        for sunk in tuple(self.desk.sink.mails)[-200:]:
            found = re.search(rb"^Message-ID:\s*<(\d+)\.routed\.(\S+)>", sunk.data, re.MULTILINE)
            name = found[0].decode() if found else ""
            if found and int(found[1]) % ANSWERED == 0 and name not in self.answered:
                self.answered.add(name)
                self.desk.reply(parsed(sunk.data), "done: A new one is on its way.")

    def measure(self, process: subprocess.Popen[bytes]) -> None:
        """Take note of how big the daemon is now."""
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        numbers = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
        size = Size(
            mails=self.mails,
            memory_mib=int(numbers["VmRSS"]) / 1024,
            files=len(list(Path(f"/proc/{process.pid}/fd").iterdir())),
            threads=int(numbers["Threads"]),
        )
        self.sizes[-1].append(size)
        log = Path(f"{self.desk.folder}/desk.db-wal")
        self.wal = max(self.wal, log.stat().st_size if log.exists() else 0)

    def save_rules(self, number: int) -> None:
        """Save the rules as an editor does: the same, with another remark."""
        text = (ROOT / "routing" / "rules.yaml").read_text(encoding="utf-8")
        (self.desk.folder / "rules.yaml").write_text(
            text.replace("rules_version: 1", f"# {number}\nrules_version: 1"), encoding="utf-8"
        )


@pytest.mark.timeout(0)
def test_half_an_hour_of_a_busy_day_grows_nothing_and_forgets_nothing(
    tmp_path: Path, dovecot: Dovecot
) -> None:
    """R16. The figures are printed whether they are good or not."""
    with FaultySink(log=tmp_path / "sink.log", lost=0.005, busy=0.005).running() as sink:
        desk = LiveDesk(
            tmp_path, dovecot, sink, f"sqlite:///{tmp_path}/desk.db", dovecot.new_user()
        )
        desk.config.write_text(
            desk.config.read_text().replace(str(ROOT / "routing" / "rules.yaml"), "rules.yaml")
        )
        soak = Soak(desk=desk, sink=sink, since=time.time())
        soak.save_rules(0)
        hours = 0
        for _ in range(3):  # two starts anew
            with soak.daemon() as process:
                end = time.monotonic() + MINUTES * 60 / 3
                writer = threading.Thread(target=soak.people, args=(end,))
                writer.start()
                while writer.is_alive():
                    if time.time() - soak.since > (hours + 1) * HOUR_S:
                        hours += 1
                        soak.save_rules(hours)
                    soak.measure(process)
                    time.sleep(2)
        with soak.daemon():
            wait_until(lambda: _nothing_waits(desk, soak), "the end of the work", seconds=120)
    _report(soak, hours)


def _nothing_waits(desk: LiveDesk, soak: Soak) -> bool:
    with closing(Store(desk.database)) as store, store.read() as tx:
        mails, letters = tx.inbox_counts(), tx.outbox_counts()
        now = fast_time(time.time(), factor=FACTOR, since=soak.since)
        late = tx._connection.execute(
            select(clock.c.id).where(clock.c.next_at < now - timedelta(minutes=30))
        ).first()
    busy = mails.get("new", 0) + mails.get("working", 0) + letters.get("dot", 0)
    return not busy and sum(mails.values()) == soak.mails + len(soak.answered) and late is None


def _report(soak: Soak, hours: int) -> None:
    desk = soak.desk
    with closing(Store(desk.database)) as store, store.read() as tx:
        states, letters, doubtful = tx.inbox_counts(), tx.outbox_counts(), tx.ambiguities()
        waits = tx._connection.execute(
            select(outbox.c.sent_at, inbox.c.received_at)
            .join(inbox, inbox.c.case_id == outbox.c.case_id)
            .where(outbox.c.letter == "acknowledgement", outbox.c.sent_at.is_not(None))
            .where(outbox.c.tries == 1)
        ).all()
    queue = sorted(row.sent_at - row.received_at for row in waits)
    copies = Counter(
        re.search(rb"^Message-ID:\s*(\S+)", mail.data, re.MULTILINE)[1]  # type: ignore[index]
        for mail in desk.sink.mails
    )
    kinds = Counter(name.split(b".")[1].decode() for name in copies)
    twice = sum(count - 1 for count in copies.values())
    slopes = [_slope(sizes) for sizes in soak.sizes if len(sizes) > 30]
    files = [
        max(s.files for s in run[5:]) - min(s.files for s in run[5:])
        for run in soak.sizes
        if run[5:]
    ]
    threads = {size.threads for run in soak.sizes for size in run[5:]}
    print(f"\n{soak.mails} mails and {len(soak.answered)} answers in {MINUTES:g} minutes: {states}")
    print(f"letters {letters}, by name {dict(kinds)}")
    print(
        f"{twice} copies twice, {doubtful} recorded as doubtful; "
        f"faults of the mail server {dict(soak.sink.faults)}"
    )
    print(f"memory {[round(s.memory_mib) for run in soak.sizes for s in run[::15]]} MiB")
    print(f"slope {[f'{slope:+.2f}' for slope in slopes]} MiB per 10,000 mails; files +{files}, ")
    print(
        f"threads {threads}; write-ahead log at most {soak.wal / 2**20:.0f} MiB; "
        f"rules saved {hours} times"
    )
    p95 = queue[int(len(queue) * 0.95)]
    print(f"acknowledged after {statistics.median(queue)} (median), {p95} (p95) of its own time")
    assert set(states) == {"done"}
    assert twice <= doubtful
    assert kinds["reminder"], "no clock rang: the day was too short"
    assert all(slope <= SLOPE_MIB for slope in slopes), slopes
    assert all(more <= 3 for more in files)
    assert soak.wal <= WAL_MIB * 2**20
    assert p95 <= QUEUE


def _slope(sizes: list[Size]) -> float:
    """Return by how many MiB a daemon grew per 10,000 mails, its first third left out."""
    steady = sizes[len(sizes) // 3 :]
    return (
        statistics.linear_regression(
            [size.mails for size in steady], [size.memory_mib for size in steady]
        ).slope
        * 10_000
    )

"""A desk to be broken: its database, mailbox, sink and daemons, and the people who write to it."""

import contextlib
import re
import signal
import smtplib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from cases.ledger_rows import SETTLED
from cases.store import Store
from cases.tables import inbox, lease, outbox
from tests.faults import points
from tests.faults.mails import AUTHSERV, Kind, Sent
from tests.faults.nursery import Daemon, Nursery
from tests.faults.points import Arm
from tests.faults.sink import FaultySink
from tests.faults.worker import Hurry
from tests.live.desk import ROOT, LiveDesk, wait_until
from tests.live.servers import Dovecot, Postgres

#: A letter that is due later than that is not on its way.
SOON = timedelta(minutes=10)
#: What a daemon may take, sampled while it works (I11).
_MEMORY = re.compile(r"VmRSS:\s+(\d+) kB")
_THREADS = re.compile(r"Threads:\s+(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How big a daemon was at one moment."""

    memory_mib: float
    files: int
    threads: int


@dataclass
class FaultDesk(LiveDesk):
    """One desk; `sent` is everything that was ever delivered to it."""

    sink: FaultySink
    nursery: Nursery
    postgres: Postgres | None = None
    hurry: Hurry = field(default_factory=Hurry)
    mutant: str = ""
    sent: list[Sent] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    daemons: list[Daemon] = field(default_factory=list)
    on_close: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        """Write config.yaml, and rules without examples: those would be played each time."""
        super().__post_init__()
        self.sink.log = self.folder / "sink.jsonl"
        self.rules = self.folder / "rules.yaml"
        shipped = (ROOT / "routing" / "rules.yaml").read_text(encoding="utf-8")
        head, _, rest = shipped.partition("\nrules:\n")
        tail = rest[rest.index("\nenquiries:") :]
        self.rules.write_text(f"{head}\nrules: []\n{tail}", encoding="utf-8")
        text = self.config.read_text(encoding="utf-8")
        text = text.replace(
            "trust: token_and_list", f"trust: {{authentication_results: {AUTHSERV}}}"
        )
        text = re.sub(r"(?m)^rules: .*$", f"rules: {self.rules}", text)
        self.config.write_text(text, encoding="utf-8")
        self.store = Store(self.database)
        self._starts = 0

    @property
    def points_log(self) -> Path:
        """Where daemons write which points they passed and what happened there."""
        return self.folder / "points.log"

    def deeds(self, what: str) -> list[str]:
        """Return the points at which that happened: `passed`, `crash`, `pause`, `term`."""
        if not self.points_log.exists():
            return []
        lines = self.points_log.read_text(encoding="utf-8").splitlines()
        return [line.partition(" ")[2] for line in lines if line.startswith(f"{what} ")]

    # ------------------------------------------------------------ people write

    def post(self, mails: Iterable[Sent]) -> None:
        """Deliver mails, those that are to come twice twice; they are in the mailbox at return."""
        mails = list(mails)
        self.suppress(mail.sender for mail in mails if mail.kind is Kind.DEAD)
        with smtplib.LMTP(self.dovecot.host, self.dovecot.lmtp_port) as lmtp:
            for mail in mails:
                self.sent.append(mail)
                local = f"{self.user}+{mail.detail}" if mail.detail else self.user
                for _ in range(mail.copies):
                    lmtp.sendmail(mail.sender, [f"{local}@example.com"], mail.data)

    def suppress(self, addresses: Iterable[str]) -> None:
        """Let two letters have come back from each of these addresses."""
        for address in addresses:
            with self.store.begin() as tx:
                for _ in range(2):
                    tx.count_bounce(address, now=self.now)

    def change_rules(self) -> None:
        """Save another set of rules, as an editor does."""
        text = self.rules.read_text(encoding="utf-8")
        name = f"Rule {time.monotonic_ns()}"
        line = f"  - {{name: {name}, when: {{words: [zebra]}}, then: {{tags: [z]}}}}"
        text = text.replace("\nrules: []\n", "\nrules:\n").replace(
            "\nrules:\n", f"\nrules:\n{line}\n"
        )
        new = self.rules.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.rules)

    # ------------------------------------------------------------ daemons

    def launch(self, *arms: Arm) -> Daemon:
        """Start a daemon through the driver; it need not come up."""
        self._starts += 1
        environment = {
            "DESK_IMAP_PASSWORD": Dovecot.password,
            "FAULTS_LOG": str(self.points_log),
            "FAULTS_ARMS": points.dump(arms),
            "FAULTS_HURRY": self.hurry.dump(),
            "FAULTS_MUTANT": self.mutant,
        }
        out = self.folder / f"out-{self._starts:04d}.jsonl"
        words = ("serve", "--config-file", str(self.config))
        daemon = self.nursery.start(*words, environment=environment, out=out)
        self.daemons.append(daemon)
        return daemon

    def begin(self, *arms: Arm) -> Daemon:
        """Start a daemon and return when it is ready to work, or gone because it was to be."""
        daemon = self.launch(*arms)
        wait_until(lambda: daemon.poll() is not None or daemon.is_ready, "the daemon's start")
        assert arms or daemon.poll() is None, daemon.said()
        return daemon

    def end(self, daemon: Daemon) -> float:
        """Ask a daemon to stop; returns how many seconds it took. It must end well."""
        started = time.monotonic()
        self.measure(daemon)
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(timeout=15)
        assert code == 0, f"exit code {code}: {daemon.said()[-3000:]}"
        return time.monotonic() - started

    @contextmanager
    def working(self, *arms: Arm) -> Iterator[Daemon]:
        """Let a daemon work for the block."""
        daemon = self.begin(*arms)
        yield daemon
        self.end(daemon)

    def close(self) -> None:
        """Let go of everything, before the end of a test that makes many desks."""
        self.on_close()

    def abandon(self) -> None:
        """End whatever still runs, at the end of a test."""
        for daemon in self.daemons:
            daemon.send_signal(signal.SIGKILL)
        for daemon in self.daemons:
            daemon.wait(timeout=5)
        self.store.close()

    def measure(self, daemon: Daemon) -> None:
        """Note how big a daemon is now."""
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{daemon.pid}/status").read_text()
            memory, threads = _MEMORY.search(text), _THREADS.search(text)
            if memory and threads:
                files = len(list(Path(f"/proc/{daemon.pid}/fd").iterdir()))
                size = Size(memory_mib=int(memory[1]) / 1024, files=files, threads=int(threads[1]))
                self.sizes.append(size)

    def said(self) -> str:
        """Return everything that all daemons have printed."""
        files = sorted(self.folder.glob("out-*.jsonl"))
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)

    # ------------------------------------------------------------ how far it is

    @property
    def delivered(self) -> int:
        """Return how many mails were delivered, copies included."""
        return sum(mail.copies for mail in self.sent)

    @property
    def now(self) -> datetime:
        """Return the time as the daemons see it."""
        return datetime.now(UTC) + timedelta(days=self.hurry.ahead)  # noqa: TID251

    def is_settled(self) -> bool:
        """Tell whether every mail has its outcome and folder, and no letter is on its way."""
        with self.store._connect() as connection:
            count = select(func.count()).select_from(inbox)
            done = count.where(inbox.c.state.in_(SETTLED), inbox.c.filed.is_(True))
            late = select(func.count()).select_from(outbox)
            due = (outbox.c.state == "ready") & (outbox.c.not_before < self.now + SOON)
            waiting = late.where(due | outbox.c.state.in_(("leased", "dot")))
            return (
                connection.scalar(done) == self.delivered == connection.scalar(count)
                and connection.scalar(waiting) == 0
            )

    def mails_seen(self) -> int:
        """Return how many mails are in the ledger."""
        with self.store.read() as tx:
            return tx.mails_seen()

    def reader(self) -> int:
        """Return the process that holds the mailbox, 0 if none does."""
        held = select(lease.c.owner).where(lease.c.name == "mailbox:complaints")
        with self.store._connect() as connection:
            owner = connection.scalar(held)
        return int(owner.split(":")[1]) if owner else 0

    def settled_mails(self) -> int:
        """Return how many mails have their outcome."""
        with self.store.read() as tx:
            counts = tx.inbox_counts()
        return sum(counts.get(state, 0) for state in SETTLED)

    def settle(self, *, seconds: float = 240.0) -> None:
        """Wait until everything is settled."""
        end = time.monotonic() + seconds
        while not self.is_settled():
            assert time.monotonic() < end, (
                f"waited in vain: {self.progress()} {self.said()[-3000:]}"
            )
            time.sleep(0.02)

    def rest(self, *, seconds: float) -> bool:
        """Wait for the same, but not for ever: of a broken desk one can't expect it."""
        end = time.monotonic() + seconds
        while not (settled := self.is_settled()) and time.monotonic() < end and self._lives():
            time.sleep(0.02)
        return settled

    def _lives(self) -> bool:
        return any(daemon.poll() is None for daemon in self.daemons)

    def progress(self) -> dict[str, int]:
        """Return how many mails and letters are in which state."""
        with self.store.read() as tx:
            mails, letters = tx.inbox_counts(), tx.outbox_counts()
        found = {f"mails {state}": count for state, count in mails.items()}
        return {**found, **{f"letters {state}": count for state, count in letters.items()}}

    def phase(self) -> str:
        """Return what a daemon that is no more was in the middle of, "" if of nothing."""
        now = self.progress()
        for state in ("letters dot", "letters leased", "mails working", "mails new"):
            if now.get(state):
                return state
        if now.get("letters ready"):
            return "letters ready"
        known = sum(count for name, count in now.items() if name.startswith("mails "))
        if known < self.delivered:
            return "mails in the mailbox"
        return "" if self.is_settled() else "mails to file"

"""One mailbox of the daemon on a server in memory and on its clock: hours pass in no time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from ingest.source import MailSource
from pipeline.poll import file_settled, poll
from pipeline.serve import Service
from tests.conftest import MakeRaw
from tests.faults.imap_script import ImapScript, dial, open_mailbox
from tests.pipeline.conftest import Office

TURN_S = 3.0  #: between two looks of whoever processes


def complaint(make_raw: MakeRaw, number: int) -> bytes:
    """Return a mail of a person of its own."""
    return make_raw(
        f"Kettle number {number} leaks.\n",
        sender=f"Customer {number} <customer.{number}@customer.example>",
        message_id=f"{number}@customer.example",
    )


@dataclass
class Lines:
    """What the daemon says."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: object) -> None:
        """Keep one line."""
        self.said.append((outcome, words))


class Stop:
    """The event that ends the daemon, at a time that was set."""

    def __init__(self, script: ImapScript) -> None:
        self._script, self.end = script, 0.0

    def is_set(self) -> bool:
        """Tell whether the time has come."""
        return self._script.clock >= self.end

    def wait(self, seconds: float = 0) -> bool:
        """Let time go by."""
        self._script.sleep(seconds)
        return self.is_set()


class Watched:
    """A mailbox that is watched; `run` lets time pass."""

    def __init__(self, office: Office, script: ImapScript, monkeypatch: pytest.MonkeyPatch) -> None:
        dial(script, monkeypatch)
        self.office, self.script, self.lines = office, script, Lines()
        self._base, self._began = office.now, script.clock
        self.stored_at: dict[int, float] = {}  #: number of mails stored → when there were so many
        monkeypatch.setattr("pipeline.mailboxes.time", script)
        monkeypatch.setattr("pipeline.mailboxes.now", self._now)
        monkeypatch.setattr("pipeline.mailboxes.source_of", lambda box: open_mailbox())
        self._mailbox = Service(office.desk, self.lines)._boxes[0]
        self._stop = Stop(script)
        self._mailbox._stop = self._stop  # type: ignore[assignment] # it has what is used of it
        self._turn()

    def run(self, seconds: float) -> None:
        """Watch the mailbox for so long."""
        self._stop.end = self.script.clock + seconds
        self._mailbox.watch()

    def _now(self) -> datetime:
        self.office.now = self._base + timedelta(seconds=self.script.clock - self._began)
        return self.office.now

    def _turn(self) -> None:
        """Process what waits, as the thread beside it does."""
        self._now()
        with self.office.desk.store.read() as tx:
            count = sum(tx.inbox_counts().values())
        if count not in self.stored_at:
            self.stored_at[count] = self.script.clock
            if self.office.process():
                self._mailbox.settled.set()
        self.script.at(TURN_S, self._turn)


def read(office: Office, source: MailSource) -> int:
    """Read a mailbox once, work off what came, file it; returns how many mails came."""
    count = poll(office.desk, office.desk.box, source, now=office.now)
    office.process()
    file_settled(office.desk, office.desk.box, source)
    return count

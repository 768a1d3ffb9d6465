"""A desk whose letters leave by SMTP on a clock of the test's own, as the daemon sends them."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select

from cases.tables import outbox
from outbox.smtp import SmtpSender
from pipeline.serve import Service
from tests.faults.smtp_script import Relay, dial
from tests.pipeline.conftest import Office


@dataclass
class Lines:
    """What the daemon says."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.said.append((outcome, words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one letter, with its bytes."""

    id: int
    letter: str
    recipient: str
    state: str
    tries: int
    ambiguous: int
    data: bytes
    reply: str


class Post:
    """The thread that sends, turn by turn; `office` tells the time."""

    def __init__(self, office: Office, sender: SmtpSender) -> None:
        self.office, self.sender, self.lines = office, sender, Lines()
        self._service = Service(office.desk, self.lines)

    def turn(self, **later: float) -> None:
        """Let time pass, then send all that may be sent, as the daemon does each second."""
        self.office.later(**later)
        self._service._deliver(self.sender)

    def queue(self, number: int, *, recipient: str = "", data: bytes = b"") -> None:
        """Put a letter about no case into the outbox, due now."""
        now = self.office.now
        with self.office.desk.store.begin() as tx:
            assert tx.queue_letter(
                case_id=None,
                letter="reminder",
                recipient=recipient or f"person.{number}@customer.example",
                revision=number,
                message_id=f"{number}.reminder@example.com",
                envelope_from="complaints+b.x@example.com",
                data=data or b"Subject: Letter %d\r\n\r\nWords.\r\n" % number,
                automatic=True,
                now=now,
                not_before=now,
            )

    def letters(self) -> list[Sent]:
        """Return every letter in the order in which they are due."""
        columns = (
            outbox.c.id,
            outbox.c.letter,
            outbox.c.recipient,
            outbox.c.state,
            outbox.c.tries,
            outbox.c.ambiguous,
            outbox.c.data,
            outbox.c.last_reply.label("reply"),
        )
        with self.office.desk.store.read() as tx:
            rows = tx._connection.execute(
                select(*columns).order_by(outbox.c.not_before, outbox.c.id)
            )
            return [Sent(**row._mapping) for row in rows]

    def letter(self, name: str) -> Sent:
        """Return the one letter of that name."""
        (found,) = [letter for letter in self.letters() if letter.letter == name]
        return found


def open_post(
    office: Office,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
    *,
    user: str = "",
) -> Post:
    """Return the post of an office, by a relay in memory."""
    dial(relay, monkeypatch)
    monkeypatch.setattr("pipeline.serve.now", lambda: office.now)
    sender = SmtpSender(host="relay.example", port=25, tls="none", user=user, password="canary")
    return Post(office, sender)

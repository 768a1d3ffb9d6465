"""A desk that is told the time: put mails in, work them off, look at what came of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from cases.model import Case, CaseEvent
from cases.outgoing import Delivery, DeliveryState
from pipeline.deliver import Delivered, deliver_one
from pipeline.desk import Desk
from pipeline.poll import take_in
from pipeline.process import Handled, process_one


def letter_text(mail: EmailMessage) -> str:
    """Return the plain text of a letter."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@dataclass
class Tray:
    """An outgoing server in memory: `answers` by recipient, `before` and `after` may raise."""

    answers: dict[str, Delivery] = field(default_factory=dict)
    sent: list[tuple[str, EmailMessage]] = field(default_factory=list)
    before: BaseException | None = None
    after: BaseException | None = None

    def send(
        self,
        data: bytes,
        *,
        message_id: str,
        envelope_from: str,
        recipient: str,
        before_dot: Callable[[], None],
    ) -> Delivery:
        """Take one mail as a server would."""
        if self.before is not None:
            raise self.before
        before_dot()
        if self.after is not None:
            raise self.after
        mail = message_from_bytes(data, policy=default)
        assert isinstance(mail, EmailMessage)
        self.sent.append((recipient, mail))
        usual = Delivery(state=DeliveryState.ACCEPTED, reply="250 ok")
        return self.answers.get(recipient, usual)

    def probe(self) -> str:
        """Nothing is wrong with it."""
        return ""

    def close(self) -> None:
        """Nothing stays open."""

    def to(self, recipient: str) -> list[EmailMessage]:
        """Return the mails one person got."""
        return [mail for addr, mail in self.sent if addr == recipient]


@dataclass
class Office:
    """A desk, the time, and a tray for what it sends."""

    desk: Desk
    now: datetime
    tray: Tray = field(default_factory=Tray)

    def take(self, *mails: bytes) -> list[Handled]:
        """Take mails in and handle all that waits."""
        for data in mails:
            take_in(self.desk, data, now=self.now)
        return self.process()

    def process(self) -> list[Handled]:
        """Handle all that waits now."""
        done = []
        while handled := process_one(self.desk, now=self.now):
            done.append(handled)
        return done

    def deliver(self) -> list[Delivered]:
        """Send all that is due now."""
        done = []
        while delivered := deliver_one(self.desk, self.tray, now=self.now):
            done.append(delivered)
        return done

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def case(self, number: int = 1) -> Case:
        """Return one case."""
        with self.desk.store.read() as tx:
            found = tx.case(number)
        assert found is not None
        return found

    def events(self, number: int = 1) -> tuple[CaseEvent, ...]:
        """Return the story of one case."""
        with self.desk.store.read() as tx:
            return tx.events(number)

    def kinds(self, number: int = 1) -> list[str]:
        """Return the kinds of the events of one case."""
        return [event.kind for event in self.events(number)]

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Return how many mails, cases and letters there are by state."""
        with self.desk.store.read() as tx:
            return tx.inbox_counts(), tx.case_counts(), tx.outbox_counts()


@pytest.fixture
def office(desk: Desk, monday_nine: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Return a desk whose clock is the test's."""
    office = Office(desk, monday_nine)
    monkeypatch.setattr("pipeline.deliver.clock_now", lambda: office.now)
    yield office
    desk.store.close()


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """Return a function that answers a letter as a mail program would."""

    def build(letter: EmailMessage, text: str, *, sender: str = "") -> bytes:
        mail = EmailMessage()
        mail["From"] = sender or str(letter["To"])
        mail["To"] = str(letter["Reply-To"])
        mail["Subject"] = f"Re: {letter['Subject']}"
        mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0800"
        own = abs(hash((text, mail["From"], letter["Message-ID"]))) % 10**15
        mail["Message-ID"] = f"<reply.{own}@example.com>"
        mail["In-Reply-To"] = str(letter["Message-ID"])
        mail["References"] = str(letter["Message-ID"])
        mail.set_content(text)
        return mail.as_bytes()

    return build

"""Machines that answer every mail: what a desk must survive without writing to them for ever."""

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

from cases.outgoing import Delivery, DeliveryState
from pipeline.process import Handled
from tests.pipeline.conftest import Office, Tray, letter_text

DESK = "complaints@example.com"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One letter on its way."""

    at: datetime
    recipient: str
    envelope_from: str
    data: bytes = field(repr=False)

    @functools.cached_property
    def mail(self) -> EmailMessage:
        """The letter; read only where a robot reads it."""
        read = message_from_bytes(self.data, policy=default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class Log:
    """The letters to everybody, with the time each left."""

    posts: list[Post] = field(default_factory=list)

    def most(self, span: timedelta, *, to: str = "") -> int:
        """Return the most letters that left within any `span`, to addresses that end so."""
        times = sorted(post.at for post in self._to(to))
        most = first = 0
        for last, at in enumerate(times):
            while times[first] <= at - span:
                first += 1
            most = max(most, last - first + 1)
        return most

    def count(self, to: str = "") -> int:
        """Return how many letters left to addresses that end so."""
        return len(self._to(to))

    def _to(self, ending: str) -> list[Post]:
        return [post for post in self.posts if post.recipient.lower().endswith(ending)]


class Postman(Tray):
    """An outgoing server that remembers when each letter left and where it would come back to."""

    def __init__(self, office: Office) -> None:
        """Serve one desk."""
        super().__init__()
        self._office = office
        self.log = Log()
        self.fresh: list[Post] = []  #: left since somebody looked last

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
        before_dot()
        post = Post(
            at=self._office.now, recipient=recipient, envelope_from=envelope_from, data=data
        )
        self.log.posts.append(post)
        self.fresh.append(post)
        return Delivery(state=DeliveryState.ACCEPTED, reply="250 ok")

    def collect(self) -> list[Post]:
        """Return what left since the last call."""
        fresh, self.fresh = self.fresh, []
        return fresh


@dataclass
class Stage:
    """A desk, its postman, and all that became of the mails it got."""

    office: Office
    handled: list[Handled] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let a postman take the letters away."""
        self.postman = Postman(self.office)
        self.office.tray = self.postman

    @property
    def log(self) -> Log:
        """Every letter that left."""
        return self.postman.log

    def give(self, *mails: bytes) -> list[Post]:
        """Hand mails in, let the desk work, and return the letters that left."""
        self.handled += self.office.take(*mails)
        self.office.deliver()
        return self.postman.collect()

    def outcomes(self) -> Counter[str]:
        """Return how many mails became what."""
        return Counter(done.outcome for done in self.handled)

    def play(self, rounds: int, answer: Callable[[int], bytes], **time: float) -> None:
        """Hand in one mail per round and let so much time pass before each."""
        for number in range(rounds):
            self.office.later(**time)
            self.give(answer(number))

    def storm(self, rounds: int, react: Callable[[Post], bytes | None], **time: float) -> int:
        """Let the world react to every letter; returns the rounds until there was silence."""
        letters = self.postman.collect()
        for number in range(rounds):
            mails = [mail for post in letters if (mail := react(post))]
            if not mails:
                return number
            self.office.later(**time)
            letters = self.give(*mails)
        return rounds


def mail(
    text: str,
    *,
    sender: str,
    subject: str,
    message_id: str,
    to: str = DESK,
    headers: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return a mail as bytes."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = f"<{message_id}>"
    for name, value in headers:
        made[name] = value
    made.set_content(text)
    return made.as_bytes()


def report(post: Post) -> bytes:
    """Return the report of non-delivery of a letter (RFC 3464), as mail servers send it."""
    original = f"Message-ID: {post.mail['Message-ID']}\r\nSubject: It came back\r\n"
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\n"
        f"To: {post.envelope_from}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{post.mail['Message-ID'].strip('<>')}.dsn@mx.example.net>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;"
        ' report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nNo such user here.\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n"
        f"\r\nFinal-Recipient: rfc822; {post.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}--b--\r\n"
    ).encode()


def bare_copy(post: Post, number: int) -> bytes:
    """Return a letter of ours as a poor gateway passes it on: no field of ours but the words."""
    return mail(
        letter_text(post.mail),
        sender=str(post.mail["From"]),
        to=post.recipient,
        subject=str(post.mail["Subject"]),
        message_id=f"gateway.{number}.{post.at:%H%M%S}@gateway.example",
        headers=(("Reply-To", str(post.mail["Reply-To"])),),
    )

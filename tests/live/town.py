"""A desk on real servers whose time is the test's, and the people around it.

The mailbox is Dovecot's, letters leave through a real SMTP server, mails are read in the child
process by the shipped model; `serve --once` runs again and again, at the time the test says.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from unittest import mock

from imapclient import IMAPClient  # type: ignore[import-untyped] # it has none

from cases.life import Measure, Part, Record
from cases.model import Case, CaseEvent, LetterName
from pipeline import config, rules_file
from pipeline.desk import Desk, open_desk
from pipeline.serve import Service
from tests.live.desk import ROOT, LiveDesk, words
from tests.live.servers import Dovecot, SmtpSink

#: Monday, 09:00 in Shanghai.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Quiet:
    """A reporter that keeps what went wrong."""

    def __init__(self) -> None:
        self.troubles: list[str] = []

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep trouble, whatever else is said."""
        if outcome in ("trouble", "quarantined", "retry"):
            self.troubles.append(f"{at} {words} {extra}")


@dataclass(slots=True)
class Town:
    """One desk, the time, and everybody who writes to it."""

    live: LiveDesk
    desk: Desk
    now: datetime = MONDAY
    out: Quiet = field(default_factory=Quiet)
    sent: int = 0  #: mails people wrote so far

    # ------------------------------------------------------------ people write

    def write(
        self,
        sender: str,
        text: str,
        *,
        subject: str = "",
        files: tuple[tuple[str, str, bytes], ...] = (),
        to: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Deliver one mail to the mailbox, now, and let the desk work it off.

        `files`: (name, type, data); `headers`: further fields.
        """
        self.sent += 1
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = sender, to or self.live.address
        mail["Subject"] = subject or "投诉"
        mail["Date"] = self.now
        mail["Message-ID"] = f"<{self.live.user}.{self.sent}@people.example>"
        for field_name, value in headers:
            mail[field_name] = value
        mail.set_content(text)
        for name, kind, data in files:
            main, _, sub = kind.partition("/")
            mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
        with IMAPClient("127.0.0.1", port=self.live.dovecot.imap_port, ssl=False) as client:
            client.login(self.live.user, Dovecot.password)
            client.append("INBOX", mail.as_bytes(), msg_time=self.now)
        self.work()

    def reply(
        self,
        letter: EmailMessage,
        text: str,
        *,
        sender: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Answer a letter as a mail program would, quoting it."""
        quoted = "\n".join(f"> {line}" for line in words(letter).splitlines())
        self.write(
            sender or str(letter["To"]),
            f"{text}\n\nOn {letter['Date']}, {letter['From']} wrote:\n{quoted}\n",
            subject=f"Re: {letter['Subject']}",
            to=str(letter["Reply-To"]),
            headers=(
                ("In-Reply-To", str(letter["Message-ID"])),
                ("References", str(letter["Message-ID"])),
                *headers,
            ),
        )

    def away(self, letter: EmailMessage, text: str = "I am out of the office.") -> None:
        """Let a vacation programme answer a letter."""
        self.reply(letter, text, headers=(("Auto-Submitted", "auto-replied"),))

    # ------------------------------------------------------------ time

    def work(self) -> None:
        """Let the desk do all it can do now; it must not complain about anything."""
        places = ("pipeline.serve.now", "pipeline.mailboxes.now", "pipeline.deliver.clock_now")
        with ExitStack() as told:
            for place in places:
                told.enter_context(mock.patch(place, lambda: self.now))
            # Dovecot takes no mail of the future: what is later than its own clock came just now.
            told.enter_context(mock.patch("ingest.imap.arrival_of", lambda _: self.now))
            assert Service(self.desk, self.out).once() == 0
        assert self.out.troubles == []

    def later(self, **time: float) -> None:
        """Let time pass, then let the desk work: `later(days=1, hours=2)`."""
        self.now += timedelta(**time)
        self.work()

    def until(self, at: str) -> None:
        """Let it be a time in Shanghai, such as "2026-11-25 08:30", then let the desk work."""
        moment = datetime.fromisoformat(f"{at}:00+08:00").astimezone(UTC)
        assert moment >= self.now, "time goes forward"
        self.now = moment
        self.work()

    # ------------------------------------------------------------ what people see

    def letters(self, to: str, name: LetterName | None = None) -> list[EmailMessage]:
        """Return the letters somebody got, of one name if given, oldest first."""
        return [
            letter
            for letter in self.live.letters(to)
            if name is None or f".{name.value}." in str(letter["Message-ID"])
        ]

    def last(self, to: str, name: LetterName) -> EmailMessage:
        """Return the newest letter of a name that somebody got."""
        found = self.letters(to, name)
        assert found, f"{to} got no {name.value}, only {self.names(to)}"
        return found[-1]

    def text(self, to: str, name: LetterName) -> str:
        """Return subject and words of that letter."""
        letter = self.last(to, name)
        return f"{letter['Subject']}\n{words(letter)}"

    def names(self, to: str) -> list[str]:
        """Return the names of all letters somebody got."""
        ids = [str(letter["Message-ID"]) for letter in self.letters(to)]
        return [mail_id.lstrip("<").split(".")[1] for mail_id in ids]

    def everything_to(self, to: str) -> str:
        """Return every word somebody was ever sent: subjects, text and HTML of all letters."""
        return "\n".join(
            f"{letter['Subject']}\n{part.get_content()}"
            for letter in self.letters(to)
            for part in letter.walk()
            if part.get_content_maintype() == "text"
        )

    # ------------------------------------------------------------ what the desk holds

    def case(self, number: int = 1) -> Case:
        """Return a case by its number."""
        with self.desk.store.read() as tx:
            found = tx.case(number)
        assert found is not None
        return found

    def cases(self) -> tuple[Case, ...]:
        """Return every case, newest first."""
        with self.desk.store.read() as tx:
            return tx.recent_cases()

    def events(self, number: int = 1) -> tuple[CaseEvent, ...]:
        """Return the story of a case."""
        with self.desk.store.read() as tx:
            return tx.events(number)

    def kinds(self, number: int = 1) -> list[str]:
        """Return the kinds of events of a case in order."""
        return [event.kind for event in self.events(number)]

    def parts(self, number: int = 1) -> dict[str, Part]:
        """Return the newest part of each department."""
        with self.desk.store.read() as tx:
            return {part.department: part for part in tx.parts(number)}

    def measures(self, number: int = 1) -> tuple[Measure, ...]:
        """Return the measures of a case."""
        with self.desk.store.read() as tx:
            return tx.measures(number)

    def records(self, number: int = 1) -> dict[str, list[Record]]:
        """Return the entries of a case by register."""
        found: dict[str, list[Record]] = {}
        with self.desk.store.read() as tx:
            for record in tx.records(number):
                found.setdefault(record.kind, []).append(record)
        return found


def with_blocks(**blocks: str) -> str:
    """Return the shipped rules.yaml with top-level blocks replaced: `process="process: …"`.

    A block may be new; it then stands before `end: true`.
    """
    text = (ROOT / "routing" / "rules.yaml").read_text(encoding="utf-8")
    for key, block in blocks.items():
        pattern = re.compile(rf"^{key}:.*?(?=^[a-z_]+:|^# )", re.MULTILINE | re.DOTALL)
        block = block.strip("\n") + "\n\n"
        assert block.startswith(f"{key}:"), key
        if pattern.search(text):
            text = pattern.sub(lambda _: block, text, count=1)  # noqa: B023 - used at once
        else:
            text = text.replace("end: true", f"{block}end: true")
    return text


@contextmanager
def town(
    folder: Path, dovecot: Dovecot, sink: SmtpSink, *, rules: str = "", at: datetime = MONDAY
) -> Iterator[Town]:
    """Open a desk on these servers; `rules` is the text of its rules.yaml, else the shipped one."""
    live = LiveDesk(folder, dovecot, sink, f"sqlite:///{folder / 'desk.db'}", dovecot.new_user())
    text = live.config.read_text(encoding="utf-8")
    if rules:
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        text = text.replace(str(ROOT / "routing" / "rules.yaml"), str(folder / "rules.yaml"))
    live.config.write_text(text, encoding="utf-8")
    rules_file.load(Path(re.findall(r"^rules: (.*)$", text, re.MULTILINE)[0]))
    settings = config.load(live.config, environment=live.environment)
    desk = open_desk(settings, isolated=True)
    desk.store.upgrade()
    with closing(desk.reader):
        try:
            yield Town(live=live, desk=desk, now=at)
        finally:
            desk.store.close()

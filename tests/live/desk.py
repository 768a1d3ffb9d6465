"""The daemon as its users run it: `python run.py` in a process of its own, on real servers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cases.ledger_rows import LedgerRow
from cases.model import Case
from cases.store import Store
from tests.live.servers import Dovecot, SmtpSink

ROOT = Path(__file__).parent.parent.parent
_DEADLINE = 30.0  # seconds for anything the daemon should do soon, on a busy machine


@dataclass(slots=True)
class LiveDesk:
    """One configured desk; `running()` starts its daemon."""

    folder: Path
    dovecot: Dovecot
    sink: SmtpSink
    database: str
    user: str
    lines: Path = field(init=False)

    def __post_init__(self) -> None:
        """Write config.yaml with the three production blocks."""
        self.lines = self.folder / "out.jsonl"
        self.config.write_text(
            f"""\
config_version: 1
database: {self.database}
mailboxes:
  complaints:
    address: {self.address}
    source:
      imap:
        host: 127.0.0.1
        port: {self.dovecot.imap_port}
        user: {self.user}
        password: ${{DESK_IMAP_PASSWORD}}
        tls: none
    answer_mail_since: 2020-01-01T00:00:00+00:00
outgoing:
  smtp: {{host: 127.0.0.1, port: {self.sink.port}, tls: none}}
trust: token_and_list
rules: {ROOT / "routing" / "rules.yaml"}
secret_file: secret.key
""",
            encoding="utf-8",
        )

    @property
    def config(self) -> Path:
        """The operator's file."""
        return self.folder / "config.yaml"

    @property
    def address(self) -> str:
        """The address complainants write to."""
        return f"{self.user}@example.com"

    def command(self, *words: str) -> list[str]:
        """Return the command line of one of the desk's commands."""
        return [sys.executable, str(ROOT / "run.py"), *words, "--config-file", str(self.config)]

    @property
    def environment(self) -> dict[str, str]:
        """The environment with the password that config.yaml names."""
        return {**os.environ, "DESK_IMAP_PASSWORD": Dovecot.password}

    def start(self) -> subprocess.Popen[bytes]:
        """Start the daemon and return when it says that it is ready."""
        before = self._ready_lines()
        with self.lines.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own words
                self.command("serve"), stdout=out, stderr=out, env=self.environment
            )
        wait_until(
            lambda: self._ready_lines() > before or process.poll() is not None, "the daemon's start"
        )
        assert process.poll() is None, self.said()
        return process

    def _ready_lines(self) -> int:
        return self.said().count('"action": "ready"')

    def said(self) -> str:
        """Return everything the daemon has printed."""
        return self.lines.read_text(encoding="utf-8") if self.lines.exists() else ""

    def troubles(self) -> list[str]:
        """Return the daemon's lines about trouble, and its tracebacks."""
        return [
            line
            for line in self.said().splitlines()
            if not line.startswith("{") or json.loads(line)["outcome"] == "trouble"
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the daemon for the block; it must end by itself when asked to."""
        process = self.start()
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=15)
        assert code == 0, self.said()

    def write(
        self,
        sender: str,
        text: str,
        *,
        subject: str = "Complaint",
        message_id: str = "",
        to: str = "",
        **headers: str,
    ) -> None:
        """Deliver one mail to the desk's mailbox through LMTP, plus-addresses included."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to or self.address, subject
        mail["Message-ID"] = message_id or f"<{time.time_ns()}@customer.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        detail = (to or self.address).partition("@")[0].partition("+")[2]
        self.dovecot.deliver(self.user, mail.as_bytes(), detail=detail)

    def reply(self, letter: EmailMessage, text: str, *, sender: str = "") -> None:
        """Answer a letter as a mail program would, quoting it."""
        quoted = "\n".join(f"> {line}" for line in words(letter).splitlines())
        self.write(
            sender or str(letter["To"]),
            f"{text}\n\nOn {letter['Date']}, {letter['From']} wrote:\n{quoted}\n",
            subject=f"Re: {letter['Subject']}",
            to=str(letter["Reply-To"]),
            In_Reply_To=str(letter["Message-ID"]),
            References=str(letter["Message-ID"]),
        )

    def letters(self, to: str = "") -> list[EmailMessage]:
        """Return the mails the SMTP server has accepted, to one address if given."""
        return [
            parsed(mail.data) for mail in tuple(self.sink.mails) if not to or to in mail.recipients
        ]

    def wait_letter(self, to: str, *, subject: str = "", count: int = 1) -> EmailMessage:
        """Return the `count`th letter to an address, with that in its subject, once it is there."""

        def found() -> list[EmailMessage]:
            return [mail for mail in self.letters(to) if subject in str(mail["Subject"])]

        wait_until(lambda: len(found()) >= count, f"letter {count} to {to} {self.said()[-3000:]}")
        return found()[count - 1]

    def ledger(self) -> tuple[LedgerRow, ...]:
        """Return what became of every mail."""
        with closing(Store(self.database)) as store, store.read() as tx:
            return tx.ledger()

    def cases(self) -> tuple[Case, ...]:
        """Return every case, newest first."""
        with closing(Store(self.database)) as store, store.read() as tx:
            return tx.recent_cases(limit=10_000)

    def story(self, case: Case) -> list[str]:
        """Return the kinds of events of a case in order."""
        with closing(Store(self.database)) as store, store.read() as tx:
            return [event.kind for event in tx.events(case.id)]

    def letter_states(self) -> set[str]:
        """Return the states that letters are in."""
        with closing(Store(self.database)) as store, store.read() as tx:
            return set(tx.outbox_counts())

    def ambiguous(self) -> int:
        """Return how many letters may have been sent once more than they say."""
        with closing(Store(self.database)) as store, store.read() as tx:
            return tx.ambiguities()


def parsed(data: bytes) -> EmailMessage:
    """Return a mail as the standard library reads it."""
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def words(letter: EmailMessage) -> str:
    """Return the plain text of a letter."""
    part = letter.get_body(("plain",))
    return str(part.get_content()) if part else ""


def wait_until(true: Callable[[], bool], what: str, *, seconds: float = _DEADLINE) -> None:
    """Ask until the answer is yes; AssertionError after the deadline."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)

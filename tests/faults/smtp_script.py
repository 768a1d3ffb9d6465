"""A relay in memory that says what no honest one says."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.faults.memory_line import DROP, HANG, RESET, Line, Tempo

_USUAL = {
    "CONNECT": b"220 relay",
    "EHLO": b"250-relay\r\n250-SIZE 1000000\r\n250 8BITMIME",
    "HELO": b"250 relay",
    "MAIL": b"250 2.1.0 sender ok",
    "RCPT": b"250 2.1.5 recipient ok",
    "DATA": b"354 go on",
    ".": b"250 2.0.0 kept",
    "RSET": b"250 forgotten",
    "NOOP": b"250 still here",
    "QUIT": b"221 bye",
}
#: What an answer is as RFC 5321 §4.2 has it: one code, the same in each line.
REPLY = re.compile(rb"([2-5]\d\d)(?:-[^\n]*\n\1)*(?:[ \r][^\n]*)?\n")

Say = Callable[[str, bytes], bytes]  #: (verb, the usual answer with its line end) → what is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A mail the relay has."""

    recipient: str
    data: bytes


@dataclass
class Relay(Tempo):
    """The server's side. It keeps a mail that ended with its dot, unless it says a plain no.

    `answers[verb]` replaces an answer; "." is the one to the final dot, CONNECT the greeting.
    `say` has the last word, with the line ends.
    """

    answers: dict[str, bytes] = field(default_factory=dict)
    refuse: dict[str, bytes] = field(default_factory=dict)  #: by recipient, at RCPT
    away: bool = False  #: nobody listens
    say: Say | None = None
    kept: list[Kept] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  #: the verbs
    said_to_dot: list[bytes] = field(default_factory=list)
    connections: int = 0

    def accept(self, *_: object, timeout: float = 30, **__: object) -> Line:
        """Take a connection, in place of socket.create_connection."""
        if self.away:
            raise ConnectionRefusedError(111, "Connection refused")
        self.connections += 1
        line = Line(self.answer("CONNECT"), self, timeout)
        line.hear = _Session(self).hear
        return line

    def to(self, recipient: str) -> list[bytes]:
        """Return the mails one recipient has."""
        return [mail.data for mail in self.kept if mail.recipient == recipient]

    def answer(self, verb: str) -> bytes:
        """Return what is said to a command."""
        usual = self.answers.get(verb, _USUAL.get(verb, b"502 what?"))
        said = usual if usual in (HANG, DROP, RESET) else usual + b"\r\n"
        return self.say(verb, said) if self.say else said


class _Session:
    """What a relay knows of one client."""

    def __init__(self, relay: Relay) -> None:
        self._relay, self._recipient = relay, ""
        self._mail: list[bytes] | None = None

    def hear(self, line: bytes) -> bytes:
        """Answer one line."""
        relay = self._relay
        if self._mail is not None:
            if line != b".\r\n":
                self._mail.append(line.removeprefix(b"."))
                return b""
            data, self._mail = b"".join(self._mail), None
            return self._dot(data)
        verb = line.split(b" ")[0].strip().upper().decode("latin-1")
        relay.heard.append(verb)
        if verb == "RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode("latin-1")
            if refusal := relay.refuse.get(self._recipient):
                return refusal + b"\r\n"
        said = relay.answer(verb)
        if verb == "DATA" and said.startswith(b"354"):
            self._mail = []
        return said + DROP if verb == "QUIT" else said

    def _dot(self, data: bytes) -> bytes:
        said = self._relay.answer(".")
        self._relay.said_to_dot.append(said)
        plain = REPLY.match(said)
        if not (plain and plain[1][:1] in b"45"):
            self._relay.kept.append(Kept(recipient=self._recipient, data=data))
        return said


def dial(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every SMTP connection of this test go to `relay`, by its clock."""
    monkeypatch.setattr("smtplib.socket.create_connection", relay.accept)
    monkeypatch.setattr("smtplib.socket.getfqdn", lambda: "desk.example.com")
    for module in ("outbox.smtp_wire", "outbox.smtp_login"):
        monkeypatch.setattr(f"{module}.time", relay)

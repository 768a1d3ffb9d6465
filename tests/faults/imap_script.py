"""An IMAP server in memory that says what Dovecot never says, on a clock of its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ingest.imap import ImapSource
from ingest.imap_wire import Connection
from tests.faults.memory_line import HANG, Line, Tempo

#: (tag, command, what does it and answers as usual) → what is said
Reply = Callable[[bytes, bytes, Callable[[], bytes]], bytes]

ARRIVED = b"01-Dec-2026 10:00:00 +0000"


def says(text: bytes) -> Reply:
    """Answer with `text`, the tag in place of T at the beginning of a line."""
    return lambda tag, command, usual: re.sub(rb"(?m)^T ", tag + b" ", text)


def adds(before: bytes = b"", after: bytes = b"") -> Reply:
    """Say more than the usual answer: in front of it, or behind it."""
    return lambda tag, command, usual: before + usual() + after


def hangs(tag: bytes, command: bytes, usual: object) -> bytes:
    """Say nothing, ever."""
    return HANG


@dataclass
class ImapScript(Tempo):
    """The server's side. `answers[command]` replaces an answer, `say` has the last word."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    arrived: dict[int, bytes] = field(default_factory=dict)  #: uid in INBOX → INTERNALDATE
    validity: bytes = b"7"  #: as it is said; "" if it is not
    capability: bytes = b"IMAP4rev1 UIDPLUS MOVE IDLE"
    greeting: bytes = b"* OK hello\r\n"
    away: bool = False  #: nobody listens
    answers: dict[bytes, Reply] = field(default_factory=dict)
    say: Callable[[bytes, bytes, bytes], bytes] | None = None  #: (tag, command, answer) → said
    heard: list[bytes] = field(default_factory=list)  #: every line of every client
    logins: list[float] = field(default_factory=list)  #: when one was tried
    sessions: list["_Session"] = field(default_factory=list)
    events: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    next_uid: dict[str, int] = field(default_factory=dict)

    # ------------------------------------------------------------ what happens meanwhile

    def arrive(self, data: bytes, *, uid: int = 0) -> int:
        """Put a mail into INBOX; whoever idles is told."""
        uid = uid or self.take_uid("INBOX")
        self.folders["INBOX"][uid] = data
        self.next_uid["INBOX"] = max(self.next_uid.get("INBOX", 1), uid + 1)
        for session in self.sessions:
            session.tell(b"* %d EXISTS\r\n" % len(self.folders["INBOX"]))
        return uid

    def take_uid(self, folder: str) -> int:
        """Return the next UID of a folder."""
        uid = self.next_uid.get(folder, max(self.folders[folder], default=0) + 1)
        self.next_uid[folder] = uid + 1
        return uid

    def at(self, seconds: float, action: Callable[[], object]) -> None:
        """Let something happen so many seconds from now."""
        self.events.append((self.clock + seconds, action))
        self.events.sort(key=lambda event: event[0])

    def sleep(self, seconds: float) -> None:
        """Stand for time.sleep, and for every other waiting."""
        end = self.clock + seconds
        while self.events and self.events[0][0] <= end:
            at, action = self.events.pop(0)
            self.clock = max(self.clock, at)
            action()
        self.clock = max(self.clock, end)

    def wait_readable(self, line: Line, seconds: float) -> bool:
        """Stand for poll: ends early when there is something to read."""
        end = self.clock + seconds
        while not line.readable and self.clock < end:
            until = min(end, self.events[0][0]) if self.events else end
            self.sleep(max(0.0, until - self.clock))
        return line.readable

    def bye(self, words: bytes = b"* BYE going down\r\n") -> None:
        """Hang up on everybody."""
        for session in self.sessions:
            session.line.say_and_hang_up(words)
        self.sessions.clear()

    def freeze(self) -> None:
        """Go on without a word to anybody: their lines lead nowhere."""
        for session in self.sessions:
            session.line.put(HANG)
        self.sessions.clear()

    # ------------------------------------------------------------ connections

    def accept(self, *_: object, timeout: float = 30, **__: object) -> Line:
        """Take a connection, in place of socket.create_connection."""
        if self.away:
            raise ConnectionRefusedError(111, "Connection refused")
        greeting = self.say(b"", b"GREETING", self.greeting) if self.say else self.greeting
        line = Line(greeting, self, timeout)
        session = _Session(self, line)
        self.sessions.append(session)
        line.hear = session.hear
        return line


class _Session:
    """What the server knows of one client."""

    def __init__(self, script: ImapScript, line: Line) -> None:
        self._script, self.line = script, line
        self._folder = ""
        self._idle = b""  # the tag of IDLE while it lasts

    def tell(self, news: bytes) -> None:
        """Say something unasked, if the client idles."""
        if self._idle:
            self.line.put(news)

    def hear(self, line: bytes) -> bytes:
        """Answer one line."""
        script = self._script
        script.heard.append(line)
        if self._idle:
            tag, self._idle = self._idle, b""
            return self._said(tag, b"DONE", tag + b" OK idled\r\n")
        tag, _, command = line.rstrip(b"\r\n").partition(b" ")
        words = command.split()
        name = b" ".join(words[: 2 if words[:1] == [b"UID"] else 1]).upper()
        if name == b"LOGIN":
            script.logins.append(script.clock)
        if name in script.answers:
            said = script.answers[name](tag, command, lambda: self._usual(name, command, tag))
        else:
            said = self._usual(name, command, tag)
        return self._said(tag, command, said)

    def _said(self, tag: bytes, command: bytes, usual: bytes) -> bytes:
        return self._script.say(tag, command, usual) if self._script.say else usual

    def _usual(self, name: bytes, command: bytes, tag: bytes) -> bytes:
        ok = tag + b" OK done\r\n"
        script = self._script
        match name:
            case b"CAPABILITY":
                return b"* CAPABILITY " + script.capability + b"\r\n" + ok
            case b"SELECT" | b"EXAMINE":
                return self._select(_name(command), tag)
            case b"UID SEARCH":
                named = re.search(rb"UID ([\d,:*]+)$", command)
                there = self._mails()
                uids = _uids(named[1], there) if named else list(there)
                return b"* SEARCH" + b"".join(b" %d" % uid for uid in uids) + b"\r\n" + ok
            case b"UID FETCH":
                return b"".join(map(self._fetched(command), self._named(command))) + ok
            case b"UID MOVE" | b"UID COPY":
                return self._move(command, tag, keep=name == b"UID COPY")
            case b"UID EXPUNGE":
                for uid in self._named(command):
                    del self._mails()[uid]
            case b"LIST":
                found = _name(command)
                exists = found in script.folders
                return (b'* LIST () "/" "%s"\r\n' % found.encode() if exists else b"") + ok
            case b"CREATE":
                script.folders.setdefault(_name(command), {})
            case b"NAMESPACE":
                return b'* NAMESPACE (("" "/")) NIL NIL\r\n' + ok
            case b"IDLE":
                self._idle = tag
                return b"+ idling\r\n"
            case b"LOGOUT":
                return b"* BYE\r\n" + ok
        return ok

    def _mails(self) -> dict[int, bytes]:
        return self._script.folders.get(self._folder, {})

    def _named(self, command: bytes) -> list[int]:
        return _uids(command.split()[2], self._mails())

    def _select(self, folder: str, tag: bytes) -> bytes:
        script = self._script
        if folder not in script.folders:
            return tag + b" NO no such folder\r\n"
        self._folder = folder
        mails = script.folders[folder]
        said = b"* %d EXISTS\r\n" % len(mails)
        if script.validity:
            said += b"* OK [UIDVALIDITY %s] numbered\r\n" % script.validity
        newest = script.next_uid.get(folder, max(mails, default=0) + 1)
        return said + b"* OK [UIDNEXT %d] next\r\n" % newest + tag + b" OK [READ-WRITE] in\r\n"

    def _fetched(self, command: bytes) -> Callable[[int], bytes]:
        places = {uid: place for place, uid in enumerate(sorted(self._mails()), 1)}

        def of(uid: int) -> bytes:
            data = self._mails()[uid]
            told = []
            if b"RFC822.SIZE" in command:
                told.append(b"RFC822.SIZE %d" % len(data))
            if b"INTERNALDATE" in command:
                told.append(b'INTERNALDATE "%s"' % self._script.arrived.get(uid, ARRIVED))
            if part := re.search(rb"BODY\.PEEK\[\](?:<0\.(\d+)>)?", command):
                piece = data[: int(part[1])] if part[1] else data
                told.append(
                    b"BODY[]%s {%d}\r\n%s" % (b"<0>" if part[1] else b"", len(piece), piece)
                )
            return b"* %d FETCH (UID %d %s)\r\n" % (places[uid], uid, b" ".join(told))

        return of

    def _move(self, command: bytes, tag: bytes, *, keep: bool) -> bytes:
        script, target = self._script, _name(command)
        if target not in script.folders:
            return tag + b" NO [TRYCREATE] no such folder\r\n"
        mails, said = self._mails(), b""
        for uid in self._named(command):
            script.folders[target][script.take_uid(target)] = mails[uid]
            if not keep:
                said += b"* %d EXPUNGE\r\n" % (sorted(mails).index(uid) + 1)
                del mails[uid]
        return said + tag + b" OK done\r\n"


def _name(command: bytes) -> str:
    """Return the folder a command names at its end."""
    return command.rsplit(b" ", 1)[1].strip(b'"').decode()


def _uids(named: bytes, there: dict[int, bytes]) -> list[int]:
    """Return those of a set such as 1:3,7 that are there."""
    wanted: set[int] = set()
    for part in named.split(b","):
        first, _, last = part.partition(b":")
        top = max(there, default=0) if last == b"*" else int(last or first)
        wanted.update(range(int(first), top + 1) if top < 10**6 else [int(first)])
    return sorted(wanted & set(there))


def dial(script: ImapScript, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every IMAP connection of this test go to `script`, by its clock."""
    monkeypatch.setattr("imaplib.socket.create_connection", script.accept)
    for module in ("ingest.imap", "ingest.imap_wire", "ingest.imap_session"):
        monkeypatch.setattr(f"{module}.time", script)

    def readable(wire: Connection, seconds: float) -> bool:
        wire._check_owner()
        return bool(wire._ahead) or script.wait_readable(wire.sock, seconds)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "readable", readable)


def open_mailbox(**changed: object) -> ImapSource:
    """Return a mailbox on the server in memory, with the patience of the product."""
    settings: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 143,
        "user": "desk",
        "password": "canary",
        "tls": "none",
    }
    return ImapSource("complaints", **(settings | changed))  # type: ignore[arg-type]

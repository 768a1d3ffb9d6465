"""ImapSource against a server that lies, stalls and floods (Dovecot is in tests/live)."""

import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC
from threading import Thread

import pytest

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from ingest import imap_session
from ingest.imap import ImapSource
from ingest.imap_session import Tls
from ingest.source import Filing, PartialMail

MAIL = b"Subject: The tap drips\r\n\r\nAll night.\r\n"

Reply = Callable[[bytes, bytes], bytes | None]  # (tag, line) → answer; None says nothing, ever


def nothing_known(uidvalidity: int) -> frozenset[str]:
    return frozenset()


def never() -> bool:
    return False


class FakeServer:
    """An IMAP server in a thread; `replies` says what it answers to which command."""

    def __init__(self) -> None:
        self.greeting = b"* OK hello\r\n"
        self.capability = b"IMAP4rev1 UIDPLUS MOVE"
        self.mails: dict[int, bytes] = {1: MAIL, 2: MAIL, 3: MAIL}
        self.replies: dict[bytes, Reply] = {}
        self.drip = 0.0  # seconds between two bytes of an answer
        self.heard: list[bytes] = []  # every line of every client
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._clients: list[socket.socket] = []
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                client.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            thread = Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, client.makefile("rb") as lines:
                client.sendall(self.greeting)
                for line in lines:
                    self.heard.append(line)
                    answer = self._answer(line)
                    if answer is not None and self.drip:
                        for place in range(len(answer)):
                            client.sendall(answer[place : place + 1])
                            time.sleep(self.drip)
                    elif answer is not None:
                        client.sendall(answer)
                    if b"LOGOUT" in line:
                        return
        except OSError:
            return

    def _answer(self, line: bytes) -> bytes | None:
        tag, _, command = line.rstrip(b"\r\n").partition(b" ")
        for name, reply in self.replies.items():
            if command.startswith(name):
                return reply(tag, command)
        ok = tag + b" OK done\r\n"
        match command.split()[:2]:
            case [b"CAPABILITY"]:
                return b"* CAPABILITY " + self.capability + b"\r\n" + ok
            case [b"SELECT", _]:
                return b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" + ok
            case [b"UID", b"SEARCH"]:
                named = re.search(rb"UID (\d+)$", command)
                uids = [uid for uid in self.mails if named is None or uid == int(named[1])]
                return b"* SEARCH" + b"".join(b" %d" % uid for uid in uids) + b"\r\n" + ok
            case [b"UID", b"FETCH"]:
                return b"".join(map(self.fetched(command), named_uids(command))) + ok
            case [b"LOGOUT"]:
                return b"* BYE\r\n" + ok
        return ok

    def fetched(self, command: bytes) -> Callable[[int], bytes]:
        """Return what is told of a mail, depending on the items asked for."""

        def of(uid: int) -> bytes:
            data = self.mails[uid]
            if b"RFC822.SIZE" in command:
                date = b'"01-Feb-2026 10:00:00 +0000"'
                told = b"RFC822.SIZE %d INTERNALDATE %b" % (len(data), date)
            elif b"<0." in command:
                told = b"BODY[]<0> {%d}\r\n%b" % (len(data[:200_000]), data[:200_000])
            else:
                told = b"BODY[] {%d}\r\n%b" % (len(data), data)
            return b"* %d FETCH (UID %d %b)\r\n" % (uid, uid, told)

        return of


def named_uids(command: bytes) -> list[int]:
    """Return the UIDs of a set such as 1:3,7."""
    ranges = [part.partition(b":") for part in command.split()[2].split(b",")]
    return [uid for first, _, last in ranges for uid in range(int(first), int(last or first) + 1)]


def says(text: bytes) -> Reply:
    """Answer with `text`, the tag in place of T."""
    return lambda tag, line: re.sub(rb"^T", tag, text, flags=re.MULTILINE)


def nothing(tag: bytes, line: bytes) -> None:
    """Leave the client waiting."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """Return a fake server with three mails."""
    fake = FakeServer()
    yield fake
    fake.stop()


@pytest.fixture
def mailbox(server: FakeServer) -> Iterator[ImapSource]:
    """Return a mailbox on the fake server that loses patience after a second."""
    source = open_mailbox(server)
    yield source
    source.close()


def open_mailbox(
    server: FakeServer, *, tls: Tls = "none", max_bytes: int = 2**20, patience: float = 1
) -> ImapSource:
    return ImapSource(
        "complaints",
        host="127.0.0.1",
        port=server.port,
        user="desk",
        password="secret",
        tls=tls,
        max_bytes=max_bytes,
        connect_seconds=patience,
        command_seconds=patience,
    )


@pytest.mark.parametrize("mark", ["\r", "\n", "\0"])
@pytest.mark.parametrize("key", ["user", "password", "folder", "processed", "rejected", "host"])
def test_names_with_control_marks_are_refused(key: str, mark: str) -> None:
    """Nothing in the configuration can smuggle a second command to the server (F33)."""
    settings = {"host": "127.0.0.1", "user": "desk", "password": "secret"} | {key: f"x{mark}y"}

    with pytest.raises(ValueError, match="line breaks"):
        ImapSource("complaints", port=143, tls="none", **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["mail.example.com", "192.0.2.7", "::", "0.0.0.0"])  # noqa: S104
def test_plain_text_never_leaves_this_machine(host: str) -> None:
    """`tls: none` is for loopback hosts only."""
    with pytest.raises(ValueError, match="tls: none"):
        ImapSource("complaints", host=host, port=143, user="desk", password="secret", tls="none")


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param({"capability": b"IMAP4rev1"}, id="not offered"),
        pytest.param({"replies": {b"STARTTLS": says(b"T NO not today\r\n")}}, id="NO"),
        pytest.param({"replies": {b"STARTTLS": says(b"T BAD what\r\n")}}, id="BAD"),
        pytest.param({"greeting": b"* PREAUTH welcome\r\n"}, id="PREAUTH"),
    ],
)
def test_no_password_follows_a_refused_starttls(
    server: FakeServer, refusal: dict[str, object]
) -> None:
    """Without TLS there is no login, and the caller hears that waiting won't help (F31)."""
    server.capability = b"IMAP4rev1 STARTTLS"
    for name, value in refusal.items():
        setattr(server, name, value)
    source = open_mailbox(server, tls="starttls")

    with pytest.raises(MailboxUnavailable) as error:
        list(source.scan(nothing_known))

    assert error.value.refused
    assert not any(b"LOGIN" in line or b"secret" in line for line in server.heard)


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (b"T NO [AUTHENTICATIONFAILED] no\r\n", True),
        (b"T NO [EXPIRED] password expired\r\n", True),
        (b"T NO [UNAVAILABLE] user database is away\r\n", False),
        (b"* BYE too many connections\r\n", False),
    ],
)
def test_refusal_and_outage_are_told_apart(
    server: FakeServer, mailbox: ImapSource, answer: bytes, refused: bool
) -> None:
    """Only a real no at login counts as refused (RFC 5530)."""
    server.replies[b"LOGIN"] = says(answer)

    with pytest.raises(MailboxUnavailable) as error:
        list(mailbox.scan(nothing_known))

    assert error.value.refused is refused


@pytest.mark.parametrize(
    "command", [b"CAPABILITY", b"LOGIN", b"SELECT", b"UID SEARCH", b"UID FETCH"]
)
def test_a_hanging_server_does_not_hold_us(server: FakeServer, command: bytes) -> None:
    """Whatever command gets no answer, we are free again after the time-out (F16)."""
    server.replies[command] = nothing
    source = open_mailbox(server, patience=0.3)
    began = time.monotonic()

    with pytest.raises(MailboxUnavailable):
        list(source.scan(nothing_known))

    assert time.monotonic() - began < 3
    server.replies.clear()
    assert len(list(source.scan(nothing_known))) == 3
    source.close()


def test_a_dripping_server_does_not_hold_us(server: FakeServer) -> None:
    """A byte now and then, always before the time-out, does not keep us for hours (F16)."""
    source = open_mailbox(server, patience=0.3)
    with pytest.raises(StopIteration):
        next(source.scan(lambda _: frozenset("123")))
    server.drip = 0.1
    began = time.monotonic()

    with pytest.raises(MailboxUnavailable, match="too slowly"):
        list(source.scan(nothing_known))

    assert time.monotonic() - began < 3
    source.close()


def test_a_gigantic_literal_is_refused_unread(server: FakeServer, mailbox: ImapSource) -> None:
    """A literal announced with 4 GB is not waited for, and nothing is allocated (F30)."""
    server.replies[b"UID FETCH"] = says(b"* 1 FETCH (UID 1 RFC822.SIZE {4294967295}\r\n")

    with pytest.raises(MailboxUnavailable, match="4294967295"):
        list(mailbox.scan(nothing_known))


def test_endless_chatter_is_cut_off(server: FakeServer, mailbox: ImapSource) -> None:
    """A server that answers without end is left, however fast it talks."""
    server.replies[b"UID SEARCH"] = lambda tag, line: (b"* OK %s\r\n" % (b"wait " * 2000)) * 2000

    with pytest.raises(MailboxUnavailable, match="without end"):
        list(mailbox.scan(nothing_known))


def test_a_mail_bigger_than_told_comes_by_its_beginning(server: FakeServer) -> None:
    """RFC822.SIZE may lie: the cap holds for what arrives (F30)."""
    server.mails = {1: b"Subject: x\r\n\r\n" + b"y" * 90_000}
    small = b'* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE "01-Feb-2026 10:00:00 +0000")\r\n'
    server.replies[b"UID FETCH 1 (RFC822.SIZE"] = says(small + b"T OK done\r\n")
    source = open_mailbox(server, max_bytes=50_000)

    (mail,) = source.scan(nothing_known)
    source.close()

    assert isinstance(mail, PartialMail)
    assert mail.size == 90_014
    assert len(mail.data) == 14 + 64 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"T NO [EXPUNGEISSUED] some are gone\r\n", id="NO"),
        pytest.param(b"T BAD internal error\r\n", id="BAD"),
        pytest.param(b"* 2 FETCH (UID 2 BODY[] {3}\r\nabc\r\nT OK done\r\n", id="unbalanced"),
        pytest.param(b"* 2 FETCH (UID two BODY[] NIL)\r\nT OK done\r\n", id="no number"),
        pytest.param(b"* 2 FETCH " + b"(" * 5000 + b"\r\nT OK done\r\n", id="deeply nested"),
    ],
)
def test_one_bad_mail_stops_no_other(
    server: FakeServer, mailbox: ImapSource, answer: bytes
) -> None:
    """A mail the server can't give us is tried a few times, then reported and left (F29)."""

    def reply(tag: bytes, line: bytes) -> bytes:
        uids = named_uids(line)
        if 2 in uids and b"RFC822.SIZE" not in line:
            return re.sub(rb"^T", tag, answer, flags=re.MULTILINE)
        return b"".join(map(server.fetched(line), uids)) + tag + b" OK done\r\n"

    server.replies[b"UID FETCH"] = reply
    got: set[str] = set()

    for _ in range(8):
        try:
            for mail in mailbox.scan(lambda _: frozenset(got)):
                got.add(mail.uid)
        except MailboxUnavailable as error:
            assert not error.refused

    assert got == {"1", "3"}
    assert mailbox.unfetchable == ("2",)


def test_a_batch_refused_for_one_mail_is_halved(server: FakeServer, mailbox: ImapSource) -> None:
    """The good mails of a batch come in the same scan, in their order (F23, EXPUNGEISSUED)."""
    server.mails = dict.fromkeys(range(1, 30), MAIL)

    def reply(tag: bytes, line: bytes) -> bytes:
        uids = named_uids(line)
        no = 17 in uids and b"BODY" in line
        done = b" NO [EXPUNGEISSUED] some are gone\r\n" if no else b" OK done\r\n"
        given = [uid for uid in uids if uid != 17 or b"RFC822.SIZE" in line]
        return b"".join(map(server.fetched(line), given)) + tag + done

    server.replies[b"UID FETCH"] = reply

    uids = [int(mail.uid) for mail in mailbox.scan(nothing_known)]

    assert uids == [uid for uid in range(1, 30) if uid != 17]


@pytest.mark.parametrize(
    "answer", [b"T NO server error\r\n", b"* 2 FETCH (UID {9999999}\r\n", b"* BYE I crashed\r\n"]
)
def test_a_mail_that_breaks_the_listing_stops_no_other(
    server: FakeServer, mailbox: ImapSource, answer: bytes
) -> None:
    """The size of a mail may be what the server fails on; the others come all the same (F29)."""

    def reply(tag: bytes, line: bytes) -> bytes:
        if 2 in named_uids(line):
            return re.sub(rb"^T", tag, answer, flags=re.MULTILINE)
        return b"".join(map(server.fetched(line), named_uids(line))) + tag + b" OK done\r\n"

    server.replies[b"UID FETCH"] = reply
    got: set[str] = set()

    for _ in range(9):
        try:
            for mail in mailbox.scan(lambda _: frozenset(got)):
                got.add(mail.uid)
        except MailboxUnavailable as error:
            assert not error.refused

    assert got == {"1", "3"}
    assert mailbox.unfetchable == ("2",)


@pytest.mark.parametrize(
    "date", [b'"31-Dec-9999 23:00:00 -1200"', b'"01-Feb-2026 10:00:00 +9999"', b'"x"', b"NIL"]
)
def test_an_impossible_date_loses_no_mail(
    server: FakeServer, mailbox: ImapSource, date: bytes
) -> None:
    """A mail whose time of arrival can't be read arrived now."""
    server.mails = {1: MAIL}
    told = b"* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE %b)\r\nT OK done\r\n" % date
    server.replies[b"UID FETCH 1 (RFC822.SIZE"] = says(told)

    (mail,) = mailbox.scan(nothing_known)

    assert abs(mail.received_at.timestamp() - time.time()) < 60
    assert mail.received_at.tzinfo is UTC


def test_a_mail_the_server_fails_on_comes_by_its_beginning(
    server: FakeServer, mailbox: ImapSource
) -> None:
    """Where the whole mail never arrives, its beginning is better than nothing."""

    def reply(tag: bytes, line: bytes) -> bytes:
        if named_uids(line) == [2] and b"BODY.PEEK[])" in line:
            return tag + b" NO server error\r\n"
        return b"".join(map(server.fetched(line), named_uids(line))) + tag + b" OK done\r\n"

    server.replies[b"UID FETCH"] = reply
    server.mails = {2: MAIL}
    mails: list[RawMail] = []

    for _ in range(5):
        mails += mailbox.scan(nothing_known)

    assert [type(mail) for mail in mails] == [PartialMail]
    assert mails[0].data == MAIL


def test_a_server_without_uidvalidity_is_read(server: FakeServer, mailbox: ImapSource) -> None:
    """No UIDVALIDITY counts as 0 (F18)."""
    server.replies[b"SELECT"] = says(b"* 3 EXISTS\r\nT OK done\r\n")

    assert {mail.uidvalidity for mail in mailbox.scan(nothing_known)} == {0}


def test_news_before_idle_is_ready_are_news(server: FakeServer, mailbox: ImapSource) -> None:
    """EXISTS may come before the server's plus sign; it wakes us and breaks nothing."""
    server.capability += b" IDLE"
    server.replies[b"IDLE"] = says(b"* 4 EXISTS\r\n+ idling\r\n")
    server.replies[b""] = lambda tag, line: _default(server, tag, line)

    assert mailbox.wait(20, stop=never)


def test_news_in_the_same_packet_as_the_plus_are_seen(
    server: FakeServer, mailbox: ImapSource
) -> None:
    """What was read ahead with the plus sign is not waited for on the socket."""
    began = time.monotonic()
    server.capability += b" IDLE"
    server.replies[b"IDLE"] = says(b"+ idling\r\n* 4 EXISTS\r\n")
    server.replies[b""] = lambda tag, line: _default(server, tag, line)

    assert mailbox.wait(20, stop=never)

    assert time.monotonic() - began < 5


def _default(server: FakeServer, tag: bytes, line: bytes) -> bytes | None:
    """Answer DONE, which has no tag, in the name of the IDLE before it."""
    if tag == b"DONE":
        idle = next(heard for heard in reversed(server.heard) if b"IDLE" in heard)
        return idle.split()[0] + b" OK done\r\n"
    without = {name: reply for name, reply in server.replies.items() if name}
    server.replies, kept = without, server.replies
    try:
        return server._answer(tag + b" " + line)
    finally:
        server.replies = kept


def test_refused_idle_falls_back_to_sleeping(server: FakeServer, mailbox: ImapSource) -> None:
    """A server that promises IDLE and refuses it is polled from then on."""
    server.capability += b" IDLE"
    server.replies[b"IDLE"] = says(b"T BAD never heard of it\r\n")
    with pytest.raises(MailboxUnavailable):
        mailbox.wait(1, stop=never)

    assert not mailbox.wait(0.3, stop=never)


@pytest.mark.parametrize(
    "answer", [b"T NO [OVERQUOTA] full\r\n", b"T NO [NOPERM] no\r\n", b"T BAD no\r\n"]
)
def test_a_mail_that_may_not_be_moved_stays(
    server: FakeServer, mailbox: ImapSource, answer: bytes
) -> None:
    """Over quota, no right, no folder: filing answers False and the desk goes on (F28)."""
    server.replies[b"UID MOVE"] = says(answer)
    server.replies[b"CREATE"] = says(answer)

    assert not mailbox.file(7, "2", Filing.PROCESSED)
    assert len(list(mailbox.scan(nothing_known))) == 3


def test_one_missing_mail_does_not_keep_the_others(server: FakeServer, mailbox: ImapSource) -> None:
    """Where a server refuses a whole MOVE for one missing mail, the others are moved alone."""
    del server.mails[2]
    server.replies[b"UID MOVE 1:3"] = says(b"T NO some are gone\r\n")
    server.replies[b"UID MOVE 1,2,3"] = says(b"T NO some are gone\r\n")
    server.replies[b"UID SEARCH UID"] = says(b"* SEARCH 1 3\r\nT OK done\r\n")

    assert mailbox.file_all(7, ["1", "2", "3"], Filing.PROCESSED)

    assert b"UID MOVE 1,3" in server.heard[-1]


def test_folders_live_below_the_personal_prefix(server: FakeServer, mailbox: ImapSource) -> None:
    """Where the server keeps personal folders below INBOX, ours are made there (RFC 2342)."""
    server.capability += b" NAMESPACE"
    server.replies[b"NAMESPACE"] = says(b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\nT OK done\r\n')
    server.replies[b'UID MOVE 2 "Processed"'] = says(b"T NO [TRYCREATE] no such folder\r\n")

    assert mailbox.file(7, "2", Filing.PROCESSED)

    assert any(b'CREATE "INBOX.Processed"' in line for line in server.heard)


@pytest.mark.parametrize("seed", range(20))
def test_garbled_answers_raise_nothing_else(server: FakeServer, seed: int) -> None:
    """Whatever the server answers, it ends in mails or in MailboxUnavailable, soon (F29)."""
    dice = random.Random(seed)  # noqa: S311 # no secret

    def garbled(tag: bytes, line: bytes) -> bytes:
        honest = server.fetched(line)
        text = bytearray(b"".join(map(honest, named_uids(line))) + tag + b" OK done\r\n")
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(text))
            text[place : place + dice.randint(0, 3)] = dice.choice(
                [b"(", b")", b'"', b"{99}\r\n", b"NIL", b"\r\n", b"\0", b"* ", b"\\", b"\xff"]
            )
        return bytes(text)

    server.replies[b"UID FETCH"] = garbled
    source = open_mailbox(server, patience=0.1)

    for _ in range(3):
        try:
            list(source.scan(nothing_known))
        except MailboxUnavailable:
            continue
    source.close()


def test_an_unreachable_server_is_an_outage() -> None:
    """Nobody listening is unavailable, not refused."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    source = ImapSource(
        "complaints", host="127.0.0.1", port=port, user="desk", password="secret", tls="none"
    )

    with pytest.raises(MailboxUnavailable, match="complaints") as error:
        source.wait(1, stop=never)

    assert not error.value.refused


def test_server_words_are_made_harmless(server: FakeServer, mailbox: ImapSource) -> None:
    """What the server says goes into logs without control marks and not at full length."""
    server.replies[b"LOGIN"] = says(b"T NO \x1b[31m" + b"red " * 1000 + b"\r\n")

    with pytest.raises(MailboxUnavailable) as error:
        list(mailbox.scan(nothing_known))

    assert error.value.why.isprintable()
    assert len(error.value.why) <= imap_session._WHY_CAP

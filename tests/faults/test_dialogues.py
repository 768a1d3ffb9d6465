"""Thousands of conversations gone wrong: no hang, no odd exception, no mail lost (R10)."""

import os
import random
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from cases.outgoing import Delivery, DeliveryState
from ingest.source import Filing, PartialMail
from outbox.retry import judge
from outbox.smtp import SmtpSender
from tests.faults import imap_script, smtp_script
from tests.faults.imap_script import ImapScript, open_mailbox
from tests.faults.memory_line import DROP, HANG, RESET
from tests.faults.smtp_script import REPLY, Relay

COUNT = 100_000 if os.environ.get("FAULTS") == "long" else 2000
#: Seeds of one test: so that the halves run side by side, and one that fails says which.
SLICES = 4
START = datetime(2026, 12, 1, tzinfo=UTC)

pytestmark = pytest.mark.timeout(3600 if COUNT > 2000 else 400)

MARKS = (
    *(b"\0", b"\r", b"\n", b"\r\n", b" ", b"-", b"(", b")", b'"', b"{", b"}", b"\\", b"*", b"+"),
    *(b"\xff\xfe", "é".encode(), b"NIL", b"[", b"]", b"{99}\r\n", b"999999999"),
    b"{4294967295}\r\n",
    *(b"* ", b"* BYE ", b"* 3 EXPUNGE\r\n", b"* 2 FETCH (FLAGS (\\Seen))\r\n", b"* OK x\r\n"),
    *(b"250 ok\r\n", b"250-", b"421 4.3.2 bye\r\n", b"354 go\r\n", b"x" * 9000, b"550-no\r\n"),
    *(HANG, DROP, RESET),
)


def spoilt(text: bytes, dice: random.Random) -> bytes:
    """Return an answer with a fault or a few."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.randrange(len(text) + 1)
        to = min(len(text), at + dice.choice((1, 1, 2, 5, 40)))
        text = dice.choice(
            (
                lambda t, a, b: t[:a] + t[b:],
                lambda t, a, b: t[:a] + dice.choice(MARKS) + t[b:],
                lambda t, a, b: t[:a] + dice.choice(MARKS) + t[a:],
                lambda t, a, b: t[:b] + t[a:],
                lambda t, a, b: t[:a] + bytes(dice.choices(range(256), k=b - a)) + t[b:],
                lambda t, a, b: t[:a] + dice.choice((HANG, DROP, RESET)),
                lambda t, a, b: t + t,
                lambda t, a, b: dice.choice(MARKS),
                lambda t, a, b: b"",
            )
        )(text, at, to)
    return text


# ------------------------------------------------------------ SMTP

BASES = {
    "MAIL": (b"250 ok", b"451 4.7.1 later", b"550 5.7.1 no", b"552 5.3.4 too big"),
    "RCPT": (b"250 ok", b"251 forwarded", b"450 4.2.1 grey", b"550 5.1.1 nobody"),
    "DATA": (b"354 go on", b"354-go\r\n354 on", b"451 4.3.0 later", b"554 5.5.1 no"),
    ".": (b"250 2.0.0 kept", b"250-kept\r\n250 as 7", b"452 4.3.1 full", b"554 5.6.0 no"),
}


class Letter:
    """One letter on its way: what was said of it, and what was counted."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.recipient = f"person.{number}@customer.example"
        self.data = b"Subject: %d\r\n\r\n%s\r\n" % (number, b".dots\r\n.\r\n" * dice.randint(0, 3))
        self.state, self.tries, self.ambiguous, self.dots = "ready", 0, 0, 0

    def note_dot(self) -> None:
        """Count that the payload leaves."""
        self.dots += 1

    def try_once(self, sender: SmtpSender) -> Delivery:
        """Hand it over and take note of what came of it."""
        self.tries += 1
        delivery = sender.send(
            self.data,
            message_id="1@example.com",
            envelope_from="desk@example.com",
            recipient=self.recipient,
            before_dot=self.note_dot,
        )
        verdict = judge(
            delivery, tries=self.tries, ambiguous=self.ambiguous, created_at=START, now=START
        )
        self.state = verdict.state
        self.ambiguous += delivery.state is DeliveryState.AMBIGUOUS
        return delivery


def speak_smtp(seed: int, relay: Relay) -> tuple[int, int]:
    """Send two letters by a relay gone mad; returns how many answers were spoilt and doubtful."""
    dice = random.Random(seed)
    mad, spoils = dice.choice((0.05, 0.2, 0.5)), 0

    def say(verb: str, usual: bytes) -> bytes:
        nonlocal spoils
        said = usual
        if verb in BASES and dice.random() < 0.2:
            said = dice.choice(BASES[verb]) + b"\r\n"
        if dice.random() < mad:
            spoils += 1
            return spoilt(said, dice)
        return said

    sender = SmtpSender(host="relay.example", port=25, tls="none")
    letters = [Letter(number, dice) for number in (1, 2)]
    for turn in range(12):
        relay.say = say if turn < 3 else None
        for letter in letters:
            if letter.state != "ready":
                continue
            kept, dots = len(relay.to(letter.recipient)), letter.dots
            delivery = letter.try_once(sender)
            _check_answer(relay, letter, delivery, kept, dots)
    sender.close()
    for letter in letters:
        copies = relay.to(letter.recipient)
        assert letter.state in ("sent", "failed", "held"), "neither sent nor told"
        assert set(copies) <= {letter.data}, "a mail was mangled"
        assert len(copies) <= 1 + letter.ambiguous, "a copy too many"
        assert letter.state != "sent" or copies, "counted as sent, but nobody has it"
        assert letter.state != "held" or letter.ambiguous > 2
    return spoils, sum(letter.ambiguous for letter in letters)


def _check_answer(relay: Relay, letter: Letter, delivery: Delivery, kept: int, dots: int) -> None:
    """Only what was plainly said may be believed."""
    if delivery.state is DeliveryState.ACCEPTED:
        plain = REPLY.match(relay.said_to_dot[-1])
        assert plain and plain[1].startswith(b"2"), "accepted, but the server did not say so"
        assert len(relay.to(letter.recipient)) == kept + 1, "accepted, but not kept"
    if letter.dots == dots:  # the payload never left
        assert delivery.state is not DeliveryState.AMBIGUOUS
        assert len(relay.to(letter.recipient)) == kept


@pytest.mark.parametrize("part", range(SLICES))
def test_no_smtp_conversation_loses_or_doubles_a_letter(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter is sent once, or refused in plain words, or told to a person as doubtful."""
    spoils = doubtful = 0
    for seed in range(part, COUNT, SLICES):
        relay = Relay()
        smtp_script.dial(relay, monkeypatch)
        try:
            one, other = speak_smtp(seed, relay)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        spoils, doubtful = spoils + one, doubtful + other
    print(f"{COUNT // SLICES} SMTP dialogues, {spoils} answers spoilt, {doubtful} doubtful")
    assert spoils > COUNT // SLICES


# ------------------------------------------------------------ IMAP

MAILS = {
    3: b"Subject: one\r\n\r\nIt leaks.\r\n",
    4: b'Subject: two {5}\r\n\r\n* 9 FETCH (UID 3 BODY[] "x")\r\n)\r\n',
    7: b"Subject: three\r\n\r\n" + b"line\0 \xff\xfe\r\n" * 400,
    8: b"",
    20: b"\r\n\r\n",
}
#: What may not be spoilt, or the server would only tell a plain lie: which mail it is, its bytes,
#: and how many there are.
_SAFE = re.compile(rb"UID \d+|BODY\[\](?:<0>)? \{(\d+)\}\r\n")


def spoilt_answer(text: bytes, dice: random.Random) -> bytes:
    """Return an IMAP answer with a fault that does not touch the mails themselves."""
    parts: list[tuple[bytes, bool]] = []
    at = 0
    while found := _SAFE.search(text, at):
        end = found.end() + int(found[1] or 0)
        parts += [(text[at : found.start()], True), (text[found.start() : end], False)]
        at = end
    parts.append((text[at:], True))
    places = [place for place, (_, free) in enumerate(parts) if free]
    chosen = dice.choice(places)
    parts[chosen] = (spoilt(parts[chosen][0], dice), True)
    return b"".join(part for part, _ in parts)


def speak_imap(seed: int, script: ImapScript) -> int:
    """Read a mailbox on a server gone mad, then an honest one; returns how many were spoilt."""
    dice = random.Random(seed)
    mad, spoils = dice.choice((0.1, 0.3, 0.6)), 0

    def say(tag: bytes, command: bytes, usual: bytes) -> bytes:
        nonlocal spoils
        if usual and dice.random() < mad:
            spoils += 1
            return spoilt_answer(usual, dice)
        return usual

    script.folders["INBOX"] = dict(MAILS)
    source = open_mailbox()
    got: dict[tuple[int, str], RawMail] = {}

    def known(validity: int) -> frozenset[str]:
        return frozenset(uid for at, uid in got if at == validity)

    def attempt(action: Callable[[], object]) -> None:
        with suppress(MailboxUnavailable):
            action()

    def scan() -> None:
        for mail in source.scan(known):
            got[mail.uidvalidity, mail.uid] = mail

    for turn in range(10):
        script.say = say if turn < 3 else None
        attempt(scan)
        script.sleep(400)  # a refused login rests for a while
        if turn < 2:
            attempt(lambda: source.wait(600, stop=lambda: False))
    script.say = say
    uids = [uid for validity, uid in got if validity == 7]
    attempt(lambda: source.file_all(7, uids, Filing.PROCESSED))
    source.close()
    _check_mailbox(script, got)
    return spoils


def _check_mailbox(script: ImapScript, got: dict[tuple[int, str], RawMail]) -> None:
    """All mails are with us, to the byte, and on the server still."""
    for (validity, uid), mail in got.items():
        assert int(uid) in MAILS, f"a mail that is none: {validity} {uid}"
        assert mail.data == MAILS[int(uid)], f"the bytes of mail {uid} are others"
        assert mail.received_at.tzinfo is UTC
    missing = [uid for uid in MAILS if (7, str(uid)) not in got]
    assert not missing, f"lost: {missing}"
    in_part = [uid for (_, uid), mail in got.items() if isinstance(mail, PartialMail)]
    assert len(in_part) <= len(MAILS)
    left = [data for folder in script.folders.values() for data in folder.values()]
    assert set(left) == set(MAILS.values()), "a mail is gone from the server"


@pytest.mark.parametrize("part", range(SLICES))
def test_no_imap_conversation_loses_or_spoils_a_mail(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it said before: once the server is honest again, every mail is there, whole."""
    spoils = 0
    longest = timedelta()
    for seed in range(part, COUNT, SLICES):
        script = ImapScript()
        imap_script.dial(script, monkeypatch)
        try:
            spoils += speak_imap(seed, script)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        longest = max(longest, timedelta(seconds=script.clock - 1000))
    print(f"{COUNT // SLICES} IMAP dialogues, {spoils} answers spoilt, longest {longest}")
    assert spoils > COUNT // SLICES

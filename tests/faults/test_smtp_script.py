"""Whatever the relay does, each letter arrives once, or a person hears of it (F46-F56, F58)."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from cases.outgoing import Concerns, DeliveryState
from outbox import smtp
from outbox.smtp import SmtpSender
from tests.conftest import MakeRaw
from tests.faults.memory_line import DROP, HANG, RESET
from tests.faults.post import Post, open_post
from tests.faults.smtp_script import Relay
from tests.live.desk import parsed
from tests.outbox.conftest import ScriptedServer
from tests.pipeline.conftest import Office, letter_text, office

__all__ = ["office"]

LONG = os.environ.get("FAULTS") == "long"
pytestmark = pytest.mark.timeout(900 if LONG else 300)

CUSTOMER, QUALITY, SUPERVISOR = (
    "wang.fang@customer.example",
    "quality@example.com",
    "supervisor@example.com",
)
MEBIBYTE = b"451-" + b"x" * 1020 + b"\r\n"

ANSWERS = {
    "421": b"421 4.3.2 going down",
    "451": b"451 4.7.1 later",
    "452": b"452 4.2.2 full",
    "550": b"550 5.1.1 nobody here",
    "no number": b"\xff\xfe\0 good day",
    "nothing": b"",
    "a number that is none": b"2 50 ok",
    "in three lines": b"451-wait\r\n451-a little\r\n451 longer",
    "lines that differ": b"250-fine\r\n550 or not",
    "a megabyte of lines": MEBIBYTE * 1024 + b"451 end",
    "a megabyte in one line": b"451 " + b"x" * 2**20,
    "letters of eight bits": "451 später, bitte".encode("latin-1"),
    "hang up": DROP,
    "reset": RESET,
    "silence": HANG,
}
PHASES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".")


@pytest.fixture
def relay() -> Relay:
    """Return a relay in memory."""
    return Relay()


@pytest.fixture
def post(office: Office, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Return an office whose letters leave by the relay."""
    post = open_post(office, relay, monkeypatch)
    yield post
    post.sender.close()


@pytest.mark.parametrize("answer", list(ANSWERS))
@pytest.mark.parametrize("phase", PHASES)
def test_one_bad_answer_loses_and_doubles_no_letter(
    phase: str, answer: str, post: Post, relay: Relay
) -> None:
    """It leaves later, once; twice only where the answer to the dot was lost; or it is told."""
    post.queue(1)
    relay.answers |= {phase: ANSWERS[answer]} | (
        {"HELO": ANSWERS[answer]} if phase == "EHLO" else {}
    )
    post.turn()
    relay.answers.clear()
    first = post.letter("reminder")
    for _ in range(3):
        post.turn(minutes=5)
    letter = post.letter("reminder")
    copies = relay.to(letter.recipient)

    assert first.tries == 1
    if answer == "550" and phase in ("RCPT", "DATA", "."):
        assert (first.state, letter.state, letter.tries, copies) == ("failed", "failed", 1, [])
        return
    assert (first.state, letter.state, letter.tries) == ("ready", "sent", 2)
    assert set(copies) == {letter.data}
    assert letter.ambiguous == (phase == "." and answer not in REFUSALS)
    assert 1 <= len(copies) <= 1 + letter.ambiguous


#: Answers that say plainly that the mail was not taken.
REFUSALS = ("421", "451", "452", "550", "in three lines", "letters of eight bits")


def test_an_answer_that_comes_before_the_mail_is_not_believed(post: Post, relay: Relay) -> None:
    """A server that says yes too early has not taken the mail, whatever it says."""
    post.queue(1)
    relay.answers["DATA"] = b"354 go on\r\n250 2.0.0 kept already"
    post.turn()

    assert relay.kept == []
    assert (post.letter("reminder").state, post.letter("reminder").ambiguous) == ("ready", 0)
    assert "out of turn" in post.letter("reminder").reply


def test_answers_do_not_slip_to_the_next_command(post: Post, relay: Relay) -> None:
    """Two answers to one command must not make a refused recipient look accepted."""
    post.queue(1)
    relay.answers |= {"MAIL": b"250 ok\r\n250 ok", "RCPT": b"550 5.1.1 nobody", "DATA": b"250 ok"}
    post.turn()

    assert post.letter("reminder").state == "ready"
    assert relay.kept == []


def test_what_was_accepted_stays_sent_when_the_line_is_reset(post: Post, relay: Relay) -> None:
    """RST or 421 after the 250 changes nothing; the next letter goes by a new connection (F52)."""
    relay.answers["."] = b"250 kept\r\n" + RESET
    post.queue(1)
    post.turn()
    relay.answers["."] = b"250 kept\r\n421 4.3.2 and now I go"
    post.queue(2)
    post.turn(minutes=1)
    relay.answers.clear()
    post.queue(3)
    post.turn(minutes=1)

    assert [(letter.state, letter.tries) for letter in post.letters()] == [("sent", 1)] * 3
    assert len(relay.kept) == 3
    assert relay.connections == 3


def test_a_line_lost_before_the_dot_left_is_not_doubtful(post: Post, relay: Relay) -> None:
    """A relay that breaks off within a long mail can't have taken it: no second copy is feared."""
    relay.seconds_a_kib = 60
    post.queue(1, data=b"Subject: long\r\n\r\n" + b"words words\r\n" * 10_000)
    post.turn()
    relay.seconds_a_kib = 0
    assert relay.kept == []
    post.turn(minutes=2)

    assert post.letter("reminder").ambiguous == 0
    assert len(relay.kept) == 1


@pytest.mark.parametrize("phase", ["CONNECT", "MAIL", "."])
def test_a_relay_that_drips_does_not_hold_us(phase: str, post: Post, relay: Relay) -> None:
    """One byte each ten seconds, for ever, is given up in about the time silence would be (F55)."""
    patience = {"CONNECT": smtp._CONNECT_S, "MAIL": smtp._COMMAND_S, ".": smtp._DOT_S}[phase]
    relay.answers[phase] = b"250-still thinking\r\n" * 3000
    relay.seconds_a_byte = 10
    if phase != "CONNECT":
        relay.answers |= {"CONNECT": b"220", "EHLO": b"250 x", "MAIL": b"250", "RCPT": b"250"} | {
            phase: relay.answers[phase]
        }
        relay.answers["DATA"] = b"354"
    post.queue(1)
    began = relay.clock
    post.turn()

    assert post.letter("reminder").state == "ready"
    assert relay.clock - began < patience + 400  # the steps before it took their time


def test_greylisting_keeps_only_the_letter_it_is_about(post: Post, relay: Relay) -> None:
    """450 for five minutes: it arrives at the third try, and others did not wait for it (F47)."""
    relay.refuse["grey@customer.example"] = b"450 4.7.1 Greylisted, try again in 300 seconds"
    post.queue(1, recipient="grey@customer.example")
    post.queue(2)
    post.turn()
    assert [mail.recipient for mail in relay.kept] == ["person.2@customer.example"]
    post.turn(minutes=1)
    post.turn(minutes=4)
    relay.refuse.clear()
    post.turn(minutes=1)

    assert len(relay.to("grey@customer.example")) == 1
    assert [(letter.state, letter.tries) for letter in post.letters()] == [("sent", 1), ("sent", 3)]


def test_one_refused_recipient_keeps_no_other_from_the_letter(
    post: Post, relay: Relay, make_raw: MakeRaw
) -> None:
    """Each has a letter of their own: one is refused and told, the other arrives (F49)."""
    relay.refuse[QUALITY] = b"550 5.1.1 no such department"
    post.office.take(make_raw())
    post.turn()
    post.turn(minutes=1)

    assert [mail.recipient for mail in relay.kept] == [CUSTOMER, SUPERVISOR]
    assert post.letter("routed").state == "failed"
    assert "no such department" in letter_text(parsed(relay.kept[-1].data))
    assert post.office.kinds().count("undeliverable") == 1


def test_a_relay_that_is_full_gets_the_letter_when_it_has_room(post: Post, relay: Relay) -> None:
    """452 is for now: one copy in the end, tried again after a minute (F53)."""
    relay.answers["MAIL"] = b"452 4.3.1 insufficient storage"
    post.queue(1)
    post.turn()
    relay.answers.clear()
    post.turn(minutes=1)

    assert post.letter("reminder").state == "sent"
    assert len(relay.kept) == 1


@pytest.mark.parametrize("phase", ["MAIL", "DATA", "."])
def test_a_letter_that_is_too_big_is_a_persons_task(
    phase: str, post: Post, relay: Relay, make_raw: MakeRaw
) -> None:
    """552 is for good: not tried again, and the supervisors read what the relay said (F53)."""
    first = [b"552 5.3.4 message size exceeds fixed limit\r\n"]
    relay.say = lambda verb, usual: first.pop() if verb == phase and first else usual
    post.office.take(make_raw())
    post.turn()
    post.turn(minutes=1)
    post.turn(hours=5)

    letter = post.letter("acknowledgement")
    assert (letter.state, letter.tries, relay.to(CUSTOMER)) == ("failed", 1, [])
    assert "size exceeds" in letter_text(parsed(relay.to(SUPERVISOR)[0]))


# ------------------------------------------------------------ long outages and narrow relays


def test_a_relay_that_is_down_for_three_days_loses_no_letter(post: Post, relay: Relay) -> None:
    """Intake goes on, it is asked some 12 times an hour, and then all leave in order (F55, R18)."""
    count, steps = (10_000 if LONG else 300), 72 * 12
    relay.away = True
    queued = 0
    for step in range(1, steps + 1):
        while queued < count * step // steps:
            queued += 1
            post.queue(queued)
        post.turn(minutes=5)
    waiting = post.letters()
    tries = sum(letter.tries for letter in waiting)
    assert [letter.state for letter in waiting] == ["ready"] * count
    assert tries <= steps

    relay.away = False
    for _ in range(6):
        post.turn(minutes=1)
    arrived = [mail.recipient for mail in relay.kept]

    print(f"relay down 72 h: {count} letters waited, {tries} tries, all sent within 6 minutes")
    assert sorted(arrived) == sorted(letter.recipient for letter in waiting)
    # But for the one that found the relay still away.
    assert arrived[:-1] == [one.recipient for one in waiting if one.recipient != arrived[-1]]


class Narrow:
    """Twenty mails in any minute, then 4.7.0 (F56)."""

    def __init__(self, now: Callable[[], datetime], *, most: int) -> None:
        self._now, self._most = now, most
        self.taken: list[datetime] = []
        self.refused: list[datetime] = []

    def __call__(self, verb: str, usual: bytes) -> bytes:
        """Answer MAIL by the count of the last minute."""
        if verb != "MAIL":
            return usual
        now = self._now()
        if sum(now - at < timedelta(minutes=1) for at in self.taken) >= self._most:
            self.refused.append(now)
            return b"450 4.7.0 too many mails, slow down\r\n"
        self.taken.append(now)
        return usual

    def most_in_a_minute_since(self, since: datetime) -> int:
        """Return the most tries, taken or refused, in any minute that began after `since`."""
        tries = sorted(at for at in (*self.taken, *self.refused) if at > since)
        minute = timedelta(minutes=1)
        return max(sum(start <= at < start + minute for at in tries) for start in tries)


@pytest.mark.parametrize("most", [20, 3])
def test_a_relay_with_a_limit_is_not_pressed(most: int, post: Post, relay: Relay) -> None:
    """After its first complaint it gets what it takes, and one more a minute to see (F56)."""
    narrow = Narrow(lambda: post.office.now, most=most)
    relay.say = narrow
    for number in range(most * 6):
        post.queue(number)
    for _ in range(20 * 30):
        post.turn(seconds=2)

    worst = narrow.most_in_a_minute_since(narrow.refused[0])
    print(f"limit {most}/min: {worst} tries in the worst minute, {len(narrow.refused)} complaints")
    assert {letter.state for letter in post.letters()} == {"sent"}
    assert len(relay.kept) == most * 6
    assert worst <= most + 1
    assert len(narrow.refused) <= 10


def test_a_refused_login_is_not_repeated_for_each_letter(
    office: Office, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fifty letters waiting the account sees at most 12 logins an hour (F31)."""
    relay.answers |= {"EHLO": b"250-relay\r\n250 AUTH PLAIN", "AUTH": b"535 5.7.8 no"}
    post = open_post(office, relay, monkeypatch, user="desk")
    for number in range(50):
        post.queue(number)
    for _ in range(1800):
        relay.clock += 2
        post.turn(seconds=2)
    assert 2 <= relay.heard.count("AUTH") <= 12

    relay.answers["AUTH"] = b"235 welcome"
    relay.clock += 600
    for _ in range(2):
        post.turn(minutes=6)
    assert {letter.state for letter in post.letters()} == {"sent"}


# ------------------------------------------------------------ people and passwords


@pytest.mark.parametrize("address", ["müller@customer.example", "王芳@customer.example"])
def test_an_address_we_cannot_write_to_is_a_persons_task(
    address: str, post: Post, relay: Relay, make_raw: MakeRaw
) -> None:
    """Without SMTPUTF8 there is no way: no crash, no letter, a case that says so (F58)."""
    mail = make_raw().replace(b"Wang Fang <wang.fang@customer.example>", f"<{address}>".encode())
    (done,) = post.office.take(mail)
    post.turn()

    assert done.case is not None
    assert address not in [letter.recipient for letter in post.letters()]
    assert {mail.recipient for mail in relay.kept} == {QUALITY}


def test_a_letter_to_such_an_address_stops_no_other(post: Post, relay: Relay) -> None:
    """Should one be in the outbox all the same, it fails for good and says why (F58)."""
    post.queue(1, recipient="müller@customer.example")
    post.queue(2)
    post.turn()

    assert sorted((letter.recipient, letter.state) for letter in post.letters()) == [
        ("müller@customer.example", "failed"),
        ("person.2@customer.example", "sent"),
    ]
    assert "SMTPUTF8" in post.letters()[0].reply


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({}, id="not offered"),
        pytest.param({"STARTTLS": "454 not now"}, id="refused for now"),
        pytest.param({"STARTTLS": "502 what?"}, id="refused"),
        pytest.param({"STARTTLS": "220 go\r\n235 logged in\r\n250 ok"}, id="answers ahead"),
        pytest.param({"STARTTLS": "220 go"}, id="plain text instead of TLS"),
    ],
)
def test_no_byte_of_the_password_leaves_without_tls(answers: dict[str, str]) -> None:
    """Whoever strips or spoils STARTTLS on the way gets no login and no mail (F54)."""
    server = ScriptedServer()
    offered = "STARTTLS" in answers
    server.answers = {
        "EHLO": f"250-test\r\n250-AUTH PLAIN LOGIN\r\n250 {'STARTTLS' if offered else 'HELP'}"
    }
    server.answers |= answers
    sender = SmtpSender(
        host="127.0.0.1", port=server.port, tls="starttls", user="desk", password="canary"
    )
    delivery = sender.send(
        b"Subject: x\r\n\r\nSecret words.\r\n",
        message_id="1@example.com",
        envelope_from="desk@example.com",
        recipient="person@customer.example",
        before_dot=lambda: pytest.fail("the mail was about to leave"),
    )
    sender.close()
    server.stop()
    heard = "\n".join(server.heard)

    assert delivery.state is DeliveryState.TRANSIENT
    assert delivery.concerns is Concerns.SERVER
    for secret in ("canary", "Y2FuYXJ5", "AGRlc2sAY2FuYXJ5", "AUTH", "Secret"):
        assert secret not in heard

"""Looking for cases, slipping into them, speaking for the machine: strangers get nowhere.

F57, F72, F117, F118, F119.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from cases.model import LetterName, Scope, Status
from cases.tokens import loop_mark, plus_address
from pipeline.chase import chase
from pipeline.lookups import MOST_BOUNCES
from pipeline.revoke import revoke
from pipeline.write import TOKEN_LIFE
from tests.conftest import KEY, MakeRaw
from tests.faults.forging import Scene
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import office as office
from tests.pipeline.conftest import reply as reply
from tests.pipeline.test_life import (
    BOSS,
    CUSTOMER,
    QUALITY,
    Reply,
    last,
    letter_text,
    letters,
    plain,
    says,
    set_process,
)
from tests.pipeline.test_lookups import bounce_of

__all__ = ["plain"]  # the fixture
MALLORY = "mallory@stranger.example"
REFERENCE, UNKNOWN = "C-2026-000001", "C-2026-000042"
DESK = "complaints@example.com"
#: What differs between two cases that were opened alike: their secrets.
_SECRET = re.compile(rb"\+[a-z]\.[a-z2-7]{26}@|%2B[a-z]\.[a-z2-7]{26}%40")

Here = Callable[[], Office]


@pytest.fixture
def known(plain: Office, make_raw: MakeRaw, reply: Reply, tmp_path: Path) -> Iterator[Here]:
    """Return copies of a desk where Wang Fang has an open case, and the letters about it."""
    plain.take(make_raw())
    says(plain, reply, "accept, Li Wei")
    plain.desk.store.close()
    scene = Scene(desk=plain.desk, now=plain.now, letter=EmailMessage(), asked="")
    open_ones: list[Office] = []

    def copy() -> Office:
        folder = tmp_path / f"copy{len(open_ones)}"
        folder.mkdir()
        here = scene.fresh(folder)
        here.tray.sent = list(plain.tray.sent)
        here.later(days=1)  # no cap of the day is in the way
        open_ones.append(here)
        return here

    yield copy
    for one in open_ones:
        one.desk.store.close()


def answered(here: Office, raw: bytes) -> list[bytes]:
    """Take a mail in and return the letters that its writer gets, without secrets."""
    here.take(raw)
    before = len(here.tray.sent)
    here.deliver()
    sent = [mail for to, mail in here.tray.sent[before:] if to == MALLORY]
    return [_SECRET.sub(b"+TOKEN@", mail.as_bytes()) for mail in sent]


def probes(office: Office) -> dict[str, tuple[str, str, str]]:
    """Return (to, subject, thread) of the ways to look for somebody else's case."""
    ack = last(office, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    theirs, ours = str(ack["Reply-To"]), str(ack["Message-ID"])
    unknown = plus_address(DESK, Scope.COMPLAINANT, "a" * 26)
    forged = ours.replace("<1.", "<7.")
    return {
        "a reference of nobody": (DESK, f"Re: [{UNKNOWN}] The lid", ""),
        "a reference of somebody": (DESK, f"Re: [{REFERENCE}] The lid", ""),
        "a token of nobody": (unknown, "The lid", ""),
        "a token of somebody": (theirs, "The lid", ""),
        "a thread of nobody": (DESK, "The lid", forged),
        "a thread of somebody": (DESK, "The lid", ours),
        "all of them": (theirs, f"Re: [{REFERENCE}] The lid", ours),
    }


def probe(to: str, subject: str, thread: str) -> bytes:
    """Return Mallory's complaint as it comes with a clue."""
    more = f"In-Reply-To: {thread}\r\nReferences: {thread}\r\n" if thread else ""
    return (
        f"From: {MALLORY}\r\nTo: {to}\r\nSubject: {subject}\r\n{more}"
        "Date: Tue, 24 Nov 2026 08:00:00 +0800\r\nMessage-ID: <probe@stranger.example>\r\n\r\n"
        "The lid of my pan is broken.\r\n"
    ).encode()


@pytest.mark.parametrize("ended", ["", "expired", "taken back"])
def test_who_looks_for_a_case_is_answered_like_any_complainant(ended: str, known: Here) -> None:
    """Byte by byte, whether it is there, was there, or never was (F117)."""

    def here() -> Office:
        copy = known()
        if ended == "expired":
            copy.now += TOKEN_LIFE
        if ended == "taken back":
            revoke(copy.desk, REFERENCE, reason="x", by="op", now=copy.now)
        return copy

    usual = answered(here(), probe(DESK, "The lid", ""))
    assert len(usual) == 1, "the usual acknowledgement"
    for name, clue in probes(here()).items():
        copy = here()
        assert answered(copy, probe(*clue)) == usual, name
        assert copy.case(2).complainant.addr == MALLORY, name
        assert copy.case(1).status is Status.ROUTED, name


@pytest.mark.parametrize(
    "sender",
    ["no-reply@login.saas.example", "Sign-in <verify@saas.example>", CUSTOMER.replace("w", "vv")],
)
def test_a_code_for_somebody_else_never_gets_out(
    sender: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The Ticket Trick (F118): a service writes to the address of a case, its reader gets nothing.

    Neither by a token of the complainant nor of anybody else, nor by the thread or the reference.
    """
    set_process(plain)
    plain.take(make_raw())
    plain.deliver()
    ack, work = (
        last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT),
        last(plain, QUALITY, LetterName.ROUTED),
    )
    code, number = "928371-CODE", 0
    for letter in (ack, work):
        for thread in (False, True):
            number += 1
            headers = (("In-Reply-To", str(letter["Message-ID"])),) if thread else ()
            plain.take(
                make_raw(
                    f"Your verification code is {code}. Open https://saas.example/?c={code}\n",
                    sender=sender,
                    to=str(letter["Reply-To"]),
                    subject=f"[{REFERENCE}] {code} is your code",
                    message_id=f"{number}@saas.example",
                    headers=headers,
                )
            )
    says(plain, reply, "done: we send you a new kettle")
    for _ in range(20):
        plain.later(days=2)
        chase(plain.desk, now=plain.now)
        plain.deliver()
    out = [(to, mail) for to, mail in plain.tray.sent if not to.endswith("@example.com")]

    assert any(to == CUSTOMER for to, _ in out)
    assert [to for to, mail in out if code in mail.as_string() or code in letter_text(mail)] == []


# ---------------------------------------------------------------- our own marks


def _story(here: Office, number: int) -> object:
    case = here.case(number)
    kept = here.events(number)
    return replace(case, secret=""), [(event.kind, event.detail) for event in kept]


OWN_HEADERS = {
    "a loop mark at random": (("X-Complaint-Desk-Loop", "a" * 20),),
    "a true loop mark": (("X-Complaint-Desk-Loop", loop_mark(KEY, "probe@stranger.example")),),
    "how it came": (("X-Complaint-Desk-Channel", "phone"), ("X-Complaint-Desk-Taken-By", "Boss")),
    "which case": (("X-Complaint-Desk-Case", REFERENCE), ("X-Complaint-Desk-Reference", "1")),
    "what it is": (("X-Complaint-Desk", "1"), ("X-Complaint-Desk-Letter", "routed")),
    "another loop": (("X-Loop", "desk@stranger.example"), ("X-Been-There", "x@y.example")),
}


@pytest.mark.parametrize("name", OWN_HEADERS)
def test_our_own_header_fields_in_a_strangers_mail_have_no_effect(name: str, known: Here) -> None:
    """The mail is neither dropped nor believed more (F119)."""
    added = "".join(f"{field}: {value}\r\n" for field, value in OWN_HEADERS[name])
    one, two = known(), known()
    came = b"Received: from a.example by b.example; Tue, 24 Nov 2026\r\n"
    mail = came + probe(DESK, "The lid", "")
    assert answered(one, mail) == answered(two, added.encode() + mail)
    assert _story(one, 2) == _story(two, 2)
    with two.desk.store.read() as tx:
        assert tx.records(2) == ()


@pytest.mark.parametrize(
    "made",
    [
        "<1.routed.1.aaaaaaaa.aaaaaaaaaaaaaaaaaaaa@example.com>",
        "<0.rules.1.aaaaaaaa.aaaaaaaaaaaaaaaaaaaa@example.com>",
        "<1.acknowledgement.1@example.com>",
        "{changed}",
    ],
)
def test_an_id_that_only_looks_like_ours_drops_no_mail(made: str, known: Here) -> None:
    """A complaint under it is a complaint: only what we signed makes a loop (F119)."""
    here = known()
    ours = str(last(here, CUSTOMER, LetterName.ACKNOWLEDGEMENT)["Message-ID"])
    mail = probe(DESK, "The lid", "").replace(
        b"<probe@stranger.example>", made.format(changed=ours.replace("<1.", "<2.")).encode()
    )

    assert len(answered(here, mail)) == 1
    assert here.case(2).complainant.addr == MALLORY


# ---------------------------------------------------------------- forged delivery reports


def _bounces(here: Office, addr: str) -> int:
    with here.desk.store.read() as tx:
        return tx.bounces(addr, since=here.now - timedelta(days=9))


def _report(letter: EmailMessage, named: str, number: int) -> bytes:
    told = EmailMessage()
    told["To"], told["Message-ID"], told["Reply-To"] = (
        named,
        str(letter["Message-ID"]),
        str(letter["Reply-To"]),
    )
    data = bounce_of(_parsed(told))
    return data.replace(b"Message-ID: <bounce.", f"Message-ID: <{number}.bounce.".encode())


def _parsed(mail: EmailMessage) -> EmailMessage:
    found = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("victim", [QUALITY, BOSS, "supervisor@example.com", "other@x.example"])
def test_a_complainant_can_not_report_somebody_elses_address_as_dead(
    victim: str, known: Here, make_raw: MakeRaw
) -> None:
    """They have a letter of ours; a report on it counts for its reader, whoever it names (F57)."""
    here = known()
    ack = last(here, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    for number in range(MOST_BOUNCES + 1):
        here.take(_report(ack, victim, number))

    assert _bounces(here, victim) == 0
    assert _bounces(here, CUSTOMER) == MOST_BOUNCES + 1
    here.take(make_raw("The lid broke too.\n", sender=MALLORY, message_id="new@x.example"))
    assert len(letters(here, QUALITY, LetterName.ROUTED)) == 2


def test_a_genuine_report_counts(known: Here) -> None:
    """Also where the address it names is another one, to which mail is passed on."""
    here = known()
    work = last(here, QUALITY, LetterName.ROUTED)
    here.take(_report(work, "somebody.at@home.example", 1))

    assert _bounces(here, QUALITY) == 1


# ---------------------------------------------------------------- two cases in one mail


@pytest.mark.parametrize(
    "subject", ["Re: [{other}]", "Re: {other}, not {own}x", "aw: {other} done"]
)
def test_a_command_with_the_letter_of_one_case_and_the_number_of_another_acts_in_neither(
    subject: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department is told how to answer (F72); with both numbers the letter decides."""
    plain.take(make_raw(), make_raw("The lid leaks.\n", sender=MALLORY, message_id="2@x.example"))
    first = letters(plain, QUALITY, LetterName.ROUTED)[0]
    del first["Subject"]
    first["Subject"] = subject.format(other="C-2026-000002", own=REFERENCE)
    plain.take(reply(first, "done: we send you a new kettle"))
    plain.deliver()
    assert plain.case(1).status is plain.case(2).status is Status.ROUTED
    assert letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)

    del first["Subject"]
    first["Subject"] = f"Re: C-2026-000002 [{REFERENCE}]"
    plain.take(reply(first, "done: we send you one"))
    plain.deliver()
    assert plain.case(1).status is Status.OUTCOME_SENT
    assert plain.case(2).status is Status.ROUTED

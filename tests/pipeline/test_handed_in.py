"""Complaints that did not come by mail, written down as one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.parse import parse
from pipeline.handed_in import CHANNELS, Note, as_mail, records_of
from pipeline.poll import BY_HAND
from tests.conftest import MakeMail
from tests.pipeline.conftest import Office, letter_text


@pytest.fixture
def note(monday_nine: datetime) -> Note:
    """Return a note of a phone call."""
    return Note(
        channel="phone",
        name="王芳",
        contact="wang.fang@customer.example",
        text="电热水壶漏水，\n批号 B2026-0415",
        taken_by="李伟",
        at=monday_nine,
    )


def test_a_note_becomes_a_mail_from_whoever_complains(note: Note, monday_nine: datetime) -> None:
    """It says how it came and who took it, for people in the text, for us in two fields."""
    mail = parse(as_mail(note, to="desk@example.com"))
    channel, by = records_of(mail, BY_HAND, now=monday_nine)

    assert (mail.sender.name, mail.sender.addr) == ("王芳", "wang.fang@customer.example")
    assert mail.subject == "[phone] 电热水壶漏水，"
    assert mail.text == "（电话记录，记录人：李伟）\n\n电热水壶漏水，\n批号 B2026-0415"
    assert mail.message_id == ""
    assert (channel.kind, channel.text) == ("channel", "phone")
    assert (by.kind, by.text) == ("taken_by", "李伟")


def test_a_contact_that_is_no_address_stands_in_the_text(note: Note) -> None:
    """There the phone number is found as a fact; nobody is answered by mail."""
    note = replace(note, contact="138 0013 8000", text="It leaks", name="Wang Fang")
    mail = parse(as_mail(note, to="desk@example.com"))

    assert mail.sender.addr == ""
    assert mail.sender.name == "Wang Fang"
    assert mail.text == "(Phone call, taken by 李伟)\n\nIt leaks\n\nPhone: 138 0013 8000"


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_can_be_written_and_read(
    channel: str, note: Note, monday_nine: datetime
) -> None:
    """K003: all of them are in the same register, each with its channel."""
    mail = parse(as_mail(replace(note, channel=channel), to="desk@example.com"))

    assert records_of(mail, BY_HAND, now=monday_nine)[0].text == channel


@pytest.mark.parametrize(
    ("mailbox", "channel"), [("complaints", "phone"), (BY_HAND, "telepathy"), (BY_HAND, "")]
)
def test_the_fields_of_a_stranger_are_not_believed(
    mailbox: str, channel: str, make_mail: MakeMail, monday_nine: datetime
) -> None:
    """Only a mail that was handed in here says how it came."""
    mail = make_mail(headers=(("x-complaint-desk-channel", channel),))

    assert records_of(mail, mailbox, now=monday_nine) == ()


@pytest.mark.parametrize(
    "evil", ["a\r\nBcc: all@example.com", "\x00", "<x@y.example>, z@y.example", '"', "名" * 900]
)
def test_no_option_breaks_out_of_its_field(evil: str, note: Note) -> None:
    """Whatever an operator pastes is a name or words, never a header field."""
    mail = parse(
        as_mail(replace(note, name=evil, taken_by=evil, text=f"x{evil}"), to="d@e.example")
    )

    assert mail.all_headers("bcc") == ()
    assert mail.sender.addr in ("", "wang.fang@customer.example")
    assert mail.all_headers("to") == ("d@e.example",)


def test_an_anonymous_note_opens_a_case_that_is_worked_on(note: Note, office: Office) -> None:
    """Nobody is answered, the department gets it all the same."""
    (handled,) = office.take(as_mail(replace(note, name="", contact=""), to="desk@example.com"))
    office.deliver()

    assert handled.outcome == "case"
    assert office.case().departments == ("quality",)
    assert office.tray.sent
    assert "not_acknowledged" in office.kinds()


def written_only(office: Office) -> None:
    """Let complaints count that are written, and no others."""
    rules = office.desk.rules
    policy = replace(rules.policy, usual=replace(rules.policy.usual, oral_counts=False))
    office.desk = replace(office.desk, rules=replace(rules, policy=policy))


def test_where_only_what_is_written_counts_the_time_begins_with_the_written_words(
    note: Note, office: Office, reply: Callable[..., bytes]
) -> None:
    """They hear the date then, and the departments get the case with both texts (K093)."""
    written_only(office)
    office.take(as_mail(note, to="desk@example.com"))
    office.deliver()
    (receipt,) = office.tray.to("wang.fang@customer.example")
    assert office.case().departments == ()
    office.later(days=7)
    office.take(reply(receipt, "我买的电热水壶底部漏水。"))
    office.deliver()
    _, again = office.tray.to("wang.fang@customer.example")

    assert office.case().due_at == datetime(2026, 12, 3, 1, 0, tzinfo=UTC)
    assert "12月3日" in letter_text(again)
    assert office.case().departments == ("quality",)


def test_whoever_can_not_be_asked_to_write_need_not(note: Note, office: Office) -> None:
    """A note without an address would wait for ever."""
    written_only(office)
    office.take(as_mail(replace(note, contact="138 0013 8000"), to="desk@example.com"))

    assert office.case().departments == ("quality",)

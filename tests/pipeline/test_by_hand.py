"""What an operator enters into a case, and closing it without an outcome."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.model import Status
from pipeline.by_hand import Entry, enter, withdraw
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

REF = "C-2026-000001"


def test_an_entry_is_in_the_register_and_in_the_story(office: Office, make_raw: MakeRaw) -> None:
    """Who wrote it and when is kept; the same moment writes it once."""
    office.take(make_raw())
    entry = Entry(kind="contact", text="nobody answers the phone", by="li")
    for _ in range(2):
        assert enter(office.desk, REF, entry, now=office.now) is not None
    with office.desk.store.read() as tx:
        (record,) = [one for one in tx.records(1) if one.kind == "contact"]

    assert (record.text, record.by) == ("nobody answers the phone", "li")
    assert office.events()[-1].kind == "recorded"
    assert office.events()[-1].actor == "operator:li"
    assert office.kinds().count("recorded") == 1


def test_a_plain_note_is_only_a_part_of_the_story(office: Office, make_raw: MakeRaw) -> None:
    """It belongs to no register."""
    office.take(make_raw())
    enter(office.desk, REF, Entry(kind="", text="ask Zhang", by="li"), now=office.now)
    with office.desk.store.read() as tx:
        assert [one for one in tx.records(1) if one.text == "ask Zhang"] == []
    assert (office.events()[-1].kind, office.events()[-1].detail) == ("note", "ask Zhang")


@pytest.mark.parametrize(
    "entry",
    [
        Entry(kind="liability", text="a warning for Li", by="boss"),
        Entry(kind="meeting", text="a warning for Li", by="boss", restricted=True),
        Entry(kind="", text="a warning for Li", by="boss", restricted=True),
    ],
)
def test_the_story_does_not_tell_what_is_restricted(
    entry: Entry, office: Office, make_raw: MakeRaw
) -> None:
    """Letters may quote the story; the register keeps the words (K040)."""
    office.take(make_raw())
    enter(office.desk, REF, entry, now=office.now)
    with office.desk.store.read() as tx:
        (record,) = [one for one in tx.records(1) if one.restricted]

    assert record.text == "a warning for Li"
    assert all("warning" not in event.detail for event in office.events())


def test_a_case_is_closed_without_an_outcome(office: Office, make_raw: MakeRaw) -> None:
    """The reason is kept, the departments hear of it, the complainant does not (K002)."""
    office.take(make_raw())
    office.deliver()
    office.tray.sent.clear()
    found = withdraw(office.desk, REF, reason="taken back on the phone", by="li", now=office.now)
    office.deliver()
    assert found is not None
    before, case = found
    (department,) = office.desk.rules.policy.departments["quality"].to

    assert (before, case.status, case.closed_at) == (Status.ROUTED, Status.CLOSED, office.now)
    assert [to for to, _ in office.tray.sent] == [department]
    assert REF in str(office.tray.sent[0][1]["Subject"])
    with office.desk.store.read() as tx:
        (event,) = tx.events(1, kind="withdrawn")
    assert (event.detail, event.actor) == ("taken back on the phone", "operator:li")


def test_a_case_that_was_waiting_is_not_guessed_any_more(office: Office, make_raw: MakeRaw) -> None:
    """Nobody decides on a case that is closed."""
    office.take(make_raw())
    waiting = replace(office.case(), guess_at=office.now + timedelta(hours=1))
    with office.desk.store.begin() as tx:
        tx.save_case(waiting)
    withdraw(office.desk, REF, reason="a test", by="li", now=office.now)

    assert office.case().guess_at is None


def test_a_closed_case_is_not_closed_again(office: Office, make_raw: MakeRaw) -> None:
    """The moves decide; nothing is written."""
    office.take(make_raw())
    withdraw(office.desk, REF, reason="a test", by="li", now=office.now)
    count = len(office.events())
    office.later(hours=1)
    found = withdraw(office.desk, REF, reason="again", by="li", now=office.now)

    assert found is not None
    assert found[0] is found[1].status is Status.CLOSED
    assert len(office.events()) == count


def test_no_such_case(office: Office) -> None:
    """Neither for an entry nor for closing."""
    entry = Entry(kind="", text="x", by="li")

    assert enter(office.desk, "C-2026-000009", entry, now=office.now) is None
    assert withdraw(office.desk, "C-2026-000009", reason="x", by="li", now=office.now) is None

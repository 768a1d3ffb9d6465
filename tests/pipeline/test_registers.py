"""The registers over all cases: what stands in each, and what it comes to."""

from datetime import timedelta

import pytest

from cases.life import Measure, MeasureState, Part, PartState, Record
from cases.model import CaseEvent
from pipeline.by_hand import withdraw
from pipeline.registers import SHEETS, Ask, Sheet, sheet
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


@pytest.fixture
def busy(office: Office, make_raw: MakeRaw) -> Office:
    """Return an office with one case of quality."""
    office.take(make_raw())
    return office


def enter(office: Office, *entries: tuple[str, str], restricted: bool = False) -> None:
    """Put entries (kind, text) into the registers of the case."""
    records = tuple(
        Record(kind=kind, at=office.now, by="quality", text=text, restricted=restricted)
        for kind, text in entries
    )
    with office.desk.store.begin() as tx:
        tx.add_records(1, records, key=f"test:{len(tx.records(1))}")


def shown(office: Office, name: str, *, restricted: bool = False, find: str = "") -> Sheet:
    with office.desk.store.read() as tx:
        return sheet(tx, name, Ask(now=office.now, restricted=restricted, find=find))


def part(office: Office, state: PartState, **report: str) -> Part:
    at = office.now
    return Part(department="quality", round=1, state=state, asked_at=at, since_at=at, report=report)


def test_the_unresolved_stand_there_with_the_reason(busy: Office) -> None:
    """And the time that is left; a case that was closed is gone (K096)."""
    held = CaseEvent(
        at=busy.now, kind="held", actor="department:quality", detail="waits for the maker"
    )
    with busy.desk.store.begin() as tx:
        tx.save_parts(1, (part(busy, PartState.HELD),))
        tx.add_events(1, (held,), key="test")
    (row,) = shown(busy, "unresolved").rows
    due = busy.case().due_at
    assert due is not None
    days = (due - busy.now) // timedelta(days=1)

    assert (row["case"], row["why"]) == ("C-2026-000001", "waits for the maker")
    assert str(row["left"]).startswith(f"{days} d ")
    withdraw(busy.desk, "C-2026-000001", reason="a test", by="li", now=busy.now)
    assert shown(busy, "unresolved").rows == ()


def test_what_is_wanted_first_stands_first(busy: Office, make_raw: MakeRaw) -> None:
    """The order of work follows the dates, and so the urgency, not who wrote first (K067)."""
    busy.later(minutes=5)
    mail = make_raw("It caught fire, my hand is burnt.\n", message_id="2@customer.example")
    busy.take(mail)
    cases = [row["case"] for row in shown(busy, "unresolved").rows]

    assert busy.case(2).severity == "serious"
    assert cases == [busy.case(2).reference, busy.case(1).reference]


def test_what_is_overdue_stands_there_with_how_late_it_is(busy: Office) -> None:
    """The complainant's date is always a limit (K010)."""
    assert shown(busy, "overdue").rows == ()
    due = busy.case().due_at
    assert due is not None
    busy.now = due + timedelta(days=2, hours=3)
    row = next(r for r in shown(busy, "overdue").rows if r["what"] == "the complainant's answer")

    assert (row["case"], row["who"], row["late"]) == ("C-2026-000001", "quality", "2 d 3 h")


def test_measures_stand_there_with_owner_and_time_left(busy: Office) -> None:
    """K011; what is settled has no time left to count."""
    at = busy.now
    common = {"department": "quality", "opened_at": at, "since_at": at, "owner": "李伟"}
    measures = (
        Measure(**common, state=MeasureState.OPEN, due_at=at + timedelta(days=3)),  # type: ignore[arg-type] # real fields
        Measure(**common, number=2, state=MeasureState.WAIVED, reason="a) isolated"),  # type: ignore[arg-type] # as above
    )
    with busy.desk.store.begin() as tx:
        tx.save_measures(1, measures)
    first, second = shown(busy, "measures").rows

    assert (first["owner"], first["left"], first["state"]) == ("李伟", "3 d 0 h", "open")
    assert (second["left"], second["reason"]) == ("", "a) isolated")


def test_costs_add_up_per_currency(busy: Office) -> None:
    """Compensation apart from costs; what names no clear sum is counted as such (K043, K062)."""
    enter(
        busy,
        ("cost", "运费 30元"),
        ("cost", "材料 1.2万元"),
        ("cost", "EUR 5"),
        ("cost", "to be settled"),
        ("compensation", "¥300"),
        ("cost_bearer", "the carrier, 30元"),
    )
    found = shown(busy, "costs")

    assert found.sums == (
        "cost: 12,030.00 CNY; 5.00 EUR; 1 without one clear sum, not counted",
        "compensation: 300.00 CNY",
    )
    assert [row["value"] for row in found.rows] == ["30.00", "12000.00", "5.00", "", "300.00", ""]


def test_returned_goods_are_flagged(busy: Office) -> None:
    """K027: without form, without count."""
    enter(busy, ("returned_goods", "2台，退货单 R-1"), ("returned_goods", "it came back"))

    assert [row["lacks"] for row in shown(busy, "returns").rows] == ["", "count, form"]


def test_samples_are_counted(busy: Office) -> None:
    """K072: at least one is kept; a test of one is no count."""
    enter(
        busy,
        ("samples", "索取3件，收到2件，留样1件"),
        ("samples", "received 2"),
        ("test", "12 kV held"),
    )
    rows = shown(busy, "samples").rows

    assert [row["kept"] for row in rows] == [1, None, None]
    assert [row["lacks"] for row in rows] == ["", "kept", ""]


def test_liability_needs_a_word(busy: Office) -> None:
    """K040: only for whoever asks for restricted entries, in every register."""
    enter(busy, ("liability", "a warning"), ("visit", "on Monday"), restricted=True)

    assert shown(busy, "liability").rows == ()
    assert [r["text"] for r in shown(busy, "liability", restricted=True).rows] == ["a warning"]


def test_lessons_are_found_by_cause(busy: Office) -> None:
    """K073: the cause that the department reported is part of the entry."""
    enter(busy, ("lesson", "test every seal"), ("document", "WI-7, revision 3"))
    with busy.desk.store.begin() as tx:
        tx.save_parts(1, (part(busy, PartState.ANSWERED, cause="密封圈老化"),))

    assert len(shown(busy, "lessons", find="密封圈 SEAL").rows) == 1
    assert len(shown(busy, "lessons", find="密封圈").rows) == 2
    assert shown(busy, "lessons", find="carrier").rows == ()


def test_marks_have_a_mean(busy: Office) -> None:
    """K019; words without a mark do not count into it."""
    enter(busy, ("satisfaction", "5"), ("satisfaction", "2: slow"), ("satisfaction", "so-so"))

    assert shown(busy, "marks").sums == ("3.5 of 5 from 2",)


@pytest.mark.parametrize(
    ("register", "kind"),
    [
        ("contacts", "contact"),
        ("callbacks", "callback"),
        ("referred", "referrer"),
        ("rewards", "reward"),
    ],
)
def test_plain_registers_show_their_entries(register: str, kind: str, busy: Office) -> None:
    """K099, K072, K028, K061: as written, with case and writer, and nothing else."""
    enter(busy, (kind, "as written"), ("meeting", "not here"))
    (row,) = shown(busy, register).rows

    assert (row["case"], row["text"], row["by"]) == ("C-2026-000001", "as written", "quality")


@pytest.mark.parametrize("name", SHEETS)
def test_every_register_can_be_empty(name: str, office: Office) -> None:
    """Every row has every column; an empty one has none."""
    found = shown(office, name)

    assert (found.rows, found.sums) == ((), ())
    assert "case" in found.columns

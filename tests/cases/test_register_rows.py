"""Registers over all cases, on SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.life import Clock, ClockKind, Measure, MeasureState, Record, Ring, RingAction
from cases.model import Case, CaseEvent, Fact, Matter, Status
from cases.store import Store

DAY = timedelta(days=1)


def _letter(
    store: Store, case_id: int | None, *, letter: str, revision: int, now: datetime
) -> None:
    with store.begin() as tx:
        tx.queue_letter(
            case_id=case_id,
            letter=letter,
            recipient="a@example.com",
            revision=revision,
            message_id=f"{letter}.{revision}.{case_id}",
            envelope_from="desk@example.com",
            data=b"x",
            automatic=False,
            now=now,
            not_before=now + DAY,
        )


@pytest.mark.parametrize(
    ("status", "matter", "counts"),
    [
        (Status.ROUTED, Matter.COMPLAINT, True),
        (Status.IN_APPROVAL, Matter.COMPLAINT, True),
        (Status.REOPENED, Matter.COMPLAINT, True),
        (Status.OUTCOME_SENT, Matter.COMPLAINT, False),
        (Status.FOLLOW_UP, Matter.COMPLAINT, False),
        (Status.CLOSED, Matter.COMPLAINT, False),
        (Status.NOT_A_COMPLAINT, Matter.PRAISE, False),
        (Status.ROUTED, Matter.ENQUIRY, False),
    ],
)
def test_a_complaint_without_an_outcome_is_unresolved(
    status: Status, matter: Matter, counts: bool, store: Store, waiting: Case
) -> None:
    """What was answered, and what never was a complaint, is not in the ledger (K096)."""
    with store.begin() as tx:
        tx.save_case(replace(waiting, status=status, matter=matter))
        found = tx.unresolved()

    assert [case.id for case in found] == [waiting.id] * counts


def test_a_ledger_is_of_what_came_before(store: Store, waiting: Case) -> None:
    """A case of the month itself has time yet."""
    received = waiting.received_at
    with store.read() as tx:
        assert tx.unresolved(before=received) == ()
        assert len(tx.unresolved(before=received + DAY)) == 1
        assert (tx.has_cases(before=received), tx.has_cases(before=received + DAY)) == (False, True)


def test_limits_that_are_over_are_found(store: Store, waiting: Case, monday_nine: datetime) -> None:
    """Only those that run, and only of the kinds that somebody can miss."""

    def clock(kind: ClockKind, due_at: datetime) -> Clock:
        ring = Ring(at=due_at, action=RingAction.REMIND)
        key = f"{kind.value}:none→quality:1:17"
        return Clock(key=key, kind=kind, started_at=due_at - DAY, due_at=due_at, rings=(ring,))

    late = clock(ClockKind.ANSWER, monday_nine - DAY)
    clocks = (late, clock(ClockKind.AGE, monday_nine - DAY), clock(ClockKind.REVIEW, monday_nine))
    with store.begin() as tx:
        tx.sync_clocks(waiting.id, clocks, now=monday_nine)
        kinds = (ClockKind.ANSWER, ClockKind.REVIEW)
        ((case, row),) = tx.overdue(kinds, now=monday_nine)
        running = tx.clocks(waiting.id)
        tx.sync_clocks(waiting.id, (), now=monday_nine)
        stopped = (tx.overdue(kinds, now=monday_nine), tx.clocks(waiting.id))

    assert (case.id, row.kind, row.who, row.due_at) == (
        waiting.id,
        ClockKind.ANSWER,
        "quality",
        late.due_at,
    )
    assert [row.due_at for row in running] == sorted(one.due_at for one in clocks)
    assert stopped == ((), ())


def test_measures_and_entries_come_with_their_case(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """Restricted entries only for whoever asks for them (K040)."""
    measure = Measure(
        department="quality",
        state=MeasureState.OPEN,
        opened_at=monday_nine,
        since_at=monday_nine,
    )
    records = tuple(
        Record(kind=kind, at=monday_nine, by="quality", text=kind, restricted=kind == "liability")
        for kind in ("cost", "liability", "visit")
    )
    with store.begin() as tx:
        tx.save_measures(waiting.id, (measure,))
        tx.add_records(waiting.id, records, key="mail:1")
        measures = tx.all_measures()
        shown = tx.all_records(("cost", "liability"))
        everything = tx.all_records(("cost", "liability"), restricted=True)

    assert [(case.id, found) for case, found in measures] == [(waiting.id, measure)]
    assert [record.kind for _, record in shown] == ["cost"]
    assert [(case.id, record.kind) for case, record in everything] == [
        (waiting.id, "cost"),
        (waiting.id, "liability"),
    ]


def test_letters_say_when_they_leave(store: Store, waiting: Case, monday_nine: datetime) -> None:
    """For the file of a case: what waits, and until when."""
    _letter(store, waiting.id, letter="outcome", revision=1, now=monday_nine)
    with store.read() as tx:
        (letter,) = tx.filed_letters(waiting.id)

    assert (letter.letter, letter.state, letter.sent_at) == ("outcome", "ready", None)
    assert letter.not_before == monday_nine + DAY


def test_a_notice_is_known_by_its_number(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """The ledger of November is not that of a case, nor of December."""
    _letter(store, waiting.id, letter="ledger", revision=202611, now=monday_nine)
    with store.read() as tx:
        assert not tx.notice_written("ledger", 202611)
    _letter(store, None, letter="ledger", revision=202611, now=monday_nine)
    with store.read() as tx:
        assert tx.notice_written("ledger", 202611)
        assert not tx.notice_written("ledger", 20261)
        assert not tx.notice_written("ledger", 202612)


def test_an_event_is_known_by_its_cause(store: Store, waiting: Case, monday_nine: datetime) -> None:
    """So that what happens once a month is not done twice."""
    event = CaseEvent(at=monday_nine, kind="reminded", actor="desk")
    with store.begin() as tx:
        assert not tx.has_event(waiting.id, "ledger:2026-11")
        tx.add_events(waiting.id, (event,), key="ledger:2026-11")
        assert tx.has_event(waiting.id, "ledger:2026-11")
        assert not tx.has_event(waiting.id, "ledger:2026-1")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"customer": "WANG"}, True),
        ({"customer": "customer.example"}, True),
        ({"customer": "%"}, False),
        ({"product": "kettle"}, True),
        ({"product": "20240611a"}, True),
        ({"product": "Toaster"}, False),
        ({"customer": "wang", "product": "toaster"}, False),
        ({"customer": "wang", "status": "closed"}, False),
    ],
)
def test_cases_are_found_by_customer_and_product(
    wanted: dict[str, str], found: bool, store: Store, waiting: Case
) -> None:
    """Any part of the words, in any case; a sign that means something to SQL is just a sign."""
    facts = (
        Fact(name="product", value="kettle", canonical="Kettle K200"),
        Fact(name="batch", value="20240611A"),
    )
    with store.begin() as tx:
        tx.relate(replace(waiting, facts=facts))
        cases = tx.find_cases(**wanted)  # type: ignore[arg-type] # no limit is given

    assert [case.id for case in cases] == [waiting.id] * found

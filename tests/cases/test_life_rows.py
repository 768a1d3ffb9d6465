"""Parts, measures, records and clocks, on SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import datetime, timedelta

from cases.life import (
    Clock,
    ClockKind,
    Measure,
    MeasureState,
    Part,
    PartState,
    Record,
    Ring,
    RingAction,
)
from cases.model import Case, Fact
from cases.store import Store

HOUR = timedelta(hours=1)


def clock(monday_nine: datetime, *hours: int, key: str = "answer:quality") -> Clock:
    """Return a clock that rings so many hours after nine."""
    rings = tuple(Ring(at=monday_nine + n * HOUR, action=RingAction.REMIND) for n in hours)
    return Clock(
        key=key,
        kind=ClockKind.ANSWER,
        who="quality",
        started_at=monday_nine,
        due_at=monday_nine + 8 * HOUR,
        rings=rings,
    )


def test_a_part_is_kept_once_for_each_round_and_department(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """Written again it is the same row as it is now, whole and in order."""
    first = Part(
        department="quality",
        round=1,
        state=PartState.EXTERNAL,
        asked_at=monday_nine,
        since_at=monday_nine + HOUR,
        person="李伟",
        promised_at=monday_nine + 9 * HOUR,
        party="carrier",
        report={"cause": "密封圈\0", "cost": "40 EUR"},
        returns=1,
    )
    second = replace(first, department="delivery", report={}, promised_at=None)
    with store.begin() as tx:
        tx.save_parts(waiting.id, (first, second))
        tx.save_parts(waiting.id, (replace(first, state=PartState.ACCEPTED), second))
        found = tx.parts(waiting.id)

    assert [part.department for part in found] == ["quality", "delivery"]
    assert found[0].state is PartState.ACCEPTED
    assert found[0].report == {"cause": "密封圈\ufffd", "cost": "40 EUR"}
    assert found[1] == second


def test_a_measure_is_kept_as_it_is_now(store: Store, waiting: Case, monday_nine: datetime) -> None:
    """Everything about it comes back as it was written."""
    measure = Measure(
        department="quality",
        number=2,
        state=MeasureState.OPEN,
        corrective="换密封圈",
        preventive="each seal is checked",
        owner="Li Wei",
        opened_at=monday_nine,
        since_at=monday_nine,
        due_at=monday_nine + HOUR,
        checked_by="qa@example.com",
        reason="not yet",
        failures=1,
    )
    with store.begin() as tx:
        tx.save_measures(waiting.id, (replace(measure, failures=0),))
        tx.save_measures(waiting.id, (measure,))
        assert tx.measures(waiting.id) == (measure,)


def test_entries_of_a_register_are_written_once_for_each_cause(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """The same mail handled twice writes nothing twice; order and secrecy are kept."""
    entries = (
        Record(kind="cost", at=monday_nine, by="quality", text="40 EUR"),
        Record(kind="liability", at=monday_nine, by="quality", text="warning", restricted=True),
    )
    with store.begin() as tx:
        for _ in range(2):
            tx.add_records(waiting.id, entries, key="mail:7")
        assert tx.records(waiting.id) == entries


def test_a_clock_rings_when_it_is_due_and_each_ring_counts_once(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """Two workers that see the same ring: the second one changes nothing."""
    running = clock(monday_nine, 2, 4)
    with store.begin() as tx:
        tx.sync_clocks(waiting.id, (running,), now=monday_nine)
        assert tx.due_clocks(now=monday_nine + 2 * HOUR - timedelta(seconds=1)) == ()
        (due,) = tx.due_clocks(now=monday_nine + 2 * HOUR)
        assert tx.count_ring(due)
        assert not tx.count_ring(due)
        tx.sync_clocks(waiting.id, (running,), now=monday_nine)
        assert tx.due_clocks(now=monday_nine + 3 * HOUR) == ()
        (again,) = tx.due_clocks(now=monday_nine + 4 * HOUR)

    assert (due.fired, again.fired, again.key) == (0, 1, "answer:quality")


def test_a_clock_that_no_longer_follows_from_the_case_stops(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """It rings no more; one that comes back goes on where it was."""
    running = clock(monday_nine, 1, 2)
    with store.begin() as tx:
        tx.sync_clocks(waiting.id, (running,), now=monday_nine)
        (due,) = tx.due_clocks(now=monday_nine + HOUR)
        tx.count_ring(due)
        tx.sync_clocks(waiting.id, (), now=monday_nine)
        assert tx.due_clocks(now=monday_nine + 9 * HOUR) == ()
        assert tx.clock_row(waiting.id, running.key) is None
        tx.sync_clocks(waiting.id, (running,), now=monday_nine)
        (due,) = tx.due_clocks(now=monday_nine + 9 * HOUR)

    assert (due.fired, due.next_at) == (1, monday_nine + 2 * HOUR)


def test_cases_are_found_by_what_they_are_about(store: Store, waiting: Case) -> None:
    """By number or product, in any case and width of letters; by nothing else (K087)."""
    about = Fact(name="serial", value=" 77 ")
    with store.begin() as tx:
        assert [c.id for c in tx.cases_with((about,), names=("serial",))] == [waiting.id]
        assert tx.cases_with((about,), names=("batch",)) == ()
        assert tx.cases_with((replace(about, value="78"),), names=("serial",)) == ()
        assert tx.cases_with((), names=("serial",)) == ()


def test_the_earlier_cases_of_a_complainant_are_found(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """Theirs, and only the recent ones (K065)."""
    with store.begin() as tx:
        addr = waiting.complainant.addr
        assert [c.id for c in tx.cases_of(addr, since=monday_nine)] == [waiting.id]
        assert tx.cases_of(addr, since=monday_nine + HOUR) == ()
        assert tx.cases_of("li.na@customer.example", since=monday_nine) == ()


def test_a_limit_that_was_made_longer_rings_again(
    store: Store, waiting: Case, monday_nine: datetime
) -> None:
    """What rang by the shorter date rings by the longer one as well; a shorter one never twice."""
    short, long = clock(monday_nine, 1, 2), clock(monday_nine, 1, 5)
    longer = replace(long, due_at=long.due_at + HOUR)
    with store.begin() as tx:
        tx.sync_clocks(waiting.id, (short,), now=monday_nine)
        for _ in range(2):
            (due,) = tx.due_clocks(now=monday_nine + 2 * HOUR)
            tx.count_ring(due)
            tx.sync_clocks(waiting.id, (short,), now=monday_nine + 2 * HOUR)
        assert tx.due_clocks(now=monday_nine + 9 * HOUR) == ()
        tx.sync_clocks(waiting.id, (longer,), now=monday_nine + 2 * HOUR)
        (due,) = tx.due_clocks(now=monday_nine + 9 * HOUR)
        assert (due.fired, due.next_at) == (1, monday_nine + 5 * HOUR)
        tx.count_ring(due)
        tx.sync_clocks(waiting.id, (short,), now=monday_nine + 5 * HOUR)
        assert tx.due_clocks(now=monday_nine + 9 * HOUR) == ()

"""Whoever changes the story of a case past the desk is found out (F124); SQLite and PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from cases.audit_rows import SETTLED_AFTER, ChainedCase
from cases.audit_tables import anchor
from cases.chain import chain_problems
from cases.life import Record
from cases.model import Case, CaseEvent, Decision
from cases.seals import entries_of
from cases.store import Store, Transaction
from cases.tables import case_, case_fact, event, inbox, record
from pipeline.audit_check import Tally, audit, case_problems

KINDS = ("registered", "acknowledged", "routed", "letter_sent", "note", "answered")


class Undo(Exception):
    """Ends a transaction without a trace."""


@contextmanager
def undone(store: Store) -> Iterator[tuple[Transaction, Callable[[Any], Any]]]:
    """Open a transaction whose changes are looked at and then forgotten; also a bare SQL door."""
    try:
        with store.begin() as tx:
            yield tx, tx._connection.execute
            raise Undo
    except Undo:
        pass


def write_story(store: Store, case: Case, at: datetime, *, key: str = "mail") -> None:
    """Write six events, each of a cause of its own; the fifth enters something in a register."""
    with store.begin() as tx:
        for number, kind in enumerate(KINDS):
            one = CaseEvent(at=at, kind=kind, actor="desk", detail=f"{kind} 详情", reasons=("why",))
            kept: tuple[Record, ...] = ()
            if kind == "note":
                kept = (Record(kind="cost", at=at, by="quality", text="30 yuan"),)
            cause = f"{key}:{number}"
            decision = Decision(moves=(), events=(one,), letters=(), records=kept)
            entries = entries_of(case.id, decision, key=cause)
            tx.add_events(case.id, (one,), key=cause, seals={"rules": "v1"}, entries=entries)
            tx.add_records(case.id, kept, key=cause)


def chained(tx: Transaction, case_id: int) -> ChainedCase:
    """Return the end of the chain of one case."""
    return tx.chained_cases(after=case_id - 1, limit=1)[0]


def problems(tx: Transaction, case_id: int) -> list[str]:
    """Return what is wrong with the story of one case."""
    case = chained(tx, case_id)
    return list(chain_problems(tx.chain(case), head=case.head))


@pytest.fixture
def told(store: Store, waiting: Case, monday_nine: datetime) -> Case:
    """Return a case with a story of six events."""
    write_story(store, waiting, monday_nine)
    return waiting


EDITS: dict[str, object] = {
    "key": "1:mail:99:0",
    "kind": "withdrawn",
    "actor": "operator",
    "detail": "something else",
    "reasons": '["another"]',
    "seals": '{"rules": "v2"}',
    "salt": "00" * 16,
    "digest": "ab" * 32,
    "hash": "cd" * 32,
}


def test_a_story_as_it_was_written_fits(store: Store, told: Case) -> None:
    """Nothing is reported where nobody changed anything."""
    with store.snapshot() as tx:
        assert len(tx.chain(chained(tx, told.id))) == len(KINDS)
        assert problems(tx, told.id) == []


@pytest.mark.parametrize("column", [*EDITS, "at", "salt emptied"])
def test_every_edit_of_every_event_is_found(store: Store, told: Case, column: str) -> None:
    """Whichever row and column: the event is named."""
    for number in range(len(KINDS)):
        with undone(store) as (tx, sql):
            ids = sql(select(event.c.id).order_by(event.c.id)).scalars().all()
            row = sql(select(event).where(event.c.id == ids[number])).one()
            change = {column: EDITS.get(column)}
            if column == "at":
                change = {"at": row.at + timedelta(microseconds=1)}
            if column == "salt emptied":
                change = {"salt": "", "detail": ""}
            sql(update(event).where(event.c.id == row.id).values(change))
            found = problems(tx, told.id)
            assert found, (column, number)
            assert any(f"event {row.id} " in one for one in found), found


def test_every_deleted_event_is_found(store: Store, told: Case) -> None:
    """In the middle, the first, and the newest, whose loss only the case itself shows."""
    for number in range(len(KINDS)):
        with undone(store) as (tx, sql):
            ids = sql(select(event.c.id).order_by(event.c.id)).scalars().all()
            sql(delete(event).where(event.c.id == ids[number]))
            assert len(problems(tx, told.id)) == 1


def test_every_two_events_that_change_places_are_found(store: Store, told: Case) -> None:
    """Two neighbours swap their numbers."""
    for number in range(len(KINDS) - 1):
        with undone(store) as (tx, sql):
            one, two = sql(select(event.c.id).order_by(event.c.id)).scalars().all()[number:][:2]
            for before, after in ((one, 999), (two, one), (999, two)):
                sql(update(event).where(event.c.id == before).values(id=after))
            assert problems(tx, told.id)


def test_an_inserted_event_is_found_even_with_a_digest_of_its_own(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Behind the newest one and between two others, with hashes made by the rules."""
    with undone(store) as (tx, sql):
        newest = sql(select(event).order_by(event.c.id.desc()).limit(1)).one()
        forged = {**newest._mapping, "id": newest.id + 1, "key": "forged", "detail": "paid"}
        sql(insert(event).values(forged))
        assert problems(tx, told.id)
    with undone(store) as (tx, sql):
        head = sql(select(case_.c.head).where(case_.c.id == told.id)).scalar_one()
        one = CaseEvent(at=monday_nine, kind="note", actor="desk", detail="paid")
        tx.add_events(told.id, (one,), key="forged")  # by the rules, but the case is set back
        sql(update(case_).where(case_.c.id == told.id).values(head=head))
        assert problems(tx, told.id)


def test_an_event_moved_to_another_case_is_found_in_both(store: Store, told: Case) -> None:
    """Its content names the case it belongs to."""
    with undone(store) as (tx, sql):
        row = sql(select(case_).where(case_.c.id == told.id)).one()
        other = {**row._mapping, "id": 77, "reference": "C-2026-000077", "inbox_id": 77, "head": ""}
        sql(insert(case_).values(other))
        first = sql(select(event.c.id).order_by(event.c.id).limit(1)).scalar_one()
        sql(update(event).where(event.c.id == first).values(case_id=77))
        assert problems(tx, told.id)
        assert problems(tx, 77)


def test_an_entry_changed_removed_or_added_past_the_desk_is_found(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Registers are vouched for by the events beside them."""
    with undone(store) as (tx, sql):
        sql(update(record).values(text="3 yuan"))
        assert [one.partition(" ")[2] for one in case_problems(tx, chained(tx, told.id))] == [
            "was changed"
        ]
    with undone(store) as (tx, sql):
        sql(delete(record))
        assert [one.partition(" ")[2] for one in case_problems(tx, chained(tx, told.id))] == [
            "is gone"
        ]
    with undone(store) as (tx, _):
        more = Record(kind="cost", at=monday_nine, by="quality", text="300 yuan")
        tx.add_records(told.id, (more,), key="forged")
        assert [one.partition(" ")[2] for one in case_problems(tx, chained(tx, told.id))] == [
            "was added by hand"
        ]
    with undone(store) as (tx, sql):
        sql(update(case_).values(complainant_addr="somebody.else@example.net"))
        assert "case was changed" in case_problems(tx, chained(tx, told.id))


def test_the_same_cause_adds_nothing_to_the_chain(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Everything may run twice."""
    with store.snapshot() as tx:
        before = chained(tx, told.id).head
    write_story(store, told, monday_nine)
    with store.snapshot() as tx:
        assert chained(tx, told.id).head == before
        assert problems(tx, told.id) == []


def test_two_who_write_at_once_make_one_chain(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Nobody follows an event that somebody else has followed already."""

    def write(name: str) -> None:
        for number in range(15):
            one = CaseEvent(at=monday_nine, kind="note", actor="desk", detail=name)
            with store.begin() as tx:
                tx.add_events(told.id, (one, one), key=f"{name}:{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    with store.snapshot() as tx:
        assert len(tx.chain(chained(tx, told.id))) == len(KINDS) + 4 * 15 * 2
        assert problems(tx, told.id) == []


# ---------------------------------------------------------------- anchors


def anchored(store: Store, at: datetime) -> None:
    """Anchor what is settled at that time."""
    with store.begin() as tx:
        assert tx.add_anchor(now=at)


def test_a_whole_case_or_its_newest_events_deleted_are_found_by_the_anchor(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Even by somebody who mends the case itself, so that its own chain fits."""
    anchored(store, monday_nine + timedelta(days=1))
    assert list(audit(store, Tally())) == []
    with store.begin() as tx:
        sql = tx._connection.execute
        rows = sql(select(event).order_by(event.c.id)).all()
        sql(delete(event).where(event.c.id == rows[-1].id))
        sql(update(case_).values(head=rows[-2].hash))
    found = [str(one) for one in audit(store, Tally())]
    assert len(found) == 1 and "of the events 1 to 6 there are 5" in found[0]
    with store.begin() as tx:
        sql = tx._connection.execute
        sql(update(inbox).values(case_id=None))
        for table in (event, record, case_fact, case_):
            sql(delete(table))
    found = [str(one) for one in audit(store, Tally())]
    assert len(found) == 1 and "there are 0" in found[0]


def test_a_chain_made_anew_is_found_by_the_anchor_that_left(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Whoever owns the database can make everything fit, but for the mail of the day before."""
    later = monday_nine + timedelta(days=1)
    anchored(store, later)
    with store.snapshot() as tx:
        last = tx.last_anchor()
        assert last is not None
    assert list(audit(store, Tally(), known=last.hash)) == []
    with store.begin() as tx:
        tx._connection.execute(delete(anchor))
        tx._connection.execute(delete(event))
        tx._connection.execute(update(case_).values(head=""))
    with store.begin() as tx:
        tx._connection.execute(delete(record))
    write_story(store, told, monday_nine)
    anchored(store, later)
    assert list(audit(store, Tally())) == []
    (found,) = audit(store, Tally(), known=last.hash)
    assert last.hash in found.words


@pytest.mark.parametrize("column", ["at", "up_to", "count", "hash", "number"])
def test_an_edited_or_deleted_anchor_is_found(
    store: Store, told: Case, monday_nine: datetime, column: str
) -> None:
    """The anchors are a chain of their own."""
    anchored(store, monday_nine + timedelta(days=1))
    write_story(store, told, monday_nine + timedelta(days=1), key="later")
    anchored(store, monday_nine + timedelta(days=2))
    assert list(audit(store, Tally())) == []
    change: dict[str, object] = {"hash": "ef" * 32, "up_to": 5, "count": 5, "number": 9}
    with store.begin() as tx:
        value = change.get(column, monday_nine)
        first = anchor.c.number == 1
        tx._connection.execute(update(anchor).where(first).values({column: value}))
    assert list(audit(store, Tally()))


def test_what_may_still_be_joined_by_an_older_number_waits(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """PostgreSQL hands out numbers before it commits, so young events are anchored later."""
    with undone(store) as (tx, sql):
        assert tx.add_anchor(now=monday_nine + SETTLED_AFTER / 2) is None
        ids = sql(select(event.c.id).order_by(event.c.id)).scalars().all()
        young = update(event).where(event.c.id == ids[3])
        sql(young.values(at=monday_nine + timedelta(hours=3)))
        made = tx.add_anchor(now=monday_nine + timedelta(hours=3, minutes=10))
        assert made and (made.count, made.up_to) == (3, ids[2])


# ---------------------------------------------------------------- erasing, older databases, cost


def test_an_erased_story_still_fits_and_a_pretended_one_does_not(
    store: Store, told: Case, monday_nine: datetime
) -> None:
    """Content and salt are gone, digest and hash stay; only a later event makes that lawful."""
    emptied = update(event).values(detail="", reasons="[]", actor="desk", salt="")
    with undone(store) as (tx, sql):
        sql(emptied)
        assert len(problems(tx, told.id)) == 1
        one = CaseEvent(at=monday_nine, kind="erased", actor="operator")
        tx.add_events(told.id, (one,), key="erasure:1")
        assert problems(tx, told.id) == []


OLD = """
insert into case_ (id, reference, secret, inbox_id, status, round, matter, category, subcategory,
  severity, score, unsure, language, complainant_addr, complainant_name, subject, text, thread_id,
  departments, facts, received_at, level, rules_version, clocks_version, model_version)
values ({n}, 'C-2026-00000{n}', 's', {n}, 'routed', 1, 'complaint', 'quality', '', 'general', 0.5,
  false, 'zh', 'a@example.com', '', '漏水', '', '', '[]', '[]', '2026-11-23 01:00:00.000000', 0,
  'v', '', 'm');
"""
OLD_EVENT = """
insert into event (id, case_id, key, at, kind, actor, detail, reasons)
values ({id}, {case}, 'k{id}', '2026-11-23 01:00:0{at}', 'note', 'desk', '详情 "{id}"',
  '["因为", "a\\u00e9"]');
"""


@pytest.mark.parametrize("revision", ["0001", "0002"])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def test_a_database_of_an_older_release_is_chained_whole(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, revision: str
) -> None:
    """Every event of before gets its place; from then on nobody changes it unseen."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server, _ = request.getfixturevalue("postgres_with_schema")
        url = server.url(server.create())
    config = Config()
    folder = Path(__file__).parents[2] / "cases" / "migrations"
    config.set_main_option("script_location", str(folder))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for n in (1, 2):
            connection.execute(text(OLD.format(n=n)))
        for number in range(1, 8):
            at = "5" if number % 2 else "5.123456"
            row = OLD_EVENT.format(id=number, case=1 + number % 2, at=at)
            connection.execute(text(row.replace(":0", r"\:0")))
    engine.dispose()
    store = Store(url)
    store.upgrade()
    with store.snapshot() as tx:
        assert sum(len(tx.chain(case)) for case in tx.chained_cases()) == 7
        assert [problems(tx, case.id) for case in tx.chained_cases()] == [[], []]
    with undone(store) as (tx, sql):
        sql(update(event).where(event.c.id == 3).values(detail="x"))
        assert problems(tx, 2)
    with store.begin() as tx:
        moved = CaseEvent(at=tx.events(1)[0].at, kind="note", actor="desk")
        tx.add_events(1, (moved,), key="new")
        assert problems(tx, 1) == []
    store.close()


@pytest.mark.alone
def test_chaining_costs_little(store: Store, told: Case, monday_nine: datetime) -> None:
    """A millisecond at most for an event, beside the disk that takes longer (measured: 0.2)."""
    one = CaseEvent(at=monday_nine, kind="note", actor="desk", detail="x" * 200)
    best = 1.0
    with undone(store) as (tx, _):
        for turn in range(5):
            start = time.perf_counter()
            for number in range(100):
                tx.add_events(told.id, (one,), key=f"{turn}:{number}")
            best = min(best, (time.perf_counter() - start) / 100)
    print(f"{best * 1e6:.0f} µs an event")  # noqa: T201 - a figure, shown by -s
    assert best < 0.005

"""Erasing row by row: every column of the database is thought of, and what is erased stays so."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import LargeBinary, String, Text

import cases.store  # noqa: F401 - brings every table
from cases.chain import chain_problems
from cases.columns import metadata
from cases.destroyed_rows import MARK, Scissors
from cases.erasure_rows import is_of_the_thing
from cases.incoming import Address, RawMail
from cases.model import CaseEvent, Fact, Scope
from cases.store import Store, Transaction
from tests.cases.test_store import open_case, queue

SCISSORS = Scissors(
    figure=lambda _kind, _text: "",
    measure=lambda text: text,
    places=frozenset({"complaints"}),
    letters_in_folder=True,
)
WANG = "wang@customer.example"

#: What erasing a person leaves of every column that could hold words.
ERASED = {
    "inbox": "sender words message_id reason",
    "raw_mail": "data",
    "case_": "complainant_addr complainant_name subject text thread_id facts judged earlier",
    "event": "actor detail reasons salt",
    "correction": "note by",
    "case_fact": "value",
    "part": "person report",
    "measure": "corrective preventive owner reason checked_by",
    "record": "by text",
    "clock": "key",
    "outbox": "recipient dedupe_key envelope_from data last_reply",
    "reply_token": "party",
    "suppression": "address",
    "mailbox_state": "error",
    "data_key": "wrapped",
}
#: Words of ours, codes, hashes, and what belongs to the house.
KEPT = {
    "inbox": "mailbox uid sha256 identity state owner",
    "case_": "reference secret status matter category subcategory severity language departments "
    "rules_version clocks_version model_version rules tags head",
    "event": "key kind seals digest hash",
    "correction": "key how was category matter",
    "case_fact": "name",
    "part": "department state party",
    "measure": "department state",
    "record": "key kind",
    "clock": "kind",
    "outbox": "letter message_id state owner",
    "reply_token": "hash scope",
    "lease": "name owner",
    "mailbox_state": "mailbox",
    "data_key": "master",
    "erasure": "by how who why cases",
    "mail_copy": "place uid sha256 error",
    "anchor": "hash",
    "rule_set": "version by how note files",
    "rule_proposal": "code_hash version by how why files state decided_by",
    "rule_fault": "mark kind",
}


def test_every_column_that_could_hold_words_is_thought_of() -> None:
    """Whoever adds a column says here whether erasing a person empties it."""
    said = {
        f"{table}.{column}"
        for known in (ERASED, KEPT)
        for table, columns in known.items()
        for column in columns.split()
    }
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | Text | LargeBinary)
    }

    assert there - said == set()
    assert said - there == set()


@pytest.fixture
def case_id(store: Store, monday_nine: datetime) -> int:
    """Return a case of a mail, with a letter that left, one that waits, and a reply token."""
    raw = RawMail(
        mailbox="complaints", uidvalidity=5, uid="1", received_at=monday_nine, data=b"canary"
    )
    with store.begin() as tx:
        tx.store_mail(raw, identity="1", now=monday_nine, size=6)
        tx.store_mail(replace(raw, uid="2"), identity="1", now=monday_nine, size=6)
        taken = tx.take_mail(owner="a", now=monday_nine, lease=timedelta(hours=1))
        assert taken is not None
        case = open_case(
            tx,
            monday_nine,
            inbox_id=taken.id,
            complainant=Address(addr=WANG, name="canary"),
            subject="canary",
            text="canary",
        )
        tx.note_reading(taken, sender=WANG, words="w", message_id="canary@x")
        tx.finish_mail(taken, "done", case_id=case.id)
        copy = tx.take_mail(owner="b", now=monday_nine, lease=timedelta(hours=1))
        assert copy is not None
        tx.finish_mail(copy, "duplicate", duplicate_of=taken.id, reason="same mail as number 1")
        event = CaseEvent(
            at=monday_nine, kind="note", actor="operator:canary", detail="canary", reasons=("c",)
        )
        tx.add_events(case.id, (event,), key="x")
        queue(tx, case, monday_nine, recipient=WANG, message_id="1@x", letter="acknowledgement")
        letter = tx.lease_letter(owner="a", now=monday_nine, lease=timedelta(hours=1))
        assert letter is not None
        tx.settle_letter(letter, "sent", reply=f"250 {WANG}", now=monday_nine)
        queue(tx, case, monday_nine)
        tx.add_token(
            "h",
            case_id=case.id,
            scope=Scope.COMPLAINANT,
            party=WANG,
            expires_at=monday_nine + timedelta(days=9),
        )
    return case.id


def erase(tx: Transaction, case_id: int, now: datetime) -> None:
    done = tx.erase_case(case_id, SCISSORS, now=now)
    assert not done.busy
    event = CaseEvent(at=now, kind="erased", actor="operator:li", detail="asked for it")
    tx.add_events(case_id, (event,), key=f"erased:{now.isoformat()}")


def test_what_leads_to_a_person_is_gone_and_the_figures_stay(
    store: Store, case_id: int, monday_nine: datetime
) -> None:
    """Name, words, bytes and recipient are marks; category, product and dates are as they were."""
    with store.read() as tx:
        before = tx.case(case_id)
    with store.begin() as tx:
        erase(tx, case_id, monday_nine)
        after = tx.case(case_id)
        entries = tx.entries()
        letters = tx.letters_in(("sent", "cancelled"))
        copies = {place: count for place, (count, _) in tx.copies_left().items()}
        token = tx.case_by_token("h", Scope.COMPLAINANT, now=monday_nine)

    assert before is not None
    assert after == replace(
        before,
        complainant=Address(addr=MARK, name=MARK),
        subject=MARK,
        text="",
        thread_id="",
    )
    assert after.facts == (Fact(name="product", value="鲜奶", known=True, canonical="鲜牛奶"),)
    assert [entry.state for entry in entries] == ["done", "duplicate"]
    assert all(entry.erased_at for entry in entries)
    assert [(row.recipient, row.state) for row in letters] == [
        (MARK, "sent"),
        ("quality@example.com", "cancelled"),
    ]
    assert copies == {"complaints": 2, "": 2}
    assert token is None


def test_the_chain_still_fits_and_says_who_wanted_it(
    store: Store, case_id: int, monday_nine: datetime
) -> None:
    """Events are empty but follow each other; without the event that says so, it shows."""
    with store.begin() as tx:
        erase(tx, case_id, monday_nine)
        (case,) = tx.chained_cases()
        events = tx.chain(case)

    assert list(chain_problems(events, head=case.head)) == []
    assert [(one["actor"], one["detail"]) for one in events] == [
        ("operator", ""),
        ("operator:li", "asked for it"),
    ]
    alone = [*chain_problems(events[:1], head=events[0]["hash"])]
    assert len(alone) == 1, "emptied without a word is found"


def test_erasing_twice_is_erasing_once(store: Store, case_id: int, monday_nine: datetime) -> None:
    """The second time nothing is left to do, and the day of the first stays."""
    later = monday_nine + timedelta(days=1)
    with store.begin() as tx:
        erase(tx, case_id, monday_nine)
        once = (tx.case(case_id), tx.ledger(), tx.letters_in(("sent", "cancelled")))
    with store.begin() as tx:
        done = tx.erase_case(case_id, SCISSORS, now=later, again=True)
        twice = (tx.case(case_id), tx.ledger(), tx.letters_in(("sent", "cancelled")))
        own = tx.own_case("C-2026-000001")

    assert (done.mails, done.letters, done.busy) == (0, 0, "")
    assert once == twice
    assert own is not None
    assert own.erased_at == monday_nine


def test_a_letter_that_is_leaving_holds_the_erasure_up(
    store: Store, case_id: int, monday_nine: datetime
) -> None:
    """Nothing is erased under the hands of whoever sends a letter."""
    with store.begin() as tx:
        assert tx.lease_letter(owner="a", now=monday_nine, lease=timedelta(hours=1))
        done = tx.erase_case(case_id, SCISSORS, now=monday_nine)
        case = tx.case(case_id)

    assert done.busy
    assert case is not None
    assert case.complainant.addr == WANG


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        (Fact(name="product", value="鲜奶", known=True), True),
        (Fact(name="product", value="Wang's kettle"), False),
        (Fact(name="batch", value="B2026-0415"), True),
        (Fact(name="batch", value="the one of Wang"), False),
        (Fact(name="order", value="SO20261107", known=True), False),
        (Fact(name="serial", value="SN1"), False),
        (Fact(name="phone", value="13912345678"), False),
    ],
)
def test_a_fact_about_the_thing_stays_one_about_its_owner_goes(fact: Fact, kept: bool) -> None:
    """Of the catalogue, or a code that many things share."""
    assert is_of_the_thing(fact) is kept

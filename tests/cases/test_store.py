"""The memory of the desk: natural keys, fences and leases, on SQLite and PostgreSQL alike."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text

import cases
from cases.columns import metadata
from cases.errors import StoreUnavailable
from cases.inbox_rows import TakenMail
from cases.incoming import Address, RawMail
from cases.lifecycle import step
from cases.model import (
    Assessment,
    Case,
    CaseEvent,
    Category,
    Classification,
    Fact,
    Matter,
    Move,
    Scope,
    Status,
)
from cases.outbox_rows import OutboxRow
from cases.store import SCHEMA, Store, Transaction

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def raw(monday_nine: datetime) -> Callable[..., RawMail]:
    """Return a builder of mails as they come from a mailbox."""

    def build(
        uid: str = "1", data: bytes = b"Subject: x\r\n\r\ny\r\n", uidvalidity: int = 5
    ) -> RawMail:
        return RawMail(
            mailbox="complaints",
            uidvalidity=uidvalidity,
            uid=uid,
            received_at=monday_nine,
            data=data,
        )

    return build


@pytest.fixture
def keep(store: Store, raw: Callable[..., RawMail], monday_nine: datetime) -> Callable[..., bool]:
    """Return a function that stores one mail and says whether it was new."""

    def run(uid: str = "1", *, identity: str = "", ignored: str = "", size: int = 17) -> bool:
        with store.begin() as tx:
            return tx.store_mail(
                raw(uid), identity=identity or uid, now=monday_nine, size=size, ignored=ignored
            )

    return run


@pytest.fixture
def take(store: Store) -> Callable[..., TakenMail | None]:
    """Return a function that takes a mail for two minutes."""

    def run(owner: str, now: datetime) -> TakenMail | None:
        with store.begin() as tx:
            return tx.take_mail(owner=owner, now=now, lease=2 * MINUTE)

    return run


def open_case(tx: Transaction, now: datetime, **changes: object) -> Case:
    """Open a case the way `process` does."""
    values: dict[str, object] = {
        "inbox_id": 1,
        "assessment": Assessment(
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            source="model",
            score=0.9,
            unsure=False,
            severity="general",
            departments=("quality", "service"),
        ),
        "classification": Classification(
            language="zh",
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            score=0.9,
            labels={},
            facts=(Fact(name="product", value="鲜奶", known=True, canonical="鲜牛奶"),),
            model="m-1",
        ),
        "complainant": Address(addr="wang@customer.example", name="王芳"),
        "subject": "漏水",
        "thread_id": "1@customer.example",
        "received_at": now,
        "due_at": now + HOUR,
        "rules_version": "abc",
    }
    return tx.open_case(**(values | changes))  # type: ignore[arg-type] # real parameters


def queue(tx: Transaction, case: Case, now: datetime, **changes: object) -> bool:
    """Queue a letter the way `write` does."""
    values: dict[str, object] = {
        "case_id": case.id,
        "letter": "routed",
        "recipient": "quality@example.com",
        "revision": 1,
        "message_id": "1.routed@example.com",
        "envelope_from": "complaints@example.com",
        "data": b"mail",
        "automatic": False,
        "now": now,
        "not_before": now,
    }
    return tx.queue_letter(**(values | changes))  # type: ignore[arg-type] # real parameters


@pytest.fixture
def case(store: Store, monday_nine: datetime) -> Case:
    """Return a case that is in the store."""
    with store.begin() as tx:
        return open_case(tx, monday_nine)


# ---------------------------------------------------------------- the inbox


def test_a_mail_is_stored_once(keep: Callable[..., bool], store: Store) -> None:
    """(mailbox, uidvalidity, uid) is its key: the second time nothing happens."""
    assert [keep("1"), keep("1"), keep("2")] == [True, False, True]
    with store.read() as tx:
        assert tx.inbox_counts() == {"new": 2}
        assert tx.known_uids("complaints", 5) == {"1", "2"}
        assert tx.known_uids("complaints", 6) == frozenset()
        assert tx.known_uids("other", 5) == frozenset()


def test_taking_a_mail_counts_the_attempt_before_it_is_made(
    keep: Callable[..., bool], take: Callable[..., TakenMail | None], monday_nine: datetime
) -> None:
    """F08: a crash while handling it leaves the count; the bytes come back untouched."""
    keep("1")
    taken = take("a", monday_nine)

    assert taken is not None
    assert (taken.attempts, taken.owner, taken.partial) == (1, "a", False)
    assert taken.raw.data == b"Subject: x\r\n\r\ny\r\n"
    assert taken.raw.received_at == monday_nine
    assert take("b", monday_nine + MINUTE) is None


def test_the_oldest_mail_comes_first_and_a_partial_one_says_so(
    keep: Callable[..., bool], take: Callable[..., TakenMail | None], monday_nine: datetime
) -> None:
    """By the order of storing; `size` beyond the kept bytes means that only a part is here."""
    keep("1", size=10_000_000)
    keep("2")
    first, second = take("a", monday_nine), take("b", monday_nine)

    assert first is not None
    assert second is not None
    assert [(m.raw.uid, m.partial) for m in (first, second)] == [("1", True), ("2", False)]


def test_an_expired_lease_is_taken_over_and_the_old_owner_has_no_say(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """The fence is owner and attempt: also the same owner's first attempt is refused later."""
    keep("1")
    old = take("a", monday_nine)
    new = take("a", monday_nine + 3 * MINUTE)
    assert old is not None
    assert new is not None

    assert new.attempts == 2
    with store.begin() as tx:
        assert not tx.finish_mail(old, "done")
        assert tx.finish_mail(new, "done")
        assert not tx.finish_mail(new, "done")  # and only once
        assert tx.inbox_counts() == {"done": 1}


def test_a_mail_set_aside_for_a_while_waits_that_long(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """`not_before` holds it back; the mails behind it go on."""
    keep("1")
    keep("2")
    taken = take("a", monday_nine)
    assert taken is not None
    with store.begin() as tx:
        tx.finish_mail(taken, "new", not_before=monday_nine + MINUTE)
    following = take("a", monday_nine)
    again = take("a", monday_nine + MINUTE)

    assert following is not None
    assert again is not None
    assert (following.raw.uid, again.raw.uid, again.attempts) == ("2", "1", 2)


def test_the_same_mail_through_another_door_is_found(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """`first_of` names the earlier row with the same identity, never one that was ignored."""
    keep("0", identity="same", ignored="too old")
    keep("1", identity="same")
    keep("2", identity="other")
    keep("3", identity="same")
    found = []
    with store.begin() as tx:
        for _ in range(3):
            taken = tx.take_mail(owner="a", now=monday_nine, lease=MINUTE)
            assert taken is not None
            found.append(tx.first_of(taken))

    assert found == [None, None, 2]


def test_an_ignored_mail_is_kept_but_never_taken_or_moved(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """Mail from before our time stays where it was."""
    keep("1", ignored="too old")

    assert take("a", monday_nine) is None
    with store.read() as tx:
        assert tx.mails_to_file("complaints") == ()
        assert tx.known_uids("complaints", 5) == {"1"}
        assert tx.raw_of(1) == b"Subject: x\r\n\r\ny\r\n"


def test_settled_mails_are_filed_once(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """Done and quarantined mails wait for their folder until that is noted."""
    for uid in ("1", "2", "3"):
        keep(uid)
    for state in ("done", "quarantined"):
        taken = take("a", monday_nine)
        assert taken is not None
        with store.begin() as tx:
            tx.finish_mail(taken, state)
    with store.begin() as tx:
        waiting = tx.mails_to_file("complaints")
        assert [(row.uid, row.state) for row in waiting] == [("1", "done"), ("2", "quarantined")]
        assert len(tx.mails_to_file("complaints", limit=1)) == 1
        tx.mark_filed([waiting[0].id])
        assert [row.uid for row in tx.mails_to_file("complaints")] == ["2"]


def test_the_only_process_takes_its_mails_back_at_the_start(
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    store: Store,
    monday_nine: datetime,
) -> None:
    """Without waiting for the lease; the attempt stays counted."""
    keep("1")
    take("a", monday_nine)
    with store.begin() as tx:
        assert tx.release_mails() == 1
    again = take("b", monday_nine)

    assert again is not None
    assert again.attempts == 2


# ---------------------------------------------------------------- cases


def test_a_case_comes_back_as_it_was_opened(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """Reference from year and row, a secret of 256 bits, everything else as given."""
    with store.read() as tx:
        assert tx.case(case.id) == case
        assert tx.lock_case(case.id) == case
        assert tx.case_by_reference("c-2026-000001") == case
        assert tx.case_by_reference("C-2026-000002") is None
        assert tx.case(99) is None
        assert tx.recent_cases() == tx.recent_cases(status="registered") == (case,)
        assert tx.recent_cases(status="closed") == ()
        assert tx.case_counts() == {"registered": 1}

    assert case.reference == "C-2026-000001"
    assert len(case.secret) == 64
    assert case.status is Status.REGISTERED
    assert case.facts == (Fact(name="product", value="鲜奶", known=True, canonical="鲜牛奶"),)
    assert case.received_at == monday_nine
    assert case.received_at.utcoffset() == timedelta(0)


def test_one_mail_opens_at_most_one_case(store: Store, case: Case, monday_nine: datetime) -> None:
    """The database refuses the second one, whatever the program believes; nothing of it stays."""
    with pytest.raises(Exception, match=r"(?i)unique"), store.begin() as tx:
        open_case(tx, monday_nine)
    with store.read() as tx:
        assert tx.recent_cases() == (case,)


def test_what_a_move_changes_is_saved(store: Store, case: Case, monday_nine: datetime) -> None:
    """Status, round, matter, severity, departments and times."""
    changed = replace(
        case,
        status=Status.OUTCOME_SENT,
        round=2,
        matter=Matter.ENQUIRY,
        severity="serious",
        departments=("delivery",),
        due_at=monday_nine + 2 * HOUR,
        closed_at=monday_nine,
        level=2,
        status_at=monday_nine + HOUR,
        outcome_at=monday_nine + HOUR,
    )
    with store.begin() as tx:
        tx.save_case(changed)
        assert tx.case(case.id) == changed


def test_the_same_cause_writes_its_events_once(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """`key` is the cause; the story keeps its order and reasons."""
    story = tuple(
        CaseEvent(at=monday_nine, kind=kind, actor="desk", detail="d", reasons=("r", "s"))
        for kind in ("registered", "routed")
    )
    for _ in range(2):
        with store.begin() as tx:
            tx.add_events(case.id, story, key="mail:1")
    with store.read() as tx:
        assert tx.events(case.id) == story
        assert tx.events(99) == ()


def test_a_token_opens_its_case_for_its_scope_and_time(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """Another scope, another hash or a later day opens nothing."""
    with store.begin() as tx:
        tx.add_token(
            "h" * 64,
            case_id=case.id,
            scope=Scope.DEPARTMENT,
            party="quality",
            expires_at=monday_nine + HOUR,
        )
        lead = tx.case_by_token("h" * 64, Scope.DEPARTMENT, now=monday_nine)
        assert lead is not None
        assert (lead.case, lead.via, lead.party) == (case, "token", "quality")
        assert tx.case_by_token("h" * 64, Scope.COMPLAINANT, now=monday_nine) is None
        assert tx.case_by_token("g" * 64, Scope.DEPARTMENT, now=monday_nine) is None
        assert tx.case_by_token("h" * 64, Scope.DEPARTMENT, now=monday_nine + HOUR) is None


def test_a_letter_that_carries_a_token_again_prolongs_its_life(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """A case reopened months later can still be answered; nothing ever shortens a life."""
    values = {"case_id": case.id, "scope": Scope.DEPARTMENT, "party": "quality"}
    with store.begin() as tx:
        for hours in (1, 3, 2):
            tx.add_token("h" * 64, expires_at=monday_nine + hours * HOUR, **values)  # type: ignore[arg-type]
        later = monday_nine + 2.5 * HOUR
        assert tx.case_by_token("h" * 64, Scope.DEPARTMENT, now=later) is not None
        later = monday_nine + 3 * HOUR
        assert tx.case_by_token("h" * 64, Scope.DEPARTMENT, now=later) is None


# ---------------------------------------------------------------- the outbox


def test_a_letter_is_queued_once(store: Store, case: Case, monday_nine: datetime) -> None:
    """Per case, letter, recipient in any case of letters, and revision."""
    with store.begin() as tx:
        assert queue(tx, case, monday_nine)
        assert not queue(tx, case, monday_nine)
        assert not queue(tx, case, monday_nine, recipient="Quality@Example.com", message_id="x")
        assert queue(tx, case, monday_nine, revision=2, message_id="2")
        assert queue(tx, case, monday_nine, letter="alert", message_id="3")
        assert tx.outbox_counts() == {"ready": 3}
        assert tx.letters_of(case.id)[0] == ("routed", "quality@example.com", "ready", "")


@pytest.fixture
def leased(store: Store, case: Case, monday_nine: datetime) -> OutboxRow:
    """Return a letter that worker `a` holds for five minutes."""
    with store.begin() as tx:
        queue(tx, case, monday_nine)
        row = tx.lease_letter(owner="a", now=monday_nine, lease=5 * MINUTE)
    assert row is not None
    return row


def lease_again(store: Store, now: datetime, owner: str = "b") -> OutboxRow | None:
    with store.begin() as tx:
        return tx.lease_letter(owner=owner, now=now, lease=5 * MINUTE)


def test_claiming_a_letter_counts_the_try(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """And nobody else gets it meanwhile."""
    assert (leased.tries, leased.ambiguous, leased.owner, leased.data) == (1, 0, "a", b"mail")
    assert leased.created_at == monday_nine
    assert lease_again(store, monday_nine) is None


def test_letters_leave_in_the_order_they_are_due(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """Not before their time."""
    with store.begin() as tx:
        for name, minutes in (("a", 2), ("b", 1), ("c", 9)):
            queue(tx, case, monday_nine, letter=name, message_id=name,
                  not_before=monday_nine + minutes * MINUTE)  # fmt: skip
    now = monday_nine + 5 * MINUTE
    rows = [lease_again(store, now) for _ in range(3)]

    assert [row.letter if row else None for row in rows] == ["b", "a", None]


def test_the_dot_is_only_for_the_owner_of_a_living_lease(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """F05: too late, or taken over, and nothing may leave."""
    with store.begin() as tx:
        assert not tx.mark_dot(leased, now=monday_nine + 6 * MINUTE, lease=MINUTE)
        assert tx.mark_dot(leased, now=monday_nine + MINUTE, lease=MINUTE)
        assert not tx.mark_dot(leased, now=monday_nine + MINUTE, lease=MINUTE)  # only once


def test_a_letter_that_was_taken_over_is_settled_by_its_new_owner_only(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """The fence is owner and try."""
    later = monday_nine + 6 * MINUTE
    with store.begin() as tx:
        assert tx.recover_letters(now=later) == 1
    new = lease_again(store, later, owner="a")
    assert new is not None

    with store.begin() as tx:
        assert not tx.mark_dot(leased, now=later, lease=MINUTE)
        assert not tx.settle_letter(leased, "sent", reply="250", now=later)
        assert tx.mark_dot(new, now=later, lease=MINUTE)
        assert tx.settle_letter(new, "sent", reply="250 ok", now=later)
        assert not tx.settle_letter(new, "failed", reply="550", now=later)
        assert tx.letters_of(new.case_id or 0) == (
            ("routed", "quality@example.com", "sent", "250 ok"),
        )


def test_a_try_that_failed_for_now_waits_for_its_next_time(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """The try is counted, the lost answer too."""
    with store.begin() as tx:
        tx.settle_letter(
            leased, "ready", reply="451", now=monday_nine, not_before=monday_nine + MINUTE,
            ambiguous=True,
        )  # fmt: skip
    assert lease_again(store, monday_nine) is None
    again = lease_again(store, monday_nine + MINUTE)

    assert again is not None
    assert (again.tries, again.ambiguous) == (2, 1)


def test_a_leased_letter_of_a_dead_worker_is_simply_ready_again(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """It was never handed over; a living lease is left alone."""
    with store.begin() as tx:
        assert tx.recover_letters(now=monday_nine + MINUTE) == 0
        assert tx.recover_letters(now=monday_nine + 6 * MINUTE) == 1
    again = lease_again(store, monday_nine + 6 * MINUTE)

    assert again is not None
    assert (again.ambiguous, again.tries) == (0, 2)


def test_a_letter_lost_at_the_dot_is_repeated_twice_and_then_held(
    leased: OutboxRow, store: Store, monday_nine: datetime
) -> None:
    """Each loss counts as ambiguous; the third leaves the letter to a person."""
    row: OutboxRow | None = leased
    seen = []
    for number in range(4):
        if row is None:
            break
        seen.append(row.ambiguous)
        now = monday_nine + number * MINUTE
        with store.begin() as tx:
            assert tx.mark_dot(row, now=now, lease=MINUTE)
            assert tx.recover_letters(now=now, alone=True) == 1
        row = lease_again(store, now)

    assert seen == [0, 1, 2]
    with store.read() as tx:
        assert tx.outbox_counts() == {"held": 1}
        assert "three times" in tx.letters_of(leased.case_id or 0)[0][3]


def test_automatic_letters_are_counted_by_reader_and_domain(
    store: Store, case: Case, monday_nine: datetime
) -> None:
    """In any case of letters; others and older ones do not count."""
    rows = [
        ("wang@customer.example", True, 0),
        ("WANG@Customer.Example", True, 0),
        ("li@customer.example", True, 0),
        ("li@xcustomer.example", True, 0),
        ("a_b@customer.example", False, 0),
        ("wang@customer.example", True, -120),
    ]
    with store.begin() as tx:
        for number, (recipient, automatic, minutes) in enumerate(rows):
            queue(tx, case, monday_nine + minutes * MINUTE, recipient=recipient, revision=number,
                  message_id=str(number), automatic=automatic)  # fmt: skip
        since = monday_nine - HOUR
        assert tx.automatic_since(since) == 4
        assert tx.automatic_since(since, recipient="Wang@customer.example") == 2
        assert tx.automatic_since(since, domain="CUSTOMER.example") == 3
        assert tx.automatic_since(since, domain="cust%mer.example") == 0
        assert tx.automatic_since(since - 2 * HOUR, recipient="wang@customer.example") == 3


# ---------------------------------------------------------------- odd texts


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", "\udcff", "\U0001f4a9", "é" * 500])
def test_odd_texts_can_be_stored(odd: str, store: Store, monday_nine: datetime) -> None:
    """F43: NUL and lone surrogates become other characters, everything else stays."""
    with store.begin() as tx:
        case = open_case(
            tx,
            monday_nine,
            complainant=Address(addr=odd, name=odd),
            subject=odd,
            thread_id=odd,
            classification=Classification(
                language="zh",
                matter=Matter.COMPLAINT,
                category=Category.OTHER,
                score=0,
                labels={},
                facts=(Fact(name="x", value=odd),),
            ),
        )
        item = CaseEvent(at=monday_nine, kind="note", actor="desk", detail=odd, reasons=(odd,))
        tx.add_events(case.id, (item,), key="k")
        queue(tx, case, monday_nine)
        row = tx.lease_letter(owner="a", now=monday_nine, lease=MINUTE)
        assert row is not None
        assert tx.settle_letter(row, "failed", reply=odd, now=monday_nine)
        tx.mailbox_failed("complaints", odd, now=monday_nine)
    with store.read() as tx:
        found = tx.case(case.id)
        assert found == case
        assert len(tx.events(case.id)) == 1
    if odd.isprintable():
        assert case.subject == case.facts[0].value == odd


def test_a_naive_time_is_a_bug(store: Store, monday_nine: datetime) -> None:
    """It is refused at the door of the database."""
    with pytest.raises(Exception, match="naive time"), store.begin() as tx:
        open_case(tx, monday_nine.replace(tzinfo=None))


# ---------------------------------------------------------------- leases and health


def test_a_lease_has_one_owner_at_a_time(store: Store, monday_nine: datetime) -> None:
    """It can be renewed, given back, and taken over when its time is over."""
    with store.begin() as tx:
        assert tx.hold_lease("m", owner="a", now=monday_nine, until=MINUTE)
        assert tx.hold_lease("m", owner="a", now=monday_nine, until=2 * MINUTE)
        assert not tx.hold_lease("m", owner="b", now=monday_nine + MINUTE, until=MINUTE)
        assert tx.hold_lease("other", owner="b", now=monday_nine, until=MINUTE)
        assert tx.hold_lease("m", owner="b", now=monday_nine + 3 * MINUTE, until=MINUTE)
        tx.drop_lease("m", owner="a")  # no longer its own
        assert not tx.hold_lease("m", owner="a", now=monday_nine + 3 * MINUTE, until=MINUTE)
        tx.drop_lease("m", owner="b")
        assert tx.hold_lease("m", owner="a", now=monday_nine + 3 * MINUTE, until=MINUTE)


def test_the_health_of_a_mailbox_is_its_last_scan_and_its_last_error(
    store: Store, monday_nine: datetime
) -> None:
    """A scan heals the error; an error leaves the time of the last scan."""
    with store.begin() as tx:
        tx.mailbox_failed("m", "refused", now=monday_nine)
        (found,) = tx.mailboxes()
        assert (found.scanned_at, found.error, found.error_at) == (None, "refused", monday_nine)
        tx.mailbox_scanned("m", now=monday_nine + MINUTE)
        (found,) = tx.mailboxes()
        assert (found.scanned_at, found.error, found.error_at) == (monday_nine + MINUTE, "", None)
        tx.mailbox_failed("m", "gone", now=monday_nine + HOUR)
        (found,) = tx.mailboxes()
        assert (found.scanned_at, found.error) == (monday_nine + MINUTE, "gone")


# ---------------------------------------------------------------- transactions and schema


def test_an_exception_rolls_everything_back(store: Store, monday_nine: datetime) -> None:
    """Nothing of a block that failed is there."""
    with pytest.raises(RuntimeError), store.begin() as tx:
        open_case(tx, monday_nine)
        raise RuntimeError
    with store.read() as tx:
        assert tx.recent_cases() == ()


def test_upgrading_twice_changes_nothing(store: Store, case: Case) -> None:
    """The revision is the one the program wants, and the data stay."""
    store.upgrade()
    store.upgrade()

    assert store.schema() == SCHEMA
    with store.read() as tx:
        assert tx.case(case.id) == case


def test_the_migrations_make_exactly_our_tables(store: Store, store_url: str) -> None:
    """Alembic finds no difference between the upgraded database and cases/tables.py."""
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_program_wants_the_newest_revision() -> None:
    """SCHEMA is the head of the migrations."""
    folder = Path(cases.__file__).parent / "migrations"

    assert ScriptDirectory(str(folder)).get_current_head() == SCHEMA


def test_two_workers_share_the_mails(
    store: Store,
    keep: Callable[..., bool],
    take: Callable[..., TakenMail | None],
    monday_nine: datetime,
) -> None:
    """Threads that take at the same time never get the same mail, and none is left over."""
    for number in range(12):
        keep(str(number))
    taken: list[str] = []
    failures: list[Exception] = []

    def work(owner: str) -> None:
        try:
            while mail := take(owner, monday_nine):
                taken.append(mail.raw.uid)
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert failures == []
    assert sorted(taken, key=int) == [str(number) for number in range(12)]


def test_two_writers_wait_for_each_other(store: Store, case: Case, monday_nine: datetime) -> None:
    """Read, think, write in two threads at once: the second waits and sees the first's result."""
    seen: list[Status] = []
    failures: list[Exception] = []
    barrier = threading.Barrier(2, timeout=10)

    def work() -> None:
        try:
            barrier.wait()
            with store.begin() as tx:
                found = tx.lock_case(case.id)
                assert found is not None
                seen.append(found.status)
                moved = step(found.status, Move.ROUTE if len(seen) == 1 else Move.ANSWER)
                tx.save_case(replace(found, status=moved))
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert failures == []
    assert seen == [Status.REGISTERED, Status.ROUTED]


# ---------------------------------------------------------------- SQLite alone


@pytest.fixture
def sqlite(empty_database: Path, tmp_path: Path) -> Store:
    """Return a store on a SQLite file that waits for nobody."""
    path = tmp_path / "alone.db"
    path.write_bytes(empty_database.read_bytes())
    return Store(f"sqlite:///{path}", busy_ms=50)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 50),
    ],
)
def test_sqlite_is_set_to_lose_nothing(pragma: str, value: object, sqlite: Store) -> None:
    """FULL: committed is on the disk; foreign keys hold; deleted is gone (F37)."""
    with closing(sqlite), sqlite.read() as tx:
        found = tx._connection.execute(text(f"PRAGMA {pragma}")).scalar()

    assert found == value


def test_sqlite_begins_to_write_at_once_and_to_read_without_a_lock(sqlite: Store) -> None:
    """BEGIN IMMEDIATE for a writer (F34); a reader neither waits nor blocks."""
    statements: list[str] = []
    with closing(sqlite):
        event.listen(
            sqlite._engine, "before_cursor_execute", lambda *args: statements.append(args[2])
        )
        with sqlite.begin() as writer:
            assert writer.inbox_counts() == {}
            with sqlite.read() as reader:
                assert reader.inbox_counts() == {}

    assert [s for s in statements if s.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]


def test_a_locked_sqlite_is_an_outage_not_a_bug(sqlite: Store) -> None:
    """The second writer gives up after the busy time with StoreUnavailable."""
    outage = pytest.raises(StoreUnavailable, match="locked")
    with closing(sqlite), sqlite.begin(), outage, sqlite.begin():
        pass


def test_a_file_that_is_no_database_is_an_outage(tmp_path: Path) -> None:
    """Somebody's text file is not overwritten."""
    path = tmp_path / "desk.db"
    path.write_bytes(b"no database at all " * 100)
    store = Store(f"sqlite:///{path}")

    with closing(store), pytest.raises(StoreUnavailable, match="not a database"):
        store.schema()
    assert path.read_bytes().startswith(b"no database")


def test_a_file_that_is_missing_is_empty_and_made_by_upgrade(tmp_path: Path) -> None:
    """Looking makes nothing, upgrading makes all, for nobody else's eyes."""
    file = tmp_path / "sub" / "desk.db"
    store = Store(f"sqlite:///{file}")
    with closing(store):
        assert store.schema() == ""
        assert not file.exists()
        store.upgrade()
        assert store.schema() == SCHEMA
        assert store.file == file
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_empty_database_has_no_schema(tmp_path: Path) -> None:
    """The empty string, not an error."""
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    with closing(store):
        assert store.schema() == ""


# ---------------------------------------------------------------- PostgreSQL alone


@pytest.mark.parametrize("host", ["127.0.0.1:1", "database.invalid:5432"])
def test_a_server_that_is_not_there_is_an_outage(host: str) -> None:
    """Refused or unknown: StoreUnavailable, and nothing was changed."""
    store = Store(f"postgresql+psycopg://desk:canary@{host}/desk?connect_timeout=5")

    with closing(store), pytest.raises(StoreUnavailable) as caught, store.begin():
        pass
    assert "canary" not in str(caught.value)
    assert store.file is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "Could not parse"),
        ("", "Could not parse"),
        ("mysteriousdb://x/y", "Can't load plugin"),
        ("postgresql+psycopg99://x/y", "Can't load plugin"),
    ],
)
def test_a_wrong_url_is_refused_at_once(url: str, words: str) -> None:
    """ValueError, before anything is opened."""
    with pytest.raises(ValueError, match=words):
        Store(url)

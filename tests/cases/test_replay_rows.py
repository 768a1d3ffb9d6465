"""Mails that were handled, as a replay finds them: on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.incoming import Address, RawMail
from cases.model import (
    Assessment,
    Case,
    CaseEvent,
    Category,
    Classification,
    Correction,
    Fact,
    Matter,
)
from cases.store import Store, Transaction

LONG = timedelta(days=1)


def handled(
    tx: Transaction,
    now: datetime,
    *,
    uid: str,
    case: Case | None = None,
    earlier: tuple[Case, ...] = (),
) -> Case:
    """Store a mail, and open a case with it or let it join one."""
    raw = RawMail(mailbox="shop", uidvalidity=5, uid=uid, received_at=now, data=b"Subject: x")
    tx.store_mail(raw, identity=uid, now=now, size=99)
    taken = tx.take_mail(owner="a", now=now, lease=LONG)
    assert taken is not None
    found = case or tx.open_case(
        inbox_id=taken.id,
        assessment=Assessment(
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            source="model",
            score=0.9,
            unsure=False,
            severity="general",
            departments=("quality",),
        ),
        classification=Classification(
            language="en",
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            score=0.9,
            labels={},
            facts=(Fact(name="batch", value="B1", known=True),),
        ),
        complainant=Address(addr="a@customer.example"),
        subject="x",
        thread_id=uid,
        received_at=now,
        due_at=None,
        rules_version="1",
        earlier=earlier,
    )
    tx.finish_mail(taken, "done", case_id=found.id)
    return found


def event(now: datetime, kind: str, *reasons: str, actor: str = "complainant") -> CaseEvent:
    return CaseEvent(at=now, kind=kind, actor=actor, reasons=reasons)


def test_a_case_comes_with_its_first_judgement_and_the_mails_that_were_judged(
    store: Store, monday_nine: datetime
) -> None:
    """A mail that only thanked is none of them; of the others it is known what they did."""
    with store.begin() as tx:
        case = handled(tx, monday_nine, uid="1")
        registered = event(monday_nine, "registered", "read only in part: too long", actor="desk")
        tx.add_events(case.id, (registered,), key="mail:1")
        for number, one in enumerate(
            (
                event(monday_nine, "complainant_wrote"),
                event(monday_nine, "thanks"),
                event(monday_nine, "complainant_wrote", "serious: smoke"),
                event(monday_nine, "reopened"),
                event(monday_nine, "complainant_wrote", "?", actor="referrer:a@b.example"),
            ),
            start=2,
        ):
            handled(tx, monday_nine + timedelta(hours=number), uid=str(number), case=case)
            tx.add_events(case.id, (one,), key=f"mail:{number}")
    with store.read() as tx:
        judged = tx.judged(case.id)
        (found,) = tx.handled_cases([case.id], since=monday_nine, until=monday_nine + LONG)

    assert found.judged == judged
    assert not found.corrected
    assert [(m.inbox_id, m.opened, m.raised, m.reopened) for m in found.mails] == [
        (1, True, False, False),
        (2, False, False, False),
        (4, False, True, False),
        (5, False, False, True),
    ]
    assert (found.mails[0].in_part, found.mails[0].mailbox, found.mails[0].size) == (
        "too long",
        "shop",
        99,
    )


def test_an_encrypted_mail_was_read_as_far_as_can_be(store: Store, monday_nine: datetime) -> None:
    """Its note says so, but it is read again like any other."""
    with store.begin() as tx:
        case = handled(tx, monday_nine, uid="1")
        note = event(monday_nine, "registered", "read only in part: it is encrypted", actor="desk")
        tx.add_events(case.id, (note,), key="mail:1")
    with store.read() as tx:
        (found,) = tx.handled_cases([case.id], since=monday_nine, until=monday_nine + LONG)

    assert found.mails[0].in_part == ""


def test_earlier_cases_are_as_they_were(store: Store, monday_nine: datetime) -> None:
    """Somebody corrected the first case, and it got another fact, after the second was judged."""
    with store.begin() as tx:
        first = handled(tx, monday_nine, uid="1")
        second = handled(tx, monday_nine + timedelta(hours=1), uid="2", earlier=(first,))
        correction = Correction(
            at=monday_nine,
            by="op",
            how="operator",
            was=Category.QUALITY,
            category=Category.DELIVERY,
            matter=Matter.COMPLAINT,
        )
        tx.add_correction(first.id, correction, key="hand")
        first = tx.lock_case(first.id) or first
        tx.save_case(replace(first, category=Category.DELIVERY, facts=()))
    with store.read() as tx:
        one, two = tx.handled_cases(
            [first.id, second.id], since=monday_nine, until=monday_nine + LONG
        )

    assert (one.case.category, one.corrected, one.earlier) == (Category.DELIVERY, True, ())
    assert [(c.id, c.category, c.facts) for c in two.earlier] == [
        (first.id, Category.QUALITY, (Fact(name="batch", value="B1"),))
    ]


@pytest.mark.parametrize(("since", "until", "expected"), [(0, 2, [1, 2]), (1, 2, [2]), (0, 1, [1])])
def test_the_period_holds_its_first_moment_and_not_its_last(
    since: int, until: int, expected: list[int], store: Store, monday_nine: datetime
) -> None:
    """Two mails, an hour apart."""
    with store.begin() as tx:
        for number in range(2):
            handled(tx, monday_nine + timedelta(hours=number), uid=str(number))
    begin, end = (monday_nine + timedelta(hours=hours) for hours in (since, until))
    with store.read() as tx:
        ids = tx.cases_written_to(since=begin, until=end)
        cases = tx.handled_cases([1, 2], since=begin, until=end)

    assert list(ids) == expected
    assert [one.case.id for one in cases] == expected

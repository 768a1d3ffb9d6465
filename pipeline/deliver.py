"""Due outbox rows → the next mail server. Claim, hand over, record; each its own transaction."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep

from cases.errors import StoreUnavailable
from cases.lifecycle import MOVES
from cases.model import CaseEvent, Decision, LetterName, Move
from cases.outbox_rows import LOST_TOO_OFTEN, OutboxRow
from cases.outgoing import Delivery, DeliveryState
from cases.store import Transaction
from outbox.retry import Verdict, judge
from outbox.sender import LeaseLost, Sender
from pipeline import lookups
from pipeline.clock import now as clock_now
from pipeline.desk import Desk
from pipeline.lives import life_of
from pipeline.save import save
from pipeline.write import queue
from routing import letters_staff
from routing.causes import OF_LETTER
from routing.phrases import phrase
from routing.ring import cause_of
from routing.untold import ASKS, lost

#: Longer than connecting and the envelope may take; renewed when the payload leaves.
LEASE = timedelta(minutes=5)
DOT_LEASE = timedelta(minutes=25)  # ten minutes to send and ten for the answer (RFC 5321 §4.5.3.2)
#: Between tries to record what a server said, while the database is away: two minutes in all.
WAITS_S = (0.1, 0.5, 1, 2, 4, 8, 15, 30, 30, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of one try."""

    row: OutboxRow
    delivery: Delivery
    state: str  #: of the row now
    reference: str = ""  #: of its case, "" where it is about no single one, or was lost


def deliver_one(desk: Desk, sender: Sender, *, now: datetime) -> Delivered | None:
    """Try the next letter that is due; None when none is."""
    with desk.store.begin() as tx:
        row = tx.lease_letter(owner=desk.owner, now=now, lease=LEASE)
    if row is None:
        return None

    def before_dot() -> None:
        # The one place where time goes on inside a verb: the server may have kept us waiting.
        with desk.store.begin() as tx:
            if not tx.mark_dot(row, now=clock_now(), lease=DOT_LEASE):
                raise LeaseLost

    try:
        delivery = sender.send(
            row.data,
            message_id=row.message_id,
            envelope_from=row.envelope_from,
            recipient=row.recipient,
            before_dot=before_dot,
        )
    except LeaseLost:
        lost = Delivery(state=DeliveryState.TRANSIENT, reply="taken over by another worker")
        return Delivered(row=row, delivery=lost, state="ready")
    now = clock_now()  # a slow server may have kept us for minutes
    verdict = judge(
        delivery, tries=row.tries, ambiguous=row.ambiguous, created_at=row.created_at, now=now
    )
    reference = _keep(desk, row, delivery, verdict, now=now)
    return Delivered(row=row, delivery=delivery, state=verdict.state, reference=reference)


def _keep(
    desk: Desk, row: OutboxRow, delivery: Delivery, verdict: Verdict, *, now: datetime
) -> str:
    """Record what a server said, waiting for a database that is away; returns whose case it is."""
    for pause in (*WAITS_S, None):
        try:
            with desk.store.begin() as tx:
                _record(tx, desk, row, delivery, verdict, now=now)
                return tx.reference_of(row.case_id) if row.case_id else ""
        except StoreUnavailable:
            # What we know now is lost if we give up: the letter would leave once more (F40, F41).
            if pause is None:
                raise
            sleep(pause)
    raise AssertionError("the last round returns or raises")  # pragma: no cover - never comes


def take_back(tx: Transaction, desk: Desk, *, now: datetime, alone: bool = False) -> None:
    """Take back the letters of dead workers; `alone`: every lease is a dead one's.

    One whose answer was lost three times is held, in its story and for the supervisors as well.
    """
    for row in tx.lost_letters(now=now, alone=alone):
        lost = Delivery(state=DeliveryState.AMBIGUOUS, reply=LOST_TOO_OFTEN)
        _record(tx, desk, row, lost, Verdict(state="held"), now=now)
    tx.recover_letters(now=now, alone=alone)


def _record(
    tx: Transaction,
    desk: Desk,
    row: OutboxRow,
    delivery: Delivery,
    verdict: Verdict,
    *,
    now: datetime,
) -> None:
    if row.case_id:
        # First the case, then its letters, as whoever handles its mails: else both could wait for
        # each other, and what has left would leave again.
        tx.lock_case(row.case_id)
    settled = tx.settle_letter(
        row,
        verdict.state,
        reply=delivery.reply,
        now=now,
        not_before=verdict.not_before,
        ambiguous=delivery.state is DeliveryState.AMBIGUOUS,
    )
    if not settled or verdict.state == "ready" or row.case_id is None:
        return
    kind = {"sent": "letter_sent", "failed": "undeliverable", "held": "held"}[verdict.state]
    detail = f"{row.letter} to {row.recipient}: {delivery.reply}"
    event = CaseEvent(at=now, kind=kind, actor="desk", detail=detail)
    key = f"letter:{row.id}:{verdict.state}:{row.tries}"
    seals = {f"letter:{row.id}": hashlib.sha256(row.data).hexdigest()}
    tx.add_events(row.case_id, (event,), key=key, seals=seals)
    if verdict.state != "sent":
        _alert(tx, desk, row, delivery, now=now)
        if verdict.state == "failed" and row.letter in ASKS:
            _not_told(tx, desk, row, delivery, now=now)
    elif row.letter == LetterName.OUTCOME:
        _outcome_sent(tx, desk, row, now=now)


def _outcome_sent(tx: Transaction, desk: Desk, row: OutboxRow, *, now: datetime) -> None:
    """Start the time of silence; unless the complainant has reopened the case meanwhile."""
    case = tx.lock_case(row.case_id) if row.case_id else None
    if case is None or (case.status, Move.SEND_OUTCOME) not in MOVES:
        return
    left = Decision(moves=(Move.SEND_OUTCOME,), events=(), letters=())
    save(tx, desk, case, left, key=f"letter:{row.id}:left", now=now)


def _not_told(
    tx: Transaction, desk: Desk, row: OutboxRow, delivery: Delivery, *, now: datetime
) -> None:
    """Have a person tell an outcome that no server takes; copies for others are only reported."""
    case = tx.lock_case(row.case_id) if row.case_id else None
    theirs = case is not None and row.recipient.lower() == case.complainant.addr.lower()
    if case is None or not theirs or case.status not in ASKS[row.letter]:
        return
    key = f"letter:{row.id}:lost:{row.tries}"
    life = life_of(tx, desk, case, cause=cause_of(case.id, key, 0), now=now)
    decision = lost(life, delivery.reply)
    if decision.events:
        save(tx, desk, case, decision, key=key, now=now)


def _alert(
    tx: Transaction, desk: Desk, row: OutboxRow, delivery: Delivery, *, now: datetime
) -> None:
    """Tell the supervisors that a letter did not arrive; an alert that fails tells nobody."""
    case = tx.case(row.case_id) if row.case_id else None
    if case is None or row.letter == LetterName.ALERT:
        return
    policy = desk.rules.policy
    reason = phrase(
        "undeliverable",
        policy.languages[0],
        letter=row.letter,
        recipient=row.recipient,
        reply=delivery.reply,
    )
    # Of each final failure: a person may have let the letter try again.
    number = OF_LETTER + row.id * 1000 + row.tries % 1000
    notices = letters_staff.alerts(
        case, policy.supervisors, policy, reasons=(reason,), revision=number
    )
    # Nobody hears of a case that the complaint is about (K079).
    life = life_of(tx, desk, case, cause=0, now=now)
    notices = lookups.reachable(tx, notices, life, now=now)
    queue(tx, desk, case, notices, original=b"", answers="", now=now)

"""Keeps personal data no longer than config.yaml says (`keep`), in small steps (F123).

Only what is over is touched: cases that are closed, mails no case came of. Each step is a
transaction of its own and leaves its entry in the register of erasures, so it may end anywhere.
Without `keep` nothing is ever erased by itself, but for what comes in later about cases that were
erased: late replies to them, and copies of their mails.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from cases.chain import ERASED
from cases.model import CaseEvent
from cases.removal_rows import Erasure
from cases.store import Transaction
from pipeline.copies import remove_letters
from pipeline.desk import Desk
from pipeline.erase import erase_case, erase_notices
from pipeline.scissors import scissors_for

#: Cases, and mails or letters, of one step.
CASES, ITEMS = 20, 100
#: The next look, once nothing is left to do; and between two times that the space is cleared.
REST, CLEARING = timedelta(hours=1), timedelta(days=1)
_WHO = "desk"

#: (transaction, desk, cut-off, now, kind of data) → whether there is more of it
Step = Callable[[Transaction, Desk, datetime, datetime, str], bool]


def retain(desk: Desk, now: datetime) -> bool:
    """Take one small step with each kind of data that is over; returns whether more is left."""
    turn = now.isoformat()  # nobody's lease is renewed: this is not about who, but how often
    with desk.store.begin() as tx:
        mine = tx.hold_lease("retention", owner=turn, now=now, until=REST)
    if not mine:
        return False
    more = _late(desk, now)
    for kind, period in desk.settings.privacy.keep.named().items():
        with desk.store.begin() as tx:
            more |= STEPS[kind](tx, desk, now - period, now, kind)
    remove_letters(desk, now=now)
    with desk.store.begin() as tx:
        more |= tx.data_keys.rewrap() > 0
        if more:
            tx.drop_lease("retention", owner=turn)  # goes on at the next turn
    if not more:
        clear(desk, now=now, at_most=CLEARING)
    return more


def clear(desk: Desk, *, now: datetime, at_most: timedelta | None = None) -> bool:
    """Clear the space that erasures freed; False if that could not be done.

    `at_most`: not again before so much time has passed, whoever did it.
    """
    with desk.store.begin() as tx:
        newest = tx.last_uncleared()
        if newest and at_most:
            newest *= tx.hold_lease("clearing", owner=now.isoformat(), now=now, until=at_most)
    if not newest:
        return True
    if not desk.store.clear_space():
        return False
    with desk.store.begin() as tx:
        tx.mark_cleared(newest)
    return True


def _late(desk: Desk, now: datetime) -> bool:
    """Erase what came in for cases after they were erased."""
    with desk.store.begin() as tx:
        late = tx.late_arrivals(limit=CASES)
        for number in late:
            own = tx.case(number)
            known = tx.own_case(own.reference) if own else None
            if known:
                erase_case(tx, desk, known, by=_WHO, why="came after the erasure", now=now)
        copies = tx.late_copies(limit=ITEMS)
        tx.erase_mails(copies, scissors_for(tx, desk, None, now=now), now=now)
    return len(late) == CASES or len(copies) == ITEMS


# ---------------------------------------------------------------- one kind of data each


def _case_texts(tx: Transaction, desk: Desk, cut_off: datetime, now: datetime, kind: str) -> bool:
    over = tx.cases_over(closed_before=cut_off, limit=CASES)
    if not over:
        return False
    mails = letters = 0
    why, done = _why(kind, now - cut_off), []
    for own in over:
        gone = erase_case(tx, desk, own, by=_WHO, why=why, now=now)
        if not gone.busy:
            done.append(own.reference)
            mails, letters = mails + gone.mails, letters + gone.letters
    letters += erase_notices(tx, desk, tuple(done), "", now=now)
    _enter(tx, why, tuple(done), mails, letters, now=now)
    return len(over) == CASES


def _raw_mail(tx: Transaction, desk: Desk, cut_off: datetime, now: datetime, kind: str) -> bool:
    over = tx.mails_over(closed_before=cut_off, limit=ITEMS)
    scissors = scissors_for(tx, desk, None, now=now)
    mails = tx.erase_mails([number for number, _ in over], scissors, now=now)
    _told(tx, desk, {case for _, case in over}, kind, now - cut_off, now=now, mails=mails)
    return len(over) == ITEMS


def _letters(tx: Transaction, desk: Desk, cut_off: datetime, now: datetime, kind: str) -> bool:
    over = tx.letters_over(closed_before=cut_off, limit=ITEMS)
    scissors = scissors_for(tx, desk, None, now=now)
    letters = tx.erase_letters([number for number, _ in over], scissors, now=now)
    cases = {case for _, case in over if case is not None}
    _told(tx, desk, cases, kind, now - cut_off, now=now, letters=letters)
    return len(over) == ITEMS


def _loose(tx: Transaction, desk: Desk, cut_off: datetime, now: datetime, kind: str) -> bool:
    state = "quarantined" if kind == "quarantine" else "ignored"
    over = tx.loose_mails_over(state, stored_before=cut_off, limit=ITEMS)
    mails = tx.erase_mails(over, scissors_for(tx, desk, None, now=now), now=now)
    _told(tx, desk, set(), kind, now - cut_off, now=now, mails=mails)
    return len(over) == ITEMS


STEPS: dict[str, Step] = {
    "case_texts": _case_texts,
    "raw_mail": _raw_mail,
    "letters": _letters,
    "ignored_mail": _loose,
    "quarantine": _loose,
}


def _told(
    tx: Transaction,
    desk: Desk,
    cases: set[int],
    kind: str,
    period: timedelta,
    *,
    now: datetime,
    mails: int = 0,
    letters: int = 0,
) -> None:
    """Note in the story of each case, and in the register, what is gone."""
    if not (mails or letters):
        return
    why = _why(kind, period)
    event = CaseEvent(at=now, kind=ERASED, actor=_WHO, detail=why)
    for number in sorted(cases):
        tx.add_events(number, (event,), key=f"erased:{kind}:{now.isoformat()}")
    _enter(tx, why, tx.references(frozenset(cases)), mails, letters, now=now)


def _why(kind: str, period: timedelta) -> str:
    return f"{kind}: kept for {period.days} days"


def _enter(
    tx: Transaction, why: str, cases: tuple[str, ...], mails: int, letters: int, *, now: datetime
) -> None:
    tx.add_erasure(
        Erasure(
            at=now,
            by=_WHO,
            how="retention",
            who="",
            why=why,
            cases=cases,
            mails=mails,
            letters=letters,
        )
    )

"""What an operator does to a case: enter something in a register, close it by hand."""

from dataclasses import dataclass
from datetime import datetime

from cases.life import Record
from cases.lifecycle import MOVES
from cases.model import Case, CaseEvent, Decision, LetterName, Move, Status
from cases.store import Transaction
from pipeline.desk import Desk
from pipeline.save import save
from routing.causes import BY_HAND
from routing.labels import RESTRICTED
from routing.letters_staff import moved_on

#: Letters to the complainant that say nothing true any more.
_UNTOLD = (LetterName.OUTCOME, LetterName.PLAN, LetterName.REQUEST_INFORMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written down: a register's entry, or a plain note where `kind` is ""."""

    kind: str
    text: str
    by: str
    restricted: bool = False

    @property
    def hidden(self) -> bool:
        """Only for whoever asks for restricted entries (K040)."""
        return self.restricted or self.kind in RESTRICTED


def enter(desk: Desk, reference: str, entry: Entry, *, now: datetime) -> Case | None:
    """Write an entry into the file of a case, with its event; None if there is no such case.

    The story tells of a restricted entry, but not what it says: letters may quote the story.
    """
    kind = entry.kind or "note"
    detail = "a restricted entry" if entry.hidden else entry.text
    event = CaseEvent(
        at=now,
        kind="recorded" if entry.kind or entry.hidden else "note",
        actor=f"operator:{entry.by}"[:80],
        detail=f"{kind}: {detail}" if entry.kind or entry.hidden else detail,
    )
    record = Record(kind=kind, at=now, by=entry.by, text=entry.text, restricted=entry.hidden)
    kept = (record,) if entry.kind or entry.hidden else ()
    decision = Decision(moves=(), events=(event,), letters=(), records=kept)
    with desk.store.begin() as tx:
        found = tx.case_by_reference(reference)
        case = tx.lock_case(found.id) if found else None
        if case is None:
            return None
        return save(tx, desk, case, decision, key=f"hand:{now.isoformat()}", now=now)


def withdraw(
    desk: Desk, reference: str, *, reason: str, by: str, now: datetime
) -> tuple[Status, Case] | None:
    """Close a case by hand, for a reason that is kept (K002).

    Returns the status it had and the case as it is: the same status where it is closed already.
    None if there is no such case. An outcome or plan that has not begun to leave stays here; its
    departments hear that nothing more is to be done.
    """
    with desk.store.begin() as tx:
        found = tx.case_by_reference(reference)
        case = tx.lock_case(found.id) if found else None
        if case is None:
            return None
        if (case.status, Move.WITHDRAW) not in MOVES:
            return case.status, case
        return case.status, close_case(tx, desk, case, reason=reason, by=by, now=now)


def close_case(
    tx: Transaction, desk: Desk, case: Case, *, reason: str, by: str, now: datetime
) -> Case:
    """Close a case that can be withdrawn, see `withdraw`."""
    event = CaseEvent(at=now, kind="withdrawn", actor=f"operator:{by}"[:80], detail=reason)
    number = BY_HAND + int(now.timestamp())
    letters = moved_on(
        case, case.departments, (), desk.rules.policy, revision=number, closed=reason
    )
    decision = Decision(moves=(Move.WITHDRAW,), events=(event,), letters=letters, withdrawn=_UNTOLD)
    return save(tx, desk, case, decision, key=f"hand:{now.isoformat()}", now=now)

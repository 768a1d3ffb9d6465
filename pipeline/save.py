"""A decision into the database: the case as it stands now, its events, letters and corrections."""

from dataclasses import replace
from datetime import datetime

from cases.lifecycle import advance
from cases.model import Case, Decision, LetterName, Move
from cases.store import Transaction
from pipeline import lookups
from pipeline.desk import Desk
from pipeline.write import queue

#: Letters that show the first mail of a case, whatever mail they are written because of.
_OF_THE_FIRST = (LetterName.ROUTED, LetterName.DECISION_NEEDED)


def save(
    tx: Transaction,
    desk: Desk,
    case: Case,
    decision: Decision,
    *,
    key: str,
    mail: bytes = b"",
    first: bytes = b"",
    answers: str = "",
    now: datetime,
) -> Case:
    """Save what was decided about `case` and return it as it is now; twice writes nothing twice.

    `key` names the cause. `mail` is the mail at hand and `answers` its Message-ID; `first` is the
    first mail of the case where that was read again.
    """
    case = _changed(case, decision)
    tx.save_case(case)
    tx.add_events(case.id, decision.events, key=key)
    if decision.correction:
        tx.add_correction(case.id, decision.correction, key=key)
    letters = lookups.reachable(tx, decision.letters, desk.rules.policy, now=now)
    for letter in letters:
        original = first if first and letter.name in _OF_THE_FIRST else mail
        queue(tx, desk, case, (letter,), original=original, answers=answers, now=now)
    return case


def _changed(case: Case, decision: Decision) -> Case:
    moves, held = decision.moves, decision.assessment
    reopened = Move.REOPEN in moves
    found_home = Move.ROUTE in moves or Move.FILE in moves
    case = replace(
        case,
        status=advance(case.status, moves),
        round=case.round + 1 if reopened else case.round,
        closed_at=None if reopened else case.closed_at,
        due_at=decision.due_at or case.due_at,
        guess_at=decision.guess_at or (None if found_home else case.guess_at),
        facts=(*case.facts, *decision.facts),
    )
    if held is None:
        return case
    return replace(
        case,
        matter=held.matter,
        category=held.category,
        subcategory=held.subcategory,
        unsure=held.unsure,
        severity=held.severity,
        departments=held.departments,
    )

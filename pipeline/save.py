"""A decision into the database: the case as it stands now, and everything that belongs to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from cases.lifecycle import advance, parts_of
from cases.model import Case, Decision, LetterName, Move
from cases.seals import entries_of
from cases.store import Transaction
from pipeline import lookups
from pipeline.desk import Desk
from pipeline.lives import life_of
from pipeline.write import queue
from routing.clocks import clocks_of
from routing.ring import cause_of
from routing.settle import settle

#: Letters that show the first mail of a case, whatever mail they are written because of.
_OF_THE_FIRST = (
    *(LetterName.ROUTED, LetterName.DECISION_NEEDED),
    *(LetterName.REVIEW_REQUEST, LetterName.APPROVAL_REQUEST),
)


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
    seals: Mapping[str, str] = MappingProxyType({}),
    now: datetime,
    held: str = "",
) -> Case:
    """Save what was decided about `case` and return it as it is now; twice writes nothing twice.

    `key` names the cause. `mail` is the mail at hand and `answers` its Message-ID; `first` is the
    first mail of the case where that was read again. `seals`: what else the events vouch for,
    by name. With `held`, the reason, letters to people outside wait for a person's word.
    """
    case = _changed(case, decision, now=now)
    tx.save_case(case, clocks_version=desk.rules.policy.version)
    if decision.facts:
        tx.relate(case)
    seals = {"rules": desk.rules.policy.version, **seals}
    entries = entries_of(case.id, decision, key=key)
    tx.add_events(case.id, decision.events, key=key, seals=seals, entries=entries)
    _save_life(tx, case, decision, key=key, now=now)
    life = life_of(tx, desk, case, cause=cause_of(case.id, key, 0), now=now)
    for letter in lookups.reachable(tx, decision.letters, life, now=now):
        original = mail
        if letter.name in _OF_THE_FIRST:
            original = first or _first_mail(tx, case, new=not decision.complainant) or mail
        queue(tx, desk, case, (letter,), original=original, answers=answers, now=now, held=held)
    more = settle(life)
    if more.events:
        return save(tx, desk, case, more, key=f"{key}:on", now=now, held=held)
    # The clocks follow from the rest, whatever changed it.
    tx.sync_clocks(case.id, clocks_of(life), now=now)
    return case


def _first_mail(tx: Transaction, case: Case, *, new: bool) -> bytes:
    """Return the mail that opened a case that was there before, b"" if it is gone."""
    try:
        return tx.first_mail(case.id).data if new else b""
    except LookupError:
        return b""


def _save_life(tx: Transaction, case: Case, decision: Decision, *, key: str, now: datetime) -> None:
    before = tx.parts(case.id)
    changed = {(part.round, part.department): part for part in (*before, *decision.parts)}
    tx.save_parts(case.id, parts_of(case, changed.values(), now=now), before=before)
    if decision.correction:
        tx.add_correction(case.id, decision.correction, key=key)
    tx.save_measures(case.id, decision.measures)
    tx.add_records(case.id, decision.records, key=key)
    for name in decision.withdrawn:
        tx.withdraw_letters(case.id, name.value)


def _changed(case: Case, decision: Decision, *, now: datetime) -> Case:
    moves, held = decision.moves, decision.assessment
    reopened = Move.REOPEN in moves
    found_home = Move.ROUTE in moves or Move.FILE in moves
    status = advance(case.status, moves)
    over = Move.CLOSE in moves or Move.WITHDRAW in moves
    closed_at = None if reopened else case.closed_at
    outcome_at = now if Move.SEND_OUTCOME in moves else case.outcome_at
    case = replace(
        case,
        status=status,
        # A case that was given back and asked again is in its status anew.
        status_at=now if status is not case.status or Move.SEND_BACK in moves else case.status_at,
        level=max(case.level, decision.level),
        outcome_at=None if reopened else outcome_at,
        round=case.round + 1 if reopened else case.round,
        closed_at=now if over else closed_at,
        due_at=decision.due_at or case.due_at,
        guess_at=decision.guess_at or (None if found_home or over else case.guess_at),
        facts=(*case.facts, *decision.facts),
    )
    if held is None:
        return case
    return replace(
        case,
        matter=held.matter,
        category=held.category,
        subcategory=held.subcategory,
        rules=held.rules,
        tags=held.tags,
        unsure=held.unsure,
        severity=held.severity,
        departments=held.departments,
    )

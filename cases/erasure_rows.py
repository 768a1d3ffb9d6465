"""Erasing persons: what leads to somebody is replaced by a mark, the figures stay (F123).

What a column holds after that is said here, column by column; tests/cases/test_erasure_rows.py
fails for one that nobody has thought of. Events keep digest and hash, so the chain still fits; an
event `erased` behind them says that somebody wanted it so (cases/chain.py). Everything may run
again: what is erased stays erased.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from cases.chain import ERASED
from cases.destroyed_rows import MARK, DestroyedRows, Scissors
from cases.model import Fact
from cases.privacy_tables import data_key
from cases.related_rows import folded
from cases.rows import dump_facts, load_facts, same_row
from cases.tables import (
    case_,
    case_fact,
    clock,
    correction,
    event,
    inbox,
    measure,
    outbox,
    part,
    record,
    reply_token,
)

_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./-]{0,29}")
#: Facts about the thing, not the person, by how they look where no catalogue knows them. An order,
#: a serial number or a parcel has one owner.
KEPT_FACTS = {"product": None, "model": _CODE, "batch": _CODE}
#: The one label of a department's report that is a figure.
_KEPT_LABELS = ("cause_class",)
#: Letters in one of these are leaving this very moment.
LEAVING = ("leased", "dot")
_ROLE = re.compile(r"[a-z_]{1,20}(?::[a-z0-9_-]{1,32})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much is gone; `busy` says why nothing is."""

    mails: int = 0
    letters: int = 0
    told: tuple[str, ...] = ()  #: who got letters about the case, and may have them still
    busy: str = ""


class ErasureRows(DestroyedRows):
    """Writes of every table that holds something of persons."""

    def erase_case(
        self, case_id: int, scissors: Scissors, *, now: datetime, again: bool = False
    ) -> Erased:
        """Take everything out of a case that leads to a person; nothing if a letter is leaving.

        Letters that wait are cancelled, unless `again`: then they were written without a person.
        """
        row = self._connection.execute(
            select(case_).where(case_.c.id == case_id).with_for_update()
        ).one()
        letters = self._connection.execute(
            select(outbox.c.id, outbox.c.state, outbox.c.recipient, outbox.c.erased_at)
            .where(outbox.c.case_id == case_id)
            .order_by(outbox.c.id)
        ).all()
        if any(one.state in LEAVING for one in letters):
            return Erased(busy="a letter is leaving this moment")
        left = [one for one in letters if again and one.state == "ready"]
        gone = [one for one in letters if not one.erased_at and one not in left]
        person = row.complainant_addr.lower()
        told = {one.recipient for one in gone if one.state == "sent"}
        self._erase_columns(row, now=now)
        self._erase_story(case_id)
        self._erase_life(case_id, scissors)
        self._erase_access(case_id, person)
        self.erase_letters([one.id for one in gone], scissors, now=now, person=person)
        belongs = or_(inbox.c.case_id == case_id, inbox.c.id == row.inbox_id)
        mails = self.erase_mails(self._with_copies(belongs), scissors, now=now)
        self._connection.execute(delete(data_key).where(data_key.c.case_id == case_id))
        return Erased(
            mails=mails,
            letters=len(gone),
            told=tuple(sorted(one for one in told if one.lower() not in (person, MARK))),
        )

    def _erase_columns(self, row: Any, *, now: datetime) -> None:
        facts = [fact for fact in load_facts(row.facts) if is_of_the_thing(fact)]
        self._connection.execute(
            update(case_)
            .where(case_.c.id == row.id)
            .values(
                complainant_addr=MARK,
                complainant_name=MARK,
                subject=MARK,
                text="",
                text_key_id=None,
                thread_id="",
                facts=dump_facts(facts),
                judged="",
                earlier="",
                erased_at=row.erased_at or now,
            )
        )
        kept = [(fact.name, folded(fact)) for fact in facts]
        for other in self._connection.execute(
            select(case_fact).where(case_fact.c.case_id == row.id)
        ).all():
            if (other.name, other.value) not in kept:
                self._connection.execute(delete(case_fact).where(*same_row(case_fact, other)))

    def _erase_story(self, case_id: int) -> None:
        """Empty the events; who did it stays where that is a role."""
        # That it was erased, and by whom, is no part of it.
        mine = (event.c.case_id == case_id) & (event.c.kind != ERASED)
        for actor in self._connection.scalars(select(event.c.actor).where(mine).distinct()).all():
            if not _ROLE.fullmatch(actor) or actor.startswith("operator:"):
                role = actor.partition(":")[0]
                self._connection.execute(
                    update(event)
                    .where(mine, event.c.actor == actor)
                    .values(actor=role if _ROLE.fullmatch(role) else MARK)
                )
        self._connection.execute(update(event).where(mine).values(detail="", reasons="[]", salt=""))

    def _erase_life(self, case_id: int, scissors: Scissors) -> None:
        for row in self._connection.execute(select(part).where(part.c.case_id == case_id)).all():
            report = json.loads(row.report)
            kept = {key: scissors.measure(report[key]) for key in _KEPT_LABELS if key in report}
            self._connection.execute(
                update(part)
                .where(*same_row(part, row))
                .values(person="", report=json.dumps(kept, ensure_ascii=False))
            )
        texts = ("corrective", "preventive", "reason")
        for row in self._connection.execute(
            select(measure).where(measure.c.case_id == case_id)
        ).all():
            values = {name: scissors.measure(row._mapping[name]) for name in texts}
            self._connection.execute(
                update(measure).where(*same_row(measure, row)).values(owner="", **values)
            )
        for row in self._connection.execute(
            select(record).where(record.c.case_id == case_id)
        ).all():
            kept_text = scissors.figure(row.kind, row.text) or MARK
            self._connection.execute(
                update(record).where(*same_row(record, row)).values(text=kept_text)
            )
        self._connection.execute(
            update(correction).where(correction.c.case_id == case_id).values(note="")
        )

    def _erase_access(self, case_id: int, person: str) -> None:
        """Take back the reply tokens of everybody; the person's name goes out of tokens, clocks."""
        self._connection.execute(
            update(reply_token).where(reply_token.c.case_id == case_id).values(revoked=True)
        )
        if "@" in person:
            self.erase_party(person, reply_token.c.case_id == case_id)
            self.erase_clocks(person, clock.c.case_id == case_id)

    def erase_party(self, person: str, where: ColumnElement[bool]) -> None:
        """Take a person's address out of reply tokens, which open nothing any more."""
        theirs = func.lower(reply_token.c.party) == person
        self._connection.execute(
            update(reply_token).where(where, theirs).values(party=MARK, revoked=True)
        )

    def erase_clocks(self, person: str, where: ColumnElement[bool]) -> None:
        """Stop the limits that are about an address."""
        theirs = func.lower(clock.c.key).contains(person, autoescape=True)
        for number in self._connection.scalars(select(clock.c.id).where(where, theirs)).all():
            self._connection.execute(
                update(clock)
                .where(clock.c.id == number)
                .values(key=f"erased:{number}", next_at=None, stopped_at=clock.c.due_at)
            )


def is_of_the_thing(fact: Fact) -> bool:
    """Tell a fact that leads to no person: of the catalogue, or a code of letters and digits."""
    if fact.name not in KEPT_FACTS:
        return False
    form = KEPT_FACTS[fact.name]
    return fact.known or (form is not None and form.fullmatch(fact.value) is not None)

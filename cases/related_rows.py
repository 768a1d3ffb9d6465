"""Cases found by what they are about or whose they are; and rows as cases and events."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_

from cases.incoming import Address
from cases.model import Case, CaseEvent, Category, Fact, Matter, Status
from cases.rows import Rows, clean, load, load_facts
from cases.tables import case_, case_fact

#: Facts by which cases are found to be related.
RELATING = frozenset({"product", "model", "batch", "serial", "order", "tracking"})


class RelatedRows(Rows):
    """Reads and writes of `case_fact`, and rows as cases."""

    def _case(self, row: Row[Any]) -> Case:
        """Return the case of a row of `case_`."""
        return case_of(row, text=self.data_keys.text_of_case(row))

    def relate(self, case: Case) -> None:
        """Remember what a case is about, so that those of the same batch find it (K087)."""
        for fact in case.facts:
            if fact.name in RELATING and folded(fact):
                row = {"name": fact.name, "value": folded(fact), "case_id": case.id}
                self._insert_new(case_fact, row)

    def cases_with(
        self, facts: Iterable[Fact], *, names: Collection[str], limit: int = 10
    ) -> tuple[Case, ...]:
        """Return the newest cases that share a fact of one of these names (K087)."""
        pairs = [(fact.name, folded(fact)) for fact in facts if fact.name in names]
        if not pairs:
            return ()
        same = tuple_(case_fact.c.name, case_fact.c.value).in_(pairs)
        rows = self._connection.execute(
            select(case_)
            .where(case_.c.id.in_(select(case_fact.c.case_id).where(same)))
            .order_by(case_.c.id.desc())
            .limit(limit)
        )
        return tuple(self._case(row) for row in rows)

    def cases_of(self, addr: str, *, since: datetime, limit: int = 20) -> tuple[Case, ...]:
        """Return the newest cases of one complainant received since then (K065)."""
        rows = self._connection.execute(
            select(case_)
            .where(case_.c.complainant_addr == clean(addr)[:320], case_.c.received_at >= since)
            .order_by(case_.c.id.desc())
            .limit(limit)
        )
        return tuple(self._case(row) for row in rows)


def folded(fact: Fact) -> str:
    """Return a fact as cases are compared by it."""
    return clean(fact.canonical or fact.value).casefold().strip()[:200]


def case_of(row: Row[tuple[object, ...]], *, text: str) -> Case:
    """Return the case of a row of `case_`; its text may be encrypted there."""
    values = row._mapping
    return Case(
        id=values["id"],
        reference=values["reference"],
        secret=values["secret"],
        status=Status(values["status"]),
        round=values["round"],
        matter=Matter(values["matter"]),
        category=Category(values["category"]),
        severity=values["severity"],
        language=values["language"],
        complainant=Address(addr=values["complainant_addr"], name=values["complainant_name"]),
        subject=values["subject"],
        text=text,
        thread_id=values["thread_id"],
        received_at=values["received_at"],
        due_at=values["due_at"],
        departments=load(values["departments"]),
        facts=load_facts(values["facts"]),
        unsure=values["unsure"],
        subcategory=values["subcategory"],
        rules=load(values["rules"]),
        tags=load(values["tags"]),
        guess_at=values["guess_at"],
        level=values["level"],
        status_at=values["status_at"],
        outcome_at=values["outcome_at"],
        closed_at=values["closed_at"],
        rules_version=values["rules_version"],
        model_version=values["model_version"],
    )


def event_of(row: Row[tuple[object, ...]]) -> CaseEvent:
    """Return the event of a row of `event`."""
    values = row._mapping
    return CaseEvent(
        at=values["at"],
        kind=values["kind"],
        actor=values["actor"],
        detail=values["detail"],
        reasons=load(values["reasons"]),
    )

"""Registers over all cases: what is unresolved, overdue, promised, spent or learned. Read-only."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, literal_column, or_, select

from cases.case_rows import CaseRows
from cases.life import ClockKind, Measure, Record
from cases.life_rows import LifeRows
from cases.model import Case, Matter, Status
from cases.rows import clean
from cases.tables import case_, case_fact, clock, event, measure, outbox, record

#: A complaint in one of these has no outcome yet (K096).
UNRESOLVED = (
    *(Status.REGISTERED, Status.ACKNOWLEDGED, Status.ROUTED, Status.IN_REVIEW),
    *(Status.IN_APPROVAL, Status.PLAN_OFFERED, Status.EXECUTING, Status.ANSWERED),
    *(Status.REOPENED, Status.DISPUTE),
)
#: Facts that say which thing a case is about.
_THING = ("product", "model", "batch", "serial")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A limit of a case as it runs, or ran."""

    case_id: int
    key: str
    kind: ClockKind
    due_at: datetime
    next_at: datetime | None  #: when it rings next, None if no more
    stopped_at: datetime | None

    @property
    def who(self) -> str:
        """Department, party or address that it is about, "" for the case itself."""
        parts = self.key.split(":")
        return parts[1].rpartition("→")[2] if len(parts) > 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledLetter:
    """A letter of a case, and when it left or will."""

    letter: str
    recipient: str
    state: str
    reply: str  #: what the mail server said last
    not_before: datetime
    sent_at: datetime | None


class RegisterRows(CaseRows, LifeRows):
    """Read-only queries over cases, measures, records, clocks and letters."""

    def unresolved(self, *, before: datetime | None = None) -> tuple[Case, ...]:
        """Return the complaints without an outcome, oldest first; received `before` if given."""
        statement = select(case_.c.id).where(
            case_.c.status.in_([status.value for status in UNRESOLVED]),
            case_.c.matter == Matter.COMPLAINT.value,
        )
        if before is not None:
            statement = statement.where(case_.c.received_at < before)
        ids = self._connection.scalars(statement.order_by(case_.c.received_at, case_.c.id))
        return tuple(self._cases(ids.all()).values())

    def find_cases(
        self,
        *,
        customer: str = "",
        product: str = "",
        status: str = "",
        tag: str = "",
        limit: int = 50,
    ) -> tuple[Case, ...]:
        """Return the newest cases of a customer or a product, by any part of the words (K094).

        `customer`: of name or address; `product`: of name, model, batch or serial number; `tag`: a
        whole one.
        """
        statement = select(case_.c.id).order_by(case_.c.id.desc()).limit(limit)
        if status:
            statement = statement.where(case_.c.status == status)
        if tag:
            named = json.dumps(clean(tag), ensure_ascii=False)
            statement = statement.where(case_.c.tags.contains(named, autoescape=True))
        if customer:
            words = clean(customer).lower()
            columns = (case_.c.complainant_addr, case_.c.complainant_name)
            held = (func.lower(one).contains(words, autoescape=True) for one in columns)
            statement = statement.where(or_(*held))
        if product:
            words = clean(product).casefold().strip()
            same = case_fact.c.value.contains(words, autoescape=True)
            about = select(case_fact.c.case_id).where(case_fact.c.name.in_(_THING), same)
            statement = statement.where(case_.c.id.in_(about))
        return tuple(self._cases(self._connection.scalars(statement).all()).values())

    def has_cases(self, *, before: datetime) -> bool:
        """Tell whether any case was received before that moment."""
        found = select(case_.c.id).where(case_.c.received_at < before).limit(1)
        return self._connection.execute(found).first() is not None

    def clocks(self, case_id: int) -> tuple[ClockRow, ...]:
        """Return the limits of one case that run, the next one first."""
        rows = self._connection.execute(
            select(clock)
            .where(clock.c.case_id == case_id, clock.c.stopped_at.is_(None))
            .order_by(clock.c.due_at, clock.c.id)
        )
        return tuple(_clock(row) for row in rows)

    def overdue(
        self, kinds: Collection[ClockKind], *, now: datetime
    ) -> tuple[tuple[Case, ClockRow], ...]:
        """Return the limits of these kinds that run and are over, the longest overdue first."""
        rows = self._connection.execute(
            select(clock)
            .where(
                clock.c.due_at < now,
                clock.c.stopped_at.is_(None),
                clock.c.kind.in_([kind.value for kind in kinds]),
            )
            .order_by(clock.c.due_at, clock.c.id)
        )
        found = [_clock(row) for row in rows]
        cases = self._cases({one.case_id for one in found})
        return tuple((cases[one.case_id], one) for one in found)

    def all_measures(self) -> tuple[tuple[Case, Measure], ...]:
        """Return the measures of every case, oldest first."""
        ids = self._connection.scalars(select(measure.c.case_id).distinct())
        found = [
            (case, item)
            for case_id, case in self._cases(ids.all()).items()
            for item in self.measures(case_id)
        ]
        return tuple(sorted(found, key=lambda one: (one[1].opened_at, one[0].id, one[1].number)))

    def all_records(
        self, kinds: Collection[str], *, restricted: bool = False
    ) -> tuple[tuple[Case, Record], ...]:
        """Return the entries of these kinds over all cases in order; restricted ones if asked."""
        statement = select(record).where(record.c.kind.in_(tuple(kinds))).order_by(record.c.id)
        if not restricted:
            statement = statement.where(record.c.restricted.is_(False))
        found = [
            (
                row.case_id,
                Record(
                    kind=row.kind, at=row.at, by=row.by, text=row.text, restricted=row.restricted
                ),
            )
            for row in self._connection.execute(statement)
        ]
        cases = self._cases({case_id for case_id, _ in found})
        return tuple((cases[case_id], item) for case_id, item in found)

    def filed_letters(self, case_id: int) -> tuple[FiledLetter, ...]:
        """Return every letter of a case in the order they were written."""
        rows = self._connection.execute(
            select(
                outbox.c.letter,
                outbox.c.recipient,
                outbox.c.state,
                outbox.c.last_reply.label("reply"),
                outbox.c.not_before,
                outbox.c.sent_at,
            )
            .where(outbox.c.case_id == case_id)
            .order_by(outbox.c.id)
        )
        return tuple(FiledLetter(**row._mapping) for row in rows)

    def has_event(self, case_id: int, key: str) -> bool:
        """Tell whether a cause has left an event in the story of a case."""
        found = select(event.c.id).where(event.c.key == f"{case_id}:{key}:0")
        return self._connection.execute(found).first() is not None

    def notice_written(self, letter: str, revision: int) -> bool:
        """Tell whether a letter about no single case was written to anybody with this number."""
        start = f":{letter}:{revision}:"
        found = select(outbox.c.id).where(
            outbox.c.case_id.is_(None),
            func.substr(outbox.c.dedupe_key, 1, literal_column(str(len(start)))) == start,
        )
        return self._connection.execute(found.limit(1)).first() is not None

    def _cases(self, ids: Iterable[int]) -> dict[int, Case]:
        found = ((number, self.case(number)) for number in ids)
        return {number: case for number, case in found if case is not None}


def _clock(row: Row[tuple[object, ...]]) -> ClockRow:
    values = row._mapping
    return ClockRow(
        case_id=values["case_id"],
        key=values["key"],
        kind=ClockKind(values["kind"]),
        due_at=values["due_at"],
        next_at=values["next_at"],
        stopped_at=values["stopped_at"],
    )

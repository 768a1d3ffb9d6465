"""Parts, measures, records and clocks: what belongs to a case besides its story."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, select, update

from cases.life import (
    PASSED_OVER,
    Clock,
    ClockKind,
    DueClock,
    Measure,
    MeasureState,
    Part,
    PartState,
    Record,
)
from cases.rows import Rows, clean
from cases.tables import clock, measure, part, record


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClock:
    """A clock as the store keeps it, running or stopped."""

    key: str
    kind: ClockKind
    due_at: datetime
    fired: int  #: rings that have been dealt with
    next_at: datetime | None  #: None: it rings no more
    stopped_at: datetime | None  #: None: it runs


class LifeRows(Rows):
    """Reads and writes of `part`, `measure`, `record` and `clock`."""

    def parts(self, case_id: int) -> tuple[Part, ...]:
        """Return the parts of every round of a case, in the order they were asked."""
        rows = self._connection.execute(
            select(part).where(part.c.case_id == case_id).order_by(part.c.round, part.c.position)
        )
        return tuple(_part(row) for row in rows)

    def save_parts(
        self, case_id: int, parts: Iterable[Part], *, before: tuple[Part, ...] = ()
    ) -> None:
        """Write the parts of all rounds in their order, each once per (case, round, department).

        `before` is what was read in this transaction: what is still so is not written again.
        """
        for position, item in enumerate(parts):
            if before[position : position + 1] == (item,):
                continue
            key = {"case_id": case_id, "round": item.round, "department": item.department}
            values = {
                "position": position,
                "state": item.state.value,
                "asked_at": item.asked_at,
                "since_at": item.since_at,
                "person": clean(item.person),
                "promised_at": item.promised_at,
                "party": item.party,
                "report": json.dumps(
                    {key: clean(text) for key, text in item.report.items()}, ensure_ascii=False
                ),
                "returns": item.returns,
            }
            if not self._insert_new(part, {**key, **values}):
                where = (part.c[name] == value for name, value in key.items())
                self._connection.execute(update(part).where(*where).values(values))

    def measures(self, case_id: int) -> tuple[Measure, ...]:
        """Return the measures of a case, oldest first."""
        rows = self._connection.execute(
            select(measure)
            .where(measure.c.case_id == case_id)
            .order_by(measure.c.opened_at, measure.c.department, measure.c.number)
        )
        return tuple(_measure(row) for row in rows)

    def save_measures(self, case_id: int, measures: Iterable[Measure]) -> None:
        """Write measures as they are now; each is there once per (case, department, number)."""
        for item in measures:
            key = {"case_id": case_id, "department": item.department, "number": item.number}
            values = {
                "state": item.state.value,
                "corrective": clean(item.corrective),
                "preventive": clean(item.preventive),
                "owner": clean(item.owner),
                "opened_at": item.opened_at,
                "since_at": item.since_at,
                "due_at": item.due_at,
                "checked_by": clean(item.checked_by)[:320],
                "reason": clean(item.reason),
                "failures": item.failures,
            }
            if not self._insert_new(measure, {**key, **values}):
                where = (measure.c[name] == value for name, value in key.items())
                self._connection.execute(update(measure).where(*where).values(values))

    def add_records(self, case_id: int, records: Iterable[Record], *, key: str) -> None:
        """Append entries; `key` names their cause, so that the same cause writes them once."""
        for number, item in enumerate(records):
            self._insert_new(
                record,
                {
                    "case_id": case_id,
                    "key": f"{case_id}:{key}:{number}",
                    "kind": item.kind,
                    "at": item.at,
                    "by": clean(item.by)[:320],
                    "text": clean(item.text),
                    "restricted": item.restricted,
                },
            )

    def records(self, case_id: int) -> tuple[Record, ...]:
        """Return every entry of a case, in order."""
        rows = self._connection.execute(
            select(record).where(record.c.case_id == case_id).order_by(record.c.id)
        )
        return tuple(
            Record(kind=r.kind, at=r.at, by=r.by, text=r.text, restricted=r.restricted)
            for r in rows
        )

    # ---------------------------------------------------------------- clocks

    def sync_clocks(self, case_id: int, clocks: Iterable[Clock], *, now: datetime) -> None:
        """Make the rows show these clocks: new ones start, changed ones move, others stop.

        Rings dealt with stay dealt with, however the rest of the clock moves.
        """
        kept = {row.key: row for row in self.clock_rows(case_id)}
        running = set[str]()
        for item in clocks:
            running.add(item.key)
            before = kept.get(item.key)
            if before is None:
                fired, next_at = _next(item, 0)
                new = {"case_id": case_id, "key": item.key, "kind": item.kind.value, "fired": fired}
                self._insert_new(clock, {**new, "due_at": item.due_at, "next_at": next_at})
                continue
            done = before.fired
            if item.rings and item.due_at > before.due_at:
                # A longer limit is a new chance to be late: what rings after now rings again.
                done = min(done, sum(ring.at <= now for ring in item.rings))
            fired, next_at = _next(item, done)
            after = replace(before, due_at=item.due_at, fired=fired, next_at=next_at)
            self._set_clock(case_id, before, replace(after, stopped_at=None))
        for row in kept.values():
            if row.key not in running and row.stopped_at is None:
                self._set_clock(case_id, row, replace(row, stopped_at=now, next_at=None))

    def _set_clock(self, case_id: int, before: KeptClock, after: KeptClock) -> None:
        if after == before:
            return
        self._connection.execute(
            update(clock)
            .where(clock.c.case_id == case_id, clock.c.key == after.key)
            .values(
                due_at=after.due_at,
                fired=after.fired,
                next_at=after.next_at,
                stopped_at=after.stopped_at,
            )
        )

    def due_clocks(self, *, now: datetime, limit: int = 200) -> tuple[DueClock, ...]:
        """Return the clocks that ring now or should have, the longest overdue first."""
        rows = self._connection.execute(
            select(clock)
            .where(clock.c.next_at <= now)
            .order_by(clock.c.next_at, clock.c.id)
            .limit(limit)
        )
        return tuple(_due(row) for row in rows)

    def clock_rows(self, case_id: int) -> tuple[KeptClock, ...]:
        """Return every clock a case ever had, in the order they began to run."""
        rows = self._connection.execute(
            select(clock).where(clock.c.case_id == case_id).order_by(clock.c.id)
        )
        return tuple(_kept(row) for row in rows)

    def clock_row(self, case_id: int, key: str) -> DueClock | None:
        """Return a running clock, None if it was stopped or rings no more."""
        row = self._connection.execute(
            select(clock).where(
                clock.c.case_id == case_id, clock.c.key == key, clock.c.next_at.is_not(None)
            )
        ).first()
        return _due(row) if row else None

    def count_ring(self, due: DueClock) -> bool:
        """Note that the next ring of a clock is dealt with; False if it was already."""
        done = self._connection.execute(
            update(clock)
            .where(
                clock.c.case_id == due.case_id,
                clock.c.key == due.key,
                clock.c.fired == due.fired,
            )
            .values(fired=due.fired + 1)
        )
        return done.rowcount == 1


def _next(item: Clock, fired: int) -> tuple[int, datetime | None]:
    """Return how many rings are dealt with, those to be passed over as well, and the next one."""
    left = list(item.rings[fired:])
    while left and left[0].rung == PASSED_OVER:
        del left[0]
    return (len(item.rings) - len(left) if item.rings else fired), (left[0].at if left else None)


def _kept(row: Row[tuple[object, ...]]) -> KeptClock:
    values = row._mapping
    return KeptClock(
        key=values["key"],
        kind=ClockKind(values["kind"]),
        due_at=values["due_at"],
        fired=values["fired"],
        next_at=values["next_at"],
        stopped_at=values["stopped_at"],
    )


def _due(row: Row[tuple[object, ...]]) -> DueClock:
    values = row._mapping
    return DueClock(
        case_id=values["case_id"],
        key=values["key"],
        kind=ClockKind(values["kind"]),
        due_at=values["due_at"],
        next_at=values["next_at"],
        fired=values["fired"],
    )


def _part(row: Row[tuple[object, ...]]) -> Part:
    values = row._mapping
    return Part(
        department=values["department"],
        round=values["round"],
        state=PartState(values["state"]),
        asked_at=values["asked_at"],
        since_at=values["since_at"],
        person=values["person"],
        promised_at=values["promised_at"],
        party=values["party"],
        report=json.loads(values["report"]),
        returns=values["returns"],
    )


def _measure(row: Row[tuple[object, ...]]) -> Measure:
    values = {key: value for key, value in row._mapping.items() if key != "case_id"}
    return Measure(**{**values, "state": MeasureState(str(values["state"]))})

"""The registers over all cases, as sheets of rows: for a table on a terminal, or JSON lines.

Unresolved (K096), overdue (K010), measures (K011), contacts (K099), returns (K027), samples (K072),
costs (K043, K062), liability (K040), callbacks (K028), referred (K061), marks (K019), lessons
(K073), rewards.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cases.life import ClockKind, Measure, Record
from cases.lifecycle import now_at_work
from cases.model import Case
from cases.store import Transaction
from routing.ledger import why_waiting
from routing.registers import amount, return_gaps, sample_counts, totals
from routing.words import fold

#: Limits that somebody misses; the others only bring something about.
_LIMITS = (
    *(ClockKind.ACCEPT, ClockKind.ANSWER, ClockKind.REVIEW, ClockKind.APPROVAL),
    *(ClockKind.CARRY_OUT, ClockKind.EXTERNAL, ClockKind.CALLBACK),
    *(ClockKind.MEASURE, ClockKind.CHECK),
)
_MARKS = ("1", "2", "3", "4", "5")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One register: rows of the same keys, and what they come to."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[str, ...] = ()  #: lines below the table


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of a register."""

    now: datetime
    restricted: bool = False
    find: str = ""  #: only rows with these words


def sheet(tx: Transaction, name: str, ask: Ask) -> Sheet:
    """Return a register; raises KeyError for a name that is none of SHEETS."""
    whole = SHEETS[name](tx, ask)
    wanted = fold(ask.find).split()
    if not wanted:
        return whole
    rows = tuple(row for row in whole.rows if all(word in _folded(row) for word in wanted))
    # Sums are of everything: of a part they would look like the whole.
    return Sheet(columns=whole.columns, rows=rows)


def _folded(row: Row) -> str:
    return fold(" ".join(str(value) for value in row.values()))


def _of(case: Case) -> dict[str, object]:
    return {"case": case.reference, "status": case.status.value}


def _unresolved(tx: Transaction, ask: Ask) -> Sheet:
    """Return what has no outcome, first what is wanted first (K067)."""
    rows = []
    never = datetime.max.replace(tzinfo=UTC)
    for case in sorted(tx.unresolved(), key=lambda case: case.due_at or never):
        here = now_at_work(case, tx.parts(case.id))
        waits = why_waiting(here, tx.events(case.id))
        rows.append(
            {
                **_of(case),
                "received_at": case.received_at,
                "due_at": case.due_at,
                "left": _left(case.due_at, ask.now),
                "with": ", ".join(case.departments),
                "why": waits,
                "subject": case.subject,
            }
        )
    columns = ("case", "status", "received_at", "due_at", "left", "with", "why", "subject")
    return Sheet(columns=columns, rows=tuple(rows))


def _left(due_at: datetime | None, now: datetime) -> str:
    """Return the time that is left, or over, in days and hours."""
    if due_at is None:
        return ""
    late = due_at < now
    hours = abs(due_at - now) // timedelta(hours=1)
    return f"{'late ' if late else ''}{hours // 24} d {hours % 24} h"


def _overdue(tx: Transaction, ask: Ask) -> Sheet:
    found: list[dict[str, object]] = []
    for case in tx.unresolved():
        if case.due_at and case.due_at < ask.now:
            with_ = ", ".join(case.departments)
            found.append({**_of(case), "what": "the complainant's answer", "who": with_,
                          "due_at": case.due_at, "late": _late(case.due_at, ask.now)})  # fmt: skip
    for case, clock in tx.overdue(_LIMITS, now=ask.now):
        found.append({**_of(case), "what": clock.kind.value.replace("_", " "), "who": clock.who,
                      "due_at": clock.due_at, "late": _late(clock.due_at, ask.now)})  # fmt: skip
    rows = sorted(found, key=lambda row: (str(row["due_at"]), str(row["case"])))
    return Sheet(columns=("case", "status", "what", "who", "due_at", "late"), rows=tuple(rows))


def _late(due_at: datetime, now: datetime) -> str:
    return _left(due_at, now).removeprefix("late ")


def _measures(tx: Transaction, ask: Ask) -> Sheet:
    rows = tuple(_measure(case, item, ask.now) for case, item in tx.all_measures())
    columns = (
        *("case", "department", "state", "owner", "due_at", "left", "corrective", "preventive"),
        *("checked_by", "reason", "failures"),
    )
    return Sheet(columns=columns, rows=rows)


def _measure(case: Case, item: Measure, now: datetime) -> dict[str, object]:
    open_due = item.due_at if item.state.value == "open" else None
    return {
        "case": case.reference,
        "department": item.department,
        "state": item.state.value,
        "owner": item.owner,
        "due_at": item.due_at,
        "left": _left(open_due, now),
        "corrective": item.corrective,
        "preventive": item.preventive,
        "checked_by": item.checked_by,
        "reason": item.reason,
        "failures": item.failures,
    }


# ---------------------------------------------------------------- of records


def _plain(*kinds: str) -> Callable[[Transaction, Ask], Sheet]:
    def build(tx: Transaction, ask: Ask) -> Sheet:
        return _entries(tx, ask, kinds)

    return build


def _entries(tx: Transaction, ask: Ask, kinds: Collection[str]) -> Sheet:
    found = tx.all_records(kinds, restricted=ask.restricted)
    rows = tuple(_entry(case, record) for case, record in found)
    return Sheet(columns=("case", "at", "kind", "text", "by"), rows=rows)


def _entry(case: Case, record: Record) -> dict[str, object]:
    return {
        "case": case.reference,
        "at": record.at,
        "kind": record.kind,
        "text": record.text,
        "by": record.by,
    }


def _returns(tx: Transaction, ask: Ask) -> Sheet:
    rows = tuple(
        {**_entry(case, record), "lacks": ", ".join(return_gaps(record.text))}
        for case, record in tx.all_records(("returned_goods",), restricted=ask.restricted)
    )
    return Sheet(columns=("case", "at", "text", "lacks", "by"), rows=rows)


def _samples(tx: Transaction, ask: Ask) -> Sheet:
    """Return samples and their tests; `lacks` where none was kept, or nobody said so (K072)."""
    rows = []
    for case, record in tx.all_records(("samples", "test"), restricted=ask.restricted):
        counts = sample_counts(record.text) if record.kind == "samples" else {}
        lacks = "kept" if record.kind == "samples" and not counts["kept"] else ""
        shown = {key: counts.get(key) for key in ("asked", "received", "kept")}
        rows.append({**_entry(case, record), **shown, "lacks": lacks})
    columns = ("case", "at", "kind", "asked", "received", "kept", "lacks", "text", "by")
    return Sheet(columns=columns, rows=tuple(rows))


def _costs(tx: Transaction, ask: Ask) -> Sheet:
    kinds = ("cost", "compensation", "cost_bearer")
    found = tx.all_records(kinds, restricted=ask.restricted)
    rows = tuple({**_entry(case, record), **_money(record)} for case, record in found)
    sums = []
    for kind in kinds[:2]:
        by_currency, unread = totals(record.text for _, record in found if record.kind == kind)
        shown = [f"{value:,.2f} {key or '(no currency)'}" for key, value in by_currency.items()]
        if unread:
            shown.append(f"{unread} without one clear sum, not counted")
        sums += [f"{kind}: {'; '.join(shown)}"] if shown else []
    columns = ("case", "at", "kind", "value", "currency", "text", "by")
    return Sheet(columns=columns, rows=rows, sums=tuple(sums))


def _money(record: Record) -> dict[str, object]:
    found = amount(record.text) if record.kind != "cost_bearer" else None
    value: Decimal | str = found.value if found else ""
    return {"value": str(value), "currency": found.currency if found else ""}


def _marks(tx: Transaction, ask: Ask) -> Sheet:
    plain = _entries(tx, ask, ("satisfaction",))
    marks = [int(str(row["text"])[:1]) for row in plain.rows if str(row["text"])[:1] in _MARKS]
    mean = f"{sum(marks) / len(marks):.1f} of 5 from {len(marks)}" if marks else ""
    return Sheet(columns=plain.columns, rows=plain.rows, sums=(mean,) if mean else ())


def _lessons(tx: Transaction, ask: Ask) -> Sheet:
    """Return lessons with the cause of their case, by which they are looked for (K073)."""
    rows = []
    for case, record in tx.all_records(("lesson", "document"), restricted=ask.restricted):
        causes = (part.report.get("cause", "") for part in tx.parts(case.id))
        products = (fact.canonical or fact.value for fact in case.facts if fact.name == "product")
        rows.append(
            {
                **_entry(case, record),
                "cause": " / ".join(dict.fromkeys(cause for cause in causes if cause)),
                "category": case.category.value,
                "product": ", ".join(dict.fromkeys(products)),
            }
        )
    columns = ("case", "at", "category", "product", "cause", "kind", "text", "by")
    return Sheet(columns=columns, rows=tuple(rows))


def _liability(tx: Transaction, ask: Ask) -> Sheet:
    """Return who was held responsible; empty for whoever does not ask for restricted entries."""
    return _entries(tx, ask, ("liability",))


SHEETS: Mapping[str, Callable[[Transaction, Ask], Sheet]] = {
    "unresolved": _unresolved,
    "overdue": _overdue,
    "measures": _measures,
    "contacts": _plain("contact"),
    "returns": _returns,
    "samples": _samples,
    "costs": _costs,
    "liability": _liability,
    "callbacks": _plain("callback"),
    "referred": _plain("referrer"),
    "marks": _marks,
    "lessons": _lessons,
    "rewards": _plain("reward"),
}

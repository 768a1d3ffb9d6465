"""The monthly ledger of what is unresolved, and a reminder about each case in it (K096). Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cases.incoming import Address
from cases.life import Part, PartState
from cases.model import CaseEvent, Decision, Letter, LetterName
from routing.letters import department_name
from routing.letters_out import stage
from routing.letters_time import reminder
from routing.life import Life, nothing
from routing.policy import Policy
from routing.recusal import deciders
from routing.signatures import pending

#: The oldest cases stand in the letter: more nobody reads there, and it must stay small.
MOST_ROWS, SUBJECT, REASON = 50, 120, 200  # rows, characters, characters

#: What a part that waits was put aside with.
_WAITING = {
    PartState.HELD: "held",
    PartState.INFO: "info_requested",
    PartState.EXTERNAL: "external_asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the desk's calendar: 2026-11 is due on its ledger day, with what is older."""

    year: int
    month: int

    @property
    def name(self) -> str:
        """The month as 2026-11."""
        return f"{self.year}-{self.month:02}"

    @property
    def number(self) -> int:
        """The month as 202611; the revision of its letters."""
        return self.year * 100 + self.month


def month_of(policy: Policy, now: datetime) -> Month:
    """Return the month that it is at the desk."""
    local = now.astimezone(policy.calendar.zone)
    return Month(year=local.year, month=local.month)


def began_at(policy: Policy, month: Month) -> datetime:
    """Return when a month begins at the desk."""
    return _moment(policy, date(month.year, month.month, 1), time())


def due_at(policy: Policy, month: Month) -> datetime:
    """Return from when on the ledger is written: its day, when work begins, a day off or not.

    A month without that day has it on its last.
    """
    last = monthrange(month.year, month.month)[1]
    day = date(month.year, month.month, min(policy.ledger_day, last))
    opens = policy.calendar.opening(_moment(policy, day, time()))
    return _moment(policy, day, opens.astimezone(policy.calendar.zone).time())


def _moment(policy: Policy, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, policy.calendar.zone).astimezone(UTC)


def ledger(
    policy: Policy,
    month: Month,
    lives: Iterable[Life],
    *,
    anchor: str = "",
    until: datetime | None = None,
) -> tuple[Letter, ...]:
    """Return the ledger to each supervisor, without the cases that are about them (K079).

    One that is about all of them stands in the ledger of top management. `anchor` is the newest
    hash over everything that happened `until` then, "" if there is none yet.
    """
    shown: dict[str, list[dict[str, object]]] = {addr: [] for addr in _each(policy.supervisors)}
    for life in lives:
        for addr in _each(deciders(policy.supervisors, life.recused, policy)):
            shown.setdefault(addr, []).append(_row(life))
    return tuple(
        Letter(
            name=LetterName.LEDGER,
            language=policy.languages[0],
            to=Address(addr=addr),
            revision=month.number,
            facts={
                "month": month.name,
                "cases": tuple(rows[:MOST_ROWS]),
                "count": len(rows),
                "anchor": anchor,
                "until": until,
            },
        )
        for addr, rows in shown.items()
    )


def anchor_letter(
    policy: Policy,
    to: str,
    *,
    number: int,
    at: datetime,
    until: datetime,
    count: int,
    up_to: int,
    anchor: str,
) -> Letter:
    """Return the daily letter with the hash over everything that happened `until` then (F124)."""
    facts = {"number": number, "at": at, "until": until, "count": count, "up_to": up_to}
    return Letter(
        name=LetterName.ANCHOR,
        language=policy.languages[0],
        to=Address(addr=to),
        revision=number,
        facts={**facts, "anchor": anchor},
    )


def _each(people: Iterable[str]) -> tuple[str, ...]:
    return tuple({addr.lower(): addr for addr in people}.values())


def _row(life: Life) -> dict[str, object]:
    case = life.case
    return {
        "reference": case.reference,
        "subject": case.subject[:SUBJECT],
        "department_names": tuple(department_name(life.policy, key) for key in case.departments),
        "since_at": case.received_at,
        "due_at": case.due_at,
        "reason": why_waiting(life.open_parts, life.story)[:REASON],
        "stage": stage(life),
    }


def why_waiting(parts: Iterable[Part], story: Iterable[CaseEvent]) -> str:
    """Return what was said when a case was last made to wait, "" if nothing makes it wait."""
    kinds = {
        f"department:{part.department}": _WAITING[part.state]
        for part in parts
        if part.state in _WAITING
    }
    said = [event.detail for event in story if kinds.get(event.actor) == event.kind]
    return said[-1] if said else ""


def reminders(life: Life) -> Decision:
    """Remind whoever owes the next step of an unresolved case."""
    due, letters = life.case.due_at or life.now, list[Letter]()
    late = due <= life.now
    for part in life.open_parts:
        found = life.policy.departments.get(part.department)
        to = [addr for addr in (found.to if found else ()) if addr.lower() not in life.recused]
        limit = part.promised_at or due
        letters += reminder(
            life,
            to,
            what="answer",
            due_at=limit,
            late=limit <= life.now,
            department=part.department,
        )
    signing = pending(life)
    if signing and not letters:
        what = "review" if signing == life.process.review else "approval"
        to = [addr for addr in signing.by if addr.lower() not in life.recused]
        letters += reminder(life, to, what=what, due_at=due, late=late)
    if not letters:
        return nothing()
    to_all = ", ".join(dict.fromkeys(letter.to.addr for letter in letters))
    event = life.event("reminded", "desk", to_all, reasons=("the monthly ledger",))
    return Decision(moves=(), events=(event,), letters=tuple(letters))

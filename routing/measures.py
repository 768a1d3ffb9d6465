"""Corrective and preventive action: stated, carried out, checked or waived (K011, K086). Pure.

A department states a measure with its answer or later, carries it out and says so; whether it is
effective is in checks.py. Where the process allows it, a reason from a list, approved by a person,
takes the place of a measure (T28): an open measure with a reason is one whose waiver somebody has
been asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from cases.life import Measure, MeasureMove, MeasureState, Part
from cases.lifecycle import move_measure
from cases.model import Decision, Letter, LetterName
from routing.checks import ask_for_check, due_within, waivers
from routing.dates import read_date
from routing.letters_measures import finance, to_deciding, to_executing
from routing.letters_work import to_department
from routing.life import Life, join, nothing
from routing.process import CapaRule
from routing.registers import entries, says_nothing
from routing.replies import Said, Word
from routing.waivers import read_reason

_PARTS = ("corrective", "preventive")


def ask(life: Life, department: str) -> tuple[Letter, ...]:
    """Return the letter that asks a department for its measures, or the reason for none."""
    waiting = [m for m in _of(life, department) if m.state is MeasureState.OPEN]
    return to_executing(life, "state", department, waiting)


# ---------------------------------------------------------------- stated


def stated(life: Life, part: Part) -> Decision:
    """Return the measure that an answer of a department names, due on its date or as configured.

    What it names again replaces what it named before, until it is carried out.
    """
    return _stated(life, part.department, part.report)


def _stated(life: Life, department: str, parts: Mapping[str, str]) -> Decision:
    texts = {key: parts.get(key, "").strip() for key in _PARTS}
    texts = {key: "" if says_nothing(text) else text for key, text in texts.items()}
    known = _of(life, department)
    if not any(texts.values()) or any(_same(m, texts) for m in known):
        return nothing()
    due_at = _due(life, department, parts.get("due", ""))
    if life.process.capa.rule is CapaRule.OFF and not known and due_at is None:
        return nothing()  # said with the answer, and nobody waits for it: it would never be closed
    before = next((m for m in reversed(known) if m.state is MeasureState.OPEN), None)
    fresh = before or _new(life, department)
    measure = replace(
        fresh,
        corrective=texts["corrective"] or fresh.corrective,
        preventive=texts["preventive"] or fresh.preventive,
        owner=parts.get("owner", "").strip() or fresh.owner,
        due_at=due_at or fresh.due_at,
        reason="",
    )
    event = life.event("measure_stated", f"department:{department}", _words((measure,)))
    return Decision(moves=(), events=(event,), letters=(), measures=(measure,))


def _of(life: Life, department: str) -> list[Measure]:
    return sorted((m for m in life.measures if m.department == department), key=lambda m: m.number)


def _same(measure: Measure, texts: Mapping[str, str]) -> bool:
    """Tell an answer that only repeats what was carried out already."""
    done = measure.state is not MeasureState.OPEN
    return done and all(texts[key] in ("", getattr(measure, key)) for key in _PARTS)


def _new(life: Life, department: str) -> Measure:
    return Measure(
        department=department,
        number=max((m.number for m in _of(life, department)), default=0) + 1,
        state=MeasureState.OPEN,
        opened_at=life.now,
        since_at=life.now,
        due_at=due_within(life, department),
    )


def _due(life: Life, department: str, written: str) -> datetime | None:
    """Return the end of the working day that a department named, None for none or a past one."""
    calendar = life.policy.calendar_of(department)
    day: date | None = read_date(written, today=life.now.astimezone(calendar.zone).date())
    due_at = calendar.end_of_day(day) if day else None
    return due_at if due_at and due_at > life.now else None


# ---------------------------------------------------------------- the department's word


def reply(life: Life, department: str, said: Said) -> Decision | None:
    """Do what a department says of its measures: names them, carried them out, or takes none.

    None if it says nothing of the kind, or nothing of the kind is open.
    """
    named = _stated(life, department, said.parts)
    records = entries(life, department, said.parts)
    told = finance(life, department, records)
    before = join(named, Decision(moves=(), events=(), letters=told, records=records))
    life = life.after(before)
    if said.word not in (Word.CARRIED_OUT, Word.NO_MEASURE):
        return before if named.measures else None
    does = _carried_out if said.word is Word.CARRIED_OUT else _take_none
    done = does(life, department, said)
    return None if done is None else join(before, done)


def _carried_out(life: Life, department: str, said: Said) -> Decision | None:
    waiting = [m for m in _of(life, department) if m.state is MeasureState.OPEN]
    if not waiting:
        return None
    text = said.text.strip()
    done = tuple(
        replace(
            move_measure(measure, MeasureMove.CARRY_OUT, now=life.now),
            corrective=measure.corrective or ("" if measure.preventive else text),
            owner=measure.owner or said.person,
            reason="",
        )
        for measure in waiting
    )
    event = life.event("measure_done", f"department:{department}", text or _words(done))
    decision = Decision(moves=(), events=(event,), letters=(), measures=done)
    if life.process.capa.verify_after is not None:
        return decision  # its clock asks when the effect can be seen
    return replace(decision, letters=ask_for_check(life, department, done))


def _take_none(life: Life, department: str, said: Said) -> Decision | None:
    """Ask whoever may waive measures; refused where the process wants them without exception."""
    rule = life.process.capa.rule
    waiting = [m for m in _of(life, department) if m.state is MeasureState.OPEN]
    if rule is CapaRule.REQUIRED:
        return _how_to(life, department, said, "needs", needs=_PARTS)
    if rule is CapaRule.OFF and not waiting:
        return None
    reason = read_reason(said.text, language=life.house)
    if reason is None:
        return _how_to(life, department, said, "empty")
    fresh = waiting or [_new(life, department)]
    pending = tuple(replace(measure, reason=reason.words) for measure in fresh)
    event = life.event(
        "waiver_asked",
        f"department:{department}",
        reason.words,
        reasons=("" if reason.listed else "a reason of their own, none of the list",),
    )
    to = waivers(life, department)
    letters = to_deciding(
        life,
        "waive",
        department,
        pending,
        to=to,
        reason=reason.words,
        due_at=_next_due(life, pending),
    )
    return Decision(moves=(), events=(event,), letters=letters, measures=pending)


def _next_due(life: Life, measures: Iterable[Measure]) -> datetime | None:
    dates = (measure.due_at for measure in measures)
    return min((at for at in dates if at and at > life.now), default=None)


def _how_to(
    life: Life, department: str, said: Said, why: str, *, needs: tuple[str, ...] = ()
) -> Decision:
    event = life.event("note", f"department:{department}", said.text)
    facts: dict[str, object] = {
        "read": said.text[:200],
        "authorised": True,
        "answered": False,
        "why": why,
        "needs": needs,
        "said": said.word.value if said.word else "",
    }
    letters = to_department(life, LetterName.HOW_TO_ANSWER, department, facts, automatic=True)
    return Decision(moves=(), events=(event,), letters=letters)


def _words(measures: Iterable[Measure]) -> str:
    return " / ".join(text for m in measures for text in (m.corrective, m.preventive) if text)

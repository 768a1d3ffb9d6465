"""Who checks measures or agrees that none is taken, and what they say (K017, K086; T27, T28). Pure.

What is not effective goes back to its department; from the second time on somebody above hears of
it. A department checks its own measures only where nobody else is named.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from cases.life import Measure, MeasureMove, MeasureState
from cases.lifecycle import move_measure
from cases.model import Decision, Letter
from routing.closing import closed_if_done
from routing.letters_measures import to_deciding, to_executing
from routing.letters_time import escalation
from routing.life import Life
from routing.registers import entries
from routing.replies import Said, Word

#: From this failure on somebody above the department hears of it.
_TOO_OFTEN = 2


def check_letters(life: Life, measure: Measure) -> tuple[Letter, ...]:
    """Return the question whether a measure that was carried out is effective."""
    return ask_for_check(life, measure.department, (measure,))


def ask_for_check(life: Life, department: str, done: tuple[Measure, ...]) -> tuple[Letter, ...]:
    """Return the question about several measures of one department at once."""
    # A check may take as long as the measure may.
    due_at = due_within(life, department)
    return to_deciding(
        life, "check", department, done, to=checkers(life, department), due_at=due_at
    )


def checkers(life: Life, department: str) -> tuple[str, ...]:
    """Return who checks the measures of a department: others than itself if there are any."""
    return _others(life, department, life.process.capa.verify_by)


def waivers(life: Life, department: str) -> tuple[str, ...]:
    """Return who may agree that a department takes no measures."""
    capa = life.process.capa
    return _others(life, department, capa.waive_by or capa.verify_by)


def _others(life: Life, department: str, named: tuple[str, ...]) -> tuple[str, ...]:
    own = _own(life, department)
    above = (*life.policy.management, *life.policy.supervisors)
    fit = [addr for addr in named or life.policy.supervisors if addr.lower() not in life.recused]
    fit = fit or [addr for addr in above if addr.lower() not in life.recused]
    return tuple(addr for addr in fit if addr.lower() not in own) or tuple(fit)


def _own(life: Life, department: str) -> frozenset[str]:
    found = life.policy.departments.get(department)
    return found.listed if found else frozenset()


def verdict(life: Life, addr: str, said: Said, *, department: str = "") -> Decision | None:
    """Do what `addr` says of measures that wait for a check or a waiver; None if none does.

    One department's at a time: `department` if it is known which one they were asked about, else
    the one that is named, else the one that has waited longest.
    """
    does = _VERDICTS.get(said.word) if said.word else None
    if does is None:
        return None
    checks = said.word in (Word.EFFECTIVE, Word.NOT_EFFECTIVE)
    asked, waits = (checkers, _is_carried_out) if checks else (waivers, _is_pending)
    waiting = _waiting(life, addr, asked, waits)
    waiting = [measure for measure in waiting if department in ("", measure.department)]
    if not waiting:
        return None
    kept = entries(life, addr, said.parts)
    decision = does(life, addr, said.text.strip(), _chosen(life, waiting, said.text))
    return replace(decision, records=(*decision.records, *kept))


def _waiting(
    life: Life,
    addr: str,
    asked: Callable[[Life, str], tuple[str, ...]],
    waits: Callable[[Measure], bool],
) -> list[Measure]:
    wanted = addr.lower()
    return [
        measure
        for measure in life.measures
        if waits(measure) and wanted in {one.lower() for one in asked(life, measure.department)}
    ]


def _is_carried_out(measure: Measure) -> bool:
    return measure.state is MeasureState.CARRIED_OUT


def _is_pending(measure: Measure) -> bool:
    return measure.state is MeasureState.OPEN and bool(measure.reason)


def _chosen(life: Life, waiting: Iterable[Measure], text: str) -> tuple[Measure, ...]:
    by_age = sorted(waiting, key=lambda measure: measure.since_at)
    keys = list(dict.fromkeys(measure.department for measure in by_age))
    folded = text.lower()
    named = [key for key in keys if any(name in folded for name in _names(life, key))]
    key = (named or keys)[0]
    return tuple(measure for measure in by_age if measure.department == key)


def _names(life: Life, key: str) -> Iterable[str]:
    found = life.policy.departments.get(key)
    return (key, *(name.lower() for name in (found.names.values() if found else ())))


def _effective(life: Life, addr: str, text: str, chosen: tuple[Measure, ...]) -> Decision:
    checked = tuple(
        replace(
            move_measure(measure, MeasureMove.VERIFY, now=life.now),
            checked_by=addr,
            reason=text,
        )
        for measure in chosen
    )
    return _settled(life, addr, "measure_checked", checked, text)


def _waived(life: Life, addr: str, text: str, chosen: tuple[Measure, ...]) -> Decision:
    waived = tuple(
        replace(move_measure(measure, MeasureMove.WAIVE, now=life.now), checked_by=addr)
        for measure in chosen
    )
    reasons = [*dict.fromkeys(measure.reason for measure in waived), *((text,) if text else ())]
    return _settled(life, addr, "measure_waived", waived, "; ".join(reasons))


def _settled(
    life: Life, addr: str, kind: str, measures: tuple[Measure, ...], text: str
) -> Decision:
    department = measures[0].department
    # Mostly somebody else checks (K017); where nobody else is named, the story says so.
    own = addr.lower() in _own(life, department)
    alone = "of the department itself: nobody else is named" if own else ""
    event = life.event(kind, f"approver:{addr}"[:80], f"{department}: {text}", reasons=(alone,))
    decision = Decision(moves=(), events=(event,), letters=(), measures=measures)
    return closed_if_done(life.after(decision), decision)


def _fails(life: Life, addr: str, text: str, chosen: tuple[Measure, ...]) -> Decision:
    """Give a measure back that has no effect; who is above the department hears of the second."""
    department = chosen[0].department
    failed = tuple(
        replace(
            move_measure(measure, MeasureMove.FAIL, now=life.now),
            failures=measure.failures + 1,
            due_at=_due_again(life, measure),
            reason="",
        )
        for measure in chosen
    )
    event = life.event("measure_failed", f"approver:{addr}"[:80], f"{department}: {text}")
    letters = to_executing(life, "not_effective", department, failed, reason=text)
    worst = max(failed, key=lambda measure: measure.failures)
    if worst.failures < _TOO_OFTEN:
        return Decision(moves=(), events=(event,), letters=letters, measures=failed)
    to, level = _above(life, department, worst.failures)
    told = escalation(
        life,
        to,
        what="check",
        level=level,
        due_at=worst.due_at,
        reasons=(text,) if text else (),
        text=worst.corrective or worst.preventive,
        departments=(department,),
    )
    raised = life.event("escalated", "desk", ", ".join(to), reasons=("not effective again",))
    return Decision(
        moves=(), events=(event, raised), letters=(*letters, *told), measures=failed, level=level
    )


def due_within(life: Life, department: str) -> datetime | None:
    """Return when a measure of a department that begins now is due, None if nothing says so."""
    limit = life.process.capa.within
    return life.policy.calendar_of(department).due(life.now, limit) if limit else None


def _due_again(life: Life, measure: Measure) -> datetime | None:
    """Return when it is to be done now: as configured, else as much time as it had at first."""
    if measure.due_at is None or life.process.capa.within:
        return due_within(life, measure.department)
    return life.now + (measure.due_at - measure.opened_at)


def _above(life: Life, department: str, failures: int) -> tuple[tuple[str, ...], int]:
    found = life.policy.departments.get(department)
    manager = found.manager if found else ""
    if manager and failures == _TOO_OFTEN and manager.lower() not in life.recused:
        return (manager,), 1
    above = life.policy.management or life.policy.supervisors
    return tuple(addr for addr in above if addr.lower() not in life.recused), 2


def _kept(life: Life, addr: str, text: str, chosen: tuple[Measure, ...]) -> Decision:
    """Do not agree that none is taken: the department is asked for measures once more."""
    department = chosen[0].department
    wanted = tuple(replace(measure, reason="") for measure in chosen)
    event = life.event("waiver_refused", f"approver:{addr}"[:80], f"{department}: {text}")
    letters = to_executing(life, "state", department, wanted, reason=text)
    return Decision(moves=(), events=(event,), letters=letters, measures=wanted)


_VERDICTS: Mapping[Word, Callable[[Life, str, str, tuple[Measure, ...]], Decision]] = {
    Word.EFFECTIVE: _effective,
    Word.NOT_EFFECTIVE: _fails,
    Word.YES: _waived,
    Word.NO: _kept,
}

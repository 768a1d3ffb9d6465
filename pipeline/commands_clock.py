"""`clock explain`: which times run for a case, how each came about, and what happens next."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.life import PASSED_OVER, Clock, ClockKind, Ring, RingAction
from cases.life_rows import KeptClock
from cases.model import LetterName
from pipeline.clock import now
from pipeline.exits import NO_INPUT, OK, say
from pipeline.lives import life_of
from pipeline.terminal import opened, plain, write_row
from routing.clocks import clocks_of
from routing.deadlines import said
from routing.letters import department_name
from routing.life import Life
from routing.ring import ring

_WHAT = {
    ClockKind.ACCEPT: "signs for the case",
    ClockKind.ANSWER: "answers",
    ClockKind.REVIEW: "the answer is read",
    ClockKind.APPROVAL: "the answer is approved",
    ClockKind.PLAN: "the complainant says whether they agree to the plan",
    ClockKind.CARRY_OUT: "does what was agreed",
    ClockKind.INFO: "waits for what the complainant was asked",
    ClockKind.EXTERNAL: "answers from outside",
    ClockKind.PROGRESS: "the complainant hears that it goes on",
    ClockKind.CONFIRM: "the complainant confirms the outcome",
    ClockKind.SATISFACTION: "the complainant is asked for a mark",
    ClockKind.CALLBACK: "somebody calls the complainant",
    ClockKind.MEASURE: "carries a measure out",
    ClockKind.CHECK: "the effect of a measure is checked",
    ClockKind.AGE: "the case grows old",
    ClockKind.ARCHIVE: "the file is archived",
}
_EXPIRES = {
    ClockKind.INFO: "it goes on without an answer of the complainant; told:",
    ClockKind.PLAN: "silence is consent, the plan is carried out by",
    ClockKind.CONFIRM: "silence settles the case",
    ClockKind.SATISFACTION: "a mark is asked for:",
    ClockKind.CALLBACK: "asked to call:",
    ClockKind.CHECK: "asked whether it works:",
    ClockKind.AGE: "the case becomes serious; told:",
    ClockKind.ARCHIVE: "the case is archived",
}
_DOES = {
    RingAction.REMIND: "reminded:",
    RingAction.ESCALATE: "told that it is late:",
    RingAction.PROGRESS: "told that it goes on:",
}


def clock_explain(config_file: Path, reference: str, *, as_json: bool) -> int:
    """Say how every date of a case came about; 66 if there is no such case."""
    desk = opened(config_file)
    with closing(desk.reader), desk.store.read() as tx:
        case = tx.case_by_reference(reference)
        if case is None:
            say(f"there is no case {plain(reference)}; `cases list` shows the newest")
            return NO_INPUT
        life = life_of(tx, desk, case, cause=0, now=now())
        kept = tx.clock_rows(case.id)
    if as_json:
        for row in clock_json(life, kept):
            write_row(row)
        return OK
    sys.stdout.write("\n".join(explained(life, kept)) + "\n")
    return OK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A running clock, with the rings that have been dealt with."""

    clock: Clock
    fired: int

    @property
    def rang(self) -> int:
        """How many rings have been dealt with."""
        return sum(one.rung != PASSED_OVER for one in self.clock.rings[: self.fired])

    @property
    def ahead(self) -> tuple[Ring, ...]:
        """The rings to come."""
        return tuple(one for one in self.clock.rings[self.fired :] if one.rung != PASSED_OVER)


def _running(life: Life, kept: tuple[KeptClock, ...]) -> tuple[_Shown, ...]:
    fired = {row.key: row.fired for row in kept}
    clocks = (_Shown(clock=clock, fired=fired.get(clock.key, 0)) for clock in clocks_of(life))
    return tuple(sorted(clocks, key=lambda shown: shown.clock.due_at))


def _stopped(life: Life, kept: tuple[KeptClock, ...]) -> tuple[KeptClock, ...]:
    running = {clock.key for clock in clocks_of(life)}
    return tuple(row for row in kept if row.key not in running)


def explained(life: Life, kept: tuple[KeptClock, ...]) -> Iterator[str]:
    """Yield the lines for a supervisor: what runs, soonest first, then what does not any more."""
    zone, case = life.policy.calendar.zone, life.case
    yield f"{case.reference}  {plain(case.subject)}"
    yield f"{case.status.value}, now {said(life.now, zone)} ({zone.key})"
    running = _running(life, kept)
    if not running:
        yield "no clock runs"
    for shown in running:
        clock = shown.clock
        yield ""
        yield title(life, clock.kind, clock.who)
        yield f"    due   {said(clock.due_at, zone)}, {distance(clock.due_at - life.now)}"
        for number, line in enumerate(clock.why):
            yield f"    {'' if number else 'why':5} {line}"
        if not shown.ahead:
            yield f"    next  nothing: {_why_silent(shown)}"
        for number, one in enumerate(shown.ahead):
            when = f"{'then' if number else 'next':5} {said(one.at, zone)}"
            yield f"    {when}  {does(life, clock, one)}"
    stopped = _stopped(life, kept)
    if stopped:
        yield ""
        yield "run no more:"
    for row in stopped:
        yield f"    {_stop_line(life, row, zone)}"


def _why_silent(shown: _Shown) -> str:
    if shown.clock.rings:
        return "all its reminders have left"
    return "it stands still"


def _stop_line(life: Life, row: KeptClock, zone: ZoneInfo) -> str:
    who = row.key.split(":")[1]
    ended = f"stopped {said(row.stopped_at, zone)}" if row.stopped_at else "just stopped"
    return f"{title(life, row.kind, who)}: was due {said(row.due_at, zone)}, {ended}"


def title(life: Life, kind: ClockKind, who: str) -> str:
    """Return what a clock is about, in words."""
    asked, _, party = who.rpartition("→")
    found = life.policy.parties.get(party)
    name = found.names.get("en") or next(iter(found.names.values()), party) if found else ""
    key = asked or party
    if key == "none":
        key = party
    name = name or (department_name(life.policy, key, _tongue(life)) if key else "")
    return f"{kind.value}: {name + ' ' if name and not key.isdigit() else ''}{_WHAT[kind]}"


def _tongue(life: Life) -> str:
    """Return the language of names: this text is English."""
    return "en" if "en" in life.policy.languages else life.policy.languages[0]


def does(life: Life, clock: Clock, one: Ring) -> str:
    """Return what a ring will do, by doing it on paper."""
    later = replace(life, now=max(one.at, life.now))
    decision = ring(later, clock, one, delayed=False)
    to = ", ".join(dict.fromkeys(letter.to.addr for letter in decision.letters))
    words = _DOES.get(one.action) or _EXPIRES.get(clock.kind, "")
    if any(letter.name is LetterName.TASK for letter in decision.letters):
        words = "asked to call:"
    if words.endswith((":", "by")):
        return f"{words} {to or 'nobody'}"
    return words


def distance(time: timedelta) -> str:
    """Return how far off a moment is, in words."""
    minutes = abs(time) // timedelta(minutes=1)
    units = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "min"))
    words = " ".join([f"{number} {unit}" for number, unit in units if number][:2]) or "0 min"
    return f"{words} ago" if time < timedelta() else f"in {words}"


def clock_json(life: Life, kept: tuple[KeptClock, ...]) -> Iterator[dict[str, object]]:
    """Yield one object for every clock, those that run first."""
    for shown in _running(life, kept):
        clock = shown.clock
        yield {
            "reference": life.case.reference,
            "kind": clock.kind.value,
            "who": clock.who,
            "state": "running" if clock.rings else "standing",
            "began_at": clock.started_at.isoformat(),
            "due_at": clock.due_at.isoformat(),
            "why": list(clock.why),
            "rang": shown.rang,
            "rings": [
                {"at": one.at.isoformat(), "does": does(life, clock, one)} for one in shown.ahead
            ],
            "stopped_at": None,
            "key": clock.key,
        }
    for row in _stopped(life, kept):
        yield {
            "reference": life.case.reference,
            "kind": row.kind.value,
            "who": row.key.split(":")[1],
            "state": "stopped",
            "began_at": None,
            "due_at": row.due_at.isoformat(),
            "why": [],
            "rang": None,
            "rings": [],
            "stopped_at": _iso(row.stopped_at),
            "key": row.key,
        }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

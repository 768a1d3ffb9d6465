"""What a ring of a clock knows, and the reminders to whoever it waits for. Pure."""

from dataclasses import dataclass

from cases.life import Clock, ClockKind, Part, PartState, Ring
from cases.model import CaseEvent, Decision, Letter
from routing import letters_out, letters_time, measures
from routing.checks import checkers, waivers
from routing.clocks_after import measure_key
from routing.ladder import people, signers
from routing.life import Life
from routing.process import Signing
from routing.recusal import successor
from routing.signatures import pending, to_ask

SIGNED = frozenset({ClockKind.REVIEW, ClockKind.APPROVAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    life: Life
    clock: Clock
    ring: Ring
    delayed: bool

    @property
    def late(self) -> bool:
        """The limit is over, so this is no reminder before it."""
        return self.life.now >= self.clock.due_at

    def event(self, kind: str, detail: str, *reasons: str, actor: str = "desk") -> CaseEvent:
        """Return an event that says where it came later than it should have."""
        late = "later than planned: the desk was not running" if self.delayed else ""
        return self.life.event(kind, actor, detail, reasons=(*reasons, late))

    def only(self, event: CaseEvent, letters: tuple[Letter, ...] = ()) -> Decision:
        """Return a decision that changes nothing in the case."""
        return Decision(moves=(), events=(event,), letters=letters)


def remind(bell: Bell) -> Decision:
    life, clock = bell.life, bell.clock
    if clock.kind is ClockKind.INFO:
        letters = _ask_again(bell)
    elif clock.kind is ClockKind.PLAN:
        text = letters_out.outcome_text(life)
        by = clock.due_at if life.process.plan_within else None
        letters = letters_out.plan(life, text=text, answer_by=by, again=True)
    elif clock.kind is ClockKind.EXTERNAL:
        letters = _remind_party(bell)
    elif clock.kind in SIGNED or clock.kind in (ClockKind.CALLBACK, ClockKind.CHECK):
        letters = _reminder(bell, asked_of(bell))
    else:
        letters = remind_department(bell)
    whom = ", ".join(letter.to.addr for letter in letters)
    return bell.only(bell.event("reminded", f"{clock.kind.value}: {whom or 'nobody'}"), letters)


def _reminder(bell: Bell, to: tuple[str, ...], *, department: str = "") -> tuple[Letter, ...]:
    return letters_time.reminder(
        bell.life,
        to,
        what=bell.clock.kind.value,
        due_at=bell.clock.due_at,
        late=bell.late,
        department=department,
        delayed=bell.delayed,
    )


def asked_of(bell: Bell) -> tuple[str, ...]:
    """Return the people a clock waits for that are no department; the supervisors if nobody is."""
    life = bell.life
    signing = signing_of(bell)
    asked = signers(life, signing) if signing else ()
    if signing and bell.clock.kind in SIGNED:
        asked = to_ask(life, signing)  # nobody signs two steps
    if bell.clock.kind is ClockKind.CHECK:
        asked = checkers(life, bell.clock.who)
    if bell.clock.kind is ClockKind.MEASURE:
        asked = waivers(life, bell.clock.who)
    return people(life, asked) or people(life, life.policy.supervisors)


def signing_of(bell: Bell) -> Signing | None:
    """Return who signs what the clock waits for, or calls."""
    calls = bell.clock.kind in (ClockKind.CALLBACK, ClockKind.CONFIRM)
    if bell.clock.kind in SIGNED:
        return pending(bell.life)
    return bell.life.process.callback if calls else None


def remind_department(bell: Bell) -> tuple[Letter, ...]:
    life, key = bell.life, bell.clock.who
    if bell.clock.kind is ClockKind.MEASURE and not life.measures:
        return measures.ask(life, key)  # nobody has stated any
    waived = any(
        measure.reason and measure_key(ClockKind.MEASURE, measure) == bell.clock.key
        for measure in life.measures
    )
    if bell.clock.kind is ClockKind.MEASURE and waived:
        return _reminder(bell, asked_of(bell))  # the department did its part: who approves is late
    department = life.policy.departments.get(key)
    to = people(life, department.to) if department else ()
    next_up = successor(department, life.recused, life.policy)
    return _reminder(bell, to or ((next_up,) if next_up else ()), department=key)


def _remind_party(bell: Bell) -> tuple[Letter, ...]:
    life, clock = bell.life, bell.clock
    letters = letters_time.party_reminder(
        life,
        clock.who,
        question=_question(life, clock.who),
        due_at=clock.due_at,
        late=bell.late,
        delayed=bell.delayed,
    )
    for part in waiting_for(bell) if bell.late else ():
        letters += _reminder(
            bell,
            people(life, life.policy.departments[part.department].to),
            department=part.department,
        )
    return letters


def _question(life: Life, party: str) -> str:
    """Return what a party was asked last."""
    for event in reversed(life.this_round("external_asked")):
        key, _, question = event.detail.partition(": ")
        if key == party:
            return question
    return ""


def waiting_for(bell: Bell) -> tuple[Part, ...]:
    """Return the parts that wait for the party a clock is about."""
    return tuple(
        part
        for part in bell.life.open_parts
        if part.state is PartState.EXTERNAL
        and (part.party, part.since_at) == (bell.clock.who, bell.clock.started_at)
        and part.department in bell.life.policy.departments
    )


def _ask_again(bell: Bell) -> tuple[Letter, ...]:
    life, clock = bell.life, bell.clock
    asked = [
        event.detail
        for event in life.this_round("info_requested")
        if event.actor == f"department:{clock.who}"
    ]
    return letters_out.request_information(
        life,
        department=clock.who,
        question=asked[-1] if asked else "",
        reply_by=clock.due_at,
        again=True,
    )

"""A case with everything that belongs to it, at one moment: what its later decisions rest on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cases.life import Measure, Part, Record
from cases.lifecycle import OPEN_PARTS, SETTLED_PARTS, advance, now_at_work
from cases.model import Case, CaseEvent, Decision
from routing.policy import Policy
from routing.process import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A case, its parts, measures, registers and story, and the policy it lives by."""

    case: Case
    parts: tuple[Part, ...]  #: of every round, see `at_work`
    measures: tuple[Measure, ...]
    records: tuple[Record, ...]
    story: tuple[CaseEvent, ...]
    policy: Policy
    now: datetime
    cause: int  #: the number of what moves it: letters it causes leave once, see routing/causes.py
    outcome_waits: bool = False  #: the outcome is decided, but has not begun to leave

    @property
    def process(self) -> Process:
        """How this case is handled."""
        return self.policy.process(self.case.category, self.case.severity, self.case.rules)

    @property
    def house(self) -> str:
        """The language departments and managers read."""
        return self.policy.languages[0]

    @property
    def language(self) -> str:
        """The language of letters to the complainant."""
        return self.policy.letter_language(self.case.language)

    @property
    def at_work(self) -> tuple[Part, ...]:
        """The parts of this round, those of the departments that have the case now."""
        return now_at_work(self.case, self.parts)

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """Those of them that owe something."""
        return tuple(part for part in self.at_work if part.state in OPEN_PARTS)

    @property
    def settled_parts(self) -> tuple[Part, ...]:
        """Those of them that answered."""
        return tuple(part for part in self.at_work if part.state in SETTLED_PARTS)

    @property
    def recused(self) -> frozenset[str]:
        """Addresses of people the complaint is about: they neither handle nor decide it (K079)."""
        return frozenset(record.text.lower() for record in self.recorded("accused"))

    def part(self, department: str) -> Part | None:
        """Return the part of a department in this round, None if it has none now."""
        return next((part for part in self.at_work if part.department == department), None)

    def this_round(self, *kinds: str) -> tuple[CaseEvent, ...]:
        """Return the events since the case was opened last, only of `kinds` if given."""
        events: list[CaseEvent] = []
        for event in self.story:
            events = [event] if event.kind == "reopened" else [*events, event]
        return tuple(event for event in events if not kinds or event.kind in kinds)

    def recorded(self, kind: str) -> tuple[Record, ...]:
        """Return the entries of one register."""
        return tuple(record for record in self.records if record.kind == kind)

    def event(
        self, kind: str, actor: str, detail: str = "", *, reasons: Iterable[str] = ()
    ) -> CaseEvent:
        """Return an event of this moment."""
        reasons = tuple(reason for reason in reasons if reason)
        return CaseEvent(at=self.now, kind=kind, actor=actor, detail=detail, reasons=reasons)

    def record(self, kind: str, by: str, text: str, *, restricted: bool = False) -> Record:
        """Return an entry of this moment."""
        return Record(kind=kind, at=self.now, by=by, text=text, restricted=restricted)

    def after(self, decision: Decision) -> "Life":
        """Return the case as it is once `decision` is done."""
        parts = {(part.round, part.department): part for part in self.parts}
        parts.update({(part.round, part.department): part for part in decision.parts})
        measures = {(m.department, m.number): m for m in self.measures}
        measures.update({(m.department, m.number): m for m in decision.measures})
        case = replace(
            self.case,
            status=advance(self.case.status, decision.moves),
            level=max(self.case.level, decision.level),
        )
        return replace(
            self,
            case=case,
            parts=tuple(parts.values()),
            measures=tuple(measures.values()),
            records=(*self.records, *decision.records),
            story=(*self.story, *decision.events),
        )


def nothing() -> Decision:
    """Return the decision that changes nothing."""
    return Decision(moves=(), events=(), letters=())


def join(first: Decision, *others: Decision) -> Decision:
    """Return one decision that does all of these in order; the assessment is that of `first`."""
    for other in others:
        first = replace(
            first,
            moves=(*first.moves, *other.moves),
            events=(*first.events, *other.events),
            letters=(*first.letters, *other.letters),
            parts=(*first.parts, *other.parts),
            measures=(*first.measures, *other.measures),
            records=(*first.records, *other.records),
            withdrawn=(*first.withdrawn, *other.withdrawn),
            level=max(first.level, other.level),
        )
    return first
